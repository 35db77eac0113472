"""Rules by name for textfields: `properties.validator` in a schema, as the editor writes it.

A rule sees the answer trimmed and without the signs that people put between digits; nothing is asked of a register, so
a number that passes is well formed, not one that exists.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from stdnum.vn import mst

from forms import messages, values
from texts import Text

_NAME = re.compile(r"a+\.?(?:(?: |['’-]| ['’])a+\.?)*['’]?")
"""Of a name whose letters, with their marks, are all written as `a`."""
_MOBILE, _FIXED = re.compile(r"0[35789]\d{8}", re.ASCII), re.compile(r"02\d{9}", re.ASCII)
_PERSONAL = re.compile(r"\d{12}", re.ASCII)
_CODES = """
    001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 040 042
    044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 083 084 086 087
    089 091 092 093 094 095 096
"""
PROVINCES = frozenset(_CODES.split())
"""Codes of the 63 provinces in which a birth was registered; from 101 on they are those of countries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validator:
    """One rule: what it is called in the editor, what it asks, and the law or register that it follows."""

    label: Text
    asks: Text
    source: str
    check: Callable[[str, datetime], str]
    """Gives the key of the message that applies, or nothing; takes the bare answer and the moment."""
    messages: Mapping[str, tuple[str, str]]
    between: str = ""
    """Signs between digits that a page leaves out before the answer is stored."""
    autocomplete: str = ""
    inputmode: str = ""
    mask: str = ""
    """How its digits stand apart on the page, by how many they are; never in what is stored."""


def person_name(text: str, _now: datetime) -> str:
    """A name: letters of any script, with blanks, hyphens and apostrophes between them; at least two letters."""
    signs = "".join("a" if unicodedata.category(sign)[0] in "LM" else sign for sign in text)
    return "" if _NAME.fullmatch(signs) and signs.count("a") > 1 else "shape"


def vn_phone(text: str, _now: datetime) -> str:
    """A Vietnamese number: mobile (10 digits after the plan of 2014) or fixed (11 digits, 02…), with 0 or +84."""
    local = re.sub(r"^(\+84|0084)0?", "0", text)
    return "" if _MOBILE.fullmatch(local) or _FIXED.fullmatch(local) else "shape"


