"""delegations have a state, and what substitutes took goes back

Revision ID: 0028
Revises: 0027

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

OPEN = sa.text("closed_at IS NULL")


def upgrade():
    op.add_column("task", sa.Column("delegation", sa.String(), nullable=True))
    op.add_column("task", sa.Column("delegation_reason", sa.String(), nullable=True))
    op.execute("UPDATE task SET delegation = 'pending' WHERE owner IS NOT NULL AND state = 'open'")
    op.add_column("substitution", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_substitution_open", "substitution", ["ends_at"], sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade():
    op.drop_index("ix_substitution_open", "substitution")
    with op.batch_alter_table("substitution", schema=None) as batch_op:
        batch_op.drop_column("closed_at")
    with op.batch_alter_table("task", schema=None) as batch_op:
        for name in ("delegation", "delegation_reason"):
            batch_op.drop_column(name)
