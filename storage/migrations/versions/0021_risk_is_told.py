"""risk is told: notices, the pace of steps, apologies with the one new appointment

Revision ID: 0021
Revises: 0020

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

UNREAD = sa.text("read_at IS NULL")
DRAFTED = sa.text("state = 'drafted'")
DONE = sa.text("completed_by IS NOT NULL")


def upgrade():
    op.add_column("dossier", sa.Column("likely_late_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("dossier", sa.Column("appointment_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_task_pace", "task", ["process_key", "element_id", "completed_at"], sqlite_where=DONE, postgresql_where=DONE
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text_vi", sa.String(), nullable=False),
        sa.Column("text_en", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("dossier_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["username"], ["person.username"], name=op.f("fk_notice_username")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("uq_notice_key", "notice", ["username", "key"], unique=True)
    op.create_index("ix_notice_created", "notice", ["username", "created_at", "id"])
    op.create_index(
        "ix_notice_unread", "notice", ["username", "created_at"], sqlite_where=UNREAD, postgresql_where=UNREAD
    )
    op.create_table(
        "step_pace",
        sa.Column("process_key", sa.String(), nullable=False),
        sa.Column("element_id", sa.String(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("step_median", sa.Integer(), nullable=True),
        sa.Column("step_most", sa.Integer(), nullable=True),
        sa.Column("rests", sa.Integer(), nullable=False),
        sa.Column("rest_median", sa.Integer(), nullable=True),
        sa.Column("rest_most", sa.Integer(), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("process_key", "element_id", name=op.f("pk_step_pace")),
    )
    op.create_table(
        "mark",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mark")),
    )
    op.create_table(
        "apology",
        sa.Column("dossier_id", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("appointment_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("document_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_apology_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_apology")),
    )
    op.create_index(
        "ix_apology_drafted", "apology", ["unit_code", "due_at"], sqlite_where=DRAFTED, postgresql_where=DRAFTED
    )


def downgrade():
    op.drop_table("apology")
    op.drop_table("mark")
    op.drop_table("step_pace")
    op.drop_table("notice")
    op.drop_index("ix_task_pace", "task")
    with op.batch_alter_table("dossier", schema=None) as batch_op:
        batch_op.drop_column("appointment_at")
        batch_op.drop_column("likely_late_at")
