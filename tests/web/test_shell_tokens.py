"""The colours: each pair of the design guide keeps its contrast, and no sheet but tokens.css names a raw colour."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "web" / "frontend" / "css"

PAIRS = [  # what stands on what, and the least contrast (WCAG 2.2 AA: text 4.5, edges and icons 3)
    ("ink", "paper", 4.5), ("ink-2", "paper", 4.5), ("ink-3", "paper", 4.5), ("ink-3", "sunken", 4.5),
    ("ink-3", "brand-tint", 4.5), ("brand", "surface", 4.5), ("brand", "paper", 4.5), ("brand", "brand-tint", 4.5),
    ("on-dark", "brand", 4.5), ("on-dark-2", "brand-strong", 4.5), ("on-dark-2", "brand-deep", 4.5),
    ("ok", "ok-fill", 4.5), ("soon", "soon-fill", 4.5), ("late", "late-fill", 4.5), ("pause", "pause-fill", 4.5),
    ("note", "note-fill", 4.5), ("still", "still-fill", 4.5), ("line-strong", "surface", 3.0),
    ("line-strong", "paper", 3.0), ("focus", "surface", 3.0), ("focus", "paper", 3.0),
    ("focus-on-dark", "brand-strong", 3.0), ("ink", "heat-4", 4.5), ("ink-3", "heat-1", 4.5), ("brand", "sunken", 3.0),
    ("late", "surface", 4.5), ("on-dark", "late", 4.5),
    ("brand-strong", "brand-tint", 4.5), ("ink", "focus-on-dark", 4.5),
]  # fmt: skip


def _tokens() -> dict[str, str]:
    return dict(re.findall(r"--mc-([\w-]+):\s*#([0-9a-f]{6})\b", (CSS / "tokens.css").read_text("utf-8")))


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_wcag_says():
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("14252d", "f4f6f5") == pytest.approx(14.5, abs=0.05)  # the first line of the guide's table


@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_every_pair_of_the_guide_can_be_read(front: str, ground: str, least: float):
    tokens = _tokens()
    assert contrast(tokens[front], tokens[ground]) >= least


@pytest.mark.parametrize("name", ["motcua.css", "extra.css", "viewer.css", "site.css"])
def test_no_sheet_but_the_tokens_names_a_raw_colour(name: str):
    sheet = re.sub(r"/\*.*?\*/", "", (CSS / name).read_text("utf-8"), flags=re.DOTALL)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)|\brgba?\(|\bhsla?\(", sheet) == []


def test_every_token_that_a_sheet_uses_exists():
    known = set(re.findall(r"(--(?:mc|bs)-[\w-]+)\s*:", (CSS / "tokens.css").read_text("utf-8")))
    used = {
        token
        for name in ("motcua.css", "extra.css", "viewer.css")
        for token in re.findall(r"var\((--mc-[\w-]+)", (CSS / name).read_text("utf-8"))
    }
    assert used - known == set()
