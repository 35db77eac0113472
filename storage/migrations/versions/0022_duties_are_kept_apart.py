"""duties are kept apart

Revision ID: 0022
Revises: 0021

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("instance", sa.Column("interested", sa.JSON(), nullable=True))
    op.create_table(
        "interest",
        sa.Column("instance_id", sa.String(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_interest_instance_id")),
        sa.PrimaryKeyConstraint("instance_id", "username", name=op.f("pk_interest")),
    )


def downgrade():
    op.drop_table("interest")
    with op.batch_alter_table("instance", schema=None) as batch_op:
        batch_op.drop_column("interested")
