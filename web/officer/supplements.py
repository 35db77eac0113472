"""/tasks/<id>/supplement: a supplement request is composed, looked at as the letter it becomes, sent or approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from errors import Conflict, Detail, Forbidden, InvalidAnswers, MotcuaError, NotFound
from http_status import status_of
from services import asking, clocks, drafts, legal, loading, supplements
from services.asking import Item, Terms
from services.permissions import Viewer
from services.supplements import Content
from storage.queries import people
from texts import Text
from web import drafting
from web.i18n.formats import hour, t
from web.officer.task_page import TaskView, load, worker

blueprint = Blueprint("officer_supplements", __name__)
PARTS = ("component", "problem", "basis", "todo")
SENT = {
    "sent": Text(
        "Phiếu yêu cầu bổ sung đã gửi người nộp; đồng hồ tạm dừng.", "The request went out; the clock stands."
    ),
    "proposed": Text("Đã trình duyệt phiếu yêu cầu bổ sung.", "The supplement request waits for its approval."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What the page of a request shows."""

    view: TaskView
    act: Any
    """bpmn.model.Act."""
    row: Any
    """storage.tables.Supplement, or None before anything was saved."""
    terms: Terms
    content: Content
    may_approve: bool

    @property
    def is_waiting(self) -> bool:
        """Say whether it waits for its approval."""
        return self.view.task.proposed_by is not None

    @property
    def reply_by(self) -> str:
        """Give the day to reply by, as the letter would say it (ISO)."""
        return (
            self.terms.reply_by.isoformat() if self.terms.reply or not self.content.reply_by else self.content.reply_by
        )

    @property
    def letter(self) -> list[dict[str, str]]:
        """Give the points as the letter says them; what is not chosen yet is empty."""
        return [
            {
                "component": self.terms.components.get(item.component, Text("", "")).vi,
                "problem": asking.PROBLEMS.get(item.problem, Text("", "")).vi,
                "todo": item.todo,
                "basis": item.basis,
            }
            for item in self.content.items
        ]


@blueprint.get("/tasks/<task_id>/supplement")
def shown(task_id: str) -> str | Response:
    """Show the composer; to those who approve, the letter that waits."""
    viewer, now = worker(), datetime.now(UTC)
    sheet = _sheet(viewer, task_id, now)
    if not sheet.is_waiting and not sheet.view.opened.can_submit:
        return redirect(sheet.view.url)
    return _page(sheet, now)


@blueprint.post("/tasks/<task_id>/supplement")
def change(task_id: str) -> str | Response | tuple[str, int]:
    """Add or remove a point, look at the letter, or send it; all that was typed stays."""
    viewer, now = worker(), datetime.now(UTC)
    content, do = _typed(), request.form.get("do", "preview")
    if do == "send":
        return _send(viewer, task_id, content, now)
    if do == "add":
        content = Content(items=[*content.items, Item()], reply_by=content.reply_by, note=content.note)
    elif do.startswith("remove "):
        kept = [item for number, item in enumerate(content.items) if str(number) != do.removeprefix("remove ")]
        content = Content(items=kept, reply_by=content.reply_by, note=content.note)
    try:
        supplements.save(viewer, task_id, content, seen_version=drafting.seen_version(), now=now)
    except (Conflict, Forbidden) as refused:
        return _again(viewer, task_id, content, refused, now)
    end = f"#{asking.ITEMS}.{len(content.items) - 1}.component" if do == "add" else "#letter" if do == "preview" else ""
    return redirect(load(viewer, task_id, now).at("/supplement") + end, 303)


@blueprint.post("/tasks/<task_id>/supplement/draft")
def save_draft(task_id: str) -> Response | str | tuple[str, int]:
    """Keep what is typed, however wrong; the same for the button and for the script that saves by itself."""
    viewer, now = worker(), datetime.now(UTC)
    content = _typed()
    try:
        row = supplements.save(viewer, task_id, content, seen_version=drafting.seen_version(), now=now)
    except (Conflict, Forbidden) as refused:
        return drafting.refusal(refused) if drafting.is_script() else _again(viewer, task_id, content, refused, now)
    words = str(_("Đã lưu nháp lúc %(hour)s.", hour=hour(row.saved_at)))
    if drafting.is_script():
        return jsonify(version=row.version, words=words)
    flash(words, "ok")
    return redirect(load(viewer, task_id, now).at("/supplement"), 303)


@blueprint.post("/tasks/<task_id>/supplement/<any(approve, 'return', recall):name>")
def decide(task_id: str, name: str) -> Response | tuple[str, int]:
    """Approve the waiting letter, return it with a comment, or take one's own back."""
    viewer, now = worker(), datetime.now(UTC)
    view = load(viewer, task_id, now)
    try:
        if name == "approve":
            supplements.approve(viewer, task_id, now=now)
        elif name == "return":
            supplements.return_(viewer, task_id, request.form.get("comment", ""), now=now)
        else:
            supplements.recall(viewer, task_id, now=now)
    except InvalidAnswers as refused:
        return _page(_sheet(viewer, task_id, now), now, errors=refused.details), 422
    except (Conflict, Forbidden) as refused:
        flash(t(refused.text), "soon")
        return redirect(view.url, 303)
    words = {
        "approve": _("Đã duyệt. Phiếu đã gửi người nộp; đồng hồ của hồ sơ tạm dừng."),
        "return": _("Đã trả lại phiếu cho người soạn."),
        "recall": _("Đã rút phiếu về. Sửa rồi trình lại."),
    }
    flash(words[name], "ok")
    return redirect(view.at("/supplement") if name == "recall" else view.place.inbox, 303)


