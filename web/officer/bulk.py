"""/inbox/bulk: one thing to do with the ticked tasks: what they are, what it needs, and the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Detail, Forbidden, Invalid
from forms.submission import PREFIX, from_post, wants_refresh
from forms.views import FieldView, fields
from services import bulk, loading
from services.bulk import Step
from services.bulk_kinds import BULK, takes_files
from services.permissions import Viewer, has_any
from services.wiring import Parts
from storage.queries import people
from storage.queries.bulk import Chosen
from texts import Text
from web import asked, live
from web.i18n.formats import t
from web.officer import listing, places
from web.officer.places import Place, worker

blueprint = Blueprint("officer_bulk", __name__)
MOST_SETS = 10
"""Different sets of candidates among the chosen tasks that are looked up for who could have them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One act of the bar above the list, and the words of its page."""

    hint: Text
    start: Text
    fields: tuple[str, ...] = ()
    """Of reason, assignee, unit."""


WAYS: Mapping[str, Way] = {
    "claim": Way(
        hint=Text(
            "Nhận theo thứ tự nộp hồ sơ. Việc mà một hồ sơ nộp trước ở cùng bước chưa ai nhận thì cần lý do.",
            "They are taken in the order of filing. A task that skips a dossier filed before needs a reason.",
        ),
        start=Text("Nhận các việc này", "Claim these tasks"),
        fields=("reason",),
    ),
    "release": Way(
        hint=Text("Các việc trở về nhóm để người khác nhận.", "The tasks go back to their groups."),
        start=Text("Trả lại nhóm", "Release"),
    ),
    "assign": Way(
        hint=Text(
            "Chỉ có tên người làm được mọi việc đã chọn. Số lần đổi người của mỗi việc được đếm.",
            "Only those are offered who can have every task chosen. Changes of hands are counted.",
        ),
        start=Text("Giao các việc này", "Assign these tasks"),
        fields=("assignee",),
    ),
    "complete": Way(
        hint=Text(
            "Mọi hồ sơ nhận cùng câu trả lời. Ô để trống giữ giá trị riêng của từng hồ sơ nếu đã có.",
            "All dossiers get the same answers. A field left empty keeps what each dossier has already.",
        ),
        start=Text("Hoàn thành", "Complete"),
    ),
    "transfer": Way(
        hint=Text(
            "Trưởng phòng của đơn vị nhận sẽ thấy các việc và giao cho người của mình. Thời hạn không đổi.",
            "The head of that unit sees the tasks and gives them to their people. Due moments stay.",
        ),
        start=Text("Chuyển các việc này", "Transfer these tasks"),
        fields=("unit", "reason"),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Chosen tasks of one step, version and form."""

    value: str
    """Names the step in the form of the page."""
    step: Text
    procedure: Text
    version: int
    chosen: tuple[Chosen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the page was sent: which tasks, what to do with them, and what was typed."""

    name: str
    every: tuple[Chosen, ...]
    groups: tuple[Group, ...]
    batch_id: str
    is_cut: bool
    """More than one act takes: those due soonest were chosen."""
    gone: int
    """So many of those ticked are not to be seen any more."""
    errors: tuple[Detail, ...] = field(default=())

    @property
    def kind(self) -> str:
        """Give the kind of batch."""
        return f"{self.name}_tasks"

    @property
    def way(self) -> Way:
        """Give the words of the page."""
        return WAYS[self.name]

    @property
    def element(self) -> Any:
        """Give the element (bpmn.model.Element) of all, where it is one."""
        if len(self.groups) != 1:
            return None
        task = self.every[0].task
        return loading.load(task.definition_id).element(task.process_key, task.element_id)

    @property
    def acts(self) -> tuple[Any, ...]:
        """Give the acts of the step."""
        return tuple(self.element.acts) if self.element else ()

    @property
    def has_unclaimed(self) -> bool:
        """Say whether nobody holds some of them: to complete those is to take them, in turn or with a reason."""
        return any(each.task.assignee is None for each in self.every)

    @property
    def seen(self) -> str:
        """Give how far each instance was when it was shown, to travel in the form."""
        return ",".join(str(each.log_seq) for each in self.every)


@blueprint.post("/inbox/bulk")
def ask() -> Response | str | tuple[str, int]:
    """Say what was chosen and ask what the act needs; the same page sent with `step=start` begins it."""
    viewer, now = worker(), datetime.now(UTC)
    place = places.here(viewer)
    wish = _wish(viewer, place, now)
    if not wish.every:
        flash(_("Chưa chọn việc nào."), "soon")
        return redirect(place.inbox, 303)
    if wish.name == "complete" and wants_refresh(_pairs()):
        return _refreshed(viewer, wish, place, now)
    if request.form.get("step") != "start" or request.form.get("only"):
        return _page(viewer, wish, place, now)
    try:
        if wish.name == "complete" and _is_grave(wish) and request.form.get("sure") != _act():
            _checked(viewer, wish, now)
            return _page(viewer, wish, place, now, sure=True)
        batch_id = _begin(viewer, wish, now)
    except Invalid as refused:
        return _page(viewer, wish, place, now, refused.details), 422
    return redirect(place.at(f"/inbox/bulk/{batch_id}"), 303)


def _wish(viewer: Viewer, place: Place, now: datetime) -> Wish:
    name = asked.typed("do")
    if name not in WAYS:
        name = "claim"
    ids, is_cut = _ids(viewer, place, now)
    every = bulk.chosen(viewer, ids)
    steps = bulk.steps_of(every)
    only = request.form.get("only", "")
    groups = tuple(_group(step, found) for step, found in steps.items())
    if only in {group.value for group in groups}:
        groups = tuple(group for group in groups if group.value == only)
        every = groups[0].chosen
    typed = asked.typed("batch")
    return Wish(
        name=name,
        every=every,
        groups=groups,
        batch_id=typed if bulk.BATCH_ID.fullmatch(typed) else uuid4().hex,
        is_cut=is_cut,
        gone=len(ids) - sum(len(found) for found in steps.values()),
    )


def _ids(viewer: Viewer, place: Place, now: datetime) -> tuple[list[str], bool]:
    """Give the ticked tasks, or all of the list as it is now, and whether there were more than one act takes."""
    if request.form.get("all"):
        page = listing.page(viewer, replace(place, after="", before=0), now=now, limit=bulk.MOST)
        return [row.id for row in page.rows if row.state == "open"], page.next is not None
    ticked = list(dict.fromkeys(one for one in request.form.getlist("task") if one.isprintable()))
    return ticked[: bulk.MOST], len(ticked) > bulk.MOST


def _group(step: Step, found: tuple[Chosen, ...]) -> Group:
    loaded = loading.load(step[0])
    return Group(
        value="|".join(step),
        step=loaded.step_name(step[1], step[2], found[0].task.name),
        procedure=loaded.name,
        version=loaded.definition.version,
        chosen=found,
    )


def _begin(viewer: Viewer, wish: Wish, now: datetime) -> str:
    parts: Parts = current_app.extensions["motcua"]
    parameters: dict[str, Any] = {}
    if wish.name == "complete":
        answers = _checked(viewer, wish, now)
        parameters = {"answers": answers, "act": _act() or None, "turn_reason": asked.typed("turn_reason")}
    elif "assignee" in wish.way.fields or "unit" in wish.way.fields:
        parameters = {name: asked.typed(name) for name in ("assignee", "unit") if name in wish.way.fields}
        parameters["most"] = parts.settings.most_reassignments
    _require_known(wish, parameters)
    ids = [each.task.id for each in wish.every]
    batch = bulk.create(
        viewer, wish.kind, ids, batch_id=wish.batch_id, now=now, reason=asked.typed("reason"), parameters=parameters,
        seen=_seen(ids),
    )  # fmt: skip
    return batch.id


def _require_known(wish: Wish, parameters: Mapping[str, Any]) -> None:
    """Refuse at once what each task would refuse: a person or a unit that is none of those on offer."""
    offered = {"assignee": {name for name, *_ in _people(wish)} if "assignee" in parameters else set(),
               "unit": {unit.code for unit in people.units()} if "unit" in parameters else set()}  # fmt: skip
    messages = {"assignee": Text("Chọn người nhận việc.", "Choose who takes the tasks."),
                "unit": Text("Chọn đơn vị nhận.", "Choose the unit that gets them.")}  # fmt: skip
    wrong = [
        Detail(field=name, code="unknown", message=messages[name])
        for name in offered
        if name in parameters and parameters[name] not in offered[name]
    ]
    if "unit" in parameters and not asked.typed("reason"):
        wrong.append(Detail(field="reason", code="required", message=Text("Cần nêu lý do.", "A reason is needed.")))
    if wrong:
        raise Invalid(details=wrong)


def _seen(ids: Sequence[str]) -> dict[str, int]:
    """Read how far each instance was when the page was shown; its order is that of the tasks in the form."""
    numbers = request.form.get("seen", "").split(",")
    ticked = list(dict.fromkeys(request.form.getlist("task")))
    if len(numbers) != len(ticked):
        return {}
    known = {task: int(n) for task, n in zip(ticked, numbers, strict=True) if n.isdecimal() and len(n) < 10}
    return {task: known[task] for task in ids if task in known}


def _checked(viewer: Viewer, wish: Wish, now: datetime) -> dict[str, Any]:
    """Give the answers; raise Invalid where they cannot be right for any task, or the tasks are not of one step."""
    if len(wish.groups) != 1:
        message = Text("Hãy làm từng nhóm.", "Do one group at a time.")
        raise Invalid(details=[Detail(field="", code="several_steps", message=message)])
    form_id = wish.every[0].task.form
    answers = from_post(loading.form(form_id), _pairs(), variables={}) if form_id else {}
    if wish.acts and _act() not in {act.id for act in wish.acts}:
        message = Text("Chọn một quyết định.", "Choose an act.")
        raise Invalid(details=[Detail(field="", code="act", message=message)])
    bulk.check_answers(viewer, wish.every, answers, now=now, act=_act() or None, reason=asked.typed("reason"))
    return answers


def _act() -> str:
    """Give the act that was pressed; the last look of a grave one sends it by another name."""
    return asked.typed("sure") or asked.typed("act")


def _is_grave(wish: Wish) -> bool:
    return any(act.id == _act() and act.kind == "refuse" for act in wish.acts)


def _pairs() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.form.items(multi=True) if name.startswith((PREFIX, "answers-do"))]


def _refreshed(viewer: Viewer, wish: Wish, place: Place, now: datetime) -> str:
    shown, errors = _fields(wish, now), live_errors(wish, now)
    if live.is_asked():
        return live.answer(_fields(wish, now, errors), errors)
    return _page(viewer, wish, place, now, errors) if shown else _page(viewer, wish, place, now)


def live_errors(wish: Wish, now: datetime) -> list[Detail]:
    """Give what is still wrong with the fields that the page had said are wrong."""
    form_id = wish.every[0].task.form
    if not form_id:
        return []
    form = loading.form(form_id)
    return live.still_wrong(form, from_post(form, _pairs(), variables={}), variables={}, now=now)


def _fields(wish: Wish, now: datetime, errors: Sequence[Detail] = ()) -> tuple[FieldView, ...]:
    """Give the form of the step, without anything of a single dossier."""
    form_id = wish.every[0].task.form
    if wish.name != "complete" or len(wish.groups) != 1 or not form_id:
        return ()
    form = loading.form(form_id)
    typed = from_post(form, _pairs(), variables={}) if _pairs() else {}
    return fields(form, typed, errors=errors, variables={}, refreshable=True, now=now)


def _people(wish: Wish) -> list[tuple[str, str, int]]:
    """Give (user name, name, open tasks) of those who could have every chosen task."""
    sets = {
        (tuple(sorted(task.candidate_groups)), tuple(sorted(task.candidate_users)),
         task.unit_code if task.transferred else "")
        for task in (each.task for each in wish.every)
    }  # fmt: skip
    common: dict[str, tuple[str, str, int]] | None = None
    for groups, names, unit in sorted(sets, key=str)[:MOST_SETS]:
        found = people.candidates(groups=groups, usernames=names, unit=unit or "")
        rows = {each.username: (each.username, each.name, each.open_tasks) for each in found}
        common = rows if common is None else {name: common[name] for name in common if name in rows}
    return list((common or {}).values())


def _page(
    viewer: Viewer,
    wish: Wish,
    place: Place,
    now: datetime,
    errors: Sequence[Detail] = (),
    *,
    sure: bool = False,
) -> str:
    if not has_any(viewer, *BULK[wish.kind].permissions):
        raise Forbidden()
    form_id = wish.every[0].task.form if len(wish.groups) == 1 else ""
    has_files = wish.name == "complete" and bool(form_id) and takes_files(loading.form(form_id))
    return render_template(
        "officer/bulk_ask.html",
        wish=wish,
        place=place,
        label=BULK[wish.kind].label,
        fields=_fields(wish, now, errors),
        can_start=wish.name != "complete" or (len(wish.groups) == 1 and not has_files),
        has_files=has_files,
        asks_reason="reason" in wish.way.fields
        or (wish.name == "complete" and any(a.reason != "none" for a in wish.acts)),
        needs_reason=wish.name == "transfer",
        warned=_warned(viewer, wish),
        people=_people(wish) if "assignee" in wish.way.fields else [],
        units=people.units() if "unit" in wish.way.fields else (),
        sure=next((act for act in wish.acts if sure and act.id == _act()), None),
        typed=request.form,
        errors=errors,
        wrong={detail.field: t(detail.message) for detail in errors},
        has_errors=bool(errors),
        most=bulk.MOST,
        now=now,
    )


def _warned(viewer: Viewer, wish: Wish) -> list[tuple[Text, int]]:
    """Say what is likely to be refused, each with how many tasks it holds for; their verbs say it for sure."""
    held = [each for each in wish.every if each.task.assignee not in (None, viewer.username)]
    counts = {
        Text("đã đóng", "closed already"): [each for each in wish.every if each.task.state != "open"],
        Text("vận hành đang tạm dừng", "suspended by an operator"): [each for each in wish.every if each.is_suspended],
        Text("người khác đang giữ", "held by somebody else"): held if wish.name in ("claim", "complete") else [],
        Text("chưa ai nhận", "held by nobody"): [each for each in wish.every if each.task.assignee is None]
        if wish.name == "release"
        else [],
        Text("có bản nháp chưa gửi", "with a draft"): [each for each in wish.every if each.task.has_draft]
        if wish.name == "complete"
        else [],
    }
    return [(words, len(found)) for words, found in counts.items() if found]
