"""what is too old to be needed is found by an index

Revision ID: 0012
Revises: 0011

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

RESOLVED, ENDED = sa.text("resolved_at IS NOT NULL"), sa.text("ended_at IS NOT NULL")
ENDED_AT = "(SELECT ended_at FROM instance WHERE instance.id = conversation.instance_id)"


def upgrade():
    op.create_index(
        "ix_incident_resolved", "incident", ["resolved_at"], sqlite_where=RESOLVED, postgresql_where=RESOLVED
    )
    op.add_column("conversation", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(f"UPDATE conversation SET ended_at = {ENDED_AT}")  # noqa: S608  # no word of it comes from outside
    op.create_index("ix_conversation_ended", "conversation", ["ended_at"], sqlite_where=ENDED, postgresql_where=ENDED)


def downgrade():
    op.drop_index("ix_conversation_ended", "conversation")
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_column("ended_at")
    op.drop_index("ix_incident_resolved", "incident")
