"""Files in a real browser: interrupted and gone on with, dropped, many at once, refused in words; by keyboard."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import conftest
from tests.browser.people import People
from tests.files import docx, pdf, zipped
from tests.office import PROCEDURE
from tests.server import Server
from tests.soak import examples

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

MEGA = 1 << 20
FIELD = "input[name='component.floor_plan']"
SLOW = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 3 * MEGA}


def filing(people: People) -> Page:
    """Open the form of a filing."""
    page = people.at("applicant")
    papers(page)
    field(page).locator("text=kéo thả").wait_for()
    return page


def papers(page: Page) -> None:
    """Begin a filing and go to the page of its papers."""
    page.goto(f"/procedures/{PROCEDURE}/file")
    page.locator("form[action$='/file'] button[type=submit]").click()
    page.wait_for_url("**/my/drafts/**")
    page.goto("/".join(page.url.split("/")[:6]) + "/papers")


def field(page: Page) -> Locator:
    return page.locator(".mc-field", has=page.locator(FIELD)).last


def rows(page: Page) -> Locator:
    return field(page).locator(".mc-upload")


def slowly(page: Page, rate: int = 3 * MEGA) -> None:
    """Let the network take so many bytes a second."""
    session = page.context.new_cdp_session(page)
    session.send("Network.emulateNetworkConditions", {**SLOW, "uploadThroughput": rate})


def until(page: Page, percent: int) -> None:
    """Wait until so much of the first file has come."""
    for _ in range(1200):
        if page.evaluate("document.querySelector('.mc-upload progress')?.value ?? 100") >= percent:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never {percent} %: {rows(page).all_inner_texts()}")


def stored(server: Server, content: bytes) -> bool:
    """Say whether the server holds this content, whole."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = server.data / "documents" / sha256[:2] / sha256
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.fixture
def own_server(tmp_path: Path, start_server: Callable[..., Server]) -> Server:
    """A server that may be killed."""
    place = conftest._clean_place("sqlite", tmp_path / "data", demo=True)
    return start_server(place, upload_max_bytes=str(300 * MEGA), sign_in_limit="1000 per minute")


def test_an_upload_goes_on_after_the_server_was_killed_and_after_a_new_look_at_the_page(
    own_server: Server, new_page: Callable[..., Page], tmp_path: Path, shot: Callable[[Page, str], Path]
) -> None:
    size = examples(24, soak=200) * MEGA
    content = pdf(size, seed=11)
    paper = write(tmp_path / "bản vẽ lớn.pdf", content)
    page = filing(People(lambda: new_page(base_url=own_server.url), sessions={}))
    page.on("dialog", lambda dialog: dialog.accept())
    slowly(page, rate=size // 6)
    page.set_input_files(FIELD, paper)
    until(page, 30)
    own_server.kill()
    rows(page).locator("text=Mất kết nối").wait_for()
    shot(page, "upload-offline")
    own_server.start()
    until(page, 60)
    page.reload()
    left = rows(page).locator("text=Còn dở")
    left.wait_for()
    shot(page, "upload-left")
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.method))
    slowly(page, rate=100 * MEGA)
    page.set_input_files(FIELD, paper)
    field(page).locator(".mc-file", has_text="bản vẽ lớn.pdf").wait_for(timeout=120_000)
    assert rows(page).count() == 0
    assert "POST" not in asked[: asked.index("PATCH")]  # it went on and did not begin anew
    assert asked.count("PATCH") < size // (4 * MEGA)  # each piece that was whole is not sent again
    assert stored(own_server, content)
    page.reload()
    field(page).locator(".mc-file", has_text="bản vẽ lớn.pdf").wait_for()
    page.click("button[name=step][value=upload]")
    field(page).locator(".mc-file", has_text="máy chủ đã nhận").wait_for()
    assert page.locator("input[type=hidden][name=document]").count() == 1
    assert list((own_server.data / "documents" / "pieces").rglob("*")) == []


DROP = """async ([selector, files]) => {
  const data = new DataTransfer();
  for (const [name, text] of files) data.items.add(new File([text], name));
  const target = document.querySelector(selector).closest('.mc-field');
  for (const kind of ['dragover', 'drop']) {
    target.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
  }
}"""


