"""Every course of every shipped scenario plays to its end: tasks, due dates, statuses, papers and the final log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

from services import history, log
from services.setup import SHIPPED
from tests.procedures.player import Course, moment

SCENARIOS = {
    path.parent.name: yaml.load(path.read_text(), yaml.CSafeLoader) for path in sorted(SHIPPED.glob("*/scenario.yaml"))
}
COURSES = [(slug, course["name"]) for slug, scenario in SCENARIOS.items() for course in scenario["courses"]]


def test_each_shipped_procedure_has_the_four_kinds_of_course() -> None:
    for slug, scenario in SCENARIOS.items():
        statuses = [course["expect"]["statuses"] for course in scenario["courses"]]
        assert any(s[-1] == 10 and 5 not in s for s in statuses), f"{slug}: nothing is granted at once"
        assert any(5 in s for s in statuses), f"{slug}: no supplement"
        papers = [paper for course in scenario["courses"] for paper in course["expect"]["papers"]]
        assert {"refusal_slip", "refusal_decision"} & set(papers), f"{slug}: nothing is refused"
        assert any(c["expect"].get("deadlines") for c in scenario["courses"]), f"{slug}: nothing is late"


@pytest.mark.parametrize(("slug", "name"), COURSES)
def test_a_course_plays_as_its_scenario_says(demo_app: Flask, slug: str, name: str) -> None:
    course: Mapping[str, Any] = next(c for c in SCENARIOS[slug]["courses"] if c["name"] == name)
    with demo_app.app_context():
        start = moment(course["filed_at"])
        assert start is not None
        played = Course(parts=demo_app.extensions["motcua"], key=slug, now=start)
        played.file(course)
        for number, step in enumerate(course["steps"], start=1):
            at = moment(step["at"])
            assert at is not None
            before, seen = len(played.papers()), len(played.log())
            played.go_on_to(at)
            if "who" in step:
                played.do(step)
            _check(played, step.get("expect", {}), before, seen, f"step {number} ({step.get('task', 'waiting')})")
        _check_end(played, course["expect"])


def _check(played: Course, expected: Mapping[str, Any], papers_before: int, seen: int, where: str) -> None:
    dossier, tasks = played.dossier, {t.element_id: t for t in played.open()}
    got: dict[str, Any] = {
        "status": dossier.status,
        "clock": dossier.clock_state,
        "due": dossier.due_at,
        "next": sorted(tasks),
        "step_due": {element: task.due_at for element, task in tasks.items()},
        "papers": played.papers()[papers_before:],
    }
    wanted = dict(expected)
    if "due" in wanted:
        wanted["due"] = moment(wanted["due"])
    if "next" in wanted:
        wanted["next"] = sorted(wanted["next"])
    if "step_due" in wanted:
        wanted["step_due"] = {element: moment(due) for element, due in wanted["step_due"].items()}
        got["step_due"] = {element: got["step_due"].get(element) for element in wanted["step_due"]}
    if "passed" in wanted:
        new = [row for _, data in played.log()[seen:] for row in data.get("elements", ())]
        got["passed"] = [element for letter, element, *_ in new if letter == "p" and element in wanted["passed"]]
    assert {key: got[key] for key in wanted} == wanted, where


def _check_end(played: Course, expected: Mapping[str, Any]) -> None:
    events = played.log()
    counted = Counter(kind for kind, _ in events)
    statuses = [status for _, data in events for status in data.get("statuses", ())]
    assert statuses == expected["statuses"]
    assert played.dossier.status == expected["status"]
    assert played.papers() == expected["papers"]
    if "clock" in expected:
        assert played.dossier.clock_state == expected["clock"]
    if "due" in expected:
        assert played.dossier.due_at == moment(expected["due"])
    if "deadlines" in expected:
        assert sorted(_raised(played)) == sorted(expected["deadlines"])
    for kind, times in expected.get("log", {}).items():
        assert counted[kind] == times, kind
    if "instance" in expected:
        assert played.instance.status == expected["instance"]
    assert log.verify().breaks == ()
    sheet = history.control_sheet(played.instance, now=played.now)
    assert len(sheet) == len({line.task_id for line in sheet}) >= counted["task.completed"]


def _raised(played: Course) -> list[str]:
    """Give what was raised, as `element.at_risk`, or `dossier.breached` for the legal limit."""
    found = []
    for kind, data in played.log():
        subject, _, what = kind.partition(".")
        if what in ("at_risk", "breached"):
            found.append(f"{data['element'] if subject == 'task' else 'dossier'}.{what}")
    return found


def test_scenarios_lie_where_the_seed_reads_them() -> None:
    assert {Path(SHIPPED, slug).is_dir() for slug in SCENARIOS} == {True}
    assert all(isinstance(moment(c["filed_at"]), datetime) for s in SCENARIOS.values() for c in s["courses"])
