"""The words of the administrator's pages: what each role may do."""

from __future__ import annotations

from collections.abc import Mapping

from services.permissions import ROLE_NAMES
from texts import Text

ROLE_HINTS: Mapping[str, Text] = {
    "applicant": Text("nộp và theo dõi hồ sơ của mình", "files and follows the own dossiers"),
    "officer": Text("nhận và làm việc của các nhóm mình thuộc về", "works on the tasks of the own groups"),
    "head": Text(
        "như cán bộ, giao việc, xem mọi việc và hồ sơ của đơn vị",
        "as an officer; assigns tasks, sees all of the unit",
    ),
    "manager": Text("xem bảng theo dõi và mọi hồ sơ", "sees the board and every dossier"),
    "inspector": Text(
        "xem bảng theo dõi và mọi hồ sơ, không thay đổi gì", "sees the board and every dossier, changes nothing"
    ),
    "designer": Text("tải lên, công bố và bãi bỏ thủ tục", "uploads, publishes and retires procedures"),
    "worker": Text("chương trình nhận và báo kết quả việc bên ngoài", "a program that fetches and reports work"),
    "operator": Text(
        "xem phiên chạy, hộp gửi, nhật ký; huỷ phiên không thuộc hồ sơ",
        "sees instances, outbox and log; cancels instances without a dossier",
    ),
    "admin": Text("mọi quyền, kể cả trang này", "every permission, this page too"),
}

ROLES = tuple((role, name, ROLE_HINTS.get(role, Text("", ""))) for role, name in ROLE_NAMES.items())
"""(role, name, what it may do), as fields offer them."""

WEEKDAYS = (
    Text("thứ Hai", "Monday"),
    Text("thứ Ba", "Tuesday"),
    Text("thứ Tư", "Wednesday"),
    Text("thứ Năm", "Thursday"),
    Text("thứ Sáu", "Friday"),
)
CHANGE_STATES: Mapping[str, Text] = {
    "planned": Text("Chưa áp dụng", "Not applied yet"),
    "applied": Text("Đã áp dụng", "Applied"),
    "undone": Text("Đã hoàn lại", "Taken back"),
    "discarded": Text("Đã bỏ", "Dropped"),
}
BATCH_STATES: Mapping[str, Text] = {
    "waiting": Text("Sắp chạy", "About to begin"),
    "running": Text("Đang chạy", "Running"),
    "completed": Text("Đã xong", "Completed"),
    "cancelled": Text("Đã huỷ", "Cancelled"),
}
