"""External tasks: work for programs, which fetch it under a topic, lock it and report on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from api.schemas.fields import Answered, Choice, Integer, List, Object, Sent, Text, listing, page_of

STATES = ("open", "suspended", "failed", "completed", "cancelled")
LONGEST_LOCK = 7 * 24 * 3600 * 1000
LONGEST_WAIT = 30_000


def lock(**more: Any) -> Integer:
    """Give the field of how long a task is locked."""
    return Integer(
        1, LONGEST_LOCK, metadata={"description": "Milliseconds; after them another worker may fetch it."}, **more
    )


class ListParametersOwn(Sent):
    """Which external tasks."""

    state = Choice(*STATES, load_default="open")
    topic = Text()
    connector = Text(metadata={"description": "What of the server itself does it."})
    worker_id = Text(attribute="worker")
    instance_id = Text()
    key = Text(metadata={"description": "Key of the instance's process."})
    element_id = Text()
    business_key = Text()


ListParameters = ListParametersOwn.from_dict(listing("created_at", default="created_at"), name="ExternalTasksListed")


class TopicObject(Sent):
    """One topic, and what a worker wants of it."""

    name = Text(required=True, longest=200)
    lock_duration_ms = lock(load_default=None, allow_none=True)
    variables = List(
        Text(), most=500, load_default=None, allow_none=True, metadata={"description": "Names; null: all variables."}
    )
    business_key = Text(load_default=None, allow_none=True)
    key = Text(load_default=None, allow_none=True, metadata={"description": "Key of the instance's process."})


class Topic(fields.Nested):
    """A topic's name alone, or an object with more."""

    default_error_messages = {"required": "required", "null": "null", "type": "object"}

    def __init__(self) -> None:
        super().__init__(TopicObject)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, *more: Any, **named: Any
    ) -> Any:
        return super()._deserialize({"name": value} if isinstance(value, str) else value, attr, data, *more, **named)


class FetchAndLock(Sent):
    """What a worker fetches."""

    worker_id = Text(required=True, metadata={"description": "The worker's own name; it reports under the same."})
    topics = List(Topic(), fewest=1, most=50, required=True)
    max_tasks = Integer(1, 100, load_default=1)
    lock_duration_ms = lock(load_default=60_000)
    wait_ms = Integer(
        0, LONGEST_WAIT, load_default=0,
        metadata={"description": "Wait so long for work to appear. With an Idempotency-Key nothing waits."},
    )  # fmt: skip


class CompleteExternalTask(Sent):
    """What the work gave."""

    worker_id = Text(required=True)
    variables = Object(load_default=dict)


class Failure(Sent):
    """That the work failed, and when it is to be tried again."""

    worker_id = Text(required=True)
    error_message = Text(longest=2_000, shortest=0, load_default="")
    error_details = Text(longest=20_000, shortest=0, load_default="")
    retries = Integer(
        0, 1000, load_default=None, allow_none=True,
        metadata={"description": "Tries left; 0: an incident; null: one less than before."},
    )  # fmt: skip
    retry_timeout_ms = Integer(
        0, LONGEST_LOCK, load_default=None, allow_none=True,
        metadata={"description": "Not before so many milliseconds; null: as the diagram says."},
    )  # fmt: skip


class BpmnError(Sent):
    """The modelled error that the work came to."""

    worker_id = Text(required=True)
    error_code = Text(required=True)
    error_message = Text(longest=2_000, shortest=0, load_default="")
    variables = Object(load_default=dict)


class ExtendLock(Sent):
    """How long the lock is to last from now."""

    worker_id = Text(required=True)
    lock_duration_ms = lock(required=True)


class Unlock(Sent):
    """Who gives the task back; operators may leave the worker out."""

    worker_id = Text(load_default=None, allow_none=True)


class ExternalTask(Answered):
    """Work for a program."""

    id = fields.String(required=True)
    topic = fields.String(required=True)
    connector = fields.String(required=True, metadata={"description": "What of the server does it; else empty."})
    state = fields.String(required=True, metadata={"enum": STATES})
    worker_id = fields.String(required=True, allow_none=True)
    lock_expires_at = fields.AwareDateTime(required=True, allow_none=True)
    available_at = fields.AwareDateTime(required=True, metadata={"description": "When it can be fetched next."})
    retries = fields.Integer(required=True)
    priority = fields.Integer(required=True)
    instance_id = fields.String(required=True)
    definition_id = fields.String(required=True)
    key = fields.String(required=True)
    element_id = fields.String(required=True)
    element_name = fields.String(required=True)
    business_key = fields.String(required=True, allow_none=True)
    error_message = fields.String(required=True, metadata={"description": "Of the last failure."})
    error_details = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)


class FetchedTask(ExternalTask):
    """A locked task and what it sees."""

    variables = fields.Dict(required=True)


class Reported(Answered):
    """What came of a report."""

    id = fields.String(required=True)
    instance_id = fields.String(required=True)
    instance_status = fields.String(required=True)


ExternalTaskPage = page_of(ExternalTask, "ExternalTaskPage")
FetchedPage = page_of(FetchedTask, "FetchedTaskPage")
