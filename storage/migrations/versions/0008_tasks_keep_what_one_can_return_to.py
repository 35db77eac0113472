"""a completed task keeps the state of just before, to which one can return

Revision ID: 0008
Revises: 0007

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("task", sa.Column("snapshot", sa.LargeBinary(), nullable=True))
    op.add_column("task", sa.Column("returned_because", sa.String(), nullable=True))


def downgrade():
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_column("returned_because")
        batch_op.drop_column("snapshot")
