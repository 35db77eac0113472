"""documents by content

Revision ID: 0017
Revises: 0016

"""

from alembic import op

# revision identifiers, used by Alembic.
revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_document_sha256", "document", ["sha256"])


def downgrade():
    op.drop_index("ix_document_sha256", "document")
