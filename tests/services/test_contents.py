"""Contents that no document names any more go, in two steps; what is named in between stays. Over both stores."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest
from flask import Flask
from sqlalchemy import update

from errors import NotFound
from services import contents, documents, drafts, uploads
from services.contents import Swept
from services.uploads import Wanted
from storage.blobs import SCRATCH, UNNAMED, Blobs, Listed, Store, key_of, opened
from storage.database import session
from storage.tables import Lease
from tests.buckets import Buckets
from tests.files import pdf
from tests.office import PROCEDURE, START, Office
from tests.web.officers import quick_app

DAYS = 7
PAPER = pdf(300, seed=1)


@pytest.fixture(scope="module")
def buckets() -> Iterator[Buckets]:
    with Buckets.served() as found:
        yield found


@pytest.fixture
def app() -> Iterator[Flask]:
    yield from quick_app()


@pytest.fixture(params=["folder", "s3"])
def office(
    app: Flask, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    """The office with a store of each kind; its time is the store's, which nobody can set."""
    with app.app_context():
        office = Office(parts=app.extensions["motcua"], now=datetime.now(UTC))
        if request.param == "s3":
            buckets: Buckets = request.getfixturevalue("buckets")
            buckets.credentials(monkeypatch)
            monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
            blobs = opened(f"s3://{buckets.new()}/office/", tmp_path, endpoint=buckets.url, region="us-east-1")
            office.parts = replace(office.parts, blobs=blobs)
        yield office


@dataclass
class Meanwhile:
    """A store in which something happens just before it moves or drops anything."""

    store: Store
    happens: Callable[[], object]

    @property
    def scratch(self) -> Path:
        return self.store.scratch

    def keep(self, path: Path, key: str) -> None:
        self.store.keep(path, key)

    def has(self, key: str) -> bool:
        return self.store.has(key)

    def open(self, key: str) -> BinaryIO:
        return self.store.open(key)

    def move(self, key: str, to: str) -> None:
        self.happens()
        self.store.move(key, to)

    def drop(self, keys: Iterable[str]) -> None:
        self.happens()
        self.store.drop(keys)

    def listed(self, prefix: str) -> Iterator[Listed]:
        return self.store.listed(prefix)


def swept(office: Office, blobs: Blobs | None = None, **span: float) -> Swept:
    """Look at the whole store so much later."""
    held = {found.key.removeprefix(UNNAMED)[:3] for found in office.parts.blobs.store.listed("")}
    folders = sorted(folder for folder in held if folder.endswith("/"))
    return contents.sweep(blobs or office.parts.blobs, days=DAYS, now=office.now + timedelta(**span), folders=folders)


def left(office: Office, content: bytes = PAPER) -> str:
    """Upload and drop again; give the hash of the content that is left."""
    document_id = office.paper("nguoinop", "floor_plan", content)
    sha256 = named(office, document_id)
    documents.unstage(office.viewer("nguoinop"), document_id)
    return sha256


def named(office: Office, document_id: str) -> str:
    (document,) = documents.staged(office.viewer("nguoinop"), [document_id])
    sha256 = document.sha256
    session().rollback()
    return sha256


def read(office: Office, document_id: str) -> bytes:
    session().rollback()
    _, stream = documents.download(office.viewer("nguoinop"), document_id, office.parts.blobs)
    with stream:
        return stream.read()


