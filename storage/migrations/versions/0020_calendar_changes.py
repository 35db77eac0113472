"""calendar changes: entered days are kept with the time they held, for agencies too

Revision ID: 0020
Revises: 0019

"""

from datetime import UTC, date, datetime
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

DAY_IN_FORCE = sa.text("until IS NULL AND kind <> 'year'")
YEAR_IN_FORCE = sa.text("until IS NULL AND kind = 'year'")
DUE = sa.text("ended_at IS NULL AND due_at IS NOT NULL")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def upgrade():
    entry = op.create_table(
        "calendar_entry",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("as_weekday", sa.Integer(), nullable=True),
        sa.Column("periods", sa.JSON(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("note_en", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("change_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_entry")),
    )
    for name, where in (("uq_calendar_entry_day", DAY_IN_FORCE), ("uq_calendar_entry_year", YEAR_IN_FORCE)):
        op.create_index(
            name, "calendar_entry", ["agency", "day"], unique=True, sqlite_where=where, postgresql_where=where
        )
    op.create_index("ix_calendar_entry_change", "calendar_entry", ["change_id"])
    days = sa.table("calendar_day", *(sa.column(name) for name in ("day", "kind", "as_weekday", "note")))
    found = op.get_bind().execute(sa.select(days)).all()
    if found:
        op.bulk_insert(
            entry,
            [
                {
                    "id": uuid4().hex, "agency": "", "day": _day(row.day), "kind": row.kind,
                    "as_weekday": row.as_weekday, "periods": None, "note": row.note, "note_en": row.note,
                    "since": LONG_AGO, "until": None, "change_id": "",
                }
                for row in found
            ],
        )  # fmt: skip
    op.drop_table("calendar_day")
    op.create_table(
        "calendar_change",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("edits", sa.JSON(), nullable=False),
        sa.Column("undoes", sa.String(), nullable=True),
        sa.Column("batches", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_change")),
    )
    op.create_index("ix_calendar_change_created", "calendar_change", ["created_at", "id"])
    op.create_index("ix_dossier_open_due", "dossier", ["due_at", "id"], sqlite_where=DUE, postgresql_where=DUE)


def downgrade():
    op.drop_index("ix_dossier_open_due", "dossier")
    op.drop_table("calendar_change")
    days = op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("as_weekday", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    names = ("day", "kind", "as_weekday", "note")
    entry = sa.table("calendar_entry", *(sa.column(name) for name in (*names, "agency", "until")))
    wanted = (entry.c.until.is_(None), entry.c.agency == "", entry.c.kind.in_(("off", "working")))
    rows = op.get_bind().execute(sa.select(*(entry.c[name] for name in names)).where(*wanted)).all()
    if rows:
        op.bulk_insert(
            days,
            [{"day": _day(r.day), "kind": r.kind, "as_weekday": r.as_weekday, "note": r.note} for r in rows],
        )
    op.drop_table("calendar_entry")


def _day(value):
    return date.fromisoformat(value) if isinstance(value, str) else value
