"""The courses in scenario.yaml fit their diagrams and forms (what they expect is played through the services)."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bpmn.model import Element
from forms.validate import validate
from tests.procedures.shipped import PROCEDURES, SHARED, Course, CourseStep, courses_of, element_of, form_of, process_of

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
EVERY = [(slug, course) for slug in PROCEDURES for course in courses_of(slug)]

every_procedure = pytest.mark.parametrize("slug", PROCEDURES)
every_course = pytest.mark.parametrize(("slug", "course"), EVERY, ids=[f"{slug}:{c.name}" for slug, c in EVERY])


def acts_of(course: Course) -> tuple[CourseStep, ...]:
    """Give the steps in which somebody does something."""
    return tuple(step for step in course.steps if step.task)


def start_form_of(slug: str, case: str) -> str:
    """Give the form by which a case is filed."""
    process = process_of(slug)
    assert process.procedure is not None
    chosen = next((known.form for known in process.procedure.cases if known.id == case), "")
    return chosen or process.start_form


@every_procedure
def test_there_are_courses_granted_supplemented_refused_and_overdue(slug: str) -> None:
    courses = courses_of(slug)
    assert len({course.name for course in courses}) == len(courses)
    papers = [course.expect["papers"] for course in courses]
    assert ["acceptance_slip", "result"] in papers
    assert ["acceptance_slip", "supplement_request", "result"] in papers
    assert ["acceptance_slip", "refusal_decision"] in papers
    assert ["refusal_slip"] in papers
    late = next(course for course in courses if course.expect.get("clock") == "late")
    assert {"dossier.at_risk", "dossier.breached", "appraise.at_risk", "appraise.breached"} <= set(
        late.expect["deadlines"]
    )
    assert "appraise_reminded" in [passed for step in late.steps for passed in step.expect.get("passed", ())]


@every_procedure
def test_every_case_is_filed_by_some_course(slug: str) -> None:
    legal = process_of(slug).procedure
    assert legal is not None
    assert {course.case for course in courses_of(slug)} == ({case.id for case in legal.cases} or {""})


@every_procedure
def test_every_act_of_every_task_is_played(slug: str) -> None:
    played = {(step.task, step.act) for course in courses_of(slug) for step in acts_of(course)}
    offered = {(element.id, act.id) for element in process_of(slug).elements.values() for act in element.acts}
    assert offered <= played


def test_every_act_of_the_shared_diagrams_is_played_by_some_procedure() -> None:
    played = {(step.task, step.act) for _, course in EVERY for step in acts_of(course)}
    shared = [element for slug in SHARED for element in process_of(slug).elements.values()]
    assert {(element.id, act.id) for element in shared for act in element.acts} <= played


@every_course
def test_moments_go_forward_in_hanoi_time(slug: str, course: Course) -> None:
    moments = [course.filed_at, *(step.at for step in course.steps)]
    assert all(before < after for before, after in pairwise(moments))
    assert all(moment.utcoffset() == moment.astimezone(HANOI).utcoffset() for moment in moments)
    assert moments[-1] - moments[0] < timedelta(days=60)


@every_course
def test_each_act_is_offered_to_whoever_does_it(slug: str, course: Course) -> None:
    for step in acts_of(course):
        _, element = element_of(slug, step.task)
        act = next(act for act in element.acts if act.id == step.act)
        assert step.who in element.candidate_groups or (step.who == "applicant" and element.assignee == "${applicant}")
        assert bool(step.reason) == (act.reason == "required") or act.reason == "optional"
        assert (step.answers is not None) == act.needs_form


@every_course
def test_the_answers_pass_their_forms(slug: str, course: Course) -> None:
    filed = validate(form_of(slug, start_form_of(slug, course.case)), course.answers, now=course.filed_at)
    assert filed.errors == ()
    assert set(course.answers) <= set(filed.data)
    items: object = None
    for step in acts_of(course):
        owner, element = element_of(slug, step.task)
        if step.answers is not None:
            known = {**course.answers, "supplement_items": items}
            composed = {"supplement_items"} if step.act == "supplement" else set()
            typed = {name: value for name, value in step.answers.items() if name not in composed}
            checked = validate(form_of(owner, element.form), typed, variables=known, now=step.at)
            assert checked.errors == (), f"{step.at} {step.task}"
            assert set(typed) <= set(checked.data), f"{step.at} {step.task}: hidden, but answered"
            items = step.answers["supplement_items"] if composed else items


@every_course
def test_what_is_expected_names_things_that_exist(slug: str, course: Course) -> None:
    assert course.title
    assert course.expect["log"]["dossier.filed"] == 1
    assert course.expect["log"]["task.completed"] == len(acts_of(course))
    assert course.expect["statuses"][0] == 1
    assert course.expect["statuses"][-1] == course.expect["status"]
    for step in course.steps:
        for named in (*step.expect["next"], *step.expect.get("passed", ()), *step.expect.get("step_due", ())):
            assert isinstance(element_of(slug, named)[1], Element)
    following = [step.task for step in acts_of(course)[1:]]
    offered = [step.expect["next"] for step in acts_of(course)[:-1]]
    assert all(task in waiting for task, waiting in zip(following, offered, strict=True))
    assert course.steps[-1].expect["next"] == []


@every_procedure
def test_the_applicant_sees_the_points_to_be_supplemented_and_cannot_change_them(slug: str) -> None:
    course = next(course for course in courses_of(slug) if "supplement_request" in course.expect["papers"])
    asked = next(step for step in acts_of(course) if step.act == "supplement")
    answered = next(step for step in acts_of(course) if step.task == "answer_supplement")
    assert asked.answers is not None
    assert answered.answers is not None
    items = asked.answers["supplement_items"]
    replies = answered.answers["supplement_items"]
    known = {**course.answers, **asked.answers, "appraisal_act_reason": asked.reason}
    sent = {**answered.answers, "supplement_items": [{**reply, "todo": "Không cần gì"} for reply in replies]}
    form = form_of("supplement", "supplement-answer.form")
    checked = validate(form, sent, variables=known, now=answered.at)
    assert checked.errors == ()
    shown = ("component", "problem", "basis", "todo")
    assert [{name: row[name] for name in shown} for row in checked.data["supplement_items"]] == items
    assert [row["reply"] for row in checked.data["supplement_items"]] == [row["reply"] for row in replies]
    assert {"supplement_items.0.component", "appraisal_act_reason"} <= set(checked.visible)