def test_many_files_are_dropped_at_once_and_what_is_wrong_with_some_is_said(
    new_page: Callable[..., Page], shot: Callable[[Page, str], Path], axe: Callable[[Page], list[str]]
) -> None:
    page = filing(People(new_page))
    good = [(f"tờ {number}.pdf", f"%PDF-1.4 {number}") for number in range(8)]
    bad = [
        ("máy.pdf", "MZ a program"),
        ("rỗng.pdf", ""),
        ("ảnh.png", "%PDF-1.4 x"),
        ("<img src=x onerror=f()>.pdf", "x"),
    ]
    page.evaluate(DROP, [FIELD, [*good, *bad]])
    for name, _ in good:
        field(page).locator(".mc-file", has_text=name).wait_for()
    for words in (
        "“máy.pdf”: không thuộc loại",
        "“rỗng.pdf” rỗng",
        "“ảnh.png”: tên có đuôi",
        "không thuộc loại được nhận",
    ):
        rows(page).locator("[data-upload-state]", has_text=words).first.wait_for()
    assert rows(page).count() == len(bad)
    assert page.locator("img[src=x]").count() == 0
    assert axe(page) == []
    shot(page, "upload-many")
    rows(page).first.get_by_role("button", name="Đóng").click()
    assert rows(page).count() == len(bad) - 1
    page.click("button[name=step][value=upload]")
    page.wait_for_load_state()
    assert field(page).locator(".mc-file").count() == len(good)


def test_a_file_is_paused_gone_on_with_and_cancelled_by_keyboard(
    new_page: Callable[..., Page], tmp_path: Path, shot: Callable[[Page, str], Path], axe: Callable[[Page], list[str]]
) -> None:
    page = filing(People(new_page))
    slowly(page, rate=2 * MEGA)
    page.set_input_files(FIELD, [write(tmp_path / f"{name}.pdf", pdf(12 * MEGA, seed=ord(name))) for name in "ab"])
    until(page, 10)
    page.focus(FIELD)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.uploadDo") == "pause"
    page.keyboard.press("Enter")
    rows(page).first.locator("text=Tạm dừng ở").wait_for()
    assert page.evaluate("document.activeElement.dataset.uploadDo") == "resume"
    assert axe(page) == []
    shot(page, "upload-paused")
    page.click("button[name=step][value=next]")  # a form is not sent while its files are on their way
    field(page).locator("text=chưa tải xong. Đợi").wait_for()
    page.focus("[data-upload-do=resume]:visible")
    page.keyboard.press("Enter")
    rows(page).first.locator("text=Đã tải").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.uploadDo") == "cancel"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "component.floor_plan"
    slowly(page, rate=100 * MEGA)
    field(page).locator(".mc-file", has_text="b.pdf").wait_for()
    assert rows(page).count() == 0
    assert "Đã tải xong b.pdf" in page.locator("#mc-live").inner_text()


@pytest.mark.parametrize("width", [1366, 390])
def test_files_on_their_way_look_right(
    new_page: Callable[..., Page], tmp_path: Path, shot: Callable[[Page, str], Path], sideways: Callable[[Page], int],
    axe: Callable[[Page], list[str]], width: int,
) -> None:  # fmt: skip
    people = People(lambda: new_page(width=width))
    page = filing(people)
    page.set_input_files(FIELD, write(tmp_path / "giấy phép.docx", docx({"word/a.zip": zipped({"b": b"c"})})))
    rows(page).locator("text=bên trong lại có tệp nén").wait_for()
    slowly(page, rate=MEGA)
    page.set_input_files(
        FIELD, [write(tmp_path / f"bản vẽ mặt bằng tầng {n}.pdf", pdf(8 * MEGA, seed=n)) for n in range(5)]
    )
    until(page, 20)
    shot(page, f"upload-{width}")
    assert sideways(page) == 0
    assert axe(page) == []


def test_a_form_that_is_sent_early_goes_by_itself_once_its_files_have_come(
    new_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = filing(People(new_page))
    slowly(page)
    page.set_input_files(FIELD, write(tmp_path / "a.pdf", pdf(6 * MEGA, seed=9)))
    page.click("button[name=step][value=upload]")
    field(page).locator("text=Tải xong sẽ tự gửi").wait_for()
    field(page).locator(".mc-file", has_text="máy chủ đã nhận").wait_for()
    assert page.locator("input[type=hidden][name=document]").count() == 1


def test_without_script_files_go_with_the_form(new_page: Callable[..., Page], tmp_path: Path) -> None:
    page = People(lambda: new_page(javascript=False)).at("applicant")
    papers(page)
    page.set_input_files(FIELD, [write(tmp_path / f"{number}.pdf", pdf(10, seed=number)) for number in range(3)])
    page.click("button[name=step][value=upload]")
    assert field(page).locator(".mc-file", has_text="máy chủ đã nhận").count() == 3
