"""What a file goes through before it is a document: written down, measured, hashed, looked at, scanned, kept."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO

from connectors.base import Scanner, ScannerSilent
from errors import Detail, Invalid, NotScanned, TooLarge, WrongMediaType
from services import filetypes
from storage.blobs import Blobs, Spooled
from texts import Text

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """The store, the virus scanner (None: nothing is scanned) and the limits."""

    blobs: Blobs
    scanner: Scanner | None
    most_bytes: int
    """Of one file."""
    most_bytes_together: int
    """Of all files of one person that are not sent yet."""
    kept: timedelta
    """How long an unfinished upload waits for its next piece."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A file that is kept as a content and of no document yet."""

    name: str
    component: str
    media_type: str
    sha256: str
    size: int


def accept(stream: BinaryIO, name: str, component: str, intake: Intake) -> Accepted:
    """Take a file in; `name` is safe already. Nothing slow happens in a transaction here, and none is opened.

    Raises TooLarge, WrongMediaType (what it is and why not), Invalid (empty, a virus) and NotScanned.
    """
    try:
        with intake.blobs.spooled(stream, limit=intake.most_bytes) as spooled:
            if not spooled.size:
                raise Invalid(details=[_detail(component, "empty", name, _EMPTY)])
            media_type = _looked_at(spooled, name, component)
            if intake.scanner is not None:
                _scanned(intake.scanner, spooled, name, component)
            stored = intake.blobs.keep(spooled)
    except TooLarge:
        raise too_large(name, component, intake.most_bytes) from None
    return Accepted(name=name, component=component, media_type=media_type, sha256=stored.sha256, size=stored.size)


def too_large(name: str, component: str, limit: int) -> TooLarge:
    """Say how large a file may be."""
    most = f"{limit / (1024 * 1024):.0f} MB" if limit >= 1024 * 1024 else f"{limit} byte"
    message = Text(f"Tệp “{name}” lớn hơn {most}.", f"“{name}” is larger than {most}.")
    return TooLarge(details=[Detail(field=component, code="too_large", message=message)])


_EMPTY = Text("tệp rỗng", "it is empty")
_TOO_LARGE_TO_SCAN = Text(
    "lớn hơn mức máy quét virus nhận; hãy chia nhỏ tệp", "it is larger than the virus scanner takes; split it"
)


def _looked_at(spooled: Spooled, name: str, component: str) -> str:
    with spooled.path.open("rb") as stream:
        kind = filetypes.look(stream, name)
    if kind.reason:
        raise WrongMediaType(details=[_detail(component, kind.reason, name, kind.words)])
    return kind.media_type


def _scanned(scanner: Scanner, spooled: Spooled, name: str, component: str) -> None:
    try:
        with spooled.path.open("rb") as stream:
            verdict = scanner.scan(stream)
    except ScannerSilent as silent:
        logger.warning("the virus scanner is silent: %s", silent)
        detail = _detail(component, NotScanned.code, name, Text("chưa quét được virus", "it could not be scanned yet"))
        raise NotScanned(details=[detail]) from silent
    if verdict.found:
        logger.warning("a virus in an upload: %s, sha256 %s", verdict.found, spooled.sha256)
        words = Text(f"có mã độc ({verdict.found})", f"it holds a virus ({verdict.found})")
        raise Invalid(details=[_detail(component, "infected", name, words)])
    if verdict.is_too_large:
        raise Invalid(details=[_detail(component, "too_large_to_scan", name, _TOO_LARGE_TO_SCAN)])


def _detail(component: str, code: str, name: str, words: Text) -> Detail:
    return Detail(field=component, code=code, message=Text(f"Tệp “{name}”: {words.vi}.", f"“{name}”: {words.en}."))
