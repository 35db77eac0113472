"""/tasks/<id>/do/<what>: what else one does with a task: take it before its turn, pass it on, send it back, plan it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from flask import Blueprint, current_app, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from errors import Conflict, Detail, Forbidden, InvalidAnswers
from services import delegation, interests, planning, sending_back, tasks, transfers
from services.clocks import LOCAL
from services.permissions import Viewer
from services.wiring import Parts
from storage.queries import people
from texts import Text
from web.i18n.formats import t
from web.officer.offers import is_take_back, title
from web.officer.task_page import TaskView, load, worker

blueprint = Blueprint("officer_task_verbs", __name__)
MORNING = time(8)
"""The hour of a follow-up date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing to do with a task, and the words of its page."""

    verb: Callable[[Viewer, TaskView, datetime], object]
    hint: Text
    done: Text
    fields: tuple[str, ...] = ("reason",)
    """Of assignee, reason, unit, step, priority, at."""
    reason_label: Text = Text("Lý do", "Reason")
    is_reason_optional: bool = False
    leaves: bool = False
    """Afterwards it is no longer the viewer's to see."""


def _reason() -> str:
    return request.form.get("reason", "").strip()


def _claim(viewer: Viewer, view: TaskView, now: datetime) -> object:
    return tasks.claim(viewer, view.task.id, now=now, reason=_reason())


def _delegate(viewer: Viewer, view: TaskView, now: datetime) -> object:
    wired: Parts = current_app.extensions["motcua"]
    chosen, most = request.form.get("assignee", ""), wired.settings.most_reassignments
    if not chosen:
        message = Text("Chọn đồng nghiệp.", "Choose a colleague.")
        raise InvalidAnswers(details=[Detail(field="assignee", code="required", message=message)])
    return delegation.delegate(viewer, view.task.id, chosen, now=now, reason=_reason(), most=most)


def _resolve(viewer: Viewer, view: TaskView, now: datetime) -> object:
    return delegation.resolve(viewer, view.task.id, now=now, reason=_reason())


def _transfer(viewer: Viewer, view: TaskView, now: datetime) -> object:
    wired: Parts = current_app.extensions["motcua"]
    unit, most = request.form.get("unit", ""), wired.settings.most_reassignments
    return transfers.transfer(viewer, view.task.id, unit, _reason(), now=now, most=most)


def _send_back(viewer: Viewer, view: TaskView, now: datetime) -> object:
    earlier = request.form.get("step", "")
    if not earlier:
        message = Text("Chọn bước cần làm lại.", "Choose the step to be done again.")
        raise InvalidAnswers(details=[Detail(field="step", code="required", message=message)])
    return sending_back.send_back(viewer, view.task.id, earlier, _reason(), now=now)


def _declare(viewer: Viewer, view: TaskView, now: datetime) -> object:
    return interests.declare(viewer, view.task.id, _reason(), now=now)


def _prioritise(viewer: Viewer, view: TaskView, now: datetime) -> object:
    given = request.form.get("priority", "").strip()
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 5 else -1
    return planning.prioritise(viewer, view.task.id, number, now=now, reason=_reason())


def _follow_up(viewer: Viewer, view: TaskView, now: datetime) -> object:
    given = request.form.get("at", "").strip()
    try:
        at = datetime.combine(date.fromisoformat(given), MORNING, LOCAL) if given else None
    except ValueError:
        message = Text("Chọn một ngày.", "Choose a day.")
        raise InvalidAnswers(details=[Detail(field="at", code="date", message=message)]) from None
    return planning.follow_up(viewer, view.task.id, at, now=now)


