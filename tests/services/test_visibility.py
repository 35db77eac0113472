"""A task is in a person's list exactly when that person may see it; so are dossiers and instances, with their papers.

The rule is written once more here, in plain words (`sees`), and held against the lists and against the checks of verbs,
over random people, groups, roles, units, dossiers and whatever was done with their tasks.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import select

from errors import NotFound, Refused
from services import delegation, documents, dossiers, instances, searching, tasks, transfers
from services.permissions import ROLES, SYSTEM, Permission, Viewer, scope_of
from services.viewconditions import read as read_condition
from storage.database import session, unit_of_work
from storage.queries import dossiers as dossier_lists
from storage.queries import instances as instance_lists
from storage.queries import news, search, task_lists, words
from storage.queries import tasks as lists
from storage.queries import views as saved
from storage.queries.scope import Scope
from storage.queries.tasks import Filter
from storage.rows import people as people_rows
from storage.tables import Dossier, Instance, Task
from tests.engine.diagrams import end, fork, start, user
from tests.office import Office
from tests.services.bundles import bundle, form, procedure, text
from tests.soak import SOAK, examples

P = Permission
GROUPS = ("one_door", "clerk", "specialist_prevention", "specialist_drug")
WIDE = {"one_door", "clerk"}
UNITS = ("", "prevention", "drug")
STEPS = (
    user("a", motcua__candidateGroups="${groups}", motcua__limit="2 working_days"),
    user("b", motcua__candidateUsers="${users}"),
    user("c", motcua__candidateGroups="${groups}", motcua__assignee="${holder}", motcua__dueDate="P1D"),
    user("d", motcua__assignee="${holder}"),
)
FLOWS = ("s -> fork", *(f"fork -> {name} -> join" for name in "abcd"), "join -> e")
NODES = (fork("fork"), fork("join"), end("e"), *STEPS, *FLOWS)
ANSWERS = form("who", text("groups"), text("users"), text("holder"))


@dataclass(frozen=True)
class Drawn:
    """A person before their account is opened."""

    roles: frozenset[str]
    groups: frozenset[str]
    unit: str


@dataclass(frozen=True)
class Filed:
    """A run of the diagram: in which unit (empty: no dossier), by whom, and whom its tasks name."""

    unit: str
    by: int
    groups: frozenset[str]
    users: frozenset[int]
    holder: int | None


PEOPLE = st.lists(
    st.builds(
        Drawn,
        roles=st.frozensets(st.sampled_from(sorted(ROLES)), max_size=2),
        groups=st.frozensets(st.sampled_from(GROUPS), max_size=2),
        unit=st.sampled_from(UNITS),
    ),
    min_size=3,
    max_size=6,
)
SOMEBODY = st.integers(min_value=0, max_value=99)
RUNS = st.lists(
    st.builds(
        Filed,
        unit=st.sampled_from(UNITS),
        by=SOMEBODY,
        groups=st.frozensets(st.sampled_from(GROUPS), max_size=2),
        users=st.frozensets(SOMEBODY, max_size=2),
        holder=st.none() | SOMEBODY,
    ),
    min_size=1,
    max_size=4,
)
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["claim", "unclaim", "assign", "delegate", "transfer", "submit", "submit", "stop"]),
        SOMEBODY,
        SOMEBODY,
        SOMEBODY,
    ),
    max_size=12,
)


class Undo(Exception):
    """Ends an example: nothing of it stays."""


def sees(viewer: Viewer, task: Task, dossier: Dossier | None) -> bool:
    """Say in plain words whether somebody may see a task."""
    if viewer.permissions & {P.SEE_ALL, P.WORK_ANY_TASK, P.OPERATE}:
        return True
    named = viewer.username in (task.assignee, task.owner, *task.candidate_users)
    leads = P.SUPERVISE_UNIT in viewer.permissions and dossier is not None and viewer.unit == task.unit_code
    offered = named or bool(viewer.groups & set(task.candidate_groups)) or leads
    if task.state == "open" or offered:  # whoever could see it while it was open may see it when it is done
        return offered
    works_everywhere = P.WORK_TASKS in viewer.permissions and bool(viewer.groups & WIDE)
    return task.completed_by == viewer.username or (dossier is not None and works_everywhere)


def reads(viewer: Viewer, dossier: Dossier, its_tasks: Iterable[Task]) -> bool:
    """Say in plain words whether somebody may read a dossier."""
    if viewer.permissions & {P.SEE_ALL, P.WORK_ANY_TASK, P.OPERATE} or dossier.applicant == viewer.username:
        return True
    if P.WORK_TASKS not in viewer.permissions:
        return False
    own = {viewer.username}
    part = any(
        task.completed_by in own
        or (
            task.state == "open"
            and (own & {task.assignee, *task.candidate_users} or viewer.groups & set(task.candidate_groups))
        )
        for task in its_tasks
    )
    return part or dossier.unit_code == viewer.unit or bool(viewer.groups & WIDE)


@given(people=PEOPLE, runs=RUNS, acts=ACTS)
@settings(
    max_examples=examples(8, soak=300),
    deadline=None,
    derandomize=not SOAK,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # ids are new in every run: there is nothing to shrink by
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_what_is_in_a_persons_lists_is_exactly_what_that_person_may_see(
    office: Office, people: list[Drawn], runs: list[Filed], acts: list[Any]
) -> None:
    _deploy(office)
    office.viewers.clear()
    with suppress(Undo), unit_of_work():
        viewers = [
            office.hire(f"person{number}", *drawn.roles, groups=drawn.groups, unit=drawn.unit)
            for number, drawn in enumerate(people)
        ]
        for number, run in enumerate(runs):
            office.later(minutes=number)
            _begin(office, viewers, run)
        for act in acts:
            with suppress(Refused):
                _do(office, viewers, *act)
        session().flush()
        for viewer in [*viewers, office.viewer("nguoinop")]:
            _check(office, viewer)
        raise Undo


def _deploy(office: Office) -> None:
    if people_rows.load("visibility") is not None:
        return
    for unit in UNITS[1:]:
        files = procedure(f"at-{unit}", start("s", motcua__form="who.form"), *NODES, unit=unit, who__form=ANSWERS)
        office.deploy(files)
    office.deploy(bundle("nowhere", start("s"), *NODES))
    office.hire("visibility")


def _begin(office: Office, viewers: list[Viewer], run: Filed) -> None:
    names = {number: viewers[number % len(viewers)].username for number in range(100)}
    answers = {
        "groups": ",".join(sorted(run.groups)),
        "users": ",".join(sorted({names[number] for number in run.users})),
        "holder": names[run.holder] if run.holder is not None else "",
    }
    by = viewers[run.by % len(viewers)]
    if run.unit:
        applicant = by if P.FILE_DOSSIER in by.permissions else office.viewer("nguoinop")
        dossiers.file(applicant, f"at-{run.unit}", {k: v for k, v in answers.items() if v}, now=office.now)
    else:
        starter = by if P.RUN_INSTANCES in by.permissions else SYSTEM
        instances.start(starter, "nowhere", answers, now=office.now)


def _do(office: Office, viewers: list[Viewer], kind: str, who: int, which: int, whom: int) -> None:
    everything = session().scalars(select(Task).order_by(Task.created_at, Task.element_id, Task.id)).all()
    task = everything[which % len(everything)]
    viewer = [*viewers, SYSTEM][who % (len(viewers) + 1)]
    office.later(hours=5)
    if kind == "claim":
        tasks.claim(viewer, task.id, now=office.now)
    elif kind == "unclaim":
        tasks.unclaim(viewer, task.id, now=office.now)
    elif kind == "assign":
        tasks.assign(viewer, task.id, viewers[whom % len(viewers)].username, now=office.now)
    elif kind == "delegate":
        delegation.delegate(viewer, task.id, viewers[whom % len(viewers)].username, now=office.now)
    elif kind == "transfer":
        transfers.transfer(viewer, task.id, UNITS[1 + whom % 2], "Thuộc đơn vị khác", now=office.now)
    elif kind == "submit":
        tasks.submit(viewer, task.id, {}, now=office.now)
    elif task.dossier_id:
        dossiers.stop(viewer, task.dossier_id, "Dừng", now=office.now)


def _check(office: Office, viewer: Viewer) -> None:
    session().expire_all()
    note(repr(viewer))
    scope = scope_of(viewer)
    every_task = session().scalars(select(Task)).all()
    every_dossier = {dossier.id: dossier for dossier in session().scalars(select(Dossier))}
    note(
        "\n".join(
            f"{t.id} {t.state} {t.assignee} {t.candidate_users} {t.candidate_groups} {t.completed_by} {t.unit_code}"
            for t in every_task
        )
    )
    seen = {task.id for task in every_task if sees(viewer, task, every_dossier.get(task.dossier_id or ""))}

    assert {task.id for task in every_task if tasks.may_see(viewer, task)} == seen
    assert {task.id for task in every_task if _found(tasks.open_task, viewer, task.id, now=office.now)} == seen
    for state in task_lists.STATES:
        wanted = {task.id for task in every_task if task.state == state} & seen
        assert {row.id for row in _all_tasks(scope, state)} == wanted
    is_open = {task.id: task for task in every_task if task.state == "open"}
    _check_inbox(viewer, {task_id: task for task_id, task in is_open.items() if task_id in seen}, office)

    for dossier in every_dossier.values():
        its_tasks = [task for task in every_task if task.dossier_id == dossier.id]
        may_read = reads(viewer, dossier, its_tasks)
        assert documents.may_read_dossier(viewer, dossier) is may_read
        assert _found(documents.of_dossier, viewer, dossier) is may_read
        shown = {row.id for row in lists.of_dossier(scope, dossier.id)}
        assert shown == {task.id for task in its_tasks if task.state == "open"} & seen
    read = {d.id for d in every_dossier.values() if documents.may_read_dossier(viewer, d)}
    assert {row.id for row in dossier_lists.search(scope, limit=500).rows} == read
    assert _by_words(scope, few=search.FEW) == _by_words(scope, few=0) == read
    own = {dossier.id for dossier in every_dossier.values() if dossier.applicant == viewer.username}
    assert {row.id for row in dossier_lists.of_applicant(viewer.username).rows} == own

    runs = session().scalars(select(Instance)).all()
    listed = instance_lists.listed(scope, instance_lists.Wanted(), limit=500).rows
    assert {row.id for row in listed} == {run.id for run in runs if instances.may_read(viewer, run)}
    assert instance_lists.count(scope, instance_lists.Wanted()) == len(listed)


def _check_inbox(viewer: Viewer, seen: dict[str, Task], office: Office) -> None:
    """The views of an inbox: one's own and one's groups', those of the unit where one leads it, and their counts."""
    scope, now = scope_of(viewer), office.now
    mine = {id_ for id_, task in seen.items() if task.assignee == viewer.username}
    offered = mine | {
        id_
        for id_, task in seen.items()
        if viewer.username in task.candidate_users or viewer.groups & set(task.candidate_groups)
    }
    leads = Permission.SUPERVISE_UNIT in viewer.permissions and viewer.unit
    unit = {id_ for id_, task in seen.items() if task.unit_code == viewer.unit} if leads else set()
    views = {"all": offered, "mine": mine, "unit": unit}
    views["unassigned"] = {id_ for id_ in offered if seen[id_].assignee is None}
    views["breached"] = {id_ for id_ in offered if (due := seen[id_].due_at) is not None and due < now}
    counted = lists.counts(scope, now=now)
    for view, wanted in views.items():
        assert {row.id for row in _inbox(viewer, view, now)} == wanted, view
        assert counted.get(view, 0) == len(wanted), view
    if not scope.sees_all:
        assert offered | unit == set(seen)
    _check_saved_and_sought(viewer, offered, unit, seen, now)
    dues = [row.due_at or office.now + timedelta(days=9999) for row in _inbox(viewer, "all", now)]
    assert dues == sorted(dues)


