"""what was typed and not sent yet is kept

Revision ID: 0014
Revises: 0013

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

DROPPED = sa.text("dropped_at IS NOT NULL")
OF_DRAFT = sa.text("draft_id IS NOT NULL")


def upgrade():
    op.create_table(
        "draft",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=True),
        sa.Column("definition_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("set_aside", sa.JSON(), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_draft_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index("ix_draft_owner", "draft", ["owner", "saved_at"])
    op.create_index("ix_draft_task", "draft", ["task_id"], unique=True)
    op.create_index("ix_draft_saved", "draft", ["saved_at"])
    op.create_index("ix_draft_dropped", "draft", ["dropped_at"], sqlite_where=DROPPED, postgresql_where=DROPPED)
    op.add_column("task", sa.Column("has_draft", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("document", sa.Column("draft_id", sa.String(), nullable=True))
    op.create_index("ix_document_draft", "document", ["draft_id"], sqlite_where=OF_DRAFT, postgresql_where=OF_DRAFT)


def downgrade():
    op.drop_index("ix_document_draft", "document")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_column("draft_id")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_column("has_draft")
    op.drop_table("draft")
