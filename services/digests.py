"""The morning's digest: what somebody was told and has not read, in one e-mail, once per person and working day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from errors import NoCalendar
from services import clocks, notice_settings, outbox, people
from services.clocks import LOCAL
from services.notice_settings import KINDS, OTHER
from services.permissions import Permission, scope_of
from storage.database import verb
from storage.queries import tasks
from storage.rows import notices as rows
from storage.rows import people as people_rows
from storage.tables import Notice, Person
from texts import Text

MOST = 50
"""Lines of one e-mail; of the others their number is said."""
TOGETHER = 500


def advance(*, now: datetime) -> int:
    """Write the digests that are due; give how many were. Twice is once."""
    today = now.astimezone(LOCAL).date()
    try:
        if not clocks.calendar().is_working_day(today):
            return 0
    except NoCalendar:  # better a letter too many than none for a year
        pass
    sent, after = 0, ""
    while usernames := rows.waiting_for_digest(today, after, TOGETHER):
        sent += sum(write(username, now=now) for username in usernames)
        after = usernames[-1]
    return sent


@verb
def write(username: str, *, now: datetime) -> bool:
    """Write one person's digest of today, where it is due and there is something to tell; say whether."""
    person, here = people_rows.lock(username), now.astimezone(LOCAL)
    if person is None or not person.is_active or person.digested_on == here.date():
        return False
    if here.time() < notice_settings.of(person).morning:
        return False
    found = rows.take_for_digest(username, now)
    if not found:
        return False
    person.digested_on = here.date()
    if person.email:
        payload = {
            "to": person.email,
            "subject": _subject(found).vi,
            "body": _body(person, found, now),
            "path": "/notices",
        }
        outbox.add("email", payload, key=_key(username, here.date()), now=now)
    return True


def _key(username: str, day: date) -> str:
    return f"email:digest:{username}:{day.isoformat()}"


def _subject(found: Sequence[Notice]) -> Text:
    count = len(found)
    return Text(f"Bản tin sáng: {count} việc cần biết", f"This morning: {count} thing{'s' * (count != 1)} to know")


def _body(person: Person, found: Sequence[Notice], now: datetime) -> str:
    vi, en = _own(person, now)
    return f"{_part(found, 'vi', vi)}\n\n{_part(found, 'en', en)}"


def _part(found: Sequence[Notice], language: str, own: str) -> str:
    lines = [_subject(found).in_(language) + "."] + ([own] if own else [])
    shown = found[:MOST]
    for kind, count in Counter(row.kind if row.kind in KINDS else OTHER for row in found).most_common():
        lines += ["", f"{KINDS[kind].label.in_(language)} ({count})"]
        lines += [f"- {_words(row, language)}" for row in shown if (row.kind if row.kind in KINDS else OTHER) == kind]
    if len(found) > MOST:
        more = len(found) - MOST
        lines += [
            "",
            Text(f"Và {more} việc nữa ở trang thông báo.", f"And {more} more in the list of notices.").in_(language),
        ]
    return "\n".join(lines)


def _words(row: Notice, language: str) -> str:
    at = row.created_at.astimezone(LOCAL)
    return f"{row.text_en if language == 'en' else row.text_vi} ({at:%H:%M %d/%m})"


def _own(person: Person, now: datetime) -> tuple[str, str]:
    """Say how many tasks of one's own and one's groups are overdue and due soon."""
    viewer = people.viewer_of(person)
    if Permission.WORK_TASKS not in viewer.permissions:
        return "", ""
    counts = tasks.counts(scope_of(viewer), now=now)
    late, soon = counts.get("breached", 0), counts.get("soon", 0)
    if not late and not soon:
        return "", ""
    return (
        f"Việc của bạn và nhóm bạn: {late} quá hạn, {soon} sắp đến hạn.",
        f"Tasks of yours and your groups: {late} overdue, {soon} due soon.",
    )
