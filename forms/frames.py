"""iframe: a page of another origin. Whether it is framed or only linked, web/ says: it knows what is allowed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forms import reading
from forms.model import Component, Kind

HEIGHT = 300
SANDBOX = {
    "allowScripts": "allow-scripts",
    "allowSameOrigin": "allow-same-origin",
    "allowForms": "allow-forms",
    "allowModals": "allow-modals",
    "allowPopups": "allow-popups",
    "allowTopNavigation": "allow-top-navigation-by-user-activation",
    "allowStorageAccessByUserActivation": "allow-storage-access-by-user-activation",
}
"""What a flag of `security` lets the framed page do; it leaves our page only where a person clicked."""
FEATURES = ("fullscreen", "geolocation", "camera", "microphone")
_ADDRESS = re.compile(
    r"(https?)://([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*)(:\d{1,5})?"
    r"(?:[/?#][^\s\\\"'<>]*)?",
    re.I | re.ASCII,
)
_BETWEEN = re.compile(r"[\s\"'<>]")
"""Signs that a browser would encode by itself; a template may have put them in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame(Component):
    """A framed page: its address (with templates), its height in pixels and what it may do."""

    url: str = ""
    height: int = HEIGHT
    sandbox: tuple[str, ...] = ()
    """Tokens of the attribute `sandbox`; none: it may do nothing."""
    features: tuple[str, ...] = ()


def read(schema: Mapping[str, Any], *, id: str) -> Frame:
    """Read an iframe component."""
    security = reading.mapping(schema.get("security"))
    return Frame(
        id=id,
        **reading.common(schema, Kind.IFRAME),
        url=reading.text(schema.get("url")),
        height=reading.whole(schema.get("height"), HEIGHT, least=50, most=2000),
        sandbox=tuple(token for flag, token in SANDBOX.items() if reading.flag(security.get(flag))),
        features=tuple(name for name in FEATURES if reading.flag(security.get(name))),
    )


def address(url: str) -> tuple[str, str]:
    """Give an address that a link may lead to, and its origin where it may be framed (https); else nothing."""
    url = _BETWEEN.sub(lambda sign: "".join(f"%{byte:02X}" for byte in sign[0].encode()), url.strip())
    found = _ADDRESS.fullmatch(url) if len(url) <= 2000 else None
    if found is None:
        return "", ""
    port = "" if found[3] == ":443" else found[3] or ""
    return url, f"https://{found[2].lower()}{port}" if found[1].lower() == "https" else ""
