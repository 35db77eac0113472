"""Small drawings computed on the server: the clock line and the share bar. Sizes become SVG attributes, never styles.

Templates call them through macros/clock.html and macros/share.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, g, has_request_context
from flask_babel import gettext as _
from flask_babel import ngettext

from web.i18n.formats import local, short_day

_STILL = frozenset({"pause", "paused", "waiting_for_fee"})
_LETTER = 6.7  # mean width of a letter at 12 px, for keeping labels apart
EDGE = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One stretch of the line: kind run, pause, todo or over, in drawing units."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One word on the drawing: row above or below the line."""

    x: float
    row: str
    anchor: str
    style: str
    text: str

    @property
    def left(self) -> float:
        """Give the left end, estimated from the number of letters."""
        wide = len(self.text) * _LETTER
        return self.x - {"start": 0.0, "middle": wide / 2, "end": wide}[self.anchor]

    @property
    def right(self) -> float:
        """Give the right end, estimated from the number of letters."""
        return self.left + len(self.text) * _LETTER


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockLine:
    """A finished clock line, ready to be written as SVG."""

    width: int
    bars: tuple[Bar, ...]
    labels: tuple[Label, ...]
    now_x: float
    step_x: float | None
    due_x: float | None
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    kind: str
    start: datetime
    end: datetime


def init_figures(app: Flask) -> None:
    """Give templates `clock_line(…)`, `share_bar(…)` and `uid(…)`."""
    app.jinja_env.globals.update(clock_line=clock_line, share_bar=share_bar, uid=uid)


def uid(prefix: str) -> str:
    """Give an id that is new on this page: two drawings must not share a pattern, two fields no label."""
    if not has_request_context():
        return prefix
    count: int = g.get("uid_count", 0) + 1
    g.uid_count = count
    return f"{prefix}-{count}"


def share_bar(share: float, target: float | None = None, *, width: int = 88) -> tuple[float, float | None]:
    """Give the filled width and the place of the target's mark for a share between 0 and 1."""
    return round(min(1.0, max(0.0, share)) * width, 1), None if target is None else round(target * width, 1)


