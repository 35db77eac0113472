"""The same Idempotency-Key again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask

from api import answers
from services import idempotency
from tests.api.program import Answer, Program, codes, good, one_task, program, refused, unique


@pytest.fixture
def key(admin: Program) -> str:
    found = unique("once")
    admin.deploy(one_task(found))
    return found


def start(admin: Program, key: str, name: str, **variables: object) -> Answer:
    body = {"variables": {"starter": "an", **variables}}
    return admin.call("POST", f"/definitions/{key}/instances", body, headers={"Idempotency-Key": name})


def test_the_same_key_and_body_give_the_first_answer_and_do_nothing(admin: Program, key: str) -> None:
    first, second = start(admin, key, "k1"), start(admin, key, "k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    assert admin.get(f"/instances/count?key={key}") == {"count": 1}


def test_another_body_or_address_under_the_same_key_is_refused(admin: Program, key: str) -> None:
    start(admin, key, "k2")
    refused(start(admin, key, "k2", more=1), 409, "idempotency_mismatch")
    refused(admin.call("POST", "/signals", {"name": "x"}, headers={"Idempotency-Key": "k2"}), 409)


def test_a_key_belongs_to_its_caller(served: Flask, admin: Program, key: str) -> None:
    other = program(served, "admin")
    assert start(admin, key, "k3").json["id"] != start(other, key, "k3").json["id"]


def test_what_was_refused_is_tried_anew(admin: Program) -> None:
    key = unique("later")
    refused(start(admin, key, "k4"), 404)
    admin.deploy(one_task(key))
    assert start(admin, key, "k4").status_code == 201


def test_after_a_day_the_key_is_free(admin: Program, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first, real = start(admin, key, "k5"), answers.now
    monkeypatch.setattr(answers, "now", lambda: real() + idempotency.KEPT + timedelta(seconds=1))
    assert start(admin, key, "k5").json["id"] != first.json["id"]


def test_of_two_at_the_same_moment_one_acts_and_both_get_its_answer(admin: Program, key: str) -> None:
    ready = Barrier(4)

    def send(_: int) -> bytes:
        ready.wait(timeout=10)
        answer = start(admin, key, "k6")
        assert answer.status_code == 201, answer.text
        return bytes(answer.data)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(send, range(4)))) == 1
    assert admin.get(f"/instances/count?key={key}") == {"count": 1}


def test_completing_twice_with_a_key_is_one_completion(admin: Program, key: str) -> None:
    (task,) = admin.tasks(admin.start(key, starter="an"))
    given = [
        good(admin.call("POST", f"/tasks/{task['id']}/complete", {}, headers={"Idempotency-Key": "k7"})) for _ in "ab"
    ]
    assert given[0] == given[1]


def test_an_upload_is_recognised_by_its_files_not_by_the_borders_of_its_parts(admin: Program) -> None:
    keyed = Program(app=admin.app, username=admin.username, token=admin.token, headers={"Idempotency-Key": "k8"})
    files, others = dict([one_task(unique("file"))]), dict([one_task(unique("file"))])
    first, second = keyed.upload("/deployments", files), keyed.upload("/deployments", files)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    refused(keyed.upload("/deployments", others), 409, "idempotency_mismatch")


@pytest.mark.parametrize("name", ["", "a b", "ü", "x" * 201])
def test_a_key_that_is_none_is_refused(admin: Program, key: str, name: str) -> None:
    assert codes(refused(start(admin, key, name), 422)) == {"Idempotency-Key": "pattern"}
