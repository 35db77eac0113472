"""A request with a key is done once: the same again has the first answer, another body is refused."""

from __future__ import annotations

from functools import partial

import pytest
from flask import Flask

from errors import Forbidden, IdempotencyMismatch
from services import idempotency, instances
from storage.queries import instances as lists
from storage.queries.scope import Scope
from tests.office import Office
from tests.services.bundles import one_task
from tests.services.together import at_once, done

ALL = Scope(username="system", principals=(), sees_all=True)


def started() -> int:
    return lists.count(ALL, lists.Wanted(key="one"))


def start_once(office: Office, key: str = "key", body: bytes = b"body", username: str = "quantri") -> idempotency.Kept:
    viewer = office.viewer(username)

    def act() -> tuple[int, bytes]:
        return 201, instances.start(viewer, "one", {}, now=office.now).id.encode()

    return idempotency.once(viewer, key, body, act, now=office.now)


def test_the_same_request_again_has_the_first_answer_and_does_nothing(office: Office) -> None:
    office.deploy(one_task())
    first = start_once(office)
    assert start_once(office) == first
    assert first.status == 201
    assert started() == 1
    assert start_once(office, key="another") != first
    assert start_once(office, username="vanhanh") != first  # each person's keys are their own
    assert started() == 3


def test_the_same_key_with_another_body_is_refused(office: Office) -> None:
    office.deploy(one_task())
    start_once(office)
    with pytest.raises(IdempotencyMismatch):
        start_once(office, body=b"other")
    assert started() == 1


def test_a_refusal_is_not_kept(office: Office) -> None:
    office.deploy(one_task())
    with pytest.raises(Forbidden):
        start_once(office, username="motcua")
    with pytest.raises(Forbidden):
        start_once(office, username="motcua")
    assert started() == 0


def test_after_a_day_the_key_is_free(office: Office) -> None:
    office.deploy(one_task())
    first = start_once(office)
    office.later(hours=25)
    assert start_once(office, body=b"other") != first
    assert started() == 2


def test_of_many_at_the_same_moment_one_does_it(office: Office, demo_app: Flask) -> None:
    office.deploy(one_task())
    office.viewer("quantri")
    answers = done(at_once(demo_app, [partial(start_once, office)] * 6))
    assert len({answer.body for answer in answers}) == 1
    office.look()
    assert started() == 1
