"""messages find whom they are for: labels, conversations, what begins a process

Revision ID: 0004
Revises: 0003

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "conversation",
        sa.Column("instance_id", sa.String(), nullable=False),
        sa.Column("partner_id", sa.String(), nullable=False),
        sa.Column("partner_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_conversation_instance_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["instance.id"], name=op.f("fk_conversation_partner_id")),
        sa.PrimaryKeyConstraint("instance_id", "partner_id", name=op.f("pk_conversation")),
    )
    op.create_table(
        "start_event",
        sa.Column("definition_id", sa.String(), nullable=False),
        sa.Column("element_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("awaits_all", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["definition_id"], ["definition.id"], name=op.f("fk_start_event_definition_id")),
        sa.PrimaryKeyConstraint("definition_id", "element_id", "position", name=op.f("pk_start_event")),
    )
    with op.batch_alter_table("start_event", schema=None) as batch_op:
        batch_op.create_index("ix_start_event_kind_name", ["kind", "name"], unique=False)

    with op.batch_alter_table("definition", schema=None) as batch_op:
        batch_op.add_column(sa.Column("starts_listed", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("definition", schema=None) as batch_op:
        batch_op.alter_column("starts_listed", server_default=None)

    with op.batch_alter_table("buffered_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("label", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("carried", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("sender_id", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("sender_key", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("addressee_id", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("to_keys", sa.JSON(), nullable=True))
        batch_op.drop_index("ix_buffered_message_name_state")
        batch_op.create_index("ix_buffered_message_name_state", ["name", "state", "label"], unique=False)

    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.add_column(sa.Column("definition_id", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("is_open", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("is_partial", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("labels", sa.JSON(), nullable=True))
    # who waits already has no labels: he is looked at for every message of the name, as before
    op.execute(
        "UPDATE subscription SET labels = '[]',"
        " definition_id = (SELECT definition_id FROM instance WHERE instance.id = subscription.instance_id),"
        " since = (SELECT started_at FROM instance WHERE instance.id = subscription.instance_id)"
    )
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.alter_column("definition_id", existing_type=sa.String(), nullable=False)
        batch_op.alter_column("since", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.alter_column("labels", existing_type=sa.JSON(), nullable=False)
        batch_op.alter_column("is_open", server_default=None)
        batch_op.alter_column("is_partial", server_default=None)
        batch_op.drop_index("ix_subscription_kind_name")
        batch_op.create_index("ix_subscription_kind_name", ["kind", "name", "is_open", "since"], unique=False)
        batch_op.create_index("ix_subscription_name_definition", ["name", "definition_id"], unique=False)

    op.create_table(
        "subscription_label",
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("instance_id", sa.String(), nullable=False),
        sa.Column("wait_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id", "wait_id"],
            ["subscription.instance_id", "subscription.wait_id"],
            name=op.f("fk_subscription_label_instance_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("label", "instance_id", "wait_id", name=op.f("pk_subscription_label")),
    )
    with op.batch_alter_table("subscription_label", schema=None) as batch_op:
        batch_op.create_index("ix_subscription_label_instance", ["instance_id", "wait_id"], unique=False)


def downgrade():
    op.drop_table("subscription_label")
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.drop_index("ix_subscription_name_definition")
        batch_op.drop_index("ix_subscription_kind_name")
        batch_op.create_index("ix_subscription_kind_name", ["kind", "name"], unique=False)
        for column in ("labels", "is_partial", "is_open", "since", "definition_id"):
            batch_op.drop_column(column)
    with op.batch_alter_table("buffered_message", schema=None) as batch_op:
        batch_op.drop_index("ix_buffered_message_name_state")
        batch_op.create_index("ix_buffered_message_name_state", ["name", "state"], unique=False)
        for column in ("to_keys", "addressee_id", "sender_key", "sender_id", "carried", "label", "sent_at"):
            batch_op.drop_column(column)
    with op.batch_alter_table("definition", schema=None) as batch_op:
        batch_op.drop_column("starts_listed")
    op.drop_table("start_event")
    op.drop_table("conversation")
