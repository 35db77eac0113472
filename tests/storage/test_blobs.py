"""Documents' bytes: one content once, whole or not at all. One contract, run over each store."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from dev.machine import ROOT
from errors import NotFound, TooLarge, Unavailable
from storage.blobs import CHUNK, UNNAMED, Blobs, Folder, in_folder, key_of, opened
from tests.buckets import Buckets


@pytest.fixture(scope="module")
def buckets() -> Iterator[Buckets]:
    """A server of S3, as an office may have one beside it."""
    with Buckets.served() as found:
        yield found


@pytest.fixture(params=["folder", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Blobs:
    """An empty store of each kind."""
    if request.param == "folder":
        return in_folder(tmp_path / "documents")
    buckets: Buckets = request.getfixturevalue("buckets")
    buckets.credentials(monkeypatch)
    return opened(f"s3://{buckets.new()}/office/", tmp_path, endpoint=buckets.url, region="us-east-1")


def test_a_content_is_found_by_its_hash_and_kept_once(blobs: Blobs) -> None:
    content = b"x" * (2 * CHUNK + 17)
    first = blobs.put(BytesIO(content), limit=1 << 30)
    assert first == blobs.put(BytesIO(content), limit=1 << 30)
    assert (first.sha256, first.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert blobs.has(first.sha256)
    with blobs.open(first.sha256) as stream:
        assert b"".join(iter(lambda: stream.read(1000), b"")) == content
    assert blobs.read(first.sha256) == content


def test_what_is_large_comes_back_as_it_was(blobs: Blobs) -> None:
    content = b"".join(hashlib.sha256(b"%d" % number).digest() for number in range(20 * CHUNK // 32))
    stored = blobs.put(BytesIO(content), limit=1 << 30)  # S3 takes more than 8 MB in several parts
    with blobs.open(stored.sha256) as stream:
        assert hashlib.sha256(stream.read()).hexdigest() == stored.sha256


def test_what_is_too_large_leaves_nothing(blobs: Blobs) -> None:
    assert blobs.put(BytesIO(b"x" * 10), limit=10).size == 10
    with pytest.raises(TooLarge):
        blobs.put(BytesIO(b"y" * 11), limit=10)
    assert not blobs.has(hashlib.sha256(b"y" * 11).hexdigest())
    assert not blobs.has(hashlib.sha256(b"y" * 10).hexdigest())


def test_what_nobody_keeps_is_gone(blobs: Blobs) -> None:
    with blobs.spooled(BytesIO(b"seen and not liked"), limit=100) as spooled:
        assert spooled.path.read_bytes() == b"seen and not liked"
    assert not spooled.path.exists()
    assert not blobs.has(spooled.sha256)


def test_a_stream_that_breaks_off_leaves_nothing(blobs: Blobs) -> None:
    class Broken(BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        blobs.put(Broken(), limit=10)
    if isinstance(blobs.store, Folder):
        assert list(blobs.store.folder.iterdir()) == []


def test_an_unknown_hash_is_not_found(blobs: Blobs) -> None:
    for name in ("0" * 64, "../../etc/passwd", "", "A" * 64):
        with pytest.raises(NotFound):
            blobs.open(name)
        assert not blobs.has(name)


def test_many_at_once_write_the_same_content_once(blobs: Blobs) -> None:
    content = b"same" * CHUNK
    with ThreadPoolExecutor(8) as pool:
        stored = set(pool.map(lambda _: blobs.put(BytesIO(content), limit=1 << 30), range(8)))
    assert len(stored) == 1
    assert blobs.read(stored.pop().sha256) == content
    if isinstance(blobs.store, Folder):
        assert len([path for path in blobs.store.folder.rglob("*") if path.is_file()]) == 1


def test_pieces_are_kept_and_dropped(blobs: Blobs) -> None:
    for number in range(3):
        with blobs.spooled(BytesIO(b"piece %d" % number), limit=100) as spooled:
            blobs.store.keep(spooled.path, f"pieces/u/{number}")
    with blobs.store.open("pieces/u/1") as stream:
        assert stream.read() == b"piece 1"
    blobs.store.drop([f"pieces/u/{number}" for number in range(4)])
    with pytest.raises(NotFound):
        blobs.store.open("pieces/u/1")


def test_what_a_store_holds_is_listed_below_a_prefix_and_moves_with_a_new_time(blobs: Blobs) -> None:
    keys = [f"ab/{number:064x}" for number in range(3)]
    for key in (*keys, "abc/other"):
        with blobs.spooled(BytesIO(key.encode()), limit=100) as spooled:
            os.utime(spooled.path, (0, 0))
            blobs.store.keep(spooled.path, key)
    assert sorted(found.key for found in blobs.store.listed("ab/")) == keys
    assert list(blobs.store.listed("zz/")) == []
    blobs.store.move(keys[0], "unnamed/" + keys[0])
    (moved,) = blobs.store.listed("unnamed/ab/")
    assert moved.key == "unnamed/" + keys[0]
    assert abs(datetime.now(UTC) - moved.at) < timedelta(minutes=1)
    with blobs.store.open(moved.key) as stream:
        assert stream.read() == keys[0].encode()
    with pytest.raises(NotFound):
        blobs.store.move(keys[0], "unnamed/" + keys[0])
    assert sorted(found.key for found in blobs.store.listed("ab/")) == keys[1:]


def test_a_content_that_is_set_aside_is_still_read(blobs: Blobs) -> None:
    stored = blobs.put(BytesIO(b"still here"), limit=100)
    blobs.store.move(key_of(stored.sha256), UNNAMED + key_of(stored.sha256))
    assert blobs.read(stored.sha256) == b"still here"
    assert not blobs.has(stored.sha256)


def test_a_bucket_that_does_not_answer_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Buckets.credentials(monkeypatch)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    blobs = opened("s3://office", tmp_path, endpoint="http://127.0.0.1:9", region="us-east-1")
    for ask in (lambda: blobs.put(BytesIO(b"x"), limit=1), lambda: blobs.has("0" * 64), lambda: blobs.open("0" * 64)):
        with pytest.raises(Unavailable):
            ask()


def test_a_bucket_that_is_not_there_is_no_lost_document(
    buckets: Buckets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    buckets.credentials(monkeypatch)
    blobs = opened("s3://nobody-made-it", tmp_path, endpoint=buckets.url, region="us-east-1")
    with pytest.raises(Unavailable):
        blobs.open("0" * 64)
    with pytest.raises(Unavailable):
        blobs.put(BytesIO(b"x"), limit=1)


def test_boto3_is_loaded_only_where_it_is_wanted() -> None:
    script = "import sys, app; app.create_app; print('boto3' in sys.modules or 'botocore' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
