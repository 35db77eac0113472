"""A person who only has a keyboard: Tab until there, then the keys of that kind of control."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

FAR = 200
"""More presses of Tab than any page of ours takes from one end to the other."""


@dataclass
class Keys:
    """Works on one page; nothing here uses the mouse, the focus is never set by script."""

    page: Page

    def to(self, selector: str) -> None:
        """Press Tab until what has the focus matches."""
        for _ in range(FAR):
            if self.page.locator(f":is({selector}):focus").count():
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {selector}")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, selector: str, text: str) -> None:
        """Go to a field and type over what stands in it."""
        self.to(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def go(self, selector: str, key: str = "Enter") -> None:
        """Press a button or link that leads to another look at the page."""
        self.to(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
