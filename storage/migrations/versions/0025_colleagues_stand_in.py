"""colleagues stand in for those who are away

Revision ID: 0025
Revises: 0024

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("person", sa.Column("substitutes_until", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "substitution",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("absent", sa.String(), nullable=False),
        sa.Column("substitute", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("appointed_by", sa.String(), nullable=False),
        sa.Column("appointed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["absent"], ["person.username"], name=op.f("fk_substitution_absent")),
        sa.ForeignKeyConstraint(["substitute"], ["person.username"], name=op.f("fk_substitution_substitute")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")),
    )
    op.create_index("ix_substitution_substitute", "substitution", ["substitute", "ends_at"])
    op.create_index("ix_substitution_absent", "substitution", ["absent", "ends_at"])


def downgrade():
    op.drop_table("substitution")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("substitutes_until")
