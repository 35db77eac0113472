"""Saved views of the inbox: save, change, share, drop; and what a view asks of the lists when somebody opens it.

A view shows nobody more than their own scope holds: what is shared are the conditions, not the tasks. Conditions are
kept as they were typed ("+3d", "Nguyễn") and read anew each time, so that a moment moves on with the day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from errors import Detail, Duplicate, Forbidden, Invalid, NotFound, StaleVersion, TooLarge
from services import ids, log
from services.permissions import Permission, Viewer, require_any, scope_of
from services.viewconditions import check, read
from storage.database import session, verb
from storage.queries import views as queries
from storage.queries.tasks import Page
from storage.queries.views import BASES, COLUMNS, ORDERS, Counted, Known, Question
from storage.rows import people
from storage.rows import views as rows
from storage.tables import SavedView
from texts import Text

CHAIN = "views"
LONGEST_NAME = 80
MOST = 30
"""Views of one person, and views that are shared with one group or unit."""
MOST_OPEN = 60
"""Views that one person is shown."""
SHOWN = ("code", "applicant", "procedure", "step", "assignee", "due")
"""The columns of a view that names none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a view consists of; `conditions` as they were typed: {"field", "comparison", "values"}."""

    name: str
    base: str = "own"
    conditions: Sequence[Mapping[str, Any]] = field(default=())
    columns: Sequence[str] = SHOWN
    order: str = "due"
    descending: bool = False


@verb
def save(viewer: Viewer, content: Content, *, now: datetime) -> SavedView:
    """Keep a view under a name, for oneself; the same content again gives the view that there is.

    Raises Invalid with everything that is wrong, Duplicate where one's own other view has the name, TooLarge.
    """
    given = _checked(viewer, content)
    before = rows.named(viewer.username, given["name"])
    if before is not None:
        if all(getattr(before, name) == value for name, value in given.items()):
            return before
        raise _taken()
    if rows.count_of(viewer.username) >= MOST:
        raise _too_many()
    view = SavedView(
        id=ids.new(now), owner=viewer.username, shared_with=None, version=1, created_at=now, changed_at=now, **given
    )
    session().add(view)
    session().flush()
    _log(view, "saved", viewer, now)
    return view


@verb
def change(viewer: Viewer, view_id: str, content: Content, *, seen_version: int, now: datetime) -> SavedView:
    """Change one's own view; those with whom it is shared have it so from now on. The same content changes nothing.

    Raises Invalid, Duplicate, NotFound, Forbidden where it is another's, StaleVersion where it was changed since.
    """
    view = _own(viewer, view_id)
    given = _checked(viewer, content)
    if all(getattr(view, name) == value for name, value in given.items()):
        return view
    if seen_version != view.version:
        raise StaleVersion()
    other = rows.named(viewer.username, given["name"])
    if other is not None and other.id != view.id:
        raise _taken()
    for name, value in given.items():
        setattr(view, name, value)
    view.version, view.changed_at = view.version + 1, now
    _log(view, "changed", viewer, now)
    return view


@verb
def share(viewer: Viewer, view_id: str, shared_with: str, *, now: datetime) -> SavedView:
    """Share one's own view with one's group (`g:CODE`) or unit (`n:CODE`), or with nobody any more (an empty text).

    Raises NotFound, Forbidden, Invalid for a group or unit that is not one's own, TooLarge where too many are shared.
    """
    view = _own(viewer, view_id)
    if shared_with == (view.shared_with or ""):
        return view
    if shared_with and not _may_share_with(viewer, shared_with):
        message = Text("Chỉ chia sẻ được với nhóm hoặc đơn vị của bạn.", "Share with a group or unit of your own.")
        raise Invalid(details=[Detail(field="shared_with", code="unknown", message=message)])
    if shared_with and rows.count_shared(shared_with) >= MOST:
        raise _too_many()
    view.shared_with, view.changed_at = shared_with or None, now
    _log(view, "shared", viewer, now, shared_with=shared_with)
    return view


@verb
def drop(viewer: Viewer, view_id: str, *, now: datetime) -> None:
    """Delete one's own view; who manages people may also delete one that is shared. Raises NotFound, Forbidden."""
    view = rows.load(view_id, lock=True)
    if view is None:
        raise NotFound()
    if view.owner != viewer.username and not (view.shared_with and Permission.MANAGE_PEOPLE in viewer.permissions):
        _readable(viewer, view)
        raise Forbidden()
    _log(view, "dropped", viewer, now)
    session().delete(view)


def of(viewer: Viewer) -> tuple[Known, ...]:
    """Give the views that somebody may open: one's own first, then those that are shared."""
    _require_inbox(viewer)
    return queries.open_to(viewer.username, _shared(viewer), MOST_OPEN)


