"""Filing on the public pages without JavaScript: begin a draft, page after page, the last look, the sending."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from werkzeug.test import TestResponse

from tests.web.visitor import Visitor

Sent = tuple[str, Any]


def posted(answers: Mapping[str, Any], prefix: str = "answers.") -> Iterator[tuple[str, str]]:
    """Give answers as the form would post them."""
    for name, value in answers.items():
        if isinstance(value, list):
            for number, row in enumerate(value):
                if isinstance(row, dict):
                    yield from posted(row, f"{prefix}{name}[{number}].")
                else:
                    yield f"{prefix}{name}", str(row)
        elif isinstance(value, dict):
            yield from posted(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", "true" if value is True else "" if value is None else str(value)


def begun(visitor: Visitor, key: str, case: str = "") -> str:
    """Begin a draft and give its address."""
    visitor.get(f"/procedures/{key}/file")
    answer = visitor.post(f"/procedures/{key}/file", [*visitor.hidden(), ("case", case)])
    assert answer.status_code == 303, answer.text
    return "/".join(answer.headers["Location"].split("/")[:4])


def pages_of(visitor: Visitor, draft: str) -> list[str]:
    """Give the addresses of a draft's pages."""
    text = visitor.get(draft).text
    found = dict.fromkeys(re.findall(rf'href="({draft}/[^"?#]+)"', text))
    return [address for address in found if not address.endswith(("/check", "/case"))]


def on_page(visitor: Visitor, address: str, sent: Iterable[Sent] = (), step: str = "next") -> TestResponse:
    """Open a page, fill in what is given and press one of its buttons."""
    visitor.get(address)
    kept = [(name, value) for name, value in visitor.hidden() if not name.startswith("answers.")]
    return visitor.post(address, [*kept, *sent, ("step", step)])


def filled(visitor: Visitor, draft: str, sent: Iterable[Sent], files: Iterable[Sent] = ()) -> None:
    """Fill in every page of a draft but the last look."""
    sent = list(sent)
    for address in pages_of(visitor, draft):
        answer = on_page(visitor, address, files if address.endswith("/papers") else sent)
        assert answer.status_code == 303, answer.text


def sent_off(visitor: Visitor, draft: str, sent: Iterable[Sent] = ()) -> TestResponse:
    """Look a last time and send."""
    return on_page(visitor, f"{draft}/check", sent, "send")


def filed(visitor: Visitor, key: str, answers: Mapping[str, Any], files: Iterable[Sent] = (), case: str = "") -> str:
    """File a dossier and give its code."""
    draft, sent = begun(visitor, key, case), list(posted(answers))
    filled(visitor, draft, sent, files)
    answer = sent_off(visitor, draft, sent)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"]).split("/")[3]