ACTS: Mapping[str, Act] = {
    "claim": Act(
        verb=_claim,
        hint=Text(
            "Một hồ sơ nộp trước đang chờ ở cùng bước. Lý do được ghi lại và đếm.",
            "A dossier that was filed before waits at this step. The reason is kept and counted.",
        ),
        done=Text("Đã nhận việc.", "You have taken the task."),
    ),
    "delegate": Act(
        verb=_delegate,
        hint=Text(
            "Đồng nghiệp làm giúp rồi trả lại; bạn vẫn chịu trách nhiệm và hoàn thành. Thời hạn không đổi.",
            "The colleague works on it and gives it back; you stay responsible and complete it. The limit stays.",
        ),
        done=Text("Đã nhờ đồng nghiệp.", "Your colleague was asked."),
        fields=("assignee", "reason"),
        reason_label=Text("Nhờ việc gì", "What you ask for"),
        is_reason_optional=True,
    ),
    "resolve": Act(
        verb=_resolve,
        hint=Text(
            "Việc trở về người chịu trách nhiệm; điều bạn đã gõ trong biểu mẫu vẫn còn đó cho họ.",
            "The task goes back to who is responsible; what you typed into its form stays there for them.",
        ),
        done=Text("Đã trả lại.", "It was given back."),
        reason_label=Text("Kết quả", "What came of it"),
        is_reason_optional=True,
        leaves=True,
    ),
    "transfer": Act(
        verb=_transfer,
        hint=Text(
            "Trưởng phòng của đơn vị nhận sẽ thấy việc này và giao cho người của mình. Thời hạn không đổi.",
            "The head of that unit sees the task and gives it to one of their people. Its due moment stays.",
        ),
        done=Text("Đã chuyển sang đơn vị khác.", "The task went to the other unit."),
        fields=("unit", "reason"),
        leaves=True,
    ),
    "send-back": Act(
        verb=_send_back,
        hint=Text(
            "Bước được chọn mở lại cho người đã làm; các bước sau nó phải làm lại. Thời hạn của hồ sơ không đổi.",
            "The chosen step opens again for who did it; the steps after it are done anew. The dossier's limit stays.",
        ),
        done=Text("Đã trả lại bước trước.", "The earlier step is open again."),
        fields=("step", "reason"),
        leaves=True,
    ),
    "interest": Act(
        verb=_declare,
        hint=Text(
            "Bạn sẽ không làm việc nào của hồ sơ này nữa; việc bạn đang giữ trở về nhóm. Chỉ trưởng phòng gỡ được.",
            "You will do none of this dossier's tasks; what you hold goes back to its group. Only a head lifts it.",
        ),
        done=Text("Đã ghi nhận khai báo.", "Your declaration is kept."),
        leaves=True,
    ),
    "priority": Act(
        verb=_prioritise,
        hint=Text(
            "Từ 0 đến 100; bình thường là 50. Việc ưu tiên hơn đứng trước trong các việc cùng hạn.",
            "From 0 to 100; 50 is ordinary. Among tasks due at the same moment the more urgent ones come first.",
        ),
        done=Text("Đã đặt mức ưu tiên.", "The priority is set."),
        fields=("priority", "reason"),
        is_reason_optional=True,
    ),
    "follow-up": Act(
        verb=_follow_up,
        hint=Text(
            "Ngày bạn định quay lại việc này; để trống để bỏ.", "The day you mean to come back; empty removes it."
        ),
        done=Text("Đã ghi ngày xem lại.", "The follow-up date is kept."),
        fields=("at",),
    ),
}
TAKE_BACK = replace(
    ACTS["resolve"],
    hint=Text(
        "Việc trở về bạn; điều đồng nghiệp đã gõ trong biểu mẫu vẫn còn đó.",
        "The task is yours again; what your colleague typed into its form stays there.",
    ),
    done=Text("Việc đã trở về bạn.", "The task is yours again."),
    reason_label=Text("Vì sao lấy lại", "Why you take it back"),
    leaves=False,
)
"""What giving back is to the owner."""
NAMES = ",".join(name if name.isidentifier() else f"'{name}'" for name in ACTS)


@blueprint.get(f"/tasks/<task_id>/do/<any({NAMES}):name>")
def ask(task_id: str, name: str) -> str:
    """Show what it does, and ask for what it needs."""
    viewer = worker()
    return _page(viewer, load(viewer, task_id, datetime.now(UTC)), name)


@blueprint.post(f"/tasks/<task_id>/do/<any({NAMES}):name>")
def act(task_id: str, name: str) -> Response | tuple[str, int]:
    """Do it; what is wrong stays on the page."""
    viewer = worker()
    now = datetime.now(UTC)
    view = load(viewer, task_id, now)
    chosen = _act(name, viewer, view)
    try:
        chosen.verb(viewer, view, now)
    except InvalidAnswers as refused:
        return _page(viewer, view, name, refused.details), 422
    except (Conflict, Forbidden) as refused:
        flash(t(refused.text), "soon")
        return redirect(view.url, 303)
    flash(t(chosen.done), "ok")
    return redirect(view.place.inbox if chosen.leaves else view.url, 303)


def _act(name: str, viewer: Viewer, view: TaskView) -> Act:
    return TAKE_BACK if is_take_back(name, viewer, view.task) else ACTS[name]


def _page(viewer: Viewer, view: TaskView, name: str, errors: Sequence[Detail] = ()) -> str:
    chosen = _act(name, viewer, view)
    return render_template(
        "officer/task_act.html",
        view=view,
        name=name,
        act=chosen,
        title=title(name, viewer, view.task),
        typed=request.form,
        errors=errors,
        wrong={detail.field: detail.message for detail in errors},
        has_errors=bool(errors),
        colleagues=_colleagues(viewer, view) if "assignee" in chosen.fields else (),
        units=[unit for unit in people.units() if unit.code != view.task.unit_code] if "unit" in chosen.fields else (),
        steps=sending_back.earlier(viewer, view.task) if "step" in chosen.fields else (),
        follow_up=view.task.follow_up_at.astimezone(LOCAL).date().isoformat() if view.task.follow_up_at else "",
        now=datetime.now(UTC),
    )


def _colleagues(viewer: Viewer, view: TaskView) -> list[people.Candidate]:
    """Give whom a viewer may ask: those of the task's groups and of their own unit, but nobody who has it already."""
    task = view.task
    groups, named = task.candidate_groups, task.candidate_users
    found = people.candidates(groups=groups, usernames=named, unit=viewer.unit)
    return [one for one in found if one.username not in (viewer.username, task.assignee, task.owner)]
