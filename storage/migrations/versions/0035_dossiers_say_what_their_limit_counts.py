"""dossiers say what their limit counts

Revision ID: 0035
Revises: 0034

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("dossier", sa.Column("due_unit", sa.String(), nullable=True))


def downgrade():
    with op.batch_alter_table("dossier", schema=None) as batch_op:
        batch_op.drop_column("due_unit")
