"""it is said for whom a substitute wrote; whoever delegated a task still sees it

Revision ID: 0035
Revises: 0034

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

OWNED = """
INSERT INTO task_access (principal, sort_at, task_id)
SELECT 'u:' || task.owner, min(known.sort_at), task.id
FROM task JOIN task_access AS known ON known.task_id = task.id
WHERE task.owner IS NOT NULL AND task.state = 'open'
GROUP BY task.id, task.owner
HAVING sum(CASE WHEN known.principal = 'u:' || task.owner THEN 1 ELSE 0 END) = 0
"""


def upgrade():
    for table in ("comment", "document"):
        op.add_column(table, sa.Column("behalf", sa.String(), nullable=True))
    op.execute(OWNED)


def downgrade():
    for table in ("comment", "document"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("behalf")