def _check_saved_and_sought(viewer: Viewer, offered: set[str], unit: set[str], seen: dict[str, Task], now: Any) -> None:
    """Saved views, the filter by words and the news hold what the built-in views do, and no more."""
    scope = scope_of(viewer)
    for base, wanted in (("own", offered), ("unit", unit)):
        for comparison in ("yes", "no"):
            asked = read_condition({"field": "dossier", "comparison": comparison, "values": []}, now)
            for order in ("due", "opened"):
                question = saved.Question(base=base, conditions=(asked,), order=order)
                shown = {row.id for row in saved.page(scope, question, now=now, limit=500).rows}
                assert shown == {id_ for id_ in wanted if (seen[id_].dossier_id is not None) == (comparison == "yes")}
            counted = saved.counts(scope, {"one": saved.Question(base=base, conditions=(asked,))}, now=now)
            assert counted["one"].number == len(shown)
    of_dossiers = {id_ for id_ in offered if seen[id_].dossier_id is not None}
    for few in (0, words.FEW):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(words, "FEW", few)
            page = lists.inbox(scope, Filter(text="thu tuc"), now=now, limit=500)
            assert {row.id for row in page.rows} == of_dossiers
    principals, conditions = lists.asked_of(scope, Filter(), now=now)
    told = news.since(scope, principals, conditions, now - timedelta(days=999), ())
    assert set(told.new) == offered
    held = news.since(scope, principals, conditions, now, sorted(seen)).holders
    assert set(held) == set(seen)


def _by_words(scope: Scope, *, few: int) -> set[str]:
    """Find by a word that all dossiers have; `few`: most of one's own that are looked through."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(search, "FEW", few)
        return {row.id for row in search.found(scope, searching.sought("thu tuc"), limit=500).rows}


def _inbox(viewer: Viewer, view: str, now: Any) -> list[lists.InboxRow]:
    """Read a view page by page."""
    found: list[lists.InboxRow] = []
    after = None
    while True:
        page = lists.inbox(scope_of(viewer), Filter(view=view), now=now, after=after, limit=3)
        found += page.rows
        if page.next is None:
            assert len({row.id for row in found}) == len(found)
            return found
        after = page.next


def _all_tasks(scope: Any, state: str) -> list[task_lists.TaskRow]:
    found: list[task_lists.TaskRow] = []
    after = None
    while True:
        page = task_lists.listed(scope, task_lists.Wanted(state=state), sort="due_at", after=after, limit=4)
        found += page.rows
        if page.next is None:
            assert len({row.id for row in found}) == len(found)
            return found
        after = page.next


def _found(read: Any, *arguments: Any, **more: Any) -> bool:
    try:
        read(*arguments, **more)
    except NotFound:
        return False
    return True
