"""What is said about an answer: in Vietnamese and English, naming the question and what to do."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from forms.model import Checkbox as CheckboxInput
from forms.model import Choice, Component, DateInput, FileInput, NumberInput, Subtype
from texts import Text

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
"""The zone of every local time in a form: a citizen types Vietnamese time."""


def say(label: Text, vi: str, en: str, **values: object) -> Text:
    """Fill the templates `vi` and `en`, in which {label} is the question."""
    return Text(vi.format(label=label.in_("vi"), **values), en.format(label=label.in_("en"), **values))


def required(component: Component, label: Text) -> Text:
    """Ask for an answer that is missing, in the words of its control."""
    match component:
        case Choice():
            return say(label, "Chọn “{label}”", "Choose “{label}”")
        case CheckboxInput():
            return say(label, "Đánh dấu vào ô “{label}”", "Tick “{label}”")
        case FileInput():
            return say(label, "Đính kèm tệp cho “{label}”", "Attach a file for “{label}”")
        case DateInput():
            return say(label, "Chọn “{label}”", "Enter “{label}”")
        case _:
            return say(label, "Nhập “{label}”", "Enter “{label}”")


def wrong_type(component: Component, label: Text) -> Text:
    """Say what kind of value the component takes."""
    match component:
        case NumberInput():
            return say(
                label,
                "“{label}” phải là một số, ví dụ 12 hoặc 1,5",
                "“{label}” must be a number, for example 12 or 1.5",
            )
        case CheckboxInput():
            return say(label, "“{label}” chỉ nhận có hoặc không", "“{label}” takes true or false only")
        case DateInput():
            return wrong_date(component, label)
        case FileInput():
            return say(
                label,
                "“{label}” chỉ nhận danh sách tệp đã tải lên; hãy tải tệp lên lại",
                "“{label}” takes a list of uploaded documents; upload the file again",
            )
        case Choice(multiple=True):
            return say(
                label, "“{label}” phải là danh sách các mục đã chọn", "“{label}” must be a list of the chosen options"
            )
        case Choice():
            return say(label, "Chọn một mục cho “{label}”", "Choose one option for “{label}”")
        case _:
            return say(label, "“{label}” phải là văn bản", "“{label}” must be text")


def wrong_date(component: DateInput, label: Text) -> Text:
    """Say how a date or time is written."""
    match component.subtype:
        case Subtype.TIME:
            return say(
                label, "“{label}” phải là giờ có thật, ví dụ 17:00", "“{label}” must be a real time, for example 17:00"
            )
        case Subtype.DATETIME:
            return say(
                label,
                "“{label}” phải có cả ngày và giờ có thật, ví dụ 30/09/2026 17:00",
                "“{label}” must hold a real date and time, for example 2026-09-30T17:00",
            )
        case _:
            return say(
                label,
                "“{label}” phải là ngày có thật, ví dụ 30/09/2026",
                "“{label}” must be a real date, for example 2026-09-30",
            )


def ambiguous_number(label: Text, typed: str) -> Text:
    """Refuse to guess whether `1.500` is fifteen hundred or one and a half."""
    digits = typed.strip().replace(",", ".")
    whole = digits.replace(".", "")
    decimal = f"{Decimal(digits).normalize():f}"
    return say(
        label,
        "“{label}”: số {typed} có thể hiểu hai cách. Viết {whole}, hoặc {comma} nếu là số lẻ",
        "“{label}”: {typed} can be read in two ways. Write {whole}, or {dot} if you mean a decimal",
        typed=typed.strip(),
        whole=whole,
        comma=decimal.replace(".", ","),
        dot=decimal,
    )


def wrong_characters(label: Text) -> Text:
    """Ask to remove characters that cannot be stored."""
    return say(
        label,
        "“{label}” có ký tự điều khiển không đọc được; hãy xoá rồi nhập lại",
        "“{label}” holds control characters that cannot be read; remove them and type it again",
    )


def too_long(label: Text, longest: int, length: int) -> Text:
    """Say how many characters there may be and how many there are."""
    return say(
        label,
        "“{label}” dài tối đa {longest} ký tự, hiện có {length} ký tự",
        "“{label}” may have at most {longest} characters; it has {length}",
        longest=longest,
        length=length,
    )


def too_short(label: Text, shortest: int, length: int) -> Text:
    """Say how many characters there must be and how many there are."""
    return say(
        label,
        "“{label}” cần ít nhất {shortest} ký tự, hiện có {length} ký tự",
        "“{label}” needs at least {shortest} characters; it has {length}",
        shortest=shortest,
        length=length,
    )


def too_small(label: Text, smallest: Decimal) -> Text:
    """Say the smallest number allowed."""
    return _bound(label, "“{label}” phải từ {vi_limit} trở lên", "“{label}” must be {en_limit} or more", smallest)


def too_large(label: Text, largest: Decimal) -> Text:
    """Say the largest number allowed."""
    return _bound(label, "“{label}” phải từ {vi_limit} trở xuống", "“{label}” must be {en_limit} or less", largest)


def _bound(label: Text, vi: str, en: str, limit: Decimal) -> Text:
    shown = number(limit)
    return say(label, vi, en, vi_limit=shown.vi, en_limit=shown.en)


def number(value: Decimal) -> Text:
    """Write a number with the grouping and decimal sign of each language."""
    english = f"{value:,f}"
    return Text(english.replace(",", " ").replace(".", ",").replace(" ", "."), english)


def bad_limit(label: Text) -> Text:
    """Say that the form itself is wrong: its limit is no number."""
    return say(
        label,
        "Giới hạn của “{label}” trong biểu mẫu không phải là số; hãy báo đơn vị phụ trách biểu mẫu",
        "The limit of “{label}” in the form is not a number; tell those who keep the form",
    )


def not_whole(label: Text, digits: int) -> Text:
    """Say how many decimal digits there may be."""
    if digits == 0:
        return say(label, "“{label}” phải là số nguyên", "“{label}” must be a whole number")
    return say(
        label,
        "“{label}” có tối đa {digits} chữ số sau dấu phẩy",
        "“{label}” may have at most {digits} digits after the decimal point",
        digits=digits,
    )


def off_step(label: Text, below: Decimal, above: Decimal) -> Text:
    """Name the two nearest numbers that are allowed."""
    low, high = number(below.normalize()), number(above.normalize())
    vi = "“{label}” chỉ nhận các bậc cố định; hai số gần nhất là {low} và {high}"
    en = "“{label}” goes in fixed steps; the two nearest values are {low} and {high}"
    return Text(
        vi.format(label=label.in_("vi"), low=low.vi, high=high.vi),
        en.format(label=label.in_("en"), low=low.en, high=high.en),
    )


def pattern(label: Text, source: str) -> Text:
    """Say that a text has not the form asked for (used where the schema has no message of its own)."""
    return say(
        label,
        "“{label}” chưa đúng mẫu quy định ({source})",
        "“{label}” does not match the required format ({source})",
        source=source if len(source) <= 80 else source[:80] + "…",
    )


def phone(label: Text) -> Text:
    """Say how a telephone number is written."""
    return say(
        label,
        "Nhập “{label}” có mã nước, ví dụ +84912345678",
        "Enter “{label}” with its country code, for example +84912345678",
    )


def email(label: Text) -> Text:
    """Say how an e-mail address is written."""
    return say(
        label,
        "Nhập “{label}” theo dạng ten@tenmien.vn",
        "Enter “{label}” in the form name@example.org",
    )


def past(label: Text, today: Text) -> Text:
    """Ask for a day that is not over."""
    vi = "“{label}” phải là hôm nay ({today}) hoặc sau đó"
    en = "“{label}” must be today ({today}) or later"
    return Text(vi.format(label=label.in_("vi"), today=today.vi), en.format(label=label.in_("en"), today=today.en))


def not_an_option(label: Text) -> Text:
    """Ask for one of the options on offer."""
    return say(
        label,
        "Chọn lại “{label}”: mục đã gửi không có trong danh sách",
        "Choose “{label}” again: what was sent is not among its options",
    )


def one_file(label: Text) -> Text:
    """Say that one document is the most."""
    return say(label, "“{label}” chỉ nhận một tệp", "“{label}” takes one file only")


def unknown(name: str) -> Text:
    """Name an answer that the form does not ask for."""
    return Text(f"Biểu mẫu không có ô “{name}”; hãy bỏ nội dung này", f"The form has no field “{name}”; leave it out")


def not_a_group(name: str) -> Text:
    """Say that answers below one name come together."""
    return Text(
        f"“{name}” phải là một nhóm câu trả lời (đối tượng JSON)",
        f"“{name}” must be a group of answers (a JSON object)",
    )


def not_a_list(name: str) -> Text:
    """Say that a repeated group is a list."""
    return Text(f"“{name}” phải là một danh sách các dòng", f"“{name}” must be a list of rows")


def too_many_rows(name: str, most: int) -> Text:
    """Say how many rows there may be."""
    return Text(f"“{name}” có tối đa {most} dòng; hãy bớt dòng", f"“{name}” may have at most {most} rows; remove some")


def fixed_rows(name: str, count: int) -> Text:
    """Say that rows can neither be added nor removed."""
    return Text(f"“{name}” phải có đúng {count} dòng", f"“{name}” must have exactly {count} rows")


def too_heavy() -> Text:
    """Say that a form asks for more computing than one may have."""
    return Text(
        "Biểu mẫu này phải tính toán quá nhiều nên chưa xử lý được. Hãy bỏ bớt mục đã thêm; nếu vẫn vậy, báo cơ quan.",
        "This form takes too much computing to work out. Remove some of the rows; if it stays so, tell the agency.",
    )


def too_much() -> Text:
    """Say that the whole is too large to be read."""
    return Text(
        "Biểu mẫu gửi lên quá lớn để kiểm tra; hãy bớt dòng rồi gửi lại",
        "The form sent is too large to be checked; remove rows and send it again",
    )


def day(value: date) -> Text:
    """Write a day as each language does: `30/09/2026`, `30 Sep 2026`."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return Text(f"{value:%d/%m/%Y}", f"{value.day} {months[value.month - 1]} {value.year:04}")
