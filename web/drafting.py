"""Drafts on the pages of tasks: what is saved, what a page says of it, and the choice where two have changed one draft.

A button of the form posts it all to the draft's address and comes back to the page; web/frontend/site/drafts.js posts
the same by itself, says so by a header and gets a few words, or the choice, to show.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from flask import jsonify, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import DraftChanged, MotcuaError
from forms import drafts as contents
from forms.drafts import Difference, Lost
from forms.views import FileLink
from http_status import status_of
from services import draft_conflicts, drafts, loading
from services.drafts import Draft
from services.permissions import Viewer
from services.tasks import Opened
from storage.queries import people
from texts import Text
from web.account.sign_in import device
from web.i18n.formats import hour, t

REASON = Text("Lý do", "Reason")
NOTHING = Text("", "")
CHOICES: Mapping[str, Literal["mine", "theirs"]] = {"mine": "mine", "theirs": "theirs"}
"""What the buttons say where two have changed one draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another content than the one on the page: whose it is, and in which fields it differs (`theirs` is this one)."""

    draft_id: str
    version: int
    name: str
    is_own: bool
    saved_at: datetime
    device: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """The draft that a page is filled with."""

    id: str
    version: int
    name: str
    is_own: bool
    saved_at: datetime
    device: str
    aside: Other | None
    """The content that was not chosen when two had changed it."""
    lost: tuple[Lost, ...]
    """Answers for which the form has no field since the instance was migrated to another version."""


def is_script() -> bool:
    """Say whether the page's script asks, which wants words and no page."""
    return request.headers.get("X-Draft") == "1"


def seen_version() -> int:
    """Give the version of the draft that the page was filled with; 0: there was none."""
    return number("draft_version")


def store(
    viewer: Viewer, task_id: str, answers: Mapping[str, Any], *, reason: str, files: Iterable[str], now: datetime
) -> Draft:
    """Save what was posted as the draft of a task, or take the choice that was posted with it. Raises DraftChanged."""
    keep, here = CHOICES.get(request.form.get("draft", "")), device()
    if keep is not None:
        return draft_conflicts.settle(
            viewer,
            request.form.get("draft_id", ""),
            answers,
            keep=keep,
            seen_version=number("draft_other"),
            now=now,
            reason=reason,
            device=here,
            document_ids=files,
        )
    return drafts.save_task(
        viewer,
        task_id,
        answers,
        seen_version=seen_version(),
        now=now,
        reason=reason,
        device=here,
        document_ids=list(files),
    )


def act(viewer: Viewer, draft_id: str, name: str, *, now: datetime) -> str:
    """Drop a draft, take a dropped one back, or take back what was set aside; give the words for it."""
    if name == "drop":
        drafts.drop(viewer, draft_id, now=now)
        return ""
    if name == "restore":
        drafts.restore(viewer, draft_id, now=now)
        return str(_("Đã lấy lại bản nháp."))
    draft_conflicts.swap(viewer, draft_id, seen_version=seen_version(), device=device(), now=now)
    return str(_("Đã lấy lại bản kia; bản trước đó được để riêng."))


def saved_words(draft: Draft) -> str:
    """Say that a draft is saved, and when."""
    return str(_("Đã lưu nháp lúc %(hour)s.", hour=hour(draft.saved_at)))


def answer(draft: Draft) -> Response:
    """Answer the page's script that all is saved."""
    return jsonify(version=draft.version, words=saved_words(draft))


def refusal(error: MotcuaError) -> Response:
    """Answer the page's script why nothing was saved."""
    return make_response(jsonify(words=t(error.text)), status_of(error))


def choice(other: Other) -> Response:
    """Answer the page's script with the choice between two contents."""
    return make_response(render_template("parts/draft_choice.html", other=other), 409)


def described(
    viewer: Viewer, opened: Opened, draft: Draft, *, files: Mapping[str, FileLink], now: datetime
) -> DraftView:
    """Say of the draft that a page is filled with whose it is, and what was set aside."""
    aside = draft_conflicts.set_aside(draft)
    names = people.names_of([draft.saved_by, *([aside.saved_by] if aside else [])])
    other = None
    if aside is not None:
        mine = (drafts.answers_of(draft), draft.reason)
        theirs = (_read(opened, aside.content.answers), aside.content.reason)
        other = Other(
            draft_id=draft.id,
            version=draft.version,
            name=names.get(aside.saved_by, aside.saved_by),
            is_own=aside.saved_by == viewer.username,
            saved_at=aside.saved_at,
            device=aside.device,
            differences=_differences(opened, mine, theirs, files, now),
        )
    return DraftView(
        id=draft.id,
        version=draft.version,
        name=names.get(draft.saved_by, draft.saved_by),
        is_own=draft.saved_by == viewer.username,
        saved_at=draft.saved_at,
        device=draft.device,
        aside=other if other and other.differences else None,
        lost=_lost(opened, draft),
    )


def other_than(
    viewer: Viewer,
    opened: Opened,
    draft: Draft,
    answers: Mapping[str, Any],
    reason: str,
    *,
    files: Mapping[str, FileLink],
    now: datetime,
) -> Other:
    """Say of what was saved meanwhile whose it is, and where it differs from what was just sent."""
    theirs = (drafts.answers_of(draft), draft.reason)
    return Other(
        draft_id=draft.id,
        version=draft.version,
        name=people.names_of([draft.saved_by]).get(draft.saved_by, draft.saved_by),
        is_own=draft.saved_by == viewer.username,
        saved_at=draft.saved_at,
        device=draft.device,
        differences=_differences(opened, (answers, reason), theirs, files, now),
    )


def changed_meanwhile(
    viewer: Viewer,
    opened: Opened,
    error: DraftChanged,
    answers: Mapping[str, Any],
    reason: str,
    *,
    files: Mapping[str, FileLink],
    now: datetime,
) -> Other:
    """Give the choice after a DraftChanged; where the draft was sent or thrown away since, raise it again."""
    draft = drafts.of_task(viewer, opened.task)
    if draft is None:
        raise error
    return other_than(viewer, opened, draft, answers, reason, files=files, now=now)


def _differences(
    opened: Opened,
    mine: tuple[Mapping[str, Any], str],
    theirs: tuple[Mapping[str, Any], str],
    files: Mapping[str, FileLink],
    now: datetime,
) -> tuple[Difference, ...]:
    found: tuple[Difference, ...] = ()
    if opened.form is not None:
        found = contents.differences(opened.form, mine[0], theirs[0], variables=opened.variables, files=files, now=now)
    if mine[1] == theirs[1]:
        return found
    return (*found, Difference(path="reason", label=REASON, mine=_text(mine[1]), theirs=_text(theirs[1])))


def _lost(opened: Opened, draft: Draft) -> tuple[Lost, ...]:
    if opened.form is None or not draft.form or draft.form == opened.task.form:
        return ()
    return contents.lost(loading.form(draft.form), opened.form, draft.answers)


def _read(opened: Opened, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    return contents.read_back(opened.form, answers) if opened.form is not None else {}


def _text(words: str) -> Text:
    return Text(words, words) if words else NOTHING


def number(name: str) -> int:
    """Give a whole number that was posted; 0 where it is none."""
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
