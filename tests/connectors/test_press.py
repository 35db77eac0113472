"""The press: papers are printed by a process of its own, which may die without taking anybody with it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from pypdf import PdfReader

from connectors.papers import press
from connectors.papers.press import Press, PrintingFailedError


@pytest.fixture(scope="module")
def printer() -> Iterator[Press]:
    found = Press()
    yield found
    found.close()


def words(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_it_prints_what_it_is_given_one_after_the_other(printer: Press) -> None:
    texts = [f"Giấy tờ số {number}: Nguyễn Thị Thuý Quỳnh" for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        printed = list(pool.map(lambda text: words(printer.print(f"<p>{text}</p>")), texts))
    assert printed == texts


def test_a_press_that_was_killed_is_started_again(printer: Press) -> None:
    printer.print("<p>x</p>")
    assert printer._process is not None
    printer._process.kill()
    printer._process.wait()
    assert words(printer.print("<p>lại</p>")) == "lại"


def test_what_cannot_be_printed_is_said_and_the_next_one_is_printed(printer: Press) -> None:
    with pytest.raises(PrintingFailedError, match="UnicodeDecodeError"):
        press._ask(printer._running(), b"\xff no text at all")
    assert words(printer.print("<p>tiếp</p>")) == "tiếp"


def test_a_paper_that_takes_too_long_is_given_up(printer: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    printer.print("<p>x</p>")
    monkeypatch.setattr(press, "SECONDS", 0.05)
    with pytest.raises(PrintingFailedError):
        printer.print("<p>" + "rất dài " * 200_000 + "</p>")
    monkeypatch.undo()
    assert words(printer.print("<p>sau</p>")) == "sau"
