"""incidents

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-22 02:10:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WAITS = sa.text("next_try_at IS NOT NULL")


def upgrade():
    op.create_table(
        "incident",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("instance_id", sa.String(), nullable=False),
        sa.Column("token_id", sa.String(), nullable=False),
        sa.Column("definition_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("process_key", sa.String(), nullable=False),
        sa.Column("element_id", sa.String(), nullable=False),
        sa.Column("element_name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("message_vi", sa.String(), nullable=False),
        sa.Column("message_en", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("retries_left", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["definition_id"], ["definition.id"], name=op.f("fk_incident_definition_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_incident_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index("ix_incident_instance_state", ["instance_id", "state"], unique=False)
        batch_op.create_index("ix_incident_state_created", ["state", "created_at", "id"], unique=False)
        batch_op.create_index("ix_incident_key_state_created", ["key", "state", "created_at", "id"], unique=False)
        batch_op.create_index(
            "ix_incident_next_try", ["next_try_at"], unique=False, sqlite_where=WAITS, postgresql_where=WAITS
        )
    with op.batch_alter_table("instance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("incidents", sa.Integer(), server_default="0", nullable=False))


def downgrade():
    with op.batch_alter_table("instance", schema=None) as batch_op:
        batch_op.drop_column("incidents")
    op.drop_table("incident")
