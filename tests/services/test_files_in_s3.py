"""An office with its documents in a bucket: uploaded in pieces, downloaded, printed, backed up, put back elsewhere."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from contextvars import Context
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from storage.database import session
from storage.tables import Document
from tests import conftest
from tests.buckets import Buckets
from tests.databases import Place, settings_of
from tests.files import pdf
from tests.office import Office
from tests.services.test_uploads import begun, finished, sent
from tests.web.visitor import Visitor

PAPER = pdf(9 << 20, seed=5)


def in_bucket(place: Place, address: str, endpoint: str) -> Flask:
    settings = settings_of(place)
    return create_app(replace(settings, blobs=address, s3_endpoint=endpoint, s3_region="us-east-1"))


def flask(app: Flask, *words: str) -> str:
    done = Context().run(app.test_cli_runner().invoke, args=words)
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def test_documents_in_a_bucket_are_like_any_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Buckets.credentials(monkeypatch)
    with Buckets.served() as buckets:
        address = f"s3://{buckets.new()}/office"
        app = in_bucket(conftest._clean_place("sqlite", tmp_path / "data", demo=True), address, buckets.url)
        with app.app_context():
            office = Office(parts=app.extensions["motcua"])
            upload = begun(office, PAPER)
            at = sent(office, upload, PAPER[: 5 << 20])
            sent(office, upload, PAPER[at:], at)
            document = finished(office, upload)
            document_id, sha256 = document.id, document.sha256
            dossier = office.accepted()
            office.tick(minutes=1)  # prints the slip
            papers = {d.origin: d for d in session().query(Document).filter_by(dossier_id=dossier.id)}
            assert papers["issued"].sha256
            wanted = {row.sha256 for row in session().query(Document) if row.sha256}
            session().close()
        assert not (tmp_path / "data" / "documents").exists()
        assert sha256 == hashlib.sha256(PAPER).hexdigest()
        visitor = Visitor(app)
        visitor.sign_in("nguoinop")
        got = visitor.get(f"/documents/{document_id}")
        assert got.data == PAPER
        assert int(got.headers["Content-Length"]) == len(PAPER)
        assert got.headers["Content-Disposition"].startswith("attachment")
        backup = flask(app, "backup", "make", str(tmp_path / "backups"))
        other = Place(tmp_path / "other", f"sqlite:///{tmp_path / 'other' / 'motcua.sqlite'}")
        flask(create_app(settings_of(other)), "backup", "restore", backup)
        kept = {path.name for path in (tmp_path / "other" / "documents").rglob("*") if path.is_file()}
        assert kept == wanted
        third = Place(tmp_path / "third", f"sqlite:///{tmp_path / 'third' / 'motcua.sqlite'}")
        again = in_bucket(third, f"s3://{buckets.new()}", buckets.url)
        flask(again, "backup", "restore", backup)
        with again.app_context():
            assert again.extensions["motcua"].blobs.read(sha256) == PAPER


def test_pages_say_so_while_the_bucket_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Buckets.credentials(monkeypatch)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    place = conftest._clean_place("sqlite", tmp_path / "data", demo=True)
    with Buckets.served() as buckets:
        app = in_bucket(place, f"s3://{buckets.new()}", buckets.url)
        with app.app_context():
            office = Office(parts=app.extensions["motcua"])
            document_id = office.paper("nguoinop", "floor_plan")
            session().close()
    visitor = Visitor(app)
    visitor.sign_in("nguoinop")
    assert visitor.get(f"/documents/{document_id}").status_code == 503
    assert visitor.get("/my/dossiers").status_code == 200
    metadata = "filename " + b64encode(b"a.pdf").decode()
    page = visitor.get("/account").text
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    headers = {"X-CSRFToken": token, "Tus-Resumable": "1.0.0"}
    begin = {**headers, "Upload-Length": "9", "Upload-Metadata": metadata}
    path = visitor.client.post("/uploads", headers=begin).headers["Location"]
    piece = {**headers, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    answer = visitor.client.patch(path, data=b"%PDF-1.4\n", headers=piece)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
