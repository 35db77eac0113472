"""The ten national statuses (DOMAIN.md 1.6) and which may follow which: the diagram sets them, no officer types one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from texts import Text


class Status(IntEnum):
    """A dossier's national status."""

    SUBMITTED = 1
    """Filed; the acceptance limit runs."""
    ACCEPTED = 2
    """Accepted at the door; the legal clock starts."""
    NOT_ACCEPTED = 3
    """Refused at the door; the end."""
    IN_PROCESS = 4
    """Somebody works on it."""
    SUPPLEMENT_REQUESTED = 5
    """Waits for papers of the applicant."""
    PAYMENT_REQUESTED = 6
    """Waits for a fee."""
    WITHDRAWAL_REQUESTED = 7
    """The applicant wants it back; the clock runs until that is confirmed."""
    STOPPED = 8
    """Stopped or withdrawn; the end."""
    PROCESSED = 9
    """The result is ready: this moment decides on time or late."""
    RESULT_RETURNED = 10
    """The applicant has the result; the end."""


S = Status

NEXT: Mapping[Status, frozenset[Status]] = {
    S.SUBMITTED: frozenset({S.ACCEPTED, S.NOT_ACCEPTED, S.WITHDRAWAL_REQUESTED, S.STOPPED}),
    S.ACCEPTED: frozenset({S.IN_PROCESS, S.WITHDRAWAL_REQUESTED, S.STOPPED}),
    S.NOT_ACCEPTED: frozenset(),
    S.IN_PROCESS: frozenset(
        {S.SUPPLEMENT_REQUESTED, S.PAYMENT_REQUESTED, S.WITHDRAWAL_REQUESTED, S.STOPPED, S.PROCESSED}
    ),
    S.SUPPLEMENT_REQUESTED: frozenset({S.IN_PROCESS, S.WITHDRAWAL_REQUESTED, S.STOPPED}),
    S.PAYMENT_REQUESTED: frozenset({S.IN_PROCESS, S.WITHDRAWAL_REQUESTED, S.STOPPED}),
    S.WITHDRAWAL_REQUESTED: frozenset(
        {S.STOPPED, S.SUBMITTED, S.ACCEPTED, S.IN_PROCESS, S.SUPPLEMENT_REQUESTED, S.PAYMENT_REQUESTED}
    ),
    S.STOPPED: frozenset(),
    S.PROCESSED: frozenset({S.RESULT_RETURNED}),
    S.RESULT_RETURNED: frozenset(),
}
"""An officer may stop 1 and 2 too (what is decided at once has no status 4); 7 goes back when it is declined."""

ENDED = frozenset({S.NOT_ACCEPTED, S.STOPPED, S.RESULT_RETURNED})

NAMES: Mapping[Status, Text] = {
    S.SUBMITTED: Text("Mới đăng ký", "Submitted"),
    S.ACCEPTED: Text("Được tiếp nhận", "Accepted"),
    S.NOT_ACCEPTED: Text("Không được tiếp nhận", "Not accepted"),
    S.IN_PROCESS: Text("Đang xử lý", "In process"),
    S.SUPPLEMENT_REQUESTED: Text("Yêu cầu bổ sung giấy tờ", "Supplement requested"),
    S.PAYMENT_REQUESTED: Text("Yêu cầu thực hiện nghĩa vụ tài chính", "Payment requested"),
    S.WITHDRAWAL_REQUESTED: Text("Công dân yêu cầu rút hồ sơ", "Withdrawal requested"),
    S.STOPPED: Text("Dừng xử lý", "Stopped"),
    S.PROCESSED: Text("Đã xử lý xong", "Processed"),
    S.RESULT_RETURNED: Text("Đã trả kết quả", "Result returned"),
}


def path(present: Status, target: Status) -> tuple[Status, ...]:
    """Give the statuses to pass through, `target` last: the national portal wants 2, 4, 5 where a diagram jumps 2, 5.

    An empty tuple means that the target is the present one; raises ValueError where no legal way leads there.
    """
    if target == present:
        return ()
    if target in NEXT[present]:
        return (target,)
    if S.IN_PROCESS in NEXT[present] and target in NEXT[S.IN_PROCESS]:
        return (S.IN_PROCESS, target)
    if present == S.ACCEPTED and target == S.RESULT_RETURNED:
        return (S.IN_PROCESS, S.PROCESSED, target)
    raise ValueError(f"status {target.value} cannot follow {present.value}")
