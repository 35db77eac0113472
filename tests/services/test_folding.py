"""Search without accents: what people type finds what is written."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.folding import LONGEST, fold

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Hồ sơ", "ho so"),
        ("ĐƯỜNG Nguyễn Trãi", "duong nguyen trai"),
        ("Đăng ký  lưu\thành\n", "dang ky luu hanh"),
        ("Công ty TNHH Sao Mai (Hà Nội)", "cong ty tnhh sao mai (ha noi)"),
        ("000.00.00.G18-260820-0001", "000.00.00.g18-260820-0001"),
        ("Straße", "strasse"),
        ("", ""),
    ],
)
def test_what_is_typed_without_accents_finds_what_is_written(written: str, typed: str) -> None:
    assert fold(written) == typed
    assert fold(typed) == typed


@given(st.text(LETTERS + LETTERS.upper() + " ", max_size=60))
def test_vietnamese_folds_to_plain_letters_however_it_is_composed(text: str) -> None:
    folded = fold(text)
    assert folded.isascii()
    assert folded == fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
    assert folded == fold(text.upper()) == fold(text.lower())


@given(st.text(max_size=200))
def test_folding_again_changes_nothing(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert folded == folded.strip()


def test_a_text_has_an_end() -> None:
    assert len(fold("ờ " * LONGEST)) == LONGEST
