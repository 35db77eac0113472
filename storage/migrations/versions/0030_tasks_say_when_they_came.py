"""tasks say when they came

Revision ID: 0030
Revises: 0029

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'open'")


def upgrade():
    op.add_column("task", sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_task_open_handed", "task", ["handed_at"], sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade():
    op.drop_index("ix_task_open_handed", table_name="task")
    op.drop_column("task", "handed_at")
