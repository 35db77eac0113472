"""supplement requests that wait for their approval, or came back from it, are found by who handed them in

Revision ID: 0037
Revises: 0036

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade():
    pending = sa.text("state IN ('proposed', 'returned')")
    op.create_index(
        "ix_supplement_pending", "supplement", ["proposed_by"], sqlite_where=pending, postgresql_where=pending
    )


def downgrade():
    op.drop_index("ix_supplement_pending", "supplement")
