"""Substitutions: a colleague does somebody's tasks while they are away; the log says who did what for whom.

The substitute acts as themselves, with their own rights, and may besides claim and complete what is given or offered to
the absent one, in the processes that the substitution names. It is not passed on: who stands for a substitute stands
for nobody else by that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from errors import Detail, Forbidden, Invalid, InvalidAnswers, NotFound
from services import ids, log, notices, reassigning
from services.clocks import LOCAL
from services.notices import News
from services.permissions import SYSTEM, Permission, Standing, Viewer, permissions_of, require_any
from services.runs import hold_of_task
from services.taskrights import STANDING
from storage.database import session, verb
from storage.queries.colleagues import Colleague, staff
from storage.queries.substitutions import Reach
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
    if person is None or not may_appoint(viewer, absent, person.unit_code):
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
    _tell(viewer, found, "appointed", now)
    return found


@verb
def end(viewer: Viewer, substitution_id: str, *, now: datetime) -> Substitution:
    """End a substitution now; the substitute may, and who may appoint it. One that is over stays as it is."""
    found = rows.load(substitution_id)
    person = people.load(found.absent) if found is not None else None
    if found is None or person is None:
        raise NotFound()
    if not may_end(viewer, found.absent, person.unit_code, found.substitute):
        raise Forbidden()
    if found.ends_at > now:
        found.ends_at = now
        found.starts_at = min(found.starts_at, now)
        log.append_to("people", "substitution.ended", actor=viewer.username, now=now, data=_told(found))
        _tell(viewer, found, "ended", now)
    return found


def over(now: datetime, limit: int = 100) -> Sequence[str]:
    """Give those that have ended and that `close` is still to look at."""
    return rows.over(now, limit)


def close(substitution_id: str, *, now: datetime) -> None:
    """Give back to the absent one what was taken for them and is not done, each task in its own transaction.

    What another substitution of the same two people holds for still stays. Called again it changes nothing.
    """
    found = rows.find(substitution_id)
    if found is None or found.closed_at is not None or found.ends_at > now:
        return
    present = [one for one in standing(found.substitute, now=now) if one.username == found.absent]
    for task_id, key in rows.taken(found):
        if not any(not one.keys or key in one.keys for one in present):
            _give_back(task_id, found.substitute, now=now)
    _closed(substitution_id, now=now)


@verb
def _give_back(task_id: str, substitute: str, *, now: datetime) -> None:
    run, task = hold_of_task(task_id, actor=SYSTEM.username, now=now)
    if task.state == "open" and task.assignee == substitute and task.delegation == STANDING:
        reassigning.given(run, task, task.owner, "task.resolved")


@verb
def _closed(substitution_id: str, *, now: datetime) -> None:
    found = rows.load(substitution_id)
    if found is not None and found.ends_at <= now:
        found.closed_at = now


def standing(username: str, *, now: datetime) -> tuple[Standing, ...]:
    """Give for whom a person stands now."""
    return tuple(
        Standing(username=row.absent, groups=groups, keys=frozenset(row.keys), until=row.ends_at)
        for row, groups in rows.standing(username, now)
    )


def of_person(viewer: Viewer, username: str, *, now: datetime) -> Sequence[Substitution]:
    """Give the substitutions of a person that are not over: to themselves and to who may appoint theirs."""
    person = people.load(username)
    if person is None or not may_appoint(viewer, username, person.unit_code):
        raise NotFound()
    return rows.of_person(username, now, MOST)


def _tell(viewer: Viewer, one: Substitution, what: str, now: datetime) -> None:
    """Tell both people, but not who does it."""
    pair = {name: person for name in (one.absent, one.substitute) if (person := people.load(name)) is not None}
    names = {name: person.name for name, person in pair.items()}
    for who, person in pair.items():
        if who != viewer.username:
            news = News(
                key=f"substitution:{one.id}:{what}", kind="substitution", url="/substitutions",
                text=_words(one, what, who, names), detail=Text(one.reason, one.reason),
            )  # fmt: skip
            notices.tell([person], news, now=now)


def _words(one: Substitution, what: str, who: str, names: Mapping[str, str]) -> Text:
    first, last = (moment.astimezone(LOCAL).strftime("%d/%m/%Y %H:%M") for moment in (one.starts_at, one.ends_at))
    absent, substitute = names.get(one.absent, one.absent), names.get(one.substitute, one.substitute)
    if what == "ended":
        if who == one.substitute:
            return Text(f"Bạn thôi làm thay {absent}", f"You no longer stand in for {absent}")
        return Text(f"{substitute} thôi làm thay bạn", f"{substitute} no longer stands in for you")
    if who == one.substitute:
        return Text(f"Bạn làm thay {absent} từ {first} đến {last}", f"You stand in for {absent} from {first} to {last}")
    return Text(
        f"{substitute} làm thay bạn từ {first} đến {last}", f"{substitute} stands in for you from {first} to {last}"
    )


def may_appoint(viewer: Viewer, absent: str, unit: str | None) -> bool:
    """Say whether a viewer may let somebody stand for a person of a unit."""
    if Permission.MANAGE_PEOPLE in viewer.permissions:
        return True
    if viewer.username == absent:
        return Permission.WORK_TASKS in viewer.permissions
    return _is_head(viewer) and unit == viewer.unit


def may_end(viewer: Viewer, absent: str, unit: str | None, substitute: str) -> bool:
    """Say whether a viewer may end a substitution: the substitute too."""
    return viewer.username == substitute or may_appoint(viewer, absent, unit)


def reach_of(viewer: Viewer) -> Reach:
    """Give whose substitutions a viewer sees; raise Forbidden for who is nobody's colleague."""
    require_any(viewer, Permission.WORK_TASKS, Permission.MANAGE_PEOPLE)
    unit = viewer.unit if _is_head(viewer) else ""
    everybody = Permission.MANAGE_PEOPLE in viewer.permissions
    return Reach(username=viewer.username, unit=unit, everybody=everybody)


def colleagues(viewer: Viewer) -> tuple[tuple[Colleague, ...], tuple[Colleague, ...]]:
    """Give for whom a viewer may appoint somebody, and who could be appointed."""
    works = tuple(one for one in staff() if Permission.WORK_TASKS in permissions_of(one.roles))
    absent = tuple(one for one in works if may_appoint(viewer, one.username, one.unit_code or None))
    return absent, works


def _is_head(viewer: Viewer) -> bool:
    return {Permission.ASSIGN_TASKS, Permission.SUPERVISE_UNIT} <= viewer.permissions and bool(viewer.unit)


def _problems(
    absent: Person, substitute: str, starts_at: datetime, ends_at: datetime, keys: Sequence[str], reason: str,
    now: datetime,
) -> list[Detail]:  # fmt: skip
    problems = []
    person = people.load(substitute)
    works = person is not None and person.is_active and Permission.WORK_TASKS in permissions_of(person.roles)
    if Permission.WORK_TASKS not in permissions_of(absent.roles):
        message = Text("Người này không xử lý hồ sơ.", "This person works on no tasks.")
        problems.append(Detail(field="absent", code="unknown", message=message))
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
