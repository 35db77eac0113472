"""a queue for workers on PostgreSQL: Procrastinate's schema, of the installed version

Later versions of the library bring steps of their own, which env.py takes after the migrations.

Revision ID: 0010
Revises: 0009

"""

from alembic import op

from storage import queue

# revision identifiers, used by Alembic.
revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    if op.get_bind().dialect.name == "postgresql":
        queue.install(op.get_bind())


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        queue.remove(op.get_bind())
