"""Substitutions: a colleague does somebody's tasks while they are away; the log says who did what for whom.

The substitute acts as themselves, with their own rights, and may besides claim and complete what is given or offered to
the absent one, in the processes that the substitution names. It is not passed on: who stands for a substitute stands
for nobody else by that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from errors import Detail, Forbidden, Invalid, InvalidAnswers, NotFound
from services import ids, log
from services.permissions import Permission, Standing, Viewer, permissions_of
from storage.database import session, verb
from storage.rows import people
from storage.rows import substitutions as rows
from storage.tables import Person, Substitution
from texts import Text

LONGEST = timedelta(days=366)
LONGEST_REASON = 2000
MOST = 20
"""Substitutions to come or in force that one person may be part of."""
MOST_KEYS = 100


@verb
def appoint(
    viewer: Viewer,
    absent: str,
    substitute: str,
    *,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    keys: Iterable[str] = (),
    reason: str = "",
) -> Substitution:
    """Let a person stand for another; for oneself, as head for one's unit's people, or as administrator.

    The same one again (people, moments and keys) gives that of before. Raises Forbidden, NotFound, Invalid, and
    InvalidAnswers with every field that is wrong.
    """
    person = people.load(absent)
    if person is None or not _may_appoint(viewer, person):
        raise NotFound() if person is None else Forbidden()
    named = sorted(set(keys))
    problems = _problems(person, substitute, starts_at, ends_at, named, reason, now)
    if problems:
        raise InvalidAnswers(details=problems)
    known = rows.of_person(absent, now, MOST)
    for one in known:
        if (one.absent, one.substitute, one.starts_at, one.ends_at, one.keys) == (
            absent, substitute, starts_at, ends_at, named,
        ):  # fmt: skip
            return one
    if len(known) >= MOST:
        message = Text(f"Đã có {MOST} lượt thay thế còn hiệu lực.", f"There are {MOST} substitutions already.")
        raise Invalid(details=[Detail(field="absent", code="too_many", message=message)])
    found = Substitution(
        id=ids.new(now), absent=absent, substitute=substitute, starts_at=starts_at, ends_at=ends_at, keys=named,
        reason=reason.strip(), appointed_by=viewer.username, appointed_at=now,
    )  # fmt: skip
    session().add(found)
    colleague = people.load(substitute)
    if colleague is not None:
        colleague.substitutes_until = max(filter(None, (colleague.substitutes_until, ends_at)))
    log.append_to("people", "substitution.appointed", actor=viewer.username, now=now, data=_told(found))
    return found


@verb
def end(viewer: Viewer, substitution_id: str, *, now: datetime) -> Substitution:
    """End a substitution now; the substitute may, and who may appoint it. One that is over stays as it is."""
    found = rows.load(substitution_id)
    person = people.load(found.absent) if found is not None else None
    if found is None or person is None:
        raise NotFound()
    if viewer.username != found.substitute and not _may_appoint(viewer, person):
        raise Forbidden()
    if found.ends_at > now:
        found.ends_at = now
        found.starts_at = min(found.starts_at, now)
        log.append_to("people", "substitution.ended", actor=viewer.username, now=now, data=_told(found))
    return found


def standing(username: str, *, now: datetime) -> tuple[Standing, ...]:
    """Give for whom a person stands now."""
    return tuple(
        Standing(username=row.absent, groups=groups, keys=frozenset(row.keys))
        for row, groups in rows.standing(username, now)
    )


def of_person(viewer: Viewer, username: str, *, now: datetime) -> Sequence[Substitution]:
    """Give the substitutions of a person that are not over: to themselves and to who may appoint theirs."""
    person = people.load(username)
    if person is None or not _may_appoint(viewer, person):
        raise NotFound()
    return rows.of_person(username, now, MOST)


def _may_appoint(viewer: Viewer, absent: Person) -> bool:
    if Permission.MANAGE_PEOPLE in viewer.permissions:
        return True
    if viewer.username == absent.username:
        return Permission.WORK_TASKS in viewer.permissions
    is_head = {Permission.ASSIGN_TASKS, Permission.SUPERVISE_UNIT} <= viewer.permissions
    return is_head and bool(viewer.unit) and absent.unit_code == viewer.unit


def _problems(
    absent: Person, substitute: str, starts_at: datetime, ends_at: datetime, keys: Sequence[str], reason: str,
    now: datetime,
) -> list[Detail]:  # fmt: skip
    problems = []
    person = people.load(substitute)
    works = person is not None and person.is_active and Permission.WORK_TASKS in permissions_of(person.roles)
    if not works or substitute == absent.username:
        message = Text("Chọn một cán bộ khác đang làm việc.", "Choose another officer who is at work.")
        problems.append(Detail(field="substitute", code="unknown", message=message))
    if ends_at <= max(starts_at, now):
        message = Text("Ngày kết thúc phải sau ngày bắt đầu và chưa qua.", "It must end after it starts, and not yet.")
        problems.append(Detail(field="ends_at", code="range", message=message))
    elif ends_at - starts_at > LONGEST:
        message = Text("Thay thế lâu nhất một năm.", "A year is the longest.")
        problems.append(Detail(field="ends_at", code="length", message=message))
    if len(keys) > MOST_KEYS or any(not key or len(key) > 200 for key in keys):
        message = Text("Danh sách quy trình không hợp lệ.", "The list of processes is not right.")
        problems.append(Detail(field="keys", code="range", message=message))
    if len(reason) > LONGEST_REASON:
        message = Text(f"Lý do dài quá {LONGEST_REASON} ký tự.", f"At most {LONGEST_REASON} characters.")
        problems.append(Detail(field="reason", code="length", message=message))
    return problems


def _told(one: Substitution) -> dict[str, object]:
    return {
        "substitution": one.id,
        "absent": one.absent,
        "substitute": one.substitute,
        "starts_at": one.starts_at.isoformat(),
        "ends_at": one.ends_at.isoformat(),
        "keys": one.keys,
        "reason": one.reason,
    }