def one(viewer: Viewer, view_id: str) -> SavedView:
    """Give a view that somebody may open; raise NotFound otherwise."""
    _require_inbox(viewer)
    view = rows.load(view_id)
    if view is None:
        raise NotFound()
    _readable(viewer, view)
    return view


def opened(
    viewer: Viewer,
    view: SavedView,
    *,
    now: datetime,
    key: str = "",
    text: str = "",
    after: tuple[str, str] | None = None,
    limit: int = 50,
) -> Page:
    """Give a page of a view as this viewer has it at this moment, narrowed to a procedure and to words perhaps."""
    asked = question(view, now=now, key=key, text=text)
    return queries.page(scope_of(viewer), asked, now=now, after=after, limit=limit)


def counts(viewer: Viewer, views: Sequence[SavedView], *, now: datetime) -> Mapping[str, Counted]:
    """Count the tasks of views by one statement, by the views' ids."""
    return queries.counts(scope_of(viewer), {view.id: question(view, now=now) for view in views}, now=now)


def question(view: SavedView, *, now: datetime, key: str = "", text: str = "") -> Question:
    """Read what a view asks at this moment, narrowed to a procedure and to folded words perhaps."""
    more = [{"field": "procedure", "comparison": "is", "values": [key]}] if key else []
    more += [{"field": "text", "comparison": "holds", "values": [text]}] if text else []
    conditions = tuple(read(condition, now) for condition in (*view.conditions, *more))
    return Question(base=view.base, conditions=conditions, order=view.order, descending=view.descending)


def _checked(viewer: Viewer, content: Content) -> dict[str, Any]:
    """Give the columns of a view's row, or raise with everything that is wrong."""
    _require_inbox(viewer)
    name = " ".join(content.name.split())
    problems: list[Detail] = []
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        message = Text(f"Tên từ 1 đến {LONGEST_NAME} ký tự.", f"A name has 1 to {LONGEST_NAME} letters.")
        problems.append(Detail(field="name", code="length", message=message))
    problems += _unknown("base", [content.base], _bases(viewer))
    problems += _unknown("order", [content.order], ORDERS)
    problems += _unknown("columns", content.columns, COLUMNS)
    conditions, wrong = check(content.conditions)
    problems += wrong
    if problems:
        raise Invalid(details=problems)
    columns = list(dict.fromkeys(content.columns)) or list(SHOWN)
    return {
        "name": name, "base": content.base, "conditions": conditions, "columns": columns, "order": content.order,
        "descending": content.descending,
    }  # fmt: skip


def _unknown(name: str, given: Sequence[str], known: Any) -> list[Detail]:
    if all(each in known for each in given):
        return []
    message = Text(f"Chọn trong: {', '.join(known)}.", f"Choose among: {', '.join(known)}.")
    return [Detail(field=name, code="unknown", message=message)]


def _bases(viewer: Viewer) -> tuple[str, ...]:
    return BASES if Permission.SUPERVISE_UNIT in viewer.permissions else BASES[:1]


def _require_inbox(viewer: Viewer) -> None:
    require_any(viewer, Permission.WORK_TASKS, Permission.WORK_ANY_TASK)


def _own(viewer: Viewer, view_id: str) -> SavedView:
    _require_inbox(viewer)
    view = rows.load(view_id, lock=True)
    if view is None:
        raise NotFound()
    if view.owner != viewer.username:
        _readable(viewer, view)
        raise Forbidden()
    return view


def _readable(viewer: Viewer, view: SavedView) -> None:
    if view.owner != viewer.username and view.shared_with not in _shared(viewer):
        raise NotFound()


def _shared(viewer: Viewer) -> tuple[str, ...]:
    """Give the names under which views are shared with somebody."""
    groups = tuple(f"g:{group}" for group in sorted(viewer.groups))
    return (*groups, f"n:{viewer.unit}") if viewer.unit else groups


def _may_share_with(viewer: Viewer, shared_with: str) -> bool:
    if shared_with in _shared(viewer):
        return True
    kind, _, code = shared_with.partition(":")
    known = {"g": people.group, "n": people.unit}.get(kind)
    return Permission.MANAGE_PEOPLE in viewer.permissions and known is not None and known(code) is not None


def _taken() -> Duplicate:
    return Duplicate(Text("Bạn đã có chế độ xem tên này.", "You have a view of this name already."))


def _too_many() -> TooLarge:
    return TooLarge(
        Text(f"Đã có {MOST} chế độ xem. Hãy xoá bớt.", f"There are {MOST} views already. Delete some of them.")
    )


def _log(view: SavedView, act: str, viewer: Viewer, now: datetime, **more: Any) -> None:
    """What a view looks for may name people: the log says only which view it was."""
    log.append_to(CHAIN, f"view.{act}", actor=viewer.username, now=now, data={"view": view.id, **more})
