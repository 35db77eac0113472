"""who makes a call

Revision ID: 0018
Revises: 0017

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("outbox_message", sa.Column("held_by", sa.String(), nullable=False, server_default=""))


def downgrade():
    with op.batch_alter_table("outbox_message") as table:
        table.drop_column("held_by")
