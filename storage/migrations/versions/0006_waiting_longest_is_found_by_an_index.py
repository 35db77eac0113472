"""who has waited longest for a message is found by an index

Revision ID: 0006
Revises: 0005

"""

from alembic import op

# revision identifiers, used by Alembic.
revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NAME, COLUMNS = "ix_subscription_kind_name", ["kind", "name", "is_open", "since"]


def upgrade():
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.drop_index(NAME)
        batch_op.create_index(NAME, [*COLUMNS, "instance_id"], unique=False)


def downgrade():
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.drop_index(NAME)
        batch_op.create_index(NAME, COLUMNS, unique=False)
