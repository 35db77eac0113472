"""The words of the board: each number's name, its short name in the table's head, and its definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number of the board; `kind` is how it is drawn when it is not zero: late, soon, pause or plain."""

    what: str
    label: Text
    short: Text
    definition: Text
    kind: str = ""


COLUMNS = (
    Number(
        what="carried_over",
        label=Text("Kỳ trước chuyển sang", "Carried over"),
        short=Text("Kỳ trước", "Carried over"),
        definition=Text(
            "Nộp trước kỳ và chưa kết thúc khi kỳ bắt đầu.", "Filed before the period and not closed when it began."
        ),
    ),
    Number(
        what="received",
        label=Text("Tiếp nhận trong kỳ", "Received"),
        short=Text("Tiếp nhận", "Received"),
        definition=Text(
            "Nộp trong kỳ, trừ hồ sơ không được tiếp nhận.", "Filed in the period, without those not accepted."
        ),
    ),
    Number(
        what="early",
        label=Text("Giải quyết trước hạn", "Resolved early"),
        short=Text("Trước hạn", "Early"),
        definition=Text(
            "Xử lý xong (trạng thái 9) trong kỳ, trước ngày hẹn trả.",
            "Processed (status 9) in the period, before the day of the appointment.",
        ),
    ),
    Number(
        what="on_time",
        label=Text("Giải quyết đúng hạn", "Resolved on time"),
        short=Text("Đúng hạn", "On time"),
        definition=Text(
            "Xử lý xong trong kỳ, đúng ngày hẹn trả; cả hồ sơ giải quyết ngay, không có hạn.",
            "Processed in the period, on the day of the appointment; also what is decided at once, without a limit.",
        ),
    ),
    Number(
        what="late",
        label=Text("Giải quyết quá hạn", "Resolved late"),
        short=Text("Xong quá hạn", "Late"),
        definition=Text(
            "Xử lý xong trong kỳ, sau thời điểm hẹn trả.", "Processed in the period, after the appointment."
        ),
        kind="late",
    ),
    Number(
        what="in_time",
        label=Text("Đang xử lý, trong hạn", "In process, in time"),
        short=Text("Trong hạn", "In time"),
        definition=Text(
            "Chưa xử lý xong vào cuối kỳ (kỳ chưa hết: lúc này), chưa sắp đến hạn; cả hồ sơ đang chờ tiếp nhận.",
            "Not processed at the end of the period (or now, if it goes on), not due soon; also awaiting acceptance.",
        ),
    ),
    Number(
        what="at_risk",
        label=Text("Đang xử lý, sắp đến hạn", "In process, due soon"),
        short=Text("Sắp đến hạn", "Due soon"),
        definition=Text(
            "Chưa xử lý xong, đã dùng 80% thời hạn hoặc còn một ngày làm việc.",
            "Not processed; 80 % of the limit is used, or one working day is left.",
        ),
        kind="soon",
    ),
    Number(
        what="breached",
        label=Text("Đang xử lý, quá hạn", "In process, overdue"),
        short=Text("Đang quá hạn", "Overdue"),
        definition=Text(
            "Chưa xử lý xong và đã qua thời điểm hẹn trả.", "Not processed, and the appointment has passed."
        ),
        kind="late",
    ),
    Number(
        what="paused",
        label=Text("Tạm dừng", "Paused"),
        short=Text("Tạm dừng", "Paused"),
        definition=Text(
            "Đồng hồ đang dừng, chờ người nộp bổ sung hoặc nộp phí.",
            "The clock stands still: the applicant is to supplement or to pay.",
        ),
        kind="pause",
    ),
    Number(
        what="stopped",
        label=Text("Dừng hoặc rút", "Stopped or withdrawn"),
        short=Text("Dừng, rút", "Stopped"),
        definition=Text(
            "Dừng xử lý hoặc người nộp rút (trạng thái 8) trong kỳ.",
            "Stopped, or withdrawn by the applicant (status 8) in the period.",
        ),
    ),
    Number(
        what="not_accepted",
        label=Text("Không được tiếp nhận", "Not accepted"),
        short=Text("Không nhận", "Not accepted"),
        definition=Text(
            "Từ chối tiếp nhận (trạng thái 3) trong kỳ; đếm riêng, không nằm trong số nào ở trên.",
            "Refused at the door (status 3) in the period; counted apart, in none of the numbers above.",
        ),
    ),
    Number(
        what="late_acceptance",
        label=Text("Tiếp nhận chậm", "Late acceptance"),
        short=Text("Nhận chậm", "Late accept."),
        definition=Text(
            "8 giờ làm việc để trả lời hồ sơ nộp đã hết trong kỳ mà Bộ phận Một cửa chưa trả lời.",
            "The 8 working hours to answer a filing ran out in the period without an answer of the one-door desk.",
        ),
        kind="late",
    ),
)
"""The table's columns, in their order."""

TILES = (
    Number(
        what="resolved",
        label=Text("Đã giải quyết", "Resolved"),
        short=Text("", ""),
        definition=Text("trước hạn, đúng hạn và quá hạn", "early, on time and late"),
    ),
    Number(
        what="met",
        label=Text("Trước và đúng hạn", "Early and on time"),
        short=Text("", ""),
        definition=Text("trong số đã giải quyết", "of what was resolved"),
        kind="ok",
    ),
)

NUMBERS: Mapping[str, Number] = {number.what: number for number in (*COLUMNS, *TILES)}
"""Every number that opens a list."""
