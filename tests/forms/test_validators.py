"""Named validators: what each takes and refuses. True numbers are those that agencies and registers publish."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from forms.schema import check, read
from forms.submission import from_post
from forms.validate import validate
from forms.validators import PROVINCES, VALIDATORS
from forms.views import fields
from tests.forms.schemas import NOW, schema

GOOD = {
    "person_name": [
        "Ngô Thị Thuý Quỳnh",
        "H'Hen Niê",  # Ê Đê
        "Y Krông",
        "K’Brăk Siu",
        "Bạch Ngô Bảo-An",
        "Đỗ A",  # a given name of one letter, which is a letter
        "O'Brien Smith Jr.",
        "José María de la Peña",
        "Ngo\u0302 Thị",  # the circumflex as a mark of its own
        "田中 太郎",
    ],
    "vn_phone": [
        "0912345678",
        "+84912345678",
        "0084912345678",
        "0912 345 678",
        "0912.345.678",
        "(024) 3825 1234",
        "02838221234",
        "0203-382-1234",
        "0344 111 222",
        "+84 24 3825 1234",
    ],
    "citizen_id": [
        "001204012345",  # Hà Nội, a man born in 2004
        "079190000001",  # Hồ Chí Minh City, a woman born in 1990
        "096099123456",
        "101200123456",  # born abroad
        "001 204 012 345",
    ],
    "tax_code": [
        "0100233488",  # these three stand in the documentation of python-stdnum
        "0314409058-002",
        "01.00.112.437",
        "0312 68 78 78 - 001",
        "0100109106",  # Viettel
        "0100686209",  # MobiFone
        "0300588569",  # Vinamilk
        "0101248141",  # FPT
        "0100686174",  # Agribank
        "079190000001",  # since July 2025 a person's is the identification number
    ],
}
BAD = {
    "person_name": ["A", "Nguyễn Văn 2", "a@b", "Lê  Hai", "-An", "An-", "<b>An</b>", "An, Bình", "--", "'"],
    "vn_phone": [
        "0112345678",
        "091234567",
        "09123456789",
        "1900 1234",
        "113",
        "+1 202 555 0100",
        "024 3825 123",
        "0912 34a 678",
        "٠٩١٢٣٤٥٦٧٨",
    ],
    "citizen_id": [
        "012345678",  # the old identity card of nine digits
        "00120401234",
        "0012040123456",
        "003204012345",  # no province has 003
        "000204012345",
        "001227012345",  # born in 2027
        "001404012345",  # born in 2104
        "00120401234x",
        "٠٠١٢٠٤٠١٢٣٤٥",
    ],
    "tax_code": [
        "0100233480",
        "0100233489",
        "0314409058-000",
        "0100000000",
        "01002334",
        "001227012345",
        "0100233488-1",
        "01002334ab",
        "٠١٠٠٢٣٣٤٨٨",
    ],
}


def form(name: str, **more):
    return read(
        schema(
            {"type": "textfield", "key": "k", "label": "Ô", "properties": {"validator": name, "labelEn": "Box"}} | more
        )
    )


def said(name: str, text: str):
    return [(error.code, error.message) for error in validate(form(name), {"k": text}, now=NOW).errors]


@pytest.mark.parametrize(("name", "text"), [(name, text) for name in VALIDATORS for text in GOOD[name]])
def test_a_good_answer_is_taken(name: str, text: str):
    assert said(name, text) == []


@pytest.mark.parametrize(("name", "text"), [(name, text) for name in VALIDATORS for text in BAD[name]])
def test_a_bad_answer_is_refused_in_both_languages(name: str, text: str):
    ((code, message),) = said(name, text)
    assert code == name
    assert "“Ô”" in message.vi
    assert "“Box”" in message.en


def test_there_is_a_row_of_examples_for_every_validator():
    assert set(GOOD) == set(BAD) == set(VALIDATORS)
    assert len(PROVINCES) == 63


@pytest.mark.parametrize("name", VALIDATORS)
def test_an_empty_answer_is_for_required_to_judge(name: str):
    assert said(name, "") == []


def test_the_message_says_what_is_wrong():
    assert "mã tỉnh" in said("citizen_id", "003204012345")[0][1].vi
    assert "year of birth" in said("citizen_id", "001227012345")[0][1].en
    assert "check digit" in said("tax_code", "0100233480")[0][1].en
    assert "12 chữ số" in said("tax_code", "001227012345")[0][1].vi


def test_the_year_of_birth_is_judged_by_the_day_in_vietnam():
    born = {"k": "001226012345"}
    eve = datetime(2025, 12, 31, 16, 59, tzinfo=UTC)
    assert [error.code for error in validate(form("citizen_id"), born, now=eve).errors] == ["citizen_id"]
    assert validate(form("citizen_id"), born, now=eve.replace(hour=17, minute=1)).errors == ()


def test_a_page_stores_digits_without_the_signs_between_them():
    for name, typed, stored in [
        ("vn_phone", " 0912 345-678 ", "0912345678"),
        ("citizen_id", "001 204 012 345", "001204012345"),
        ("tax_code", "0314409058-002", "0314409058002"),
        ("person_name", " Lê Thị An ", "Lê Thị An"),
    ]:
        assert from_post(form(name), [("answers.k", typed)]) == {"k": stored}


def test_a_validator_chooses_the_keyboard_and_what_the_browser_fills_in():
    (view,) = fields(form("vn_phone"), {})
    assert (view.inputmode, view.autocomplete) == ("tel", "tel")
    (view,) = fields(form("person_name"), {})
    assert view.autocomplete == "name"
    own = form("person_name", properties={"validator": "person_name", "autocomplete": "off"})
    assert fields(own, {})[0].autocomplete == "off"


def test_an_unknown_validator_or_one_in_a_wrong_place_is_said_at_upload():
    unknown = schema({"type": "textfield", "key": "k", "properties": {"validator": "citizenid"}})
    misplaced = schema({"type": "number", "key": "k", "properties": {"validator": "tax_code"}})
    for form_ in (unknown, misplaced):
        assert [finding.rule for finding in check(form_)] == ["form-validator"]
    assert "citizen_id" in check(unknown)[0].message.en
    assert validate(read(unknown), {"k": "x"}, now=NOW).errors == ()
