"""A dossier goes over to a new version of its procedure: how it is handled changes, what the law gave it does not."""

from __future__ import annotations

from services import dossiers, journeys, tasks
from services.permissions import SYSTEM
from storage.tables import Definition
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import procedure
from tests.services.test_migrations import migrate, refused, version

CASES = '<motcua:case id="new" nameVi="Cấp mới" nameEn="New"/>'


def filed(office: Office, *parts: str, **more) -> Definition:
    found = office.deploy(procedure("license", start("s", motcua__nationalStatus="1"), *parts, **more))
    return next(row for row in found.definitions if row.kind == "process")


ACCEPT = user("accept", name="Tiếp nhận", motcua__candidateGroups="one_door")


def checked(name: str = "Thẩm định", **more: str) -> str:
    given = {"motcua__candidateGroups": "one_door", "motcua__nationalStatus": "2", **more}
    return user("check", name=name, **given)


HANDLED = (ACCEPT, end("e", motcua__nationalStatus="10"), "s -> accept -> check -> e")


def test_a_dossier_keeps_the_limit_it_was_received_under_and_its_way_so_far(office: Office) -> None:
    filed(office, checked(), *HANDLED)
    dossier = office.file_in("license")
    tasks.submit(SYSTEM, office.open(dossier)["accept"].id, {}, now=office.now)
    due = office.again(dossier).due_at
    assert due is not None
    new = filed(office, checked("Thẩm tra", motcua__publicNameVi="Thẩm tra"), *HANDLED, limit="1 working_days")
    migrate(office, office.instance(dossier), new.id)
    after = office.again(dossier)
    assert (after.due_at, after.definition_id == new.id, after.status) == (due, False, dossier.status)
    assert office.open(dossier)["check"].name == "Thẩm tra"
    assert any(stage.state == "now" for stage in journeys.journey(after))
    office.later(days=1)
    tasks.submit(SYSTEM, office.open(dossier)["check"].id, {}, now=office.now)
    assert office.again(dossier).ended_at is not None


def test_a_dossier_stays_with_its_procedure_and_its_case(office: Office) -> None:
    filed(office, checked(), *HANDLED, legal=CASES)
    dossier = dossiers.file(office.viewer("nguoinop"), "license", {}, now=office.now, case="new")
    without = filed(office, checked("Khác"), *HANDLED)
    assert refused(office, office.instance(dossier), without.id) == [("definition", "case_gone")]
    other = version(office, ACCEPT, end("e"), "s -> accept -> e")
    assert refused(office, office.instance(dossier), other) == [("definition", "other_procedure")]


def test_where_the_clock_stands_still_the_new_step_must_do_so_too(office: Office) -> None:
    waits = checked(motcua__nationalStatus="5", motcua__pause="supplement")
    first = user("first", motcua__candidateGroups="one_door", motcua__nationalStatus="2")
    more = (ACCEPT, end("e", motcua__nationalStatus="10"), first, "s -> accept -> first -> check -> e")
    filed(office, waits, *more)
    dossier = office.file_in("license")
    for step in ("accept", "first"):
        tasks.submit(SYSTEM, office.open(dossier)[step].id, {}, now=office.now)
    new = filed(office, checked("Không dừng"), *more)
    assert refused(office, office.instance(dossier), new.id) == [("check", "other_pause")]
    same = filed(office, waits.replace("Thẩm định", "Bổ sung"), *more)
    assert migrate(office, office.instance(dossier), same.id).version == 3