def citizen_id(text: str, now: datetime) -> str:
    """A personal identification number: 12 digits, of which the first six say province, century and sex, year."""
    if not _PERSONAL.fullmatch(text):
        return "shape"
    if text[0] == "0" and text[:3] not in PROVINCES:
        return "province"
    born = 1900 + 100 * (int(text[3]) // 2) + int(text[4:6])
    return "" if born <= now.astimezone(messages.HANOI).year else "year"


def tax_code(text: str, now: datetime) -> str:
    """A tax code: 10 digits with a check digit, 13 with a branch; a person's is the personal identification number."""
    if _PERSONAL.fullmatch(text):
        return "person" if citizen_id(text, now) else ""
    digits = text.isascii() and text.isdigit()
    if not digits or len(text) not in (10, 13):
        return "shape"
    return "" if mst.is_valid(text) else "digit"


VALIDATORS: Mapping[str, Validator] = {
    "person_name": Validator(
        label=Text("Họ và tên", "Name of a person"),
        asks=Text(
            "Chỉ chữ cái, dấu cách, gạch nối, dấu nháy; ít nhất hai chữ cái",
            "Letters, blanks, hyphens and apostrophes only; at least two letters",
        ),
        source="Bộ luật Dân sự 2015, Điều 26 khoản 3",
        check=person_name,
        messages={
            "shape": (
                "“{label}” chỉ gồm chữ cái, viết đủ như trên giấy tờ; không có chữ số và ký hiệu",
                "“{label}” is letters only, as on the identity paper; no digits and no signs",
            )
        },
        autocomplete="name",
    ),
    "vn_phone": Validator(
        label=Text("Số điện thoại Việt Nam", "Vietnamese telephone number"),
        asks=Text(
            "Di động 10 chữ số (03, 05, 07, 08, 09) hoặc cố định 11 chữ số (02), có thể viết +84",
            "Mobile, 10 digits (03, 05, 07, 08, 09), or fixed, 11 digits (02); +84 may stand for the 0",
        ),
        source="Thông tư 22/2014/TT-BTTTT",
        check=vn_phone,
        messages={
            "shape": (
                "“{label}” phải là số điện thoại Việt Nam, ví dụ 0912 345 678 hoặc 024 3825 1234",
                "“{label}” must be a Vietnamese telephone number, for example 0912 345 678 or 024 3825 1234",
            )
        },
        between=" .-()",
        autocomplete="tel",
        inputmode="tel",
        mask="4 3 3|3 4 4",
    ),
    "citizen_id": Validator(
        label=Text("Số định danh cá nhân (căn cước)", "Personal identification number"),
        asks=Text(
            "12 chữ số: mã tỉnh hoặc nước, thế kỷ và giới tính, năm sinh, số ngẫu nhiên",
            "12 digits: province or country, century and sex, year of birth, a random part",
        ),
        source="Nghị định 137/2015/NĐ-CP, Điều 13; Thông tư 59/2021/TT-BCA",
        check=citizen_id,
        messages={
            "shape": (
                "“{label}” phải gồm đúng 12 chữ số, như trên thẻ căn cước",
                "“{label}” must have exactly 12 digits, as on the identity card",
            ),
            "province": (
                "“{label}”: ba chữ số đầu không phải mã tỉnh, thành phố; hãy xem lại trên thẻ căn cước",
                "“{label}”: its first three digits are no province; look at the identity card again",
            ),
            "year": (
                "“{label}”: các chữ số 4 đến 6 cho năm sinh ở tương lai; hãy xem lại trên thẻ căn cước",
                "“{label}”: its digits 4 to 6 give a year of birth in the future; look at the identity card again",
            ),
        },
        between=" .-",
        inputmode="numeric",
        mask="3 3 3 3",
    ),
    "tax_code": Validator(
        label=Text("Mã số thuế", "Tax code"),
        asks=Text(
            "10 chữ số có số kiểm tra, 13 chữ số cho đơn vị phụ thuộc, hoặc 12 chữ số định danh của cá nhân",
            "10 digits with a check digit, 13 for a branch, or the 12 digits of a person's identification number",
        ),
        source="Thông tư 86/2024/TT-BTC; số kiểm tra: python-stdnum, stdnum.vn.mst",
        check=tax_code,
        messages={
            "shape": (
                "“{label}” phải có 10 chữ số, 13 chữ số (đơn vị phụ thuộc) hoặc 12 chữ số (số định danh cá nhân)",
                "“{label}” must have 10 digits, 13 (a branch) or 12 (a personal identification number)",
            ),
            "digit": (
                "“{label}” có chữ số sai: số kiểm tra không khớp; hãy xem lại trên giấy đăng ký",
                "“{label}” has a wrong digit: its check digit does not fit; look at the registration again",
            ),
            "person": (
                "“{label}”: 12 chữ số này không phải số định danh cá nhân; hãy xem lại trên thẻ căn cước",
                "“{label}”: these 12 digits are no personal identification number; look at the identity card again",
            ),
        },
        between=" .-",
        inputmode="numeric",
        mask="10-3|3 3 3 3",
    ),
}


def wrong(name: str, text: str, label: Text, now: datetime) -> Text | None:
    """Say what a rule has against an answer, or None; an unknown name asks nothing (upload says so)."""
    validator = VALIDATORS.get(name)
    key = validator.check(bare(name, text), now) if validator else ""
    return messages.say(label, *validator.messages[key]) if validator and key else None


def mask(name: str) -> str:
    """Say how a rule's digits stand apart on the page."""
    return VALIDATORS[name].mask if name in VALIDATORS else ""


def bare(name: str, text: str) -> str:
    """Give an answer without the signs between digits and the blanks around it."""
    between = VALIDATORS[name].between if name in VALIDATORS else ""
    return values.trim(text).translate(dict.fromkeys(map(ord, between))) if between else values.trim(text)
