"""What passing an element does to a dossier."""

from __future__ import annotations

from services.statuses import Status
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import acts, procedure


def test_a_status_that_is_only_passed_through_counts_as_well(office: Office) -> None:
    """A result given at the desk: 2, then 10 at once. Status 9 in between decides on early, on time or late."""
    accept = user("accept", acts("yes"), name="Nhận", motcua__candidateGroups="one_door")
    taken = '<intermediateThrowEvent id="taken" motcua:nationalStatus="2"/>'
    flows = "s -> accept -> taken -> e"
    office.deploy(
        procedure(
            "at-the-desk",
            start("s", motcua__nationalStatus="1"),
            accept,
            taken,
            end("e", motcua__nationalStatus="10"),
            flows,
        )
    )
    dossier = office.file_in("at-the-desk")
    office.step(dossier, "motcua", "accept", "yes", answers={})
    dossier = office.again(dossier)
    assert dossier.status == Status.RESULT_RETURNED
    assert dossier.finished_at == dossier.ended_at == office.now
    assert dossier.clock_state == "early"
