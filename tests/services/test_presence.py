"""Two people on one dossier see each other; nobody else is told, and nothing is kept."""

from __future__ import annotations

import pytest

from errors import Forbidden, NotFound
from services import cleaning, presence, tasks
from storage.database import session
from storage.tables import Presence
from tests.office import Office


def test_two_people_on_one_dossier_see_each_other_while_they_look(office: Office) -> None:
    dossier = office.accepted()
    office.step(dossier, "truongphong", "assign", "assign")
    task_id = office.open(dossier)["appraise"].id
    officer, head = office.viewer("chuyenvien"), office.viewer("truongphong")
    assert presence.of_task(officer, task_id, is_typing=True, now=office.now).others == []
    seen = presence.of_dossier(head, dossier.id, now=office.now)
    assert seen.others == [(officer.name, True)]
    assert presence.of_task(officer, task_id, is_typing=False, now=office.now).others == [(head.name, False)]
    assert session().query(Presence).count() == 2  # a beat writes no second row
    office.later(seconds=71)
    assert presence.of_task(officer, task_id, is_typing=False, now=office.now).others == []
    office.later(minutes=11)
    cleaning.clean(idle_hours=1, draft_days=1, now=office.now)
    assert session().query(Presence).count() == 0


def test_what_became_of_the_task_is_told_with_it(office: Office) -> None:
    dossier = office.accepted()
    task_id, head = office.open(dossier)["assign"].id, office.viewer("truongphong")
    tasks.claim(head, task_id, now=office.now)
    assert presence.of_task(head, task_id, is_typing=False, now=office.now).holder == "truongphong"
    office.step(dossier, "truongphong", "assign", "assign")
    around = presence.of_task(head, task_id, is_typing=False, now=office.now)
    assert (around.state, around.done_by) == ("completed", head.name)


def test_applicants_and_strangers_are_told_nothing(office: Office) -> None:
    dossier = office.accepted()
    task_id = office.open(dossier)["assign"].id
    with pytest.raises(Forbidden):
        presence.of_dossier(office.viewer("nguoinop"), dossier.id, now=office.now)
    with pytest.raises(NotFound):
        presence.of_task(office.viewer("vanthu"), task_id, is_typing=False, now=office.now)