def clock_line(
    segments: Iterable[Any],
    *,
    now: datetime,
    due: datetime | None = None,
    step_due: datetime | None = None,
    finished: bool = False,
    width: int = 640,
) -> ClockLine | None:
    """Draw the line of a dossier's clock; None where no time has been counted yet.

    `segments`: objects with kind (running, paused, waiting_for_fee), start and end, or tuples of the three, in order
    and without gaps; an open end is None. They may reach beyond `now`. `finished`: `now` is when the result left.
    """
    stretches = _cut(segments, now, due)
    if not stretches:
        return None
    start, end = stretches[0].start, stretches[-1].end
    if due is None or finished:
        end = max(end, now)
    scale = _Scale(start=start, end=end, width=width)
    bars = tuple(_bar(stretch, scale) for stretch in stretches)
    points = _points(start, now, due, step_due, finished, wide=width >= 500)
    pauses = [stretch for stretch in stretches if stretch.kind == "pause"]
    return ClockLine(
        width=width,
        bars=tuple(bar for bar in bars if bar.width > 0),
        labels=_below(points, scale) + _above(pauses, scale, wide=width >= 300),
        now_x=scale.x(now),
        step_x=scale.x(step_due) if step_due and start <= step_due <= end else None,
        due_x=scale.x(due) if due else None,
        sentence=_sentence(start, pauses, now, due, finished),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    start: datetime
    end: datetime
    width: int

    def x(self, at: datetime) -> float:
        whole = max((self.end - self.start).total_seconds(), 1.0)
        part = min(1.0, max(0.0, (at - self.start).total_seconds() / whole))
        return round(EDGE + part * (self.width - 2 * EDGE), 1)


def _cut(segments: Iterable[Any], now: datetime, due: datetime | None) -> list[_Stretch]:
    """Split the segments at now and at the due moment: used, paused, to come, beyond."""
    found: list[_Stretch] = []
    for item in segments:
        kind, start, end = item if isinstance(item, tuple) else (item.kind, item.start, item.end)
        end = end or now
        if str(kind) in _STILL:
            found.append(_Stretch(kind="pause", start=start, end=max(start, end)))
            continue
        found.append(_Stretch(kind="run", start=start, end=max(start, min(end, now))))
        if end > now:
            found.append(_Stretch(kind="todo", start=max(start, now), end=end))
    found = [stretch for stretch in found if stretch.end > stretch.start]
    if found and due and found[-1].end < due:
        found.append(_Stretch(kind="todo", start=found[-1].end, end=due))
    if found and due and now > due:
        found = [part for stretch in found for part in _split_at(stretch, due)]
        if found[-1].end < now:
            found.append(_Stretch(kind="over", start=max(due, found[-1].end), end=now))
    return found


def _split_at(stretch: _Stretch, due: datetime) -> list[_Stretch]:
    if stretch.kind == "pause" or stretch.end <= due:
        return [stretch]
    before = [_Stretch(kind=stretch.kind, start=stretch.start, end=due)] if stretch.start < due else []
    return [*before, _Stretch(kind="over", start=max(stretch.start, due), end=stretch.end)]


def _bar(stretch: _Stretch, scale: _Scale) -> Bar:
    left, right = scale.x(stretch.start), scale.x(stretch.end)
    return Bar(kind=stretch.kind, x=left, width=round(max(0.0, right - left - 1), 1))


def _points(
    start: datetime, now: datetime, due: datetime | None, step_due: datetime | None, finished: bool, *, wide: bool
) -> list[tuple[datetime, str, str]]:
    """Give the moments to name below the line, the most important first: (moment, style, words)."""
    points: list[tuple[datetime, str, str]] = []
    if due:
        points.append((due, "t-strong", _("Hẹn %(day)s", day=short_day(due)) if wide else short_day(due)))
    if finished:
        points.append((now, "t-strong", _("Xong %(day)s", day=short_day(now)) if wide else _("Xong")))
    else:
        points.append((now, "t-strong", _("Hôm nay %(day)s", day=short_day(now)) if wide else _("Hôm nay")))
    points.append((start, "", _("%(day)s tiếp nhận", day=short_day(start)) if wide else short_day(start)))
    if step_due:
        points.append((step_due, "t-strong", short_day(step_due)))
    return points


def _below(points: Sequence[tuple[datetime, str, str]], scale: _Scale) -> tuple[Label, ...]:
    placed: list[Label] = []
    for at, style, words in points:
        label = _inside(Label(x=scale.x(at), row="below", anchor="middle", style=style, text=str(words)), scale.width)
        if all(label.right + 6 < other.left or label.left - 6 > other.right for other in placed):
            placed.append(label)
    return tuple(placed)


def _inside(label: Label, width: int) -> Label:
    """Turn a label that would stick out of the drawing to the edge."""
    if label.left < EDGE:
        return Label(x=EDGE, row=label.row, anchor="start", style=label.style, text=label.text)
    if label.right > width - EDGE:
        return Label(x=width - EDGE, row=label.row, anchor="end", style=label.style, text=label.text)
    return label


def _paused(days: int) -> str:
    return str(ngettext("Tạm dừng %(num)s ngày", "Tạm dừng %(num)s ngày", days))


def _above(pauses: Sequence[_Stretch], scale: _Scale, *, wide: bool) -> tuple[Label, ...]:
    placed: list[Label] = []
    for stretch in sorted(pauses, key=lambda it: it.start - it.end):  # the longest first
        middle = (scale.x(stretch.start) + scale.x(stretch.end)) / 2
        days = (local(stretch.end).date() - local(stretch.start).date()).days
        words = _paused(days) if wide and days else _("Tạm dừng")
        label = _inside(
            Label(x=round(middle, 1), row="above", anchor="middle", style="t-pause", text=str(words)), scale.width
        )
        if all(label.right + 6 < other.left or label.left - 6 > other.right for other in placed):
            placed.append(label)
    return tuple(placed)


def _sentence(start: datetime, pauses: Sequence[_Stretch], now: datetime, due: datetime | None, finished: bool) -> str:
    """Say in words what the drawing shows; the sum below it is the real content."""
    parts = [_("Tiếp nhận %(day)s", day=short_day(start))]
    parts += [
        _("tạm dừng từ %(start)s đến %(end)s", start=short_day(stretch.start), end=short_day(stretch.end))
        for stretch in pauses
    ]
    parts.append(_("xong %(day)s", day=short_day(now)) if finished else _("hôm nay %(day)s", day=short_day(now)))
    if due:
        parts.append(_("hẹn trả %(day)s", day=short_day(due)))
    return ", ".join(str(part) for part in parts)
