"""Every component type on a page: seen, filled by keyboard alone, refused and mended, with and without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from services import instances, tasks
from services.permissions import SYSTEM
from storage.tables import Dossier
from tests.browser.keys import Keys
from tests.browser.people import People
from tests.engine.diagrams import end, fork, script, start, user
from tests.forms.every_type import FORM, VARIABLES
from tests.office import Office
from tests.services.bundles import procedure

if TYPE_CHECKING:
    from playwright.sync_api import Page

KEY = "every-type"
PARTS = (
    start("s", motcua__nationalStatus="1"),
    script("known", "\n".join(f"{name} = {value!r}" for name, value in VARIABLES.items())),
    fork("both"),
    user("mine", name="Tự khai", motcua__assignee="${applicant}", motcua__form="every"),
    user("do", name="Khai giúp", motcua__candidateGroups="one_door", motcua__form="every"),
    end("e"), end("e2"),
    "s -> known -> both -> mine -> e", "both -> do -> e2",
)  # fmt: skip
EXPECTED: dict[str, Any] = {
    "ho_ten": "Ngô Thị Thuý Quỳnh",
    "dinh_danh": "001304012345",
    "dien_thoai": "02438251234",
    "ma_so_thue": "0100233488",
    "trang": "benhvien",
    "dien_tich": 1234.5,
    "ngay_cap": "2025-03-03",
    "gio_goi": "09:30",
    "hen": "2031-09-09T23:45+07:00",
    "gio_le": "05:07",
    "ghi_chu": "Dòng một\nDòng hai",
    "cam_doan": True,
    "loai": "bổ sung",
    "tinh": "Hà Nội",
    "kenh": ["bưu chính", "tại quầy"],
    "the": ["Y tế", "Dược"],
    "dia_chi": {"xa": "Phường Yên Khê", "so_nha": "12"},
    "thiet_bi": [{"ten": "Máy thở", "so_luong": 2}, {"ten": "Tủ cấy", "so_luong": 12500}],
    "tong": 2,
}
"""What is stored in the end, whichever way it was filled in; besides, one paper."""
WRONG = {
    "ho_ten": "Đội 7",
    "dinh_danh": "123",
    "dien_thoai": "0912",
    "ma_so_thue": "0100233489",
    "dien_tich": "0,3",
    "ghi_chu": "x" * 501,
    "thiet_bi[0].so_luong": "1,5",
}
REFUSED = {
    "ho_ten", "dinh_danh", "dien_thoai", "ma_so_thue", "dien_tich", "hen", "ghi_chu", "cam_doan", "loai", "the",
    "thiet_bi-0-ten", "thiet_bi-0-so_luong",
}  # fmt: skip
"""What can be wrong on a page whose controls offer only what is right."""
SEND = "button[name='answers-do'][value=submit]"


def at(new_page: Callable[..., Page], office: Office, dossier: Dossier, who: str, **how: Any) -> Page:
    """Open the form, the applicant's (`mine`) or the officer's (`do`)."""
    task = office.open(dossier)[who].id
    if who == "do":  # whoever holds a task is not asked about turns
        tasks.claim(office.viewer("motcua"), task, now=office.now, reason="Để thử biểu mẫu")
    page = People(new_page).at("nguoinop" if who == "mine" else "motcua", **how)
    page.goto(f"/my/dossiers/{dossier.code}/tasks/{task}" if who == "mine" else f"/tasks/{task}")
    return page


def name(key: str) -> str:
    return f"[name='answers.{key}']"


def look_the_same(page: Page) -> None:
    """After another look at the page the comforts show what the controls hold."""
    expect(page.locator("#f-tinh-find")).to_have_value("Hà Nội")
    expect(page.locator(".mc-chip")).to_have_text(["Y tế", "Dược"])
    expect(page.locator("#f-dien_tich")).to_have_value("1.234,5")


def refuse(keys: Keys) -> None:
    """Send what is wrong; the summary has a link to each field, and each leads there."""
    page = keys.page
    for key, text in WRONG.items():
        keys.type(name(key), text)
    keys.go(SEND)
    page.locator("#error-summary").wait_for()
    links = page.locator("#error-summary a")
    assert {(link.get_attribute("href") or "").removeprefix("#f-") for link in links.all()} == REFUSED
    for link in links.all():
        place = link.get_attribute("href")
        link.press("Enter")
        field = page.locator(f".mc-field:has({place}), fieldset:has({place})").last
        assert field.locator(":focus").count(), f"the link to {place} leads elsewhere"
        assert field.locator(".mc-error").count()


def fill(keys: Keys, paper: Path, *, javascript: bool) -> None:
    """Fill in every field in the order in which they stand."""
    page = keys.page
    for key in ("ho_ten", "dinh_danh", "dien_thoai", "ma_so_thue", "trang"):
        keys.type(name(key), str(EXPECTED[key]))
    if javascript:
        assert page.input_value(name("dinh_danh")) == "001 304 012 345"
        keys.type(name("dien_tich"), "1234")
        keys.press("ArrowUp", "ArrowUp", "ArrowDown")
    else:
        keys.type(name("dien_tich"), "1234,5")
    keys.to(name("ngay_cap"))
    page.keyboard.type("03032025")
    keys.to(name("gio_goi"))
    page.keyboard.type("09:30")
    keys.to("input" + name("hen"))
    page.keyboard.type("09092031")
    keys.to("select" + name("hen"))
    keys.press("End")
    keys.to(name("gio_le"))
    page.keyboard.type("0507A")
    keys.type(name("ghi_chu"), "Dòng một\nDòng hai")
    keys.to("[type=checkbox]" + name("cam_doan"))
    keys.press("Space")
    keys.to(name("loai"))
    keys.press("Space", "ArrowDown")
    if javascript:
        assert page.input_value(name("dien_tich")) == "1.234,5"
        keys.to("#f-tinh-find")
        page.keyboard.type("ha noi")
        keys.press("Enter")
    else:
        keys.to(name("tinh"))
        keys.press("H")
    for value in EXPECTED["kenh"]:
        keys.to(f"{name('kenh')}[value='{value}']")
        keys.press("Space")
    for value, typed in (("Y tế", "y te"), ("Dược", "duoc")):
        if javascript:
            keys.to("#f-the-find")
            page.keyboard.type(typed)
            keys.press("Enter")
        else:
            keys.to(f"{name('the')}[value='{value}']")
            keys.press("Space")
    keys.type(name("dia_chi.xa"), "Phường Yên Khê")
    keys.type(name("dia_chi.so_nha"), "12")
    keys.type(name("thiet_bi[0].ten"), "Máy thở")
    keys.type(name("thiet_bi[0].so_luong"), "2")
    keys.to("button[value='add answers.thiet_bi']")
    keys.press("Enter")
    page.locator(name("thiet_bi[1].ten")).wait_for(state="attached")
    page.wait_for_load_state()
    if javascript:
        look_the_same(page)
        assert page.locator(".mc-find").count() == 2
    keys.to("details.mc-fold:not([open]) > summary, " + name("thiet_bi[1].ten"))
    if page.locator("summary:focus").count():
        keys.press("Enter")
    keys.type(name("thiet_bi[1].ten"), "Tủ cấy")
    keys.type(name("thiet_bi[1].so_luong"), "12500")
    keys.to("[type=file]" + name("giay_to"))
    if not javascript:  # the browser's own dialogue cannot be driven here without script
        page.locator(":focus").set_input_files(paper)
    else:
        with page.expect_file_chooser() as chooser:
            keys.press("Enter")
        chooser.value.set_files(paper)
        page.locator(".mc-file:has-text('giay.pdf')").first.wait_for()


def comforts(page: Page) -> None:
    """What a script adds to single fields: found by typing, taken out by a press, stepped, shown in groups."""
    page.evaluate(
        "document.addEventListener('change', (it) => { window.told = (window.told || '') + it.target.name + ' ' })"
    )
    finder, chosen = page.locator("#f-tinh-find"), page.locator("#f-tinh")
    page.locator("label[for=f-tinh]").click()
    expect(finder).to_be_focused()
    for keys, value in (
        ("ArrowDown End Enter", "Cần Thơ"), ("ArrowDown Home ArrowDown Enter", "Hà Nội"),
        ("ArrowUp PageDown Escape", "Hà Nội"),
        ("Delete Tab", ""), ("h u e Enter", "Huế"), ("x x Escape", "Huế"), ("d a Tab", "Đà Nẵng"),
    ):  # fmt: skip
        finder.focus()
        for key in keys.split():
            page.keyboard.press(key)
        expect(chosen).to_have_value(value)
        expect(finder).to_have_value(value)
    finder.fill("zz")
    expect(page.locator("#mc-live")).to_have_text("Không có mục nào khớp")
    page.locator("#f-ghi_chu").focus()
    expect(finder).to_have_value("Đà Nẵng")
    finder.click()
    page.locator("#f-tinh-options li:has-text('Huế')").click()
    expect(chosen).to_have_value("Huế")
    told = page.evaluate("window.told").split()
    assert told == ["answers.tinh"] * 6, "each choice is told once, what is typed to find it is not"

    tags, chips = page.locator("#f-the-find"), page.locator(".mc-chip")
    for typed in ("y te", "duoc", "dan"):
        tags.fill(typed)
        tags.press("Enter")
    expect(chips).to_have_text(["Y tế", "Dược", "Dân số"])
    chips.first.press("Enter")
    expect(chips.first).to_be_focused()
    expect(chips).to_have_text(["Dược", "Dân số"])
    tags.press("Backspace")
    expect(chips).to_have_text(["Dược"])
    assert page.locator("[name='answers.the']:checked").evaluate_all("all => all.map((it) => it.value)") == ["Dược"]
    chips.first.click()
    expect(chips).to_have_count(0)

    area = page.locator("#f-dien_tich")
    more = page.locator("button[aria-label='Thêm 0,5']")
    for _ in range(3):
        more.click()
    expect(area).to_have_value("1,5")
    area.fill("12500")
    area.blur()
    expect(area).to_have_value("12.500")
    more.click()
    expect(area).to_have_value("12.500,5")
    page.locator("#f-ma_so_thue").fill("0100233488001")
    area.focus()
    expect(area).to_have_value("12500,5")
    expect(page.locator("#f-ma_so_thue")).to_have_value("0100233488-001")
    sent = page.evaluate("Object.fromEntries(new FormData(document.getElementById('f-dien_tich').form))")
    assert (sent["answers.dien_tich"], sent["answers.ma_so_thue"]) == ("12500,5", "0100233488001")


def previewed(page: Page) -> None:
    """Save by keyboard and look at the page anew: the draft has the paper, shown in the page."""
    page.evaluate("document.querySelector('[data-draft-status]').textContent = ''")  # asked for by hand it always saves
    with page.expect_response("**/draft") as saved:
        page.keyboard.press("Control+s")
    assert saved.value.ok
    with page.expect_response("**/documents/*/view") as shown:
        page.goto(page.url.partition("#")[0])
        page.locator("object[type='application/pdf']").scroll_into_view_if_needed()
    assert shown.value.ok
    expect(page.locator(".mc-preview a:has-text('Tải về')")).to_have_attribute("href", re.compile("^/documents/"))
    look_the_same(page)


@pytest.fixture
def dossier(office: Office) -> Dossier:
    """A dossier that waits for the form of every type: the applicant's and an officer's."""
    office.deploy(procedure(KEY, *PARTS, every__form={**FORM, "id": "every"}))
    return office.file_in(KEY)


@pytest.mark.parametrize(("who", "javascript"), [("mine", True), ("do", False)], ids=["script", "plain"])
def test_every_type_is_filled_by_keyboard_alone(
    new_page: Callable[..., Page], office: Office, dossier: Dossier, tmp_path: Path, who: str, javascript: bool,
    shot: Callable[..., Path], axe: Callable[[Page], list[str]], sideways: Callable[[Page], int],
) -> None:  # fmt: skip
    page = at(new_page, office, dossier, who, javascript=javascript)
    page.on("filechooser", lambda _: None)  # from here on files are chosen by this test
    (tmp_path / "giay.pdf").write_bytes(page.pdf())
    found = []
    keys = Keys(page)

    def looked_at(language: str, name: str) -> None:
        for width in (390, 1366) if javascript else ():
            page.set_viewport_size({"width": width, "height": 800})
            shot(page, f"{name}-{language}-{width}")
            found.extend(axe(page))
            if beyond := sideways(page):
                found.append(f"{name}: {beyond} pixels too wide at {width}")

    if javascript:
        page.goto(f"{page.url}?lang=en")
        looked_at("en", "every-type")
        page.goto(f"{page.url.partition('?')[0]}?lang=vi")
        comforts(page)
    refuse(keys)
    looked_at("vi", "every-type-wrong")
    fill(keys, tmp_path / "giay.pdf", javascript=javascript)
    if javascript:
        previewed(page)
    keys.go(SEND)
    assert page.locator(".mc-errorsum").all_inner_texts() == []
    office.look()
    stored = instances.variables(SYSTEM, dossier.instance_id)
    assert {key: stored.get(key) for key in EXPECTED} == EXPECTED
    assert len(stored["giay_to"]) == 1
    assert not found, "\n".join(found)
