"""Bulk acts: officers do one thing with many tasks; each is done by itself in the background, and the results listed.

They are batches (services/batches.py) whose items are tasks. An act is made under an id that its page has given out,
so that it is made once however often the page is sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from errors import Conflict, Detail, Forbidden, Invalid, InvalidAnswers, Malformed, NotFound
from services import instances, loading, log, tasks
from services.batches import CHAIN
from services.bulk_kinds import BULK, BulkKind, check, step_of, takes_files
from services.permissions import Permission, Viewer, has_any, require_any
from storage.database import session, verb
from storage.queries import batches as batch_queries
from storage.queries import bulk as queries
from storage.queries.batches import BatchRow
from storage.queries.bulk import Chosen
from storage.rows import batches as rows
from storage.rows import tasks as task_rows
from storage.tables import Batch
from texts import Text

MOST = 500
"""Tasks of one bulk act."""
SHOWN = 20
"""Of one's own, on a page."""
TRIED = 3
"""Tasks whose answers are looked at before a form is sent for all: what is wrong with each is wrong with all."""
LONGEST_REASON = 2000
BATCH_ID = re.compile(r"[0-9a-f]{32}")
NOTHING = Text("Chưa chọn việc nào.", "No task is chosen.")
Step = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One task of an act, with what is said of it alone."""

    task_id: str
    given: Mapping[str, Any]


def chosen(viewer: Viewer, task_ids: Sequence[str]) -> tuple[Chosen, ...]:
    """Give those of these tasks that a viewer sees, those first that were filed first; one statement for all.

    Raises Invalid for more than MOST.
    """
    ids = list(dict.fromkeys(task_ids))
    if len(ids) > MOST:
        message = Text(f"Nhiều nhất {MOST} việc một lần.", f"At most {MOST} tasks at once.")
        raise Invalid(details=[Detail(field="task", code="many", message=message)])
    seen = [each for each in queries.chosen(ids) if tasks.may_see(viewer, each.task)]
    return tuple(sorted(seen, key=lambda each: (task_rows.turn(each.task) or 0, each.task.id)))


def steps_of(every: Sequence[Chosen]) -> Mapping[Step, tuple[Chosen, ...]]:
    """Sort chosen tasks by step, version and form: what one form can complete."""
    found: dict[Step, tuple[Chosen, ...]] = {}
    for each in every:
        step = step_of(each.task)
        found[step] = (*found.get(step, ()), each)
    return found


@verb
def create(
    viewer: Viewer,
    kind: str,
    task_ids: Sequence[str],
    *,
    batch_id: str,
    now: datetime,
    reason: str = "",
    parameters: Mapping[str, Any] | None = None,
    seen: Mapping[str, int] | None = None,
) -> Batch:
    """Begin a bulk act on these tasks; `batch_id` (32 hexadecimal figures) sent again gives that of before.

    `seen`: task id -> how many events its instance had when it was looked at. Raises Forbidden, Malformed, and Invalid
    with all that is wrong: nothing is chosen, too much, several steps for one form, a parameter or reason is missing.
    """
    if (before := _before(viewer, kind, batch_id)) is not None:
        return before
    found, given = _kind(kind), dict(parameters or {})
    require_any(viewer, *found.permissions)
    check(found, given)
    every = chosen(viewer, task_ids)
    if kind == "complete_tasks":
        given["step"], given["answers"] = list(_one_step(every)), said(given.get("answers") or {})
    known = seen or {}
    items = [Given(task_id=each.task.id, given={"seen": known.get(each.task.id, each.log_seq)}) for each in every]
    return make(viewer, kind, items, batch_id=batch_id, now=now, reason=reason, parameters=given)


@verb
def make(
    viewer: Viewer,
    kind: str,
    items: Sequence[Given],
    *,
    batch_id: str,
    now: datetime,
    reason: str = "",
    parameters: Mapping[str, Any] | None = None,
) -> Batch:
    """Write down a bulk act with what is said of each task; its permission was asked. Raises Invalid, Malformed."""
    if (before := _before(viewer, kind, batch_id)) is not None:
        return before
    reason = _reason(_kind(kind), reason)
    known = {each.task.id: each for each in queries.chosen([item.task_id for item in items])}
    fit = [
        (item.task_id, known[item.task_id].task.instance_id, dict(item.given))
        for item in items
        if item.task_id in known
    ]
    if not 0 < len(fit) <= MOST:
        many = Text(f"Nhiều nhất {MOST} việc một lần.", f"At most {MOST} tasks at once.")
        code, message = ("many", many) if fit else ("required", NOTHING)
        raise Invalid(details=[Detail(field="task", code=code, message=message)])
    batch = Batch(
        id=batch_id, kind=kind, parameters=dict(parameters or {}), reason=reason, state="waiting", total=len(fit),
        done=0, failed=0, due_at=now, created_at=now, created_by=viewer.username, run_by=viewer.username,
    )  # fmt: skip
    session().add(batch)
    session().flush()
    rows.fill_tasks(batch_id, fit)
    data = {"batch": batch.id, "kind": kind, "total": batch.total, "reason": reason}
    log.append_to(CHAIN, "batch.created", actor=viewer.username, now=now, data=data)
    return batch


def said(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what was left empty: there each dossier keeps what it knows itself, or is refused what it lacks."""
    kept = {name: said(value) if isinstance(value, Mapping) else value for name, value in answers.items()}
    return {name: value for name, value in kept.items() if value not in (None, "", [], {})}


