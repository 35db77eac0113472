"""What was answered in the completed steps of an instance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from storage.database import session
from storage.tables import Person, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneStep:
    """A completed task with its answers; `form` is the definition id of the form they were typed into."""

    id: str
    definition_id: str
    """The version that its instance was of then."""
    name: str
    process_key: str
    element_id: str
    form: str
    done_by: str | None
    done_by_name: str
    done_at: datetime | None
    act: str
    reason: str
    answers: Mapping[str, Any]


def done_steps(instance_id: str) -> tuple[DoneStep, ...]:
    """Give what was answered in the completed tasks of an instance, the latest first, to whoever may read it."""
    query = select(Task, Person.name).outerjoin(Person, Person.username == Task.completed_by)
    query = query.where(Task.instance_id == instance_id, Task.state == "completed")
    return tuple(
        DoneStep(
            id=task.id,
            definition_id=task.definition_id,
            name=task.name,
            process_key=task.process_key,
            element_id=task.element_id,
            form=task.form,
            done_by=task.completed_by,
            done_by_name=name or task.completed_by or "",
            done_at=task.completed_at,
            act=task.act or "",
            reason=task.reason,
            answers=task.answers or {},
        )
        for task, name in session().execute(query.order_by(Task.completed_at.desc(), Task.id))
    )
