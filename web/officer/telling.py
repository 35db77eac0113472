"""The history in words: events of the log as a timeline, and who held the dossier how long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from services import history, measures, papers
from services.history import Holding, Told
from services.statuses import NAMES, Status
from storage.queries import people
from texts import Text
from web.i18n.formats import day, moment, t
from web.officer import dues

SYSTEM = "system"
ICONS = {
    "dossier.filed": "send",
    "task.claimed": "person",
    "task.assigned": "person-check",
    "task.released": "arrow-return-left",
    "task.delegated": "person-check",
    "task.resolved": "arrow-return-left",
    "comment.added": "chat-left-text",
    "attachment.added": "paperclip",
    "attachment.removed": "x-lg",
    "task.priority": "flag",
    "task.follow_up": "calendar-event",
    "task.transferred": "arrow-left-right",
    "task.handed_over": "people",
    "task.sent_back": "arrow-return-left",
    "supplement.proposed": "send-check",
    "supplement.returned": "arrow-return-left",
    "supplement.recalled": "arrow-return-left",
    "supplement.approved": "check2-circle",
    "task.undone": "arrow-counterclockwise",
    "interest.declared": "shield-exclamation",
    "interest.lifted": "shield-check",
    "task.at_risk": "hourglass-split",
    "dossier.at_risk": "hourglass-split",
    "task.breached": "exclamation-octagon",
    "dossier.breached": "exclamation-octagon",
    "dossier.likely_late": "graph-up-arrow",
    "dossier.due_moved": "calendar-event",
    "dossier.reappointed": "calendar-check",
    "dossier.apology_edited": "pencil-square",
    "dossier.apology_sent_back": "arrow-return-left",
    "dossier.apology_dropped": "x-lg",
    "dossier.extended": "calendar-plus",
    "dossier.acceptance_at_risk": "hourglass-split",
    "dossier.acceptance_breached": "exclamation-octagon",
    "dossier.lapsed": "stop-fill",
    "dossier.withdrawal_requested": "arrow-return-left",
    "dossier.stopped": "stop-fill",
    "dossier.withdrawn": "stop-fill",
    "instance.cancelled": "stop-fill",
    "instance.returned": "arrow-counterclockwise",
    "instance.migrated": "arrow-repeat",
    "timer.fired": "alarm",
    "timer.failed": "exclamation-triangle",
    "incident.opened": "exclamation-triangle",
    "incident.retried": "arrow-repeat",
    "incident.skipped": "skip-forward-fill",
    "instance.modified": "signpost-split",
    "variables.set": "pencil-square",
    "incident.resolved": "check-circle",
    "message.delivered": "envelope",
    "signal.delivered": "broadcast",
    "instance.started": "play-fill",
    "instance.suspended": "pause-circle",
    "instance.resumed": "play-circle",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A line of the control sheet, ready to be shown."""

    line: Holding
    step: Text
    holder: Text
    group: Text
    """The groups that it was offered to."""
    due: dues.Due
    note: Text


def timeline(instance: Any) -> list[dict[str, object]]:
    """Give the items of macros/timeline.html, the newest first."""
    told = history.told(instance)
    who = people.names_of(_people(told))
    return [
        {
            "state": "paused" if event.paused else "done",
            "icon": "pause-fill" if event.paused else ICONS.get(event.kind, ""),
            "title": title(event, who),
            "text": _text(event, who),
        }
        for event in told
    ]


def since(instance: Any, seen: int) -> list[str]:
    """Say in one line each what happened after the first `seen` events, the newest first."""
    events = newer(instance, seen)
    who = people.names_of(_people(events))
    return [f"{title(event, who)} – {_who(event, who)}, {moment(event.at)}" for event in events]


def newer(instance: Any, seen: int) -> Sequence[Told]:
    """Give the events after the first `seen`, the newest first."""
    return history.told(instance)[: max(0, instance.log_seq - seen)]


def title(event: Told, who: Any) -> str:
    """Name an event."""
    step, act = t(event.step), t(event.act)
    names = {
        "dossier.filed": _("Nộp hồ sơ"),
        "task.completed": f"{step}: {act.removesuffix('…')}" if act else _("Làm xong: %(step)s", step=step),
        "task.claimed": _("Nhận việc: %(step)s", step=step),
        "task.released": _("Trả lại nhóm: %(step)s", step=step),
        "task.assigned": _("Giao %(step)s cho %(name)s", step=step, name=who.get(event.assignee, event.assignee)),
        "task.delegated": _("Nhờ %(name)s làm thay: %(step)s", step=step, name=who.get(event.assignee, event.assignee)),
        "task.resolved": _("Trả lại %(name)s: %(step)s", step=step, name=who.get(event.assignee, event.assignee)),
        "comment.added": _("Ghi ý kiến"),
        "attachment.added": _("Đã thêm tệp nội bộ"),
        "attachment.removed": _("Đã bỏ tệp nội bộ"),
        "task.priority": _("Đặt mức ưu tiên: %(step)s", step=step),
        "task.follow_up": _("Đặt ngày xem lại: %(step)s", step=step),
        "task.transferred": _("Chuyển đơn vị khác: %(step)s", step=step),
        "task.handed_over": _handed_over(event, step, who),
        "task.sent_back": _("Trả lại bước trước: %(step)s", step=step),
        "supplement.proposed": _("Trình duyệt phiếu yêu cầu bổ sung: %(step)s", step=step),
        "supplement.returned": _("Trả lại phiếu yêu cầu bổ sung: %(step)s", step=step),
        "supplement.recalled": _("Rút phiếu yêu cầu bổ sung về: %(step)s", step=step),
        "supplement.approved": _("Duyệt phiếu yêu cầu bổ sung: %(step)s", step=step),
        "task.undone": _("Hoàn tác: %(step)s", step=step),
        "interest.declared": _("Khai có xung đột lợi ích, không tham gia hồ sơ"),
        "interest.lifted": _("Gỡ khai báo xung đột lợi ích: %(name)s", name=who.get(event.assignee, event.assignee)),
        "task.at_risk": _("Sắp đến hạn: %(step)s", step=step),
        "task.breached": _("Quá hạn: %(step)s", step=step),
        "dossier.at_risk": _("Hồ sơ sắp đến hạn"),
        "dossier.breached": _("Hồ sơ quá hạn"),
        "dossier.likely_late": _("Hồ sơ có khả năng trễ hạn"),
        "dossier.due_moved": _("Hạn được tính lại vì lịch làm việc thay đổi"),
        "dossier.reappointed": _("Xin lỗi và hẹn lại ngày trả"),
        "dossier.apology_edited": _("Soạn phiếu xin lỗi và hẹn lại"),
        "dossier.apology_sent_back": _("Nhờ soạn lại phiếu xin lỗi"),
        "dossier.apology_dropped": _("Không cần phiếu xin lỗi"),
        "dossier.extended": _("Gia hạn thời gian giải quyết"),
        "dossier.acceptance_at_risk": _("Sắp hết hạn trả lời tiếp nhận"),
        "dossier.acceptance_breached": _("Quá hạn trả lời tiếp nhận"),
        "dossier.lapsed": _("Người nộp không trả lời đúng hạn, hồ sơ dừng xử lý"),
        "instance.timers_moved": _("Hẹn giờ được tính lại vì lịch làm việc thay đổi"),
        "dossier.withdrawal_requested": _("Người nộp yêu cầu rút hồ sơ"),
        "dossier.withdrawal_declined": _("Xử lý tiếp, không rút hồ sơ"),
        "dossier.withdrawn": _("Xác nhận rút hồ sơ"),
        "dossier.stopped": _("Dừng xử lý hồ sơ"),
        "instance.started": _("Bắt đầu"),
        "instance.cancelled": _("Huỷ phiên chạy"),
        "instance.returned": _("Quay lại bước đã làm: %(step)s", step=step),
        "instance.suspended": _("Người vận hành tạm dừng"),
        "instance.resumed": _("Người vận hành cho chạy tiếp"),
        "instance.migrated": _("Chuyển sang phiên bản khác của quy trình"),
        "timer.fired": _("Đến giờ hẹn trong sơ đồ"),
        "timer.failed": _("Hẹn giờ trong sơ đồ gặp lỗi, sẽ thử lại"),
        "incident.opened": _("Một bước tự động gặp sự cố, người vận hành đã được báo"),
        "incident.retried": _("Chạy lại bước gặp sự cố"),
        "incident.skipped": _("Bỏ qua bước gặp sự cố"),
        "instance.modified": _("Người vận hành chuyển bước"),
        "variables.set": _("Người vận hành sửa biến"),
        "incident.resolved": _("Sự cố đã được xử lý"),
        "message.delivered": _("Nhận thông điệp"),
        "signal.delivered": _("Nhận tín hiệu"),
    }
    return str(names.get(event.kind, event.kind))


def _handed_over(event: Told, step: str, who: Any) -> str:
    leaver = who.get(event.leaver, event.leaver)
    if not event.assignee:
        return str(_("Bàn giao từ %(leaver)s về nhóm: %(step)s", leaver=leaver, step=step))
    name = who.get(event.assignee, event.assignee)
    return str(_("Bàn giao từ %(leaver)s sang %(name)s: %(step)s", leaver=leaver, name=name, step=step))


def held(instance: Any, *, now: datetime) -> tuple[Held, ...]:
    """Give who held the dossier from when to when, in order of hand-over."""
    lines = history.control_sheet(instance, now=now)
    who = people.names_of(line.holder for line in lines if line.holder)
    groups = people.group_names(group for line in lines for group in line.groups)
    return tuple(
        Held(
            line=line,
            step=history.step_name(instance, line.element_id, line.name),
            holder=_holder(line, who, groups),
            group=_named(line, groups),
            due=_verdict(line, instance.definition_id, now),
            note=_note(line),
        )
        for line in lines
    )


def _holder(line: Holding, who: Any, groups: Any) -> Text:
    if line.holder:
        name = who.get(line.holder, line.holder)
        return Text(name, name)
    return _named(line, groups)


def _named(line: Holding, groups: Any) -> Text:
    found = [groups.get(code, Text(code, code)) for code in line.groups]
    return Text(", ".join(name.vi for name in found), ", ".join(name.en for name in found))


def _note(line: Holding) -> Text:
    def joined(act: str) -> str:
        return ". ".join(part for part in (act.removesuffix("…"), line.reason) if part)

    return Text(joined(line.act_label.vi), joined(line.act_label.en))


def _verdict(line: Holding, definition_id: str, now: datetime) -> dues.Due:
    if line.due_at is None or line.verdict in ("none", "cancelled"):
        return dues.Due()
    measure = measures.of(line.limit, definition_id)
    if line.finished_at is not None:
        return dues.of_end(line.due_at, line.finished_at, measure=measure)
    return dues.of_moment(line.due_at, now=now, measure=measure)


def _people(events: Iterable[Told]) -> set[str]:
    return {name for event in events for name in (event.actor, event.assignee, event.behalf, event.leaver) if name}


def _who(event: Told, who: Any) -> str:
    if event.actor == SYSTEM:
        return str(_("Hệ thống"))
    name = str(who.get(event.actor, event.actor))
    if not event.behalf:
        return name
    return str(_("%(name)s (thay %(absent)s)", name=name, absent=who.get(event.behalf, event.behalf)))


def _text(event: Told, who: Any) -> str:
    parts: list[str] = [f"{_who(event, who)}, {moment(event.at)}", *_facts(event)]
    return ". ".join(part.rstrip(".") for part in parts)


def _facts(event: Told) -> Iterable[str]:
    if event.reason:
        yield _("Lý do: %(reason)s", reason=event.reason)
    if event.statuses:
        yield _("Trạng thái: %(names)s", names=" → ".join(t(NAMES[Status(number)]) for number in event.statuses))
    if event.fee_paid:
        yield _("Ghi nhận đã nộp phí")
    if event.paused:
        yield _("Đồng hồ tạm dừng")
    if event.resumed:
        yield _("Đồng hồ chạy lại")
    if event.due_at:
        yield _("Hạn %(day)s", day=day(event.due_at))
    if event.papers:
        kinds = [papers.KINDS.get(kind, Text(kind, kind)) for kind in event.papers]
        yield _("Ban hành: %(names)s", names=", ".join(t(kind) for kind in kinds))
    if event.documents:
        yield _("Tệp: %(names)s", names=", ".join(event.documents))
    if event.opened:
        yield _("Bước tiếp: %(names)s", names=", ".join(t(step) for step in event.opened))
