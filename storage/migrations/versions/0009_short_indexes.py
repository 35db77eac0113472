"""indexes hold what is looked for by them and no more: less is stored, and written, for each instance

Revision ID: 0009
Revises: 0008

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# name -> table, columns, which rows (all where empty)
BEFORE = {
    "ix_log_event_kind_at": ("log_event", ["kind", "at"], ""),
    "ix_task_access_task": ("task_access", ["task_id", "principal"], ""),
    "ix_task_completed_by": ("task", ["completed_by", "completed_at"], ""),
    "ix_task_assignee_state_created": ("task", ["assignee", "state", "created_at", "id"], ""),
    "ix_task_state_created": ("task", ["state", "created_at", "id"], ""),
    "ix_task_state_due": ("task", ["state", "due_at", "id"], ""),
    "ix_task_next_deadline_at": ("task", ["next_deadline_at"], ""),
    "ix_instance_key_status_started": ("instance", ["key", "status", "started_at", "id"], ""),
    "ix_instance_definition_status_started": ("instance", ["definition_id", "status", "started_at", "id"], ""),
    "ix_instance_status_started": ("instance", ["status", "started_at", "id"], ""),
    "ix_instance_started_by": ("instance", ["started_by", "started_at"], ""),
    "ix_instance_business_key": ("instance", ["business_key"], ""),
    "ix_instance_next_due_at": ("instance", ["next_due_at"], ""),
    "ix_instance_faulty": ("instance", ["started_at", "id"], "faults > 0"),
}
AFTER = {
    "ix_task_access_task": ("task_access", ["task_id"], ""),
    "ix_task_completed_by": ("task", ["completed_by", "completed_at"], "completed_by IS NOT NULL"),
    "ix_task_open_assignee": ("task", ["assignee", "created_at"], "state = 'open'"),
    "ix_task_open_created": ("task", ["created_at"], "state = 'open'"),
    "ix_task_open_due": ("task", ["due_at", "id"], "state = 'open'"),
    "ix_task_closed_assignee": ("task", ["assignee", "created_at"], "state <> 'open'"),
    "ix_task_closed_created": ("task", ["created_at"], "state <> 'open'"),
    "ix_task_closed_due": ("task", ["due_at"], "state <> 'open' AND due_at IS NOT NULL"),
    "ix_task_next_deadline": ("task", ["next_deadline_at"], "next_deadline_at IS NOT NULL"),
    "ix_instance_key_status_started": ("instance", ["key", "status", "started_at"], ""),
    "ix_instance_definition_status_started": ("instance", ["definition_id", "status", "started_at"], ""),
    "ix_instance_status_started": ("instance", ["status", "started_at"], ""),
    "ix_instance_started_by": ("instance", ["started_by"], ""),
    "ix_instance_business_key": ("instance", ["business_key"], "business_key IS NOT NULL"),
    "ix_instance_next_due": ("instance", ["next_due_at"], "next_due_at IS NOT NULL"),
    "ix_instance_faulty": ("instance", ["started_at"], "faults > 0"),
}


def upgrade():
    _replace(BEFORE, AFTER)


def downgrade():
    _replace(AFTER, BEFORE)


def _replace(old, new):
    for name, (table, _, _) in old.items():
        op.drop_index(name, table)
    for name, (table, columns, rows) in new.items():
        where = {"sqlite_where": sa.text(rows), "postgresql_where": sa.text(rows)} if rows else {}
        op.create_index(name, table, columns, **where)
