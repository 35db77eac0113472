"""A backup is made while people work, proved, put into an empty place, and work goes on there from that moment."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from services import dossiers, log
from storage.database import session
from storage.tables import Document, Dossier
from tests.conftest import _databases
from tests.databases import Place, settings_of
from tests.office import PAPER, Office
from tests.server import Server


@pytest.fixture
def office(demo_app: Flask) -> Iterator[Office]:
    with demo_app.app_context():
        yield Office(parts=demo_app.extensions["motcua"])


@pytest.fixture
def empty(database: str, tmp_path: Path) -> Place:
    """An empty database, not even migrated, and no documents."""
    data = tmp_path / "restored"
    if database == "sqlite":
        return Place(data, f"sqlite:///{data / 'motcua.sqlite'}")
    return Place(data, _databases(database).run.cluster.create("motcua_restored"))


def flask(place: Place, *words: str) -> tuple[int, str, str]:
    """Run a command on a place, apart from the application that the test is inside of."""
    runner = create_app(settings_of(place)).test_cli_runner()
    done = Context().run(runner.invoke, args=words)
    return done.exit_code, done.stdout.strip(), done.stderr


def made(place: Place, target: Path) -> Path:
    code, said, problem = flask(place, "backup", "make", str(target))
    assert (code, problem) == (0, "")
    return Path(said)


def test_a_backup_made_while_people_work_is_put_back_and_work_goes_on(
    office: Office,
    demo_app: Flask,
    demo_place: Place,
    empty: Place,
    tmp_path: Path,
    start_server: Callable[..., Server],
) -> None:
    dossier = office.accepted()

    def files(number: int) -> str:
        with demo_app.app_context():
            return Office(parts=office.parts).file().code

    with ThreadPoolExecutor(2) as pool:
        filed = [pool.submit(files, number) for number in range(12)]
        backup = made(demo_place, tmp_path / "backups")
        codes = {each.result() for each in filed}
    office.look()
    office.step(dossier, "truongphong", "assign", "assign")

    code, said, _ = flask(demo_place, "backup", "check", str(backup))
    assert (code, said.split(":")[0]) == (0, "whole")
    code, said, problem = flask(empty, "backup", "restore", str(backup))
    assert (code, problem) == (0, "")
    assert said.endswith("0 broken")

    restored = create_app(settings_of(empty))
    with restored.app_context():
        there = Office(parts=restored.extensions["motcua"])
        found = {row.code for row in session().scalars(select(Dossier))}
        assert dossier.code in found
        assert found <= {dossier.code, *codes}
        for row in session().scalars(select(Document).where(Document.sha256 != "")).all():
            content = there.parts.blobs.read(row.sha256)
            assert content == PAPER or row.origin == "issued"
        again = dossiers.readable(there.viewer("motcua"), dossier.id)
        assert [task.element_id for task in there.open(again).values()] == ["assign"]
        assert there.file().code not in found  # numbers go on where they stood
        assert log.verify().breaks == ()
        session().close()
        restored.extensions["sqlalchemy"].engine.dispose()
    assert start_server(empty).answers("/health/ready")


def test_what_is_missing_or_changed_is_found_before_anything_is_put_back(
    office: Office, demo_place: Place, empty: Place, tmp_path: Path
) -> None:
    office.accepted()
    whole = made(demo_place, tmp_path / "backups")
    content = next(path for path in (tmp_path / "backups" / "documents").rglob("*") if path.is_file())
    spoilers: tuple[Callable[[Path], object], ...] = (_cut, _changed, Path.unlink)
    for number, spoil in enumerate(spoilers):
        for name in ("database", "documents", content):
            copy = tmp_path / f"copy{number}" / Path(name).name
            shutil.copytree(tmp_path / "backups", copy)
            broken = copy / whole.name / name if isinstance(name, str) else copy / name.relative_to(whole.parent)
            spoil(broken)
            code, said, problem = flask(empty, "backup", "check", str(copy / whole.name))
            assert (code, said) == (1, "")
            assert f"{broken.name} is missing or was changed." in problem
    assert flask(empty, "backup", "restore", str(copy / whole.name))[0] == 1
    assert flask(empty, "backup", "restore", str(whole))[0] == 0


def test_a_backup_goes_only_into_an_empty_database_of_its_kind(
    office: Office, demo_place: Place, database: str, tmp_path: Path
) -> None:
    office.file()
    backup = made(demo_place, tmp_path / "backups")
    code, _, problem = flask(demo_place, "backup", "restore", str(backup))
    assert (code, "The database is not empty" in problem) == (1, True)
    said = json.loads((backup / "manifest").read_text())
    for change, why in (({"kind": "other"}, f"the database here is {database}"), ({"revision": "x"}, "is newer than")):
        (backup / "manifest").write_text(json.dumps(said | change))
        code, _, problem = flask(demo_place, "backup", "restore", str(backup))
        assert (code, why in problem) == (1, True), problem
    assert "is not a backup" in flask(demo_place, "backup", "restore", str(tmp_path))[2]


def test_the_second_backup_of_a_folder_keeps_only_new_documents(
    office: Office, demo_place: Place, tmp_path: Path
) -> None:
    office.paper("nguoinop", "floor_plan", b"%PDF-1.4 one")
    first = made(demo_place, tmp_path / "backups")
    office.paper("nguoinop", "floor_plan", b"%PDF-1.4 two")
    while (second := flask(demo_place, "backup", "make", str(tmp_path / "backups")))[0]:
        assert "There is a backup" in second[2]  # two in one second
    counts = [len((folder / "documents").read_text().split()) for folder in (first, Path(second[1]))]
    assert counts == [1, 2]
    assert len([path for path in (tmp_path / "backups" / "documents").rglob("*") if path.is_file()]) == 2


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _changed(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
