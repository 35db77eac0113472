"""Documents' bytes: one file a content, whole or not at all."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest

from errors import NotFound, TooLarge
from storage.blobs import CHUNK, Blobs


def test_a_content_is_found_by_its_hash_and_kept_once(tmp_path: Path) -> None:
    blobs, content = Blobs(tmp_path / "documents"), b"x" * (2 * CHUNK + 17)
    first = blobs.put(BytesIO(content), limit=1 << 30)
    assert first == blobs.put(BytesIO(content), limit=1 << 30)
    assert (first.sha256, first.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert blobs.path(first.sha256).read_bytes() == content
    assert len([path for path in (tmp_path / "documents").rglob("*") if path.is_file()]) == 1


def test_what_is_too_large_leaves_nothing(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    assert blobs.put(BytesIO(b"x" * 10), limit=10).size == 10
    with pytest.raises(TooLarge):
        blobs.put(BytesIO(b"y" * 11), limit=10)
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_a_stream_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    class Broken(BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        Blobs(tmp_path).put(Broken(), limit=10)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_hash_is_not_found(tmp_path: Path) -> None:
    for name in ("0" * 64, "../../etc/passwd", ""):
        with pytest.raises(NotFound):
            Blobs(tmp_path).path(name)


def test_many_at_once_write_the_same_content_once(tmp_path: Path) -> None:
    blobs, content = Blobs(tmp_path), b"same" * CHUNK
    with ThreadPoolExecutor(8) as pool:
        stored = set(pool.map(lambda _: blobs.put(BytesIO(content), limit=1 << 30), range(16)))
    assert len(stored) == 1
    assert blobs.path(stored.pop().sha256).read_bytes() == content
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
