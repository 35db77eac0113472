"""Random diagrams: an instance that goes over to a copy, or to one with other ids or more steps, ends as it should."""

from __future__ import annotations

import random
import re
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpmn.definition import Definition
from engine.events import Wait
from engine.migration import migrate
from tests.engine.play import Play, definition
from tests.engine.random_diagrams import diagrams, trees
from tests.engine.test_state import ANSWERS, do, moves
from tests.engine.unsaved import same_seed
from tests.soak import SOAK, examples

NODE = re.compile(
    r"<(?:\w*[tT]ask|\w*[eE]vent|\w*Gateway|subProcess|adHocSubProcess|transaction|callActivity) id=\"([^\"]+)\""
)
SETTINGS = settings(
    max_examples=examples(40, soak=2_000), deadline=None, suppress_health_check=list(HealthCheck), derandomize=not SOAK
)


def over(play: Play, target: Definition, mapping=None):
    """Take an instance over."""
    done = migrate(play.definition, play.step.state, target, mapping or {}, now=play.now, ports=play.ports)
    play.definition, play.step = target, done.step
    return done


@SETTINGS
@given(trees(), st.integers(0, 2**32))
def test_going_over_to_an_identical_version_changes_nothing_at_any_wait(tree, seed):
    xmls = diagrams(tree)
    versions, choose = [definition(*xmls), definition(*xmls)], random.Random(seed)
    play = Play(versions[0], n=0)
    for _ in range(40):
        before = play.step
        if before.status != "running":
            return
        done = over(play, versions[1])
        assert done.step.state == before.state
        assert done.step == replace(before, opened=(), events=(), thrown=(), rulings=(), stored={})
        assert done.step.waits == before.waits
        assert not done.armed
        assert not done.gone
        versions.reverse()
        if not (possible := moves(play.step)):
            return
        do(play, choose.choice(possible), choose.choice(ANSWERS))


def renamed(xml: bytes) -> tuple[bytes, dict[str, str]]:
    """Give every flow node of a file another id; flows keep theirs."""
    text = xml.decode()
    ids = NODE.findall(text)
    for id_ in ids:
        text = text.replace(f'="{id_}"', f'="new_{id_}"')
    return text.encode(), {id_: f"new_{id_}" for id_ in ids}


def seen(play: Play):
    """Give what can be seen of an instance, elements by their old ids."""

    def old(wait: Wait) -> Wait:
        return replace(wait, element_id=wait.element_id.removeprefix("new_"))

    incidents = [(i.id, i.element_id.removeprefix("new_"), i.kind) for i in play.step.incidents]
    return list(map(old, play.step.waits)), play.step.variables, incidents, play.status, play.step.next_due


@SETTINGS
@given(trees(), st.integers(0, 2**32), st.integers(0, 8))
def test_going_over_to_other_ids_ends_as_an_instance_that_began_there(tree, seed, moment):
    (whole, called), choose = diagrams(tree), random.Random(seed)
    new, mapping = renamed(whole)
    old_version, new_version = definition(whole, called), definition(new, called)
    with same_seed():
        stays, goes = Play(new_version, n=0), Play(old_version, n=0)
    for turn in range(40):
        if turn == moment and goes.status == "running":
            events = len(goes.history)
            over(goes, new_version, mapping)
            assert len(goes.history) == events
        assert seen(goes) == seen(stays)
        if not (possible := moves(stays.step)):
            break
        move, n = choose.choice(possible), choose.choice(ANSWERS)
        do(stays, move, n)
        do(goes, move, n)


@SETTINGS
@given(trees(2), st.integers(0, 2**32), st.integers(0, 4))
def test_what_comes_after_in_the_new_version_comes(tree, seed, moment):
    (whole, called), choose = diagrams(tree), random.Random(seed)
    text = whole.decode()
    more = text.replace('targetRef="over"', 'targetRef="more"').replace(
        "</process>", '<userTask id="more"/><sequenceFlow id="f_more" sourceRef="more" targetRef="over"/></process>', 1
    )
    play, target = Play(definition(whole, called), n=0), definition(more.encode(), called)
    for turn in range(60):
        if turn == moment and play.status == "running":
            over(play, target)
        if not (possible := moves(play.step)):
            break
        do(play, choose.choice(possible), choose.choice(ANSWERS))
    else:
        return
    if play.definition is target and play.status == "completed":
        assert "more" in play.passed