def test_a_content_that_nobody_names_goes_after_its_days_and_all_others_stay(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    blobs, kept = office.parts.blobs, office.paper("nguoinop", "floor_plan", pdf(20, seed=2))
    shared, twice = left(office, pdf(20, seed=3)), office.paper("nguoinop2", "floor_plan", pdf(20, seed=3))
    gone = left(office)
    with blobs.spooled(BytesIO(b"of an administrator"), limit=100) as spooled:
        blobs.store.keep(spooled.path, "ab/README")
    assert swept(office, days=6) == Swept()
    with caplog.at_level(logging.INFO):
        assert swept(office, days=8) == Swept(set_aside=1)
    assert "1 set aside" in caplog.text
    assert blobs.read(gone) == PAPER
    assert swept(office, hours=20) == Swept()
    assert swept(office, days=8) == Swept(deleted=1)
    assert swept(office, days=30) == Swept()
    with pytest.raises(NotFound):
        blobs.open(gone)
    assert read(office, kept) == pdf(20, seed=2)
    assert blobs.has(shared)
    assert documents.staged(office.viewer("nguoinop2"), [twice])
    assert blobs.store.has("ab/README")


def test_an_upload_of_the_same_bytes_wins_at_whatever_moment_it_comes(office: Office) -> None:
    content = {"aside": pdf(20, seed=4), "moved": pdf(20, seed=5), "deleted": pdf(20, seed=6)}
    for each in content.values():
        left(office, each)
    ids: dict[str, list[str]] = {}

    def come(name: str) -> Blobs:
        def happens() -> None:
            if name not in ids:
                ids[name] = [office.paper("nguoinop", "floor_plan", content[name])]

        return Blobs(Meanwhile(office.parts.blobs.store, happens))

    swept(office, come("moved"), days=8)  # looked up, then uploaded again, then set aside
    assert read(office, ids["moved"][0]) == content["moved"]
    ids["aside"] = [office.paper("nguoinop", "floor_plan", content["aside"])]  # uploaded while it is set aside
    swept(office, come("deleted"), days=8)  # looked up, then uploaded again, then deleted
    assert swept(office, days=40) == Swept()
    for name, (document_id,) in ids.items():
        assert read(office, document_id) == content[name], name
        assert office.parts.blobs.has(named(office, document_id)), name


def test_a_document_that_is_committed_after_the_look_gets_its_content_back(office: Office) -> None:
    """The content is kept, the commit that names it comes only after the content was set aside."""
    blobs = office.parts.blobs
    sha256 = left(office)
    assert swept(office, days=8).set_aside == 1
    document_id = office.paper("nguoinop", "floor_plan", PAPER)
    blobs.store.drop([key_of(sha256)])  # as if the upload had found the content there, and not kept it again
    assert read(office, document_id) == PAPER
    assert swept(office, hours=1) == Swept(taken_back=1)
    assert blobs.has(sha256)
    assert not blobs.store.has(UNNAMED + key_of(sha256))


def test_papers_of_drafts_and_dossiers_stay_however_old(office: Office) -> None:
    viewer = office.viewer("nguoinop")
    paper = office.paper("nguoinop", "floor_plan", PAPER)
    drafts.begin(viewer, PROCEDURE, {}, now=office.now, document_ids=[paper])
    filed = office.file("nguoinop2")
    assert swept(office, days=3_000) == Swept()
    assert read(office, paper) == PAPER
    for document in documents.of_dossier(office.viewer("nguoinop2"), filed):
        assert not document.sha256 or office.parts.blobs.has(document.sha256)


def test_pieces_and_scratch_files_of_nobody_go_and_those_under_way_stay(office: Office) -> None:
    viewer, intake, blobs = office.viewer("nguoinop"), office.parts.intake, office.parts.blobs
    wanted = Wanted(name="a.pdf", component="floor_plan", length=len(PAPER))
    upload = uploads.begin(viewer, wanted, intake, now=office.now)
    uploads.append(viewer, upload.id, 0, BytesIO(PAPER[:100]), intake, now=office.now)
    for key in (f"pieces/{upload.id}/100-killed", "pieces/0-of-nobody/0-1"):
        with blobs.spooled(BytesIO(b"kept, and then the process was killed"), limit=100) as spooled:
            blobs.store.keep(spooled.path, key)
    old, fresh = (blobs.store.scratch / f"{SCRATCH}{name}" for name in ("old", "fresh"))
    for path in (old, fresh):
        path.write_bytes(b"half of a file")
    long_ago = (office.now - timedelta(days=3)).timestamp()
    os.utime(old, (long_ago, long_ago))
    assert swept(office) == Swept()
    assert (old.exists(), fresh.exists()) == (False, True)
    assert swept(office, days=3) == Swept(pieces=2)
    assert len(list(blobs.store.listed("pieces/"))) == 1
    uploads.append(viewer, upload.id, 100, BytesIO(PAPER[100:]), intake, now=office.now)
    document = uploads.finish(viewer, upload.id, intake, now=office.now)
    assert read(office, document.id) == PAPER


def test_a_day_of_runs_sees_all_of_the_store_and_each_only_a_little_of_it() -> None:
    runs = [contents.turn(START + timedelta(minutes=10 * run)) for run in range(144)]
    assert {folder for run in runs for folder in run} == {f"{number:02x}/" for number in range(256)}
    assert {len(run) for run in runs} == {2}


def test_nothing_is_set_aside_where_no_days_are_set(office: Office) -> None:
    sha256, later = left(office), office.now + timedelta(days=3_000)
    assert contents.sweep(office.parts.blobs, days=0, now=later, folders=[f"{sha256[:2]}/"]) == Swept()
    assert office.parts.blobs.has(sha256)


def test_a_database_deletes_nothing_from_the_store_of_another(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    sha256 = left(office)
    swept(office)  # the store is marked
    session().execute(update(Lease).values(holder="somebody else"))  # as another database would have it
    session().commit()
    assert swept(office, days=DAYS + 1) == Swept()
    assert swept(office, days=DAYS + 3) == Swept()
    assert office.parts.blobs.has(sha256)
    assert "belongs to another database" in caplog.text
