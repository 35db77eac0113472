"""How somebody is told of what: in the page only, by e-mail at once or in the morning's digest, or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from typing import Any

from errors import Detail, Forbidden, InvalidAnswers, NotFound
from services import log
from services.permissions import Viewer
from storage.database import verb
from storage.rows import people
from storage.tables import Person
from texts import Text


class Way(StrEnum):
    """How a kind of notice reaches a person."""

    PAGE = "page"
    """Under the bell only."""
    DIGEST = "digest"
    """Under the bell, and what is unread by then in one e-mail in the morning of the next working day."""
    NOW = "now"
    """Under the bell, and by e-mail at once."""
    NOTHING = "nothing"
    """Not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of notice: its words, and how it reaches those who have set nothing."""

    label: Text
    icon: str
    usual: Way


OTHER = "other"
KINDS: Mapping[str, Kind] = {
    "likely_late": Kind(
        label=Text("Có khả năng trễ hạn", "Likely to be late"), icon="graph-up-arrow", usual=Way.DIGEST
    ),
    "at_risk": Kind(label=Text("Sắp đến hạn", "Due soon"), icon="hourglass-split", usual=Way.DIGEST),
    "breached": Kind(label=Text("Quá hạn", "Overdue"), icon="exclamation-octagon", usual=Way.DIGEST),
    "acceptance_at_risk": Kind(
        label=Text("Sắp hết hạn trả lời tiếp nhận", "To be accepted or refused soon"),
        icon="hourglass-split",
        usual=Way.DIGEST,
    ),
    "acceptance_breached": Kind(
        label=Text("Quá hạn trả lời tiếp nhận", "Acceptance overdue"), icon="exclamation-octagon", usual=Way.DIGEST
    ),
    "apology": Kind(label=Text("Phiếu xin lỗi và hẹn lại", "Apologies"), icon="envelope-paper", usual=Way.NOW),
    "mention": Kind(label=Text("Nhắc đến tôi trong ý kiến", "Mentions of me"), icon="at", usual=Way.NOW),
    "transfer": Kind(
        label=Text("Chuyển đến đơn vị tôi", "Transfers to my unit"), icon="arrow-left-right", usual=Way.NOW
    ),
    "sent_back": Kind(label=Text("Trả lại bước của tôi", "Sent back to me"), icon="arrow-return-left", usual=Way.NOW),
    OTHER: Kind(label=Text("Việc khác", "Anything else"), icon="bell", usual=Way.NOW),
}
"""By what News.kind says; what is not here goes as OTHER does."""
MORNING = time(7, 30)
EARLIEST, LATEST = time(5, 0), time(12, 0)
_TIME = re.compile(r"([01]?\d|2[0-3])[:h]([0-5]\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What somebody has set."""

    ways: Mapping[str, Way] = field(default_factory=dict)
    morning: time = MORNING

    def way(self, kind: str) -> Way:
        """Give how a kind of notice reaches them."""
        known = kind if kind in KINDS else OTHER
        return self.ways.get(known, KINDS[known].usual)


def of(person: Person) -> Chosen:
    """Read what a person has set."""
    return read(person.notice_settings or {})


def read(kept: Mapping[str, Any]) -> Chosen:
    """Read settings as they are kept; what this version does not know is left out."""
    known = {way.value for way in Way}
    ways = {kind: Way(way) for kind, way in kept.get("ways", {}).items() if kind in KINDS and way in known}
    return Chosen(ways=ways, morning=time.fromisoformat(kept["morning"]) if "morning" in kept else MORNING)


def own(viewer: Viewer) -> Chosen:
    """Give one's own settings; raise NotFound where the account is gone."""
    person = people.load(viewer.username)
    if person is None:
        raise NotFound()
    return of(person)


@verb
def change(viewer: Viewer, ways: Mapping[str, str], morning: str, *, now: datetime) -> Chosen:
    """Set how one is told of each kind (those that are named), and when the morning's digest comes.

    Raises Forbidden for applicants, InvalidAnswers with all that is wrong.
    """
    if not viewer.is_staff:
        raise Forbidden()
    person = people.load(viewer.username)
    if person is None:
        raise NotFound()
    problems = list(_problems(ways, morning))
    if problems:
        raise InvalidAnswers(details=problems)
    chosen = {**of(person).ways, **{kind: Way(way) for kind, way in ways.items()}}
    kept = {
        "ways": {kind: way.value for kind, way in sorted(chosen.items())},
        "morning": _time(morning).isoformat("minutes"),
    }
    if kept != person.notice_settings:
        person.notice_settings = kept
        log.append_to("people", "notices.set", actor=viewer.username, now=now, data=kept)
    return read(kept)


def _problems(ways: Mapping[str, str], morning: str) -> Iterable[Detail]:
    known = {way.value for way in Way}
    for kind, way in ways.items():
        if kind not in KINDS or way not in known:
            message = Text("Chọn một trong các cách báo.", "Choose one of the ways.")
            yield Detail(field=f"way.{kind}"[:80], code="choice", message=message)
    found = _TIME.fullmatch(morning.strip())
    if not found or not EARLIEST <= _time(morning) <= LATEST:
        message = Text("Giờ gửi từ 05:00 đến 12:00, ví dụ 07:30.", "Give a time from 05:00 to 12:00, such as 07:30.")
        yield Detail(field="morning", code="range", message=message)


def _time(written: str) -> time:
    hour, _, minute = written.strip().replace("h", ":").partition(":")
    return time(int(hour), int(minute))
