"""What is said of a field that is not acceptable: a code for programs, a sentence in each language for people.

Fields and validators (schemas/fields.py) name their message by a code and, after bars, its values: `length|1|255`.
"""

from __future__ import annotations

from errors import Detail
from texts import Text

WORDS: dict[str, Text] = {
    "required": Text("Thiếu trường này.", "This field is missing."),
    "null": Text("Trường này không được là null.", "This field may not be null."),
    "unknown": Text("Không có trường hay tham số nào tên như vậy.", "There is no field or parameter of this name."),
    "repeated": Text("Tham số này chỉ được nêu một lần.", "This parameter may be given only once."),
    "text": Text("Cần một chuỗi ký tự.", "This must be a text."),
    "integer": Text("Cần một số nguyên.", "This must be a whole number."),
    "boolean": Text("Cần true hoặc false.", "This must be true or false."),
    "object": Text("Cần một đối tượng JSON.", "This must be a JSON object."),
    "list": Text("Cần một danh sách JSON.", "This must be a JSON list."),
    "moment": Text(
        "Cần một thời điểm ISO 8601 có độ lệch múi giờ, ví dụ 2026-11-20T09:00:00+07:00.",
        "This must be an ISO 8601 moment with offset, such as 2026-11-20T09:00:00+07:00.",
    ),
    "duration": Text(
        "Cần một khoảng thời gian ISO 8601 từ 0 đến 366 ngày, ví dụ PT1H.",
        "This must be an ISO 8601 duration from 0 to 366 days, such as PT1H.",
    ),
    "length": Text("Cần từ {0} đến {1} ký tự.", "This must have {0} to {1} characters."),
    "range": Text("Cần một số từ {0} đến {1}.", "This must be a number from {0} to {1}."),
    "entries": Text("Cần từ {0} đến {1} mục.", "This must have {0} to {1} entries."),
    "choice": Text("Cần một trong: {0}.", "This must be one of: {0}."),
    "cursor": Text(
        "Con trỏ này không phải do danh sách này đưa ra. Lấy lại `next` của trang trước, giữ nguyên `sort`.",
        "This list never gave this cursor. Take `next` of the page before, and keep its `sort`.",
    ),
    "nul": Text("Không nhận ký tự NUL (\\u0000).", "The character NUL (\\u0000) is not accepted."),
    "number": Text(
        "Số nguyên này vượt quá 64 bit. Gửi nó như một chuỗi.",
        "This whole number has more than 64 bits. Send it as a text.",
    ),
    "marked": Text(
        "“{0}” không phải ngày, giờ, thời điểm hay khoảng thời gian ISO 8601 như đã ghi.",
        '"{0}" is not the ISO 8601 date, time, moment or duration that it is marked as.',
    ),
    "deep": Text("JSON lồng quá {0} tầng.", "This JSON is nested deeper than {0} levels."),
    "either": Text("Chỉ nêu một trong hai: {0} hoặc {1}.", "Give only one of the two: {0} or {1}."),
    "files": Text("Gửi ít nhất một tệp trong phần `files`.", "Send at least one file as a part named `files`."),
    "file_name": Text("Mỗi tệp cần một tên riêng.", "Each file needs a name of its own."),
    "one_zip": Text("Tệp .zip phải đi một mình.", "A .zip must be the only file."),
}
"""Every code of a field and its sentence."""


def detail(field: str, code: str, *values: object) -> Detail:
    """Say what is wrong with a field."""
    text = WORDS[code]
    return Detail(field=field, code=code, message=Text(text.vi.format(*values), text.en.format(*values)))


def read(field: str, message: str) -> Detail:
    """Turn a message of schemas/fields.py (`code|value|value`) into a detail."""
    code, *values = message.split("|")
    return detail(field, code, *values)
