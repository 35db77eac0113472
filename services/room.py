"""How much a person may have on the server without having sent it, and what to do once it is too much."""

from __future__ import annotations

from errors import Detail, Invalid
from services.intake import Intake
from services.permissions import Viewer
from storage.rows import dossiers as rows
from storage.rows import drafts
from texts import Text

MOST_STAGED = 500
"""Files that one person may have waiting to be sent, in all drafts together; unused ones are deleted after two days."""


def require_room(viewer: Viewer, component: str, size: int, intake: Intake) -> None:
    """Raise Invalid where one more file of this size is more than a person may have without having sent it.

    Drafts that were thrown away make room first, though they could still have been taken back.
    """
    refused = _refusal(viewer, component, size, intake)
    if refused is not None and drafts.forget_dropped_files(viewer.username):
        refused = _refusal(viewer, component, size, intake)
    if refused is not None:
        raise Invalid(details=[refused])


def _refusal(viewer: Viewer, component: str, size: int, intake: Intake) -> Detail | None:
    count, held = rows.unsent(viewer.username)
    if count >= MOST_STAGED:
        words = Text(
            f"Bạn đang giữ {count} tệp chưa gửi, nhiều nhất là {MOST_STAGED}.",
            f"You have {count} files that are not sent yet; {MOST_STAGED} are the most.",
        )
        return Detail(field=component, code="too_many", message=_advised(words, viewer))
    if held + size > intake.most_bytes_together:
        most = intake.most_bytes_together // (1024 * 1024)
        words = Text(
            f"Thêm tệp này thì các tệp chưa gửi của bạn vượt {most} MB.",
            f"With this file, your files that are not sent yet would be more than {most} MB.",
        )
        return Detail(field=component, code="too_much", message=_advised(words, viewer))
    return None


def _advised(words: Text, viewer: Viewer) -> Text:
    """Say what to do: which draft holds the most, or that a file of no draft can be dropped."""
    found = rows.unsent_of_drafts(viewer.username)
    if not found:
        return Text(
            f"{words.vi} Hãy gửi, hoặc bỏ bớt tệp không cần; tệp không thuộc bản nháp nào tự xoá sau hai ngày.",
            f"{words.en} Send them, or remove some; a file that belongs to no draft is deleted after two days.",
        )
    name, name_en, most = found[0]
    files, count = sum(row[2] for row in found), len(found)
    return Text(
        f"{words.vi} {files} tệp nằm trong {count} bản nháp, nhiều nhất ở “{name}” ({most} tệp). Hãy gửi hoặc bỏ bớt "
        "bản nháp ở trang “Bản nháp của tôi”.",
        f"{words.en} {files} of your files are in {_counted(count)}, most of them in “{name_en or name}” ({most}). "
        "Send or discard a draft on the page “My drafts”.",
    )


def _counted(drafts: int) -> str:
    return "one draft" if drafts == 1 else f"{drafts} drafts"
