"""timers and times to answer that a change of the calendar moved are listed

Revision ID: 0038
Revises: 0037

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "calendar_shift",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("change_id", sa.String(), nullable=False),
        sa.Column("instance_id", sa.String(), nullable=False),
        sa.Column("element_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("due_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["calendar_change.id"], name=op.f("fk_calendar_shift_change_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_calendar_shift_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_shift")),
    )
    op.create_index("ix_calendar_shift_at", "calendar_shift", ["change_id", "moved_at", "id"])


def downgrade():
    op.drop_table("calendar_shift")
