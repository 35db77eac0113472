"""What has left the house: papers, letters, messages, work for others; an act after which some has cannot be undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from errors import WrongState
from services.runs import Run
from storage.database import session
from storage.rows import external, jobs
from texts import Text

ISSUED = Text("Đã ban hành giấy tờ nên không quay lại được.", "A paper was issued: this cannot be taken back.")
SENT = Text(
    "Thư, thông điệp hoặc dữ liệu đã ra ngoài nên không quay lại được.",
    "A letter, message or datum has left the house: this cannot be taken back.",
)


def keep_inside(run: Run, acts: Iterable[Mapping[str, Any]], *, since: datetime) -> None:
    """Take back the calls that an instance's acts since a moment wanted and that nobody made.

    `acts` is what the log says of these acts. Raises WrongState where anything of them has left the house.
    """
    for act in acts:
        if act.get("papers"):
            raise WrongState(ISSUED)
        if act.get("stores") or any(_is_out(work["task"]) for work in act.get("work", ())):
            raise WrongState(SENT)
    calls = jobs.of_instance(run.instance.id, since)
    if any(call.state != "kept" and (call.state != "waiting" or call.tries) for call in calls):
        raise WrongState(SENT)
    for call in calls:  # one that was kept for reading never went out
        session().delete(call)


def _is_out(work_id: str) -> bool:
    """Say whether work for a program or connector is, or was, in somebody's hands."""
    work = external.load(work_id, lock=True)
    return work is None or work.worker is not None or work.state not in ("open", "suspended", "cancelled")
