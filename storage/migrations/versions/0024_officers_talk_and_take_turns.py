"""officers talk about dossiers, and take turns

Revision ID: 0024
Revises: 0023

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

IN_TURN = sa.text("turn IS NOT NULL")
FILED = sa.text(
    "UPDATE task SET filed_at = COALESCE((SELECT filed_at FROM dossier WHERE dossier.id = task.dossier_id), created_at)"
    " WHERE state = 'open'"
)

IN_TURN_NOW = """
UPDATE task_access SET turn = (
  SELECT (1000 - CASE WHEN task.priority < 0 THEN 0 WHEN task.priority > 1000 THEN 1000 ELSE task.priority END)
    * 10000000000000 + CAST(SECONDS AS BIGINT) * 1000
  FROM task WHERE task.id = task_access.task_id
    AND (task_access.principal = 'u:' || task.assignee
      OR task.assignee IS NULL AND task_access.principal NOT LIKE 'n:%')
)
"""


def upgrade():
    op.create_table(
        "comment",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("instance_id", sa.String(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=True),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("mentions", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_comment_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index("ix_comment_instance_at", "comment", ["instance_id", "at"])
    op.create_table(
        "private_note",
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("instance_id", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_private_note_instance_id")),
        sa.PrimaryKeyConstraint("username", "instance_id", name=op.f("pk_private_note")),
    )
    op.create_table(
        "turn_exception",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("instance_id", sa.String(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("ahead", sa.String(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_turn_exception_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turn_exception")),
    )
    op.create_index("ix_turn_exception_username_at", "turn_exception", ["username", "at"])
    op.create_index("ix_turn_exception_instance", "turn_exception", ["instance_id"])
    op.add_column("task", sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("task", sa.Column("reassigned", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("task", sa.Column("transferred", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("task_access", sa.Column("turn", sa.BigInteger(), nullable=True))
    op.execute(FILED)
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    seconds = "CAST(strftime('%s', task.filed_at) AS INTEGER)" if is_sqlite else "EXTRACT(EPOCH FROM task.filed_at)"
    op.execute(sa.text(IN_TURN_NOW.replace("SECONDS", seconds)))
    op.create_index(
        "ix_task_access_turn", "task_access", ["principal", "turn"], sqlite_where=IN_TURN, postgresql_where=IN_TURN
    )


def downgrade():
    op.drop_index("ix_task_access_turn", "task_access")
    with op.batch_alter_table("task_access", schema=None) as batch_op:
        batch_op.drop_column("turn")
    with op.batch_alter_table("task", schema=None) as batch_op:
        for name in ("filed_at", "reassigned", "transferred"):
            batch_op.drop_column(name)
    for name in ("turn_exception", "private_note", "comment"):
        op.drop_table(name)