def check_answers(
    viewer: Viewer, every: Sequence[Chosen], answers: Mapping[str, Any], *, now: datetime, act: str | None, reason: str
) -> None:
    """Raise InvalidAnswers with what is wrong with these answers for each of the first tasks; nothing is written."""
    common: dict[tuple[str, str], Detail] | None = None
    for each in every[:TRIED]:
        found: dict[tuple[str, str], Detail] = {}
        try:
            tasks.check(viewer, each.task.id, said(answers), now=now, act=act, reason=reason)
        except InvalidAnswers as refused:
            found = {(detail.field, detail.code): detail for detail in refused.details}
        except (Conflict, Forbidden, NotFound):  # of this task alone: its line of the results will say so
            continue
        common = found if common is None else {key: common[key] for key in common if key in found}
    if common:
        raise InvalidAnswers(details=common.values())


def readable(viewer: Viewer, batch_id: str) -> BatchRow:
    """Give a bulk act to who made it, and to who sees everything; raise NotFound."""
    row = batch_queries.one(batch_id) if BATCH_ID.fullmatch(batch_id) else None
    may = row is not None and (
        row.created_by == viewer.username or has_any(viewer, Permission.SEE_ALL, Permission.OPERATE)
    )
    if row is None or not may or row.kind not in BULK:
        raise NotFound()
    return row


def of_viewer(viewer: Viewer) -> Sequence[BatchRow]:
    """Give one's own latest bulk acts."""
    return queries.made_by(viewer.username, list(BULK), SHOWN)


def _kind(name: str) -> BulkKind:
    if name not in BULK:
        message = Text(f"Chọn một trong: {', '.join(BULK)}.", f"Choose one of: {', '.join(BULK)}.")
        raise Invalid(details=[Detail(field="kind", code="unknown", message=message)])
    return BULK[name]


def _before(viewer: Viewer, kind: str, batch_id: str) -> Batch | None:
    if not BATCH_ID.fullmatch(batch_id):
        raise Malformed()
    before = rows.load(batch_id)
    if before is not None and (before.created_by, before.kind) != (viewer.username, kind):
        raise Malformed()
    return before


def _reason(kind: BulkKind, reason: str) -> str:
    if kind.needs_reason or reason.strip():
        return instances.reason_given(reason)
    return ""


def _one_step(every: Sequence[Chosen]) -> Step:
    """Give the step of all; raise Invalid naming the groups where there are several, or its form takes files."""
    steps = steps_of(every)
    if len(steps) > 1:
        names = ["; ".join(_words(step, found, lang) for step, found in steps.items()) for lang in ("vi", "en")]
        message = Text(
            f"Các việc đã chọn thuộc nhiều bước, phiên bản hoặc biểu mẫu khác nhau: {names[0]}. Hãy làm từng nhóm.",
            f"The chosen tasks are at different steps, versions or forms: {names[1]}. Do one group at a time.",
        )
        raise Invalid(details=[Detail(field="task", code="several_steps", message=message)])
    for step in steps:
        if step[3] and takes_files(loading.form(step[3])):
            message = Text(
                "Biểu mẫu của bước này có tệp đính kèm, mỗi hồ sơ phải làm riêng.",
                "The form of this step takes files: each dossier is done by itself.",
            )
            raise Invalid(details=[Detail(field="task", code="files", message=message)])
        return step
    raise Invalid(details=[Detail(field="task", code="required", message=NOTHING)])


def _words(step: Step, found: Sequence[Chosen], language: str) -> str:
    loaded = loading.load(step[0])
    name = loaded.step_name(step[1], step[2], found[0].task.name)
    version = (
        f"{loaded.name.in_(language)}, {'phiên bản' if language == 'vi' else 'version'} {loaded.definition.version}"
    )
    return f"{name.in_(language)} ({version}): {len(found)}"
