"""calls belong to the instance whose act wants them

Revision ID: 0023
Revises: 0022

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

OF_ONE = sa.text("instance_id IS NOT NULL")


def upgrade():
    op.add_column("outbox_message", sa.Column("instance_id", sa.String(), nullable=True))
    op.create_index(
        "ix_outbox_message_instance", "outbox_message", ["instance_id"], sqlite_where=OF_ONE, postgresql_where=OF_ONE
    )


def downgrade():
    op.drop_index("ix_outbox_message_instance", "outbox_message")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_column("instance_id")
