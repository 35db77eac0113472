"""Every page, on an office screen and on a phone: no serious finding of axe, nothing too wide, both languages."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lxml import html

from tests.browser.conftest import Filed
from tests.browser.people import People
from tests.office import PROCEDURE

if TYPE_CHECKING:
    from playwright.sync_api import Page

PUBLIC = ("/", "/procedures?q=an+toan", f"/procedures/{PROCEDURE}", "/track", "/sign-in", "/register")
OWN = (
    "/my/dossiers",
    "/my/dossiers/{code}",
    "/my/dossiers/{code}/receipt",
    "/my/dossiers/{code}/withdraw",
    f"/procedures/{PROCEDURE}/file",
    "/procedures/medical-devices/file",
    "/account",
)
STAFF = {
    "motcua": ("/inbox", "/inbox?view=done", "{task}", "{task}?tab=dossier", "{task}?tab=history", "{task}?tab=diagram",
               "{task}?tab=documents", "/dossiers", "{dossier}", "{dossier}/control-sheet"),
    "quanly": ("/board", "/board/list?what=received"),
    "thietke": ("/designer", "/designer/upload", "{definition}"),
    "vanhanh": ("/operator", "/operator/outbox", "/operator/instances", "/operator/log"),
    "quantri": ("/admin/people", "/admin/units", "/admin/groups", "/admin/calendar"),
}  # fmt: skip
SOAK = bool(os.environ.get("MOTCUA_SOAK"))
"""Look for faults of accessibility on phones too; they share the markup with the office screen."""


@pytest.fixture
def places(filed: Filed) -> dict[str, str]:
    """A dossier, its task and a definition, as their pages' addresses."""
    return asdict(filed)


def test_every_page_is_well_wide_and_narrow_and_speaks_english(
    new_page: Callable[..., Page],
    places: dict[str, str],
    axe: Callable[[Page], list[str]],
    sideways: Callable[[Page], int],
    shot: Callable[[Page, str], Path],
) -> None:
    """No serious finding of axe, nothing scrolls sideways on a phone; the English ones hold no Vietnamese of ours."""
    found: list[str] = []
    for who, addresses in (("", PUBLIC), ("applicant", OWN), *STAFF.items()):
        page = People(new_page).at(who) if who else new_page()
        for address in addresses:
            where = address.format(**places)
            page.set_viewport_size({"width": 1366, "height": 768})
            answer = page.goto(where)
            assert answer is not None
            if answer.status != 200:
                found.append(f"{who} {where}: {answer.status}")
                continue
            if "diagram" in address:
                page.wait_for_selector(".djs-container")
            found += axe(page)
            shot(page, f"1366{_name(address)}")
            page.set_viewport_size({"width": 390, "height": 844})
            wide = sideways(page)
            if wide > 1:
                found.append(f"{who} {where}: {wide} px too wide for a phone")
            if SOAK:
                found += axe(page)
            shot(page, f"390{_name(address)}")
        found += _in_english(page, [address.format(**places) for address in addresses])
    assert not found, "\n".join(sorted(set(found)))


def _in_english(page: Page, addresses: list[str]) -> list[str]:
    """Say what is not English on pages as the server sends them to this session."""
    page.request.get("/?lang=en")
    left = []
    for address in addresses:
        tree = html.document_fromstring(page.request.get(address).text())
        assert tree.get("lang") == "en", address
        shown = tree.xpath("//h1 | //h2 | //th | //label | //*[contains(concat(' ', @class, ' '), ' btn ')]")
        left += [f"{address}: {text}" for text in (one.text_content() for one in shown) if _is_ours(text)]
    return left


def _is_ours(text: str) -> bool:
    """Words of ours that English pages must not show; names of procedures, forms and people are the office's own."""
    ours = ("Hồ sơ", "Thủ tục", "Tiếp tục", "Lưu", "Quay lại", "Tìm", "Ngày", "Bước", "Trạng thái")
    return any(text.strip().startswith(word) for word in ours)


def _name(address: str) -> str:
    kept = address.replace("{", "").replace("}", "").partition("?q=")[0]
    return "-" + ("".join(c if c.isalnum() else "-" for c in kept).strip("-") or "start")
