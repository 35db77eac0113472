"""/operator/instances/…/suspend and resume: let an instance stand still, and let it go on, each with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template
from werkzeug.wrappers import Response

from errors import Conflict, Detail, InvalidAnswers
from services import instances, loading, suspension
from services.permissions import Permission
from texts import Text
from web import asked
from web.account import signed_in
from web.i18n.formats import t

blueprint = Blueprint("operator_suspension", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One of the two acts, in the words of its pages."""

    verb: Callable[..., Any]
    title: Text
    fact: Text
    todo: Text
    done: Text
    is_of: str
    """The status that it is offered in."""


ACTS: Mapping[str, Act] = {
    "suspend": Act(
        verb=suspension.suspend,
        title=Text("Tạm dừng phiên chạy", "Suspend this instance"),
        fact=Text(
            "Phiên đứng yên cho đến khi được chạy tiếp. Không mất gì.",
            "The instance stands still until it is resumed. Nothing is lost.",
        ),
        todo=Text(
            "Không ai làm được việc của nó, hẹn giờ và chương trình không chạy, thông điệp gửi riêng cho nó được giữ "
            "lại. Thời hạn pháp lý của hồ sơ vẫn tính: luật không dừng vì máy dừng.",
            "Nobody can work on its tasks, no timer and no program runs, messages that mean it are kept. The legal "
            "clock of a dossier goes on: the law does not stop because a machine does.",
        ),
        done=Text("Đã tạm dừng phiên chạy.", "The instance is suspended."),
        is_of="running",
    ),
    "resume": Act(
        verb=suspension.resume,
        title=Text("Chạy tiếp phiên", "Resume this instance"),
        fact=Text("Phiên chạy tiếp từ đúng chỗ đã dừng.", "The instance goes on from where it stood."),
        todo=Text(
            "Thông điệp được giữ lại đến ngay bây giờ, sau đó hẹn giờ đã đến hạn và sự cố chờ chạy lại được thực hiện.",
            "Messages that were kept arrive now; then timers that were due happen and incidents are tried again.",
        ),
        done=Text("Phiên đang chạy tiếp.", "The instance goes on."),
        is_of="suspended",
    ),
}


@blueprint.get("/operator/instances/<instance_id>/<any(suspend, resume):name>")
def ask(instance_id: str, name: str) -> str | Response:
    """Say what the act does and ask for its reason; where it is not possible any more, show the instance."""
    viewer = signed_in(Permission.SUSPEND)
    instance = instances.readable(viewer, instance_id)
    if instance.status != ACTS[name].is_of:
        return redirect(f"/operator/instances/{instance_id}")
    return _question(instance, name)


@blueprint.post("/operator/instances/<instance_id>/<any(suspend, resume):name>")
def act(instance_id: str, name: str) -> Response | tuple[str, int]:
    """Do it."""
    viewer = signed_in(Permission.SUSPEND)
    instance = instances.readable(viewer, instance_id)
    reason = asked.typed("reason")
    try:
        ACTS[name].verb(viewer, instance_id, reason, now=datetime.now(UTC))
    except InvalidAnswers as refused:
        return _question(instance, name, refused.details, reason), 422
    except Conflict as conflict:
        flash(t(conflict.text), "soon")
    else:
        flash(t(ACTS[name].done), "ok")
    return redirect(f"/operator/instances/{instance_id}", 303)


def _question(instance: Any, name: str, errors: Sequence[Detail] = (), reason: str = "") -> str:
    return render_template(
        "operator/suspend.html",
        instance=instance,
        process=loading.load(instance.definition_id).name,
        name=name,
        act=ACTS[name],
        errors=errors,
        has_errors=bool(errors),
        reason=reason,
    )
