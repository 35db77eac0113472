"""Bytes of documents: one file a content, named by its SHA-256, in a folder outside the web root."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from errors import NotFound, TooLarge

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What was written: its SHA-256 in hex and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Blobs:
    """A folder of contents. Writing the same content twice keeps it once; nothing is ever changed in place."""

    folder: Path

    def put(self, stream: BinaryIO, *, limit: int) -> Stored:
        """Store all of `stream`; raise TooLarge past `limit` bytes (nothing stays then)."""
        self.folder.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as target:
            try:
                for chunk in _chunks(stream):
                    size += len(chunk)
                    if size > limit:
                        raise TooLarge()
                    digest.update(chunk)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
                self._keep(Path(target.name), digest.hexdigest())
            except BaseException:
                Path(target.name).unlink(missing_ok=True)
                raise
        return Stored(sha256=digest.hexdigest(), size=size)

    def path(self, sha256: str) -> Path:
        """Give the file of a content; raise NotFound."""
        path = self._path(sha256)
        if not path.is_file():
            raise NotFound()
        return path

    def _path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def _keep(self, temporary: Path, sha256: str) -> None:
        final = self._path(sha256)
        final.parent.mkdir(exist_ok=True)
        os.replace(temporary, final)  # atomic: a reader sees the whole content or none


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk
