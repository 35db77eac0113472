"""/diagrams/<id>.bpmn: a diagram as it was uploaded; and where an instance is in its diagrams, drawn and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Blueprint, Response

from errors import Forbidden, NotFound
from services import history, journeys, loading, spent
from services.history import Passage
from services.journeys import Coming
from services.spent import Spent
from storage.queries import definitions, people
from storage.queries.tasks import InboxRow
from texts import Text
from web.account import signed_in
from web.i18n.formats import lasting, t
from web.officer import dues

blueprint = Blueprint("officer_diagrams", __name__)
WORKING_HOURS = 8
"""Of a working day, to say how long something took."""
A_DAY = 24 * 3600
WAITING_BESIDE = frozenset({"boundaryEvent", "startEvent"})
"""They are active as long as something else is: nobody would say that the dossier is there."""
SHOWN: Mapping[str, Text] = {
    "userTask": Text("Việc của người", "Task"),
    "manualTask": Text("Việc của người", "Task"),
    "callActivity": Text("Quy trình con", "Called process"),
    "subProcess": Text("Quy trình con", "Sub-process"),
    "adHocSubProcess": Text("Quy trình con tuỳ ứng", "Ad-hoc sub-process"),
    "transaction": Text("Giao dịch", "Transaction"),
    "businessRuleTask": Text("Bảng quyết định", "Decision table"),
    "scriptTask": Text("Tự động", "Automatic"),
    "serviceTask": Text("Tự động", "Automatic"),
    "sendTask": Text("Gửi thông điệp", "Message sent"),
    "receiveTask": Text("Chờ thông điệp", "Message awaited"),
    "intermediateCatchEvent": Text("Chờ sự kiện", "Event awaited"),
    "endEvent": Text("Kết thúc", "End"),
}
"""Types of elements that the table lists, if they have a name."""
TIMED = frozenset(SHOWN) - {"endEvent", "businessRuleTask", "scriptTask"}
"""What takes time worth telling."""
NEXT = Text("Có thể là bước tiếp theo", "Possibly next")
STATES: Mapping[str, Text] = {
    "active": Text("Đang ở đây", "Here now"),
    "completed": Text("Xong", "Done"),
    "cancelled": Text("Đã huỷ", "Cancelled"),
    "failed": Text("Lỗi", "Failed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One diagram with what is marked in it."""

    url: str
    name: Text
    version: int
    current: tuple[str, ...]
    done: tuple[str, ...]
    failed: tuple[str, ...]
    here: tuple[Text, ...]
    """Names of the current steps, for the spoken label."""
    next: tuple[str, ...] = ()
    """What can come after the current steps, whichever way is taken."""
    times: Mapping[str, Spent] = field(default_factory=dict)
    """What each step took so far, all its passages together."""

    @property
    def said(self) -> Mapping[str, str]:
        """Give what stands under each step: its working time, or where no calendar covers it the calendar's."""
        return {
            one: lasting(took.elapsed) if took.working is None else lasting(took.working, WORKING_HOURS)
            for one, took in self.times.items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """One line of the table under the diagrams."""

    name: Text
    type: Text
    who: str
    state: Text
    is_here: bool
    started_at: datetime | None
    ended_at: datetime | None
    due: dues.Due | None
    spent: Spent | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Where an instance is: its diagram and those of the called processes it is in now, and the same as a table."""

    drawings: tuple[Drawing, ...]
    table: tuple[Passed, ...]


@blueprint.get("/diagrams/<definition_id>.bpmn")
def diagram(definition_id: str) -> Response:
    """Give a diagram byte for byte, for the viewer; staff only."""
    viewer = signed_in()
    if not viewer.is_staff:
        raise Forbidden()
    row = definitions.one(definition_id)
    data = definitions.file_of(definition_id) if row and row.kind == "process" else None
    if row is None or data is None:
        raise NotFound()
    # A download, never a page of ours: XML can carry scripts and styles.
    headers = {
        "Content-Disposition": f'attachment; filename="{definition_id}.bpmn"',
        "Cache-Control": f"private, max-age={A_DAY}",
    }
    return Response(data, headers=headers, content_type="application/xml")


def course(instance: Any, open_steps: Sequence[InboxRow], *, process_key: str = "", now: datetime) -> Course:
    """Read from the log where an instance is; `process_key`: a process to draw in any case (the task's own)."""
    loaded = loading.load(instance.definition_id)
    passages = history.passages(instance)
    took = spent.of_passages(loaded, passages, now=now)
    here = [p for p in passages if p.state == "active" and p.element_type not in WAITING_BESIDE]
    keys = dict.fromkeys([loaded.definition.key, *(p.process_key for p in here), process_key])
    drawn = [key for key in keys if key and loaded.part(key)]
    comes = {
        key: journeys.coming(loaded, key, [p.element_id for p in here if p.process_key == key], SHOWN) for key in drawn
    }
    steps = spent.by_step((p for p in passages if p.element_type in TIMED), took)
    return Course(
        drawings=tuple(_drawing(loaded, key, passages, here, comes[key], steps) for key in drawn),
        table=(
            *_table(passages, {row.id: row for row in open_steps}, took, now),
            *_coming([element for key in drawn for element in comes[key]]),
        ),
    )


def _drawing(
    loaded: loading.Loaded,
    key: str,
    passages: Sequence[Passage],
    here: Sequence[Passage],
    comes: Sequence[Coming],
    steps: Mapping[tuple[str, str], Spent],
) -> Drawing:
    def ids(state: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(p.element_id for p in passages if p.process_key == key and p.state == state))

    current = [p for p in here if p.process_key == key]
    version, bare = loaded.of(key)
    process, id_ = version.definition.processes[bare], version.parts[bare]
    row = definitions.one(id_)
    own = key == loaded.definition.key
    return Drawing(
        url=f"/diagrams/{id_}.bpmn",
        name=loaded.name if own else (process.name_text or Text(process.name or key, process.name or key)),
        version=row.version if row else 0,
        current=tuple(dict.fromkeys(p.element_id for p in current)),
        done=tuple(one for one in ids("completed") if one not in {p.element_id for p in current}),
        failed=ids("failed"),
        here=tuple(loaded.step_name(p.process_key, p.element_id, p.element_name) for p in current if p.element_name),
        next=tuple(element.id for element in comes),
        times={element_id: took for (of, element_id), took in steps.items() if of == key},
    )


def _coming(elements: Sequence[Coming]) -> tuple[Passed, ...]:
    """Give the lines of what can come next; who would do it, where the diagram names groups."""
    named = [element for element in elements if element.name]
    groups = people.group_names(group for element in named for group in element.groups)
    return tuple(
        Passed(
            name=element.name,
            type=SHOWN[element.type],
            who=", ".join(t(groups[code]) for code in element.groups if code in groups),
            state=NEXT,
            is_here=False,
            started_at=None,
            ended_at=None,
            due=None,
            spent=None,
        )
        for element in named
    )


def _table(
    passages: Sequence[Passage], open_: Mapping[str, InboxRow], took: Mapping[str, Spent], now: datetime
) -> tuple[Passed, ...]:
    shown = [p for p in passages if p.element_type in SHOWN and p.element_name]
    names = people.names_of(p.actor for p in shown if p.actor)
    groups = people.group_names(group for row in open_.values() for group in row.candidate_groups)
    lines = []
    for p in sorted(shown, key=lambda p: p.started_at):
        row = open_.get(p.task_id or "")
        who = names.get(p.actor, p.actor) if p.actor else ""
        if row is not None:
            held = [t(groups[code]) for code in row.candidate_groups if code in groups]
            who = row.assignee_name or row.assignee or ", ".join(held)
        lines.append(
            Passed(
                name=loading.load(p.definition_id).step_name(p.process_key, p.element_id, p.element_name),
                type=SHOWN[p.element_type],
                who=who,
                state=STATES[p.state],
                is_here=p.state == "active",
                started_at=p.started_at,
                ended_at=p.ended_at,
                due=dues.of_task(row, now=now) if row is not None else None,
                spent=took[p.id] if p.element_type in TIMED else None,
            )
        )
    return tuple(lines)
