"""items of a batch may be tasks, with what is said of each alone

Revision ID: 0031
Revises: 0030

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("batch_item", sa.Column("task_id", sa.String(), nullable=True))
    op.add_column("batch_item", sa.Column("given", sa.JSON(), nullable=True))
    op.create_index("ix_batch_created_by", "batch", ["created_by", "created_at"])


def downgrade():
    op.drop_index("ix_batch_created_by", table_name="batch")
    op.drop_column("batch_item", "given")
    op.drop_column("batch_item", "task_id")
