"""what a change of the calendar moved is listed; what it would move is counted in portions

Revision ID: 0034
Revises: 0033

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("calendar_change", sa.Column("looked", sa.JSON(), nullable=True))
    op.create_table(
        "calendar_move",
        sa.Column("change_id", sa.String(), nullable=False),
        sa.Column("dossier_id", sa.String(), nullable=False),
        sa.Column("due_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["calendar_change.id"], name=op.f("fk_calendar_move_change_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_calendar_move_dossier_id")),
        sa.PrimaryKeyConstraint("change_id", "dossier_id", name=op.f("pk_calendar_move")),
    )
    op.create_index("ix_calendar_move_at", "calendar_move", ["change_id", "moved_at", "dossier_id"])


def downgrade():
    op.drop_table("calendar_move")
    with op.batch_alter_table("calendar_change", schema=None) as batch_op:
        batch_op.drop_column("looked")