def _send(viewer: Viewer, task_id: str, content: Content, now: datetime) -> Response | tuple[str, int]:
    view = load(viewer, task_id, now)
    draft = drafts.of_task(viewer, view.task)
    try:
        row = supplements.send(
            viewer,
            task_id,
            content,
            answers=drafts.answers_of(draft) if draft is not None else {},
            document_ids=[document.id for document in drafts.documents_of(draft)] if draft is not None else (),
            now=now,
        )
    except InvalidAnswers as refused:
        return _page(_sheet(viewer, task_id, now, content), now, errors=refused.details), 422
    except (Conflict, Forbidden) as refused:
        return _again(viewer, task_id, content, refused, now)
    flash(t(SENT[row.state]), "ok")
    return redirect(view.place.at("/inbox", done=task_id) if row.state == "sent" else view.at("/supplement"), 303)


def _again(viewer: Viewer, task_id: str, content: Content, error: MotcuaError, now: datetime) -> tuple[str, int]:
    """Show the page as it is now, why nothing was done, and what was typed."""
    sheet = _sheet(viewer, task_id, now, content)
    return _page(sheet, now, conflict=error), status_of(error)


def _sheet(viewer: Viewer, task_id: str, now: datetime, content: Content | None = None) -> Sheet:
    view = load(viewer, task_id, now)
    act = supplements.act_of(view.opened.element)
    if act is None or view.dossier is None or view.task.state != "open":
        raise NotFound()
    row = supplements.of_task(viewer, view.opened)
    terms = supplements.terms_of(view.opened, view.dossier.dossier, now=now)
    return Sheet(
        view=view,
        act=act,
        row=row,
        terms=terms,
        content=content or (supplements.content_of(row) if row is not None else _begun(view)),
        may_approve=view.task.proposed_by is not None and supplements.may_approve(viewer, view.task, act),
    )


def _begun(view: TaskView) -> Content:
    """Begin with one empty point; a reason that was typed beside the form is said to all of them."""
    return Content(items=[Item()], note=view.draft.reason if view.draft is not None else "")


def _page(sheet: Sheet, now: datetime, *, errors: Sequence[Detail] = (), conflict: MotcuaError | None = None) -> str:
    own = [detail for detail in errors if detail.field.startswith((asking.ITEMS, asking.REPLY_BY, "reason", "comment"))]
    basis = {one.number: one.title for one in sheet.terms.bases}
    row = sheet.row
    return render_template(
        "officer/supplement.html",
        sheet=sheet,
        view=sheet.view,
        terms=sheet.terms,
        items=sheet.content.items,
        components=_offered(sheet.terms.components),
        kinds=asking.PROBLEMS,
        problems=[(name, words) for name, words in asking.PROBLEMS.items()],
        bases=[(number, f"{number} – {t(title)}") for number, title in basis.items()],
        wrong={detail.field: detail.message for detail in errors},
        errors=own,
        form_errors=[detail for detail in errors if detail not in own],
        has_errors=bool(errors),
        conflict=conflict,
        version=drafting.seen_version() if conflict else row.version if row is not None else 0,
        who=_names(row),
        username=g.viewer.username,
        clock=_clock(sheet),
        today=now.astimezone(clocks.LOCAL).date(),
        procedure=loading.load(sheet.view.task.definition_id).procedure,
        now=now,
    )


def _offered(components: Mapping[str, Text]) -> list[tuple[str, str]]:
    """Give the choices: papers first, then the questions of the filing form, marked as such."""
    asked = _("Mục khai")
    return [
        (id_, f"{asked}: {t(name)}" if id_.startswith(asking.FIELD) else t(name)) for id_, name in components.items()
    ]


def _names(row: Any) -> Mapping[str, str]:
    return people.names_of(name for name in (row.proposed_by, row.decided_by) if name) if row is not None else {}


def _clock(sheet: Sheet) -> list[tuple[str, str]]:
    """Say what the clock does now, when the letter goes out, when it is answered and when it is not."""
    told, rule = sheet.view.dossier.told if sheet.view.dossier else None, sheet.terms.rule
    if told is None:
        return []
    left = ngettext("còn %(num)s ngày", "còn %(num)s ngày", told.left) if told.kind in ("ok", "soon") else ""
    after = {
        "resume": _("chạy tiếp phần còn lại"),
        "restart": _("tính lại từ đầu toàn bộ thời hạn"),
        "phase": _("tính thời hạn sau bổ sung: %(limit)s", limit=_limit(rule.phase)),
    }
    lines = [
        (_("Hiện nay"), left),
        (_("Khi phiếu gửi đi"), _("tạm dừng, giữ nguyên phần còn lại")),
        (_("Khi bổ sung đủ"), after.get(rule.policy, "")),
    ]
    if rule.reply:
        lines.append((_("Quá hạn trả lời"), _("hồ sơ hết giá trị")))
    return [(name, words) for name, words in lines if words]


def _limit(limit: Any) -> str:
    return t(legal.amount(limit)) if limit else ""


def _typed() -> Content:
    """Read what was posted: `supplement_items.N.component` and so on."""
    items = []
    for number in range(asking.MOST_ITEMS + 1):
        names = {part: f"{asking.ITEMS}.{number}.{part}" for part in PARTS}
        if names["component"] not in request.form:
            break
        items.append(Item(**{part: request.form.get(name, "") for part, name in names.items()}))
    note = request.form.get("reason", "").replace("\r\n", "\n").strip()
    return Content(items=items, reply_by=request.form.get(asking.REPLY_BY, "").strip(), note=note)
