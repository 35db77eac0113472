"""people say how they are told of what; a digest comes in the morning

Revision ID: 0029
Revises: 0028

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

READ = sa.text("read_at IS NOT NULL")
WAITS = sa.text("read_at IS NULL AND mail = 'digest'")


def upgrade():
    op.add_column("person", sa.Column("notice_settings", sa.JSON(), nullable=True))
    op.add_column("person", sa.Column("digested_on", sa.Date(), nullable=True))
    op.add_column("notice", sa.Column("mail", sa.String(), nullable=False, server_default=""))
    op.create_index("ix_notice_read", "notice", ["read_at"], sqlite_where=READ, postgresql_where=READ)
    op.create_index(
        "ix_notice_digest", "notice", ["username", "created_at"], sqlite_where=WAITS, postgresql_where=WAITS
    )


def downgrade():
    op.drop_index("ix_notice_digest", "notice")
    op.drop_index("ix_notice_read", "notice")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_column("mail")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("digested_on")
        batch_op.drop_column("notice_settings")
