"""Contents that no document names any more, and pieces of no upload: they are deleted from the store, in two steps.

An upload keeps its content first and names it in a later commit, and a content that is there already is not kept again:
so one look at the documents never proves that nobody will name it in the next moment. Therefore an old content without
a document is first only *set aside* (it moves to `unnamed/`, where `Blobs.open` still finds it), and deleted from there
a day later, if no document names it then; whatever was named meanwhile goes back. An upload would have to take a day
between its two steps to lose its content.

Each run looks at a small part of the store, chosen by the clock, so that all of it is seen in a day. All of this may
happen twice, in several processes at once, or stop in the middle.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import PurePosixPath
from uuid import uuid4

from errors import NotFound
from storage.blobs import NAME, SCRATCH, UNNAMED, Blobs, Listed, key_of
from storage.database import session, verb
from storage.rows import contents as rows

logger = logging.getLogger(__name__)

ASIDE = timedelta(days=1)
"""How long a content stays set aside: longer than any upload takes from keeping its content to its document."""
FRESH = timedelta(days=2)
"""Pieces and scratch files that are younger may belong to a request that goes on."""
CHUNK = 500
"""Keys that are looked up at once."""
FOLDERS = 256
"""Contents lie in as many folders, by the first two digits of their hash."""
AT_ONCE = 2
"""Folders of one run."""
RUN = timedelta(minutes=10)
"""How often a run comes (jobs/)."""


@dataclass(slots=True)
class Swept:
    """What one run did."""

    set_aside: int = 0
    taken_back: int = 0
    deleted: int = 0
    pieces: int = 0


def sweep(blobs: Blobs, *, days: int, now: datetime, folders: Iterable[str] | None = None) -> Swept:
    """Look at the part of the store whose turn it is: set aside, take back, delete.

    `days`: how old a content is before it is set aside; 0: none ever is. `folders`: others than those whose turn it is.
    """
    swept = Swept()
    if not _is_ours(blobs):
        return swept
    for folder in turn(now) if folders is None else folders:
        _unnamed(blobs, folder, swept, now=now)
        if days > 0:
            _contents(blobs, folder, swept, before=now - timedelta(days=days))
    _pieces(blobs, swept, before=now - FRESH)
    _scratch(blobs, before=now - FRESH)
    if swept != Swept():
        logger.info(
            "contents that no document names: %s set aside, %s taken back, %s deleted; %s pieces of no upload deleted",
            swept.set_aside, swept.taken_back, swept.deleted, swept.pieces,
        )  # fmt: skip
    return swept


def _is_ours(blobs: Blobs) -> bool:
    """Say whether the store belongs to this database; to any other, nothing in it would have a name."""
    owner = _owner()
    mark = blobs.owned_by(owner)
    if mark != owner:
        logger.warning(
            "the store of contents belongs to another database: nothing is deleted from it. If this database is its "
            "successor, delete the file “owner” from the store"
        )
    return mark == owner


@verb
def _owner() -> str:
    return rows.owner(uuid4().hex)


def turn(now: datetime) -> list[str]:
    """Give the folders whose turn it is."""
    first = int(now.timestamp() // RUN.total_seconds()) * AT_ONCE
    return [f"{number % FOLDERS:02x}/" for number in range(first, first + AT_ONCE)]


def _unnamed(blobs: Blobs, folder: str, swept: Swept, *, now: datetime) -> None:
    """Take back what a document names after all; delete what has waited long enough."""
    for chunk in _chunks(blobs.store.listed(UNNAMED + folder)):
        named = _named(chunk)
        over = []
        for found in chunk:
            if _name(found.key) in named:
                swept.taken_back += _moved(blobs, found.key, found.key.removeprefix(UNNAMED))
            elif found.at < now - ASIDE:
                over.append(found.key)
        blobs.store.drop(over)
        swept.deleted += len(over)


def _contents(blobs: Blobs, folder: str, swept: Swept, *, before: datetime) -> None:
    for chunk in _chunks(found for found in blobs.store.listed(folder) if found.at < before and _is_content(found.key)):
        named = _named(chunk)
        for found in chunk:
            if _name(found.key) not in named:
                swept.set_aside += _moved(blobs, found.key, UNNAMED + found.key)


def _pieces(blobs: Blobs, swept: Swept, *, before: datetime) -> None:
    """Delete old pieces that no upload names: their process was killed. A key is made once, so none is named later."""
    for chunk in _chunks(found for found in blobs.store.listed("pieces/") if found.at < before):
        uploads = {PurePosixPath(found.key).parent.name for found in chunk}
        named = _looked(rows.pieces, uploads)
        over = [found.key for found in chunk if found.key not in named]
        blobs.store.drop(over)
        swept.pieces += len(over)


def _scratch(blobs: Blobs, *, before: datetime) -> None:
    """Delete what was coming in when its process was killed."""
    for path in blobs.store.scratch.glob(f"{SCRATCH}*"):
        with suppress(OSError):
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                path.unlink()


def _named(chunk: Collection[Listed]) -> set[str]:
    return _looked(rows.named, {_name(found.key) for found in chunk})


def _looked(rows_of: Callable[[Collection[str]], set[str]], names: Collection[str]) -> set[str]:
    """Ask the database as it is now; no transaction stays open while the store works."""
    session().rollback()
    found = rows_of(names)
    session().rollback()
    return found


def _moved(blobs: Blobs, key: str, to: str) -> int:
    try:
        blobs.store.move(key, to)
    except NotFound:  # another process was first
        return 0
    return 1


def _is_content(key: str) -> bool:
    """Say whether it is ours: what somebody else put there stays."""
    return NAME.fullmatch(_name(key)) is not None and key == key_of(_name(key))


def _name(key: str) -> str:
    return PurePosixPath(key).name


def _chunks(found: Iterator[Listed]) -> Iterator[list[Listed]]:
    while chunk := list(islice(found, CHUNK)):
        yield chunk
