"""How long steps took, and what can come next, as the task page's diagram tells it."""

from __future__ import annotations

from services import history, journeys, loading, spent
from tests.office import Office
from web.officer.diagrams import SHOWN


def test_a_step_that_was_done_again_counts_whole_and_nights_are_no_working_time(office: Office) -> None:
    dossier = office.accepted()  # Thursday 20 August 2026, 08:55
    office.later(days=1)
    office.step(dossier, "truongphong", "assign", "assign")
    instance = office.instance(dossier)
    passages = history.passages(instance)
    took = spent.of_passages(loading.load(instance.definition_id), passages, now=office.now)
    assign = next(p for p in passages if p.element_id == "assign")
    assert took[assign.id] == spent.Spent(elapsed=24 * 60, working=8 * 60)
    steps = spent.by_step([assign, assign], took)
    assert steps[assign.process_key, "assign"] == spent.Spent(elapsed=48 * 60, working=16 * 60)


def test_every_way_on_from_here_is_a_possible_next_step(office: Office) -> None:
    dossier = office.accepted()
    loaded = loading.load(dossier.definition_id)
    key = loaded.definition.key
    comes = journeys.coming(loaded, key, ["appraise"], SHOWN)
    assert {one.id for one in comes} == {"supplement_call", "inspect", "draft_certificate", "draft_refusal"}
    assert next(one for one in comes if one.id == "inspect").groups == ("inspection_prevention",)
    assert journeys.coming(loaded, key, [], SHOWN) == ()
