"""drafts of bundles

Revision ID: 0015
Revises: 0014

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "bundle_draft",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("base_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("deployment_id", sa.String(), nullable=True),
        sa.Column("deployed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["base_id"], ["deployment.id"], name=op.f("fk_bundle_draft_base_id")),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployment.id"], name=op.f("fk_bundle_draft_deployment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundle_draft")),
    )
    op.create_index("ix_bundle_draft_changed", "bundle_draft", ["changed_at", "id"])
    op.create_table(
        "bundle_draft_file",
        sa.Column("draft_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.String(), nullable=False),
        sa.Column("sample", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["bundle_draft.id"], name=op.f("fk_bundle_draft_file_draft_id")),
        sa.PrimaryKeyConstraint("draft_id", "name", name=op.f("pk_bundle_draft_file")),
    )
    op.create_table(
        "bundle_draft_earlier",
        sa.Column("draft_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.String(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["bundle_draft.id"], name=op.f("fk_bundle_draft_earlier_draft_id")),
        sa.PrimaryKeyConstraint("draft_id", "name", "version", name=op.f("pk_bundle_draft_earlier")),
    )


def downgrade():
    op.drop_table("bundle_draft_earlier")
    op.drop_table("bundle_draft_file")
    op.drop_table("bundle_draft")
