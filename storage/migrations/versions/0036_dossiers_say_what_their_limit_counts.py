"""dossiers say what their limit counts

Revision ID: 0036
Revises: 0035

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("dossier", sa.Column("due_unit", sa.String(), nullable=True))


def downgrade():
    with op.batch_alter_table("dossier", schema=None) as batch_op:
        batch_op.drop_column("due_unit")
