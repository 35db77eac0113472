"""Bytes of documents: one content once, named by its SHA-256, in a folder outside the web root or in an S3 bucket.

Two stores keep one contract (`Store`; tests/storage/test_blobs.py runs over both): `Folder` here, `Bucket` in s3.py.
What arrives is first written to a file of its own on this machine's disk, whatever the store: it is hashed, looked
at and scanned there, and only then kept; so memory is constant and nothing half-checked is ever in a store.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from errors import NotFound, TooLarge

CHUNK = 1 << 20
NAME = re.compile(r"[0-9a-f]{64}")
UNNAMED = "unnamed/"
"""Before the keys of contents that no document names: there they wait until they are deleted (services/contents.py)."""
OWNER = "owner"
"""The key of the mark that says which database a store belongs to."""
SCRATCH = "motcua-upload-"
"""How the names of files begin that are just coming in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One file of a store, and when it came to its place."""

    key: str
    at: datetime


class Store(Protocol):
    """Keeps files under keys like `ab/ab12…`. Keys are ours: nothing of them was ever typed by anybody."""

    @property
    def scratch(self) -> Path:
        """Give a folder on this machine for what is not kept yet."""

    def keep(self, path: Path, key: str) -> None:
        """Take a file over: afterwards it is whole under the key, and no longer at `path`. Twice is once."""

    def has(self, key: str) -> bool:
        """Say whether there is something under a key."""

    def open(self, key: str) -> BinaryIO:
        """Open what is kept for reading, from its start; raise NotFound."""

    def drop(self, keys: Iterable[str]) -> None:
        """Delete what is under these keys; what is not there is no fault."""

    def move(self, key: str, to: str) -> None:
        """Put what is under a key under another one, as something that came now; raise NotFound."""

    def listed(self, prefix: str) -> Iterator[Listed]:
        """Give what is under a prefix that ends with `/`, a portion at a time; what comes meanwhile may be missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What was written: its SHA-256 in hex and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spooled(Stored):
    """What has arrived and is not kept yet: `path` is a file of this machine."""

    path: Path


@dataclass(frozen=True, slots=True)
class Blobs:
    """Contents by their SHA-256. Writing the same content twice keeps it once; nothing is ever changed in place."""

    store: Store

    @contextmanager
    def spooled(self, stream: BinaryIO, *, limit: int) -> Iterator[Spooled]:
        """Write all of `stream` to a file and hash it; unless `keep` takes the file over, it is deleted at the end.

        Raises TooLarge past `limit` bytes.
        """
        self.store.scratch.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with tempfile.NamedTemporaryFile(dir=self.store.scratch, prefix=SCRATCH, delete=False) as target:
            path = Path(target.name)
            try:
                for chunk in _chunks(stream):
                    size += len(chunk)
                    if size > limit:
                        raise TooLarge()
                    digest.update(chunk)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
                yield Spooled(path=path, sha256=digest.hexdigest(), size=size)
            finally:
                path.unlink(missing_ok=True)

    def keep(self, spooled: Spooled) -> Stored:
        """Keep what has arrived as a content."""
        self.store.keep(spooled.path, key_of(spooled.sha256))
        return Stored(sha256=spooled.sha256, size=spooled.size)

    def put(self, stream: BinaryIO, *, limit: int) -> Stored:
        """Store all of `stream`; raise TooLarge past `limit` bytes (nothing stays then)."""
        with self.spooled(stream, limit=limit) as spooled:
            return self.keep(spooled)

    def has(self, sha256: str) -> bool:
        """Say whether a content is kept."""
        return NAME.fullmatch(sha256) is not None and self.store.has(key_of(sha256))

    def open(self, sha256: str) -> BinaryIO:
        """Open a content for reading; raise NotFound."""
        if NAME.fullmatch(sha256) is None:
            raise NotFound()
        key = key_of(sha256)
        for place in (key, UNNAMED + key):  # it may have been set aside just before a document named it again
            with suppress(NotFound):
                return self.store.open(place)
        return self.store.open(key)  # and have come back between the two looks

    def owned_by(self, owner: str) -> str:
        """Give the mark of the database that the store belongs to; it becomes `owner` where there is none."""
        with suppress(NotFound):
            return self._mark()
        self.store.scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=self.store.scratch, prefix=SCRATCH, delete=False) as target:
            target.write(owner)
        self.store.keep(Path(target.name), OWNER)
        return self._mark()

    def _mark(self) -> str:
        with self.store.open(OWNER) as stream:
            return stream.read(100).decode(errors="replace")

    def read(self, sha256: str) -> bytes:
        """Give a whole content, for those that are known to be small; raise NotFound."""
        with self.open(sha256) as stream:
            return stream.read()


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of this machine, or one that several machines share."""

    folder: Path

    @property
    def scratch(self) -> Path:
        """Give the folder itself: a rename within one file system is atomic."""
        return self.folder

    def keep(self, path: Path, key: str) -> None:
        """Move the file to its place."""
        final = self.folder / key
        while True:
            final.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.replace(path, final)  # atomic: a reader sees the whole content or none
            except FileNotFoundError:  # somebody dropped the last file of the folder, and with it the folder
                if not path.exists():
                    raise
            else:
                return

    def has(self, key: str) -> bool:
        """Say whether the file is there."""
        return (self.folder / key).is_file()

    def open(self, key: str) -> BinaryIO:
        """Open the file."""
        try:
            return (self.folder / key).open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise NotFound() from None

    def drop(self, keys: Iterable[str]) -> None:
        """Delete the files, and their folders where those are empty then."""
        for key in keys:
            path = self.folder / key
            path.unlink(missing_ok=True)
            try:
                path.parent.rmdir()
            except OSError:  # something else is in it
                continue

    def move(self, key: str, to: str) -> None:
        """Rename the file; its time is written first, so that it is never in its new place with the old one."""
        path = self.folder / key
        try:
            os.utime(path)
            self.keep(path, to)
        except FileNotFoundError:
            raise NotFound() from None

    def listed(self, prefix: str) -> Iterator[Listed]:
        """Walk the folder."""
        for folder, _, names in os.walk(self.folder / prefix):
            for name in names:
                path = Path(folder, name)
                with suppress(FileNotFoundError):
                    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                    yield Listed(key=path.relative_to(self.folder).as_posix(), at=at)


def opened(address: str, folder: Path, endpoint: str = "", region: str = "") -> Blobs:
    """Give the contents at `folder` (the word: those in the folder given) or s3://bucket/prefix."""
    if address == "folder":
        return in_folder(folder)
    from storage import s3  # noqa: PLC0415  # a third of a second and 30 MB, only where it is wanted

    return Blobs(s3.bucket(address, endpoint=endpoint, region=region))


def in_folder(folder: Path) -> Blobs:
    """Give the contents that a folder keeps."""
    return Blobs(Folder(folder))


def key_of(sha256: str) -> str:
    """Give the key of a content."""
    return f"{sha256[:2]}/{sha256}"


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk
