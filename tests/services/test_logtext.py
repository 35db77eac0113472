"""What the log keeps of an event's data, and what is read of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import log, logtext, tasks
from services.permissions import SYSTEM
from tests.office import Office
from tests.services.bundles import one_task

CHAIN = "06f2m8v4k1t9c3xa"
OWN, OTHER = (
    st.integers(1, 99).map(lambda number: f"{CHAIN}.{number}"),
    st.text(alphabet="abc9.", min_size=1).filter(lambda text: not text.startswith(".")),
)
TASK = OWN | OTHER
NAME = st.sampled_from("abc")
ELEMENT = st.tuples(st.sampled_from("pecxf"), NAME, st.just("") | TASK, st.sampled_from(["", "called"]))
ABOUT = st.fixed_dictionaries({"task": TASK, "element": NAME})


@given(
    ABOUT | st.just({}),
    st.fixed_dictionaries(
        {},
        optional={
            "reason": st.text(),
            "elements": st.lists(ELEMENT.map(list)),
            "opened": st.lists(ABOUT),
            "dues": st.lists(st.fixed_dictionaries({"task": TASK, "due_at": st.none()})),
        },
    ),
)
def test_what_is_read_is_what_was_said(about: dict[str, object], more: dict[str, object]) -> None:
    data = {**about, **more}
    assert logtext.whole(CHAIN, logtext.short(CHAIN, data)) == data


def test_the_element_of_a_task_is_kept_once() -> None:
    task, other = f"{CHAIN}.4", f"{CHAIN}.5"
    elements = [["c", "a", task, ""], ["e", "b", other, ""]]
    data = {"task": task, "element": "a", "opened": [{"task": other, "element": "b"}], "elements": elements}
    assert logtext.short(CHAIN, data) == {
        "task": ".4",
        "opened": [{"task": ".5"}],
        "elements": [["c", "a", ".4", ""], ["e", "b", ".5", ""]],
    }
    odd = {"task": task, "element": "z", "elements": elements}
    assert logtext.short(CHAIN, odd)["element"] == "z"


@pytest.mark.parametrize(
    ("entry", "whole"),
    [
        (["p", "gw"], ["p", "gw", "", ""]),
        (["c", "a", ".4"], ["c", "a", f"{CHAIN}.4", ""]),
        (["p", "gw", "", "called"], ["p", "gw", "", "called"]),
        (["e", "a", "vcvz26xj3her7wmf.2", "one"], ["e", "a", "vcvz26xj3her7wmf.2", "one"]),  # as it was written once
    ],
)
def test_an_element_is_read_with_its_four_parts(entry: list[str], whole: list[str]) -> None:
    assert logtext.whole(CHAIN, {"elements": [entry]}) == {"elements": [whole]}


def test_an_event_does_not_say_again_what_its_row_says(office: Office) -> None:
    office.deploy(one_task())
    instance = office.start("one")
    task = office.open(instance)["do"]
    assert task.id.startswith(f"{instance.id}.")
    tasks.submit(SYSTEM, task.id, {}, now=office.now)
    for row, data in log.events_of(instance.id):
        assert instance.id not in row.data
        assert instance.key not in [process for *_, process in data["elements"]]
    assert data["task"] == task.id
    assert log.verify().breaks == ()
