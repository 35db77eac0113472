"""A page of tasks of a place: of a built-in view or of a saved one, as the inbox and the list beside a task show it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services import duties, legal, loading
from services import views as saved_views
from services.permissions import Permission, Viewer, scope_of
from storage.queries import drafts as draft_queries
from storage.queries import people
from storage.queries import tasks as queries
from storage.queries.drafts import TaskDraft
from storage.queries.supplements import Letter
from storage.queries.tasks import InboxRow, Page
from texts import Text
from web.officer import dues
from web.officer.places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a list of tasks."""

    row: InboxRow
    step: Text
    procedure: Text
    due: dues.Due
    can_claim: bool
    draft: TaskDraft | None = None
    """What somebody has typed into it and not sent yet."""
    letter: Letter | None = None
    """Its supplement request, which waits for an approval or came back from it."""
    is_barred: bool = False
    """This viewer's duties are kept apart from it, or they declared an interest."""
    absent: str = ""
    """The colleague for whom this viewer does it."""
    unit: Text = Text("", "")
    case: Text = Text("", "")
    channel: Text = Text("", "")


def page(viewer: Viewer, place: Place, *, now: datetime, limit: int) -> Page:
    """Read one page of tasks where the place is."""
    if place.saved is not None:
        return saved_views.opened(
            viewer, place.saved, now=now, key=place.key, text=place.folded, after=place.cursor, limit=limit
        )
    return queries.inbox(scope_of(viewer), place.filter, now=now, after=place.cursor, limit=limit)


def lines(
    viewer: Viewer,
    rows: Sequence[InboxRow],
    columns: Iterable[str],
    *,
    now: datetime,
    letters: Mapping[str, Letter],
    is_stood: bool = False,
) -> list[Line]:
    """Give rows with all that their columns show; `is_stood`: they are those of colleagues whom one stands for."""
    who = people.names_of(one.username for one in viewer.stands_for) if is_stood else {}
    barred = duties.barred_rows(viewer.username, rows)
    drafts = draft_queries.of_tasks([row.id for row in rows if row.has_draft])
    units = people.unit_names(row.unit_code for row in rows if row.unit_code) if "unit" in columns else {}
    return [
        line(
            row,
            viewer,
            now=now,
            draft=drafts.get(row.id),
            letter=letters.get(row.id),
            barred=barred,
            unit=units.get(row.unit_code or ""),
            absent=_absent(viewer, row, who) if is_stood else "",
        )
        for row in rows
    ]


def line(
    row: InboxRow,
    viewer: Viewer,
    *,
    now: datetime,
    draft: TaskDraft | None = None,
    letter: Letter | None = None,
    barred: Container[str] = (),
    unit: Text | None = None,
    absent: str = "",
) -> Line:
    """Give a row as a list shows it; `barred`: ids of tasks that this viewer may not do.

    `absent`: the colleague whom they stand for and whose it is.
    """
    loaded = loading.load(row.definition_id)
    is_candidate = viewer.username in row.candidate_users or not viewer.groups.isdisjoint(row.candidate_groups)
    may_claim = is_candidate or bool(absent) or Permission.WORK_ANY_TASK in viewer.permissions
    channel = legal.CHANNELS.get(row.channel, Text(row.channel, row.channel))
    return Line(
        row=row,
        step=loaded.step_name(row.process_key, row.element_id, row.name),
        procedure=Text(row.procedure_name, row.procedure_name_en or "") if row.procedure_name else loaded.name,
        due=dues.of_task(row, now=now),
        can_claim=row.state == "open"
        and not row.is_suspended
        and row.assignee is None
        and may_claim
        and row.id not in barred,
        draft=draft,
        letter=letter,
        is_barred=row.id in barred,
        absent=absent,
        unit=unit or Text(row.unit_code or "", row.unit_code or ""),
        case=legal.case_name(loaded.procedure, row.case_id) if loaded.procedure else Text(row.case_id, row.case_id),
        channel=channel,
    )


def _absent(viewer: Viewer, row: InboxRow, who: Mapping[str, str]) -> str:
    """Name the first of those whom a viewer stands for whose task this is, as services/taskrights does."""
    for one in viewer.stands_for:
        offered = one.username in row.candidate_users or not one.groups.isdisjoint(row.candidate_groups)
        has_it = offered if row.assignee in (None, viewer.username) else row.assignee == one.username
        if has_it and (not one.keys or row.key in one.keys):
            return who.get(one.username, one.username)
    return ""
