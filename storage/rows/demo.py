"""Rows of the demo data (services/demo/): a dossier's rows as plain values, and whole dossiers written together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Table, insert, null, select, update

from storage.database import Base, connection, session
from storage.tables import Dossier, Notice

Row = dict[str, Any]
Rows = Mapping[str, Sequence[Row]]
"""By table."""

COPIED = ("instance", "dossier", "task", "task_access", "document", "apology", "log_event")
"""Tables that hold what a dossier is, in the order in which they are written."""
NOT_COPIED: Mapping[str, str] = {
    "batch_item": "a batch of an operator",
    "buffered_message": "a message that came early",
    "comment": "officers of the demo data do not talk",
    "calendar_move": "what a change of the calendar moved",
    "calendar_shift": "what else a change of the calendar moved",
    "conversation": "messages between instances",
    "dossier_search": "written in the order of filing when all copies are there",
    "draft": "what is typed and not sent",
    "external_task": "work of a program",
    "incident": "something broken",
    "interest": "nobody declares one",
    "notice": "what is told of the played ones fills a bell",
    "outbox_message": "demo data call nobody",
    "presence": "who looks at it just now",
    "private_note": "officers of the demo data write none",
    "seal": "written by the next checkpoint",
    "supplement": "what a request was composed of; what went out stands with the task",
    "subscription": "a message that is waited for",
    "subscription_label": "a message that is waited for",
    "turn_exception": "it counts acts of people, and these are made up already",
    "upload": "a file under way",
}
"""Tables that name an instance, dossier or task and hold nothing of a dossier of the demo data, and why."""


def there(dossier_ids: Collection[str]) -> set[str]:
    """Give those of these dossiers that exist."""
    return set(session().scalars(select(Dossier.id).where(Dossier.id.in_(dossier_ids))))


def of(dossier_id: str) -> Rows:
    """Give all rows of a dossier."""
    instance_id = session().scalar(select(Dossier.instance_id).where(Dossier.id == dossier_id))
    found = {}
    for name in COPIED:
        table = _table(name)
        if name == "log_event":
            which = table.c.chain == instance_id
        elif name == "task_access":
            tasks = _table("task")
            which = table.c.task_id.in_(select(tasks.c.id).where(tasks.c.instance_id == instance_id))
        elif name == "instance":
            which = table.c.id == instance_id
        else:
            which = table.c.id == dossier_id if name == "dossier" else table.c.dossier_id == dossier_id
        order = table.c.seq if name == "log_event" else next(iter(table.primary_key.columns))
        found[name] = [dict(row) for row in connection().execute(select(table).where(which).order_by(order)).mappings()]
    return found


def write(every: Sequence[Rows]) -> None:
    """Write the rows of some dossiers."""
    for name in COPIED:
        rows = [row for each in every for row in each[name]]
        table = _table(name)
        absent = [column.name for column in table.columns if isinstance(column.type, JSON) and column.nullable]
        for row in rows:  # None would be written as JSON's null
            row.update({column: null() for column in absent if row[column] is None})
        if rows:
            connection().execute(insert(table), rows)


def read_notices(before: datetime) -> None:
    """Mark what was told up to a moment as read when it was told."""
    connection().execute(
        update(Notice).where(Notice.created_at < before, Notice.read_at.is_(None)).values(read_at=Notice.created_at)
    )


def _table(name: str) -> Table:
    return Base.metadata.tables[name]
