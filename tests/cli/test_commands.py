"""flask commands: they print what was asked for and nothing else, and say what is wrong with exit code 1."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from dev.machine import ROOT
from services import people
from services.passwords import DEMO_PASSWORD
from services.setup import DEMO_PEOPLE, SHIPPED
from storage.database import session, unit_of_work
from storage.tables import Definition, LogEvent, Person
from tests.databases import Place
from tests.office import Office
from tests.server import Server
from tests.services.bundles import one_task

DATA = Path(__file__).parents[1] / "clock" / "data"
GOOD = "một mật khẩu dài"


def run(app: Flask, *words: str, given: str = "") -> Result:
    return app.test_cli_runner().invoke(args=words, input=given)


@pytest.fixture
def inside(demo_app: Flask) -> Iterator[Office]:
    with demo_app.app_context():
        yield Office(parts=demo_app.extensions["motcua"])


def rows(model: type[Any]) -> int:
    session().rollback()
    return session().execute(select(func.count()).select_from(model)).scalar_one()


def test_setting_up_a_demo_again_changes_nothing(demo_app: Flask) -> None:
    with demo_app.app_context():
        before = (rows(Person), rows(Definition), rows(LogEvent))
    done = run(demo_app, "setup", "--demo")
    assert done.exit_code == 0
    assert done.stderr == ""
    printed = done.stdout.splitlines()
    assert printed[0].endswith(DEMO_PASSWORD)
    assert [line.split()[0] for line in printed[1:]] == [person.username for person in DEMO_PEOPLE]
    with demo_app.app_context():
        assert (rows(Person), rows(Definition), rows(LogEvent)) == before


def test_a_real_office_begins_with_its_first_administrator(app: Flask) -> None:
    words = ("setup", "--no-procedures", "--username", "admin", "--name", "Quản trị")
    asked = run(app, *words, given=f"{GOOD}\nsomething else\n{GOOD}\n{GOOD}\n")
    assert asked.exit_code == 0
    again = run(app, *words, "--password", GOOD)
    assert again.exit_code == 1
    assert "administrator already" in again.stderr
    with app.app_context():
        assert people.sign_in("admin", GOOD, device="x", now=datetime.now().astimezone(), allow_demo=False)
        assert rows(Person) == 1


def test_a_token_is_all_that_is_printed(demo_sqlite: Place) -> None:
    server = Server(data=demo_sqlite.data, database_url=demo_sqlite.database_url)
    words = ("people", "token", "robot", "--create", "--role", "admin", "--role", "operator")
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", *words],
        cwd=ROOT, env=server.environment, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    (token,) = done.stdout.splitlines()
    assert token.startswith("mt_")
    from app import create_app
    from tests.databases import settings_of

    with create_app(settings_of(demo_sqlite)).app_context():
        viewer = people.viewer_of_token(token, now=datetime.now(UTC))
        assert viewer is not None
        assert (viewer.username, sorted(viewer.roles)) == ("robot", ["admin", "operator"])


def test_a_token_for_nobody_is_refused_in_words(demo_app: Flask) -> None:
    done = run(demo_app, "people", "token", "nobody")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "There is nothing here" in done.stderr
    wrong = run(demo_app, "people", "token", "robot", "--create", "--role", "king", "--group", "nowhere")
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert "- roles:" in wrong.stderr
    assert "- groups:" in wrong.stderr


def test_people_are_managed_from_the_shell(demo_app: Flask, inside: Office) -> None:
    assert run(demo_app, "people", "unit", "lab", "Phòng thử", "Lab").exit_code == 0
    assert run(demo_app, "people", "group", "testers", "Nhóm thử", "--agency-wide").exit_code == 0
    words = (
        "people",
        "create",
        "lan",
        "--name",
        "Lê Thị Lan",
        "--unit",
        "lab",
        "--group",
        "testers",
        "--role",
        "officer",
    )
    assert run(demo_app, *words, "--password", GOOD).exit_code == 0
    assert run(demo_app, *words, "--password", GOOD).exit_code == 1
    listed = run(demo_app, "people", "list").stdout.splitlines()
    assert "lan\tactive\tofficer\ttesters\tlab\tLê Thị Lan" in listed
    now = datetime.now().astimezone()
    assert people.sign_in("lan", GOOD, device="x", now=now, allow_demo=True)
    assert run(demo_app, "people", "deactivate", "lan").exit_code == 0
    inside.look()
    assert not run(demo_app, "people", "list").stdout.count("lan\tactive")
    assert run(demo_app, "people", "activate", "lan").exit_code == 0
    assert run(demo_app, "people", "password", "lan", "--password", "another password").exit_code == 0
    inside.look()
    assert people.sign_in("lan", "another password", device="x", now=now, allow_demo=True)
    short = run(demo_app, "people", "password", "lan", "--password", "short")
    assert short.exit_code == 1
    assert "10" in short.stderr


def test_clock_compute_answers_every_vector_without_a_database(tmp_path: Path) -> None:
    server = Server(data=tmp_path / "nothing here yet")
    vectors = DATA / "vectors.json"
    printed = server.flask("clock", "compute", "--calendar", str(DATA / "calendar.json"), str(vectors))
    got = [json.loads(line) for line in printed.splitlines()]
    cases = json.loads(vectors.read_bytes())["cases"]
    assert [answer["id"] for answer in got] == [case["id"] for case in cases]
    for answer, case in zip(got, cases, strict=True):
        assert instants(answer["got"]) == instants(case["expected"]), case["id"]
    assert len(cases) == 188


def instants(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: instants(item) for key, item in value.items()}
    if isinstance(value, list):
        return [instants(item) for item in value]
    return datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else value


def test_clock_compute_uses_the_agencys_calendar_and_says_what_it_cannot_read(demo_app: Flask, tmp_path: Path) -> None:
    cases = [{"id": "a", "received_at": "2026-08-20T08:55:00+07:00", "limit": {"amount": 5, "unit": "working_days"},
              "events": [], "asked_at": "2026-08-20T09:00:00+07:00"}]  # fmt: skip
    path = tmp_path / "cases.json"
    path.write_text(json.dumps({"cases": cases}))
    done = run(demo_app, "clock", "compute", str(path))
    assert (done.exit_code, done.stderr) == (0, "")
    assert json.loads(done.stdout)["got"]["due_at"].startswith("2026-08-2")
    for content in ("not JSON", '{"cases": [7]}', '{"cases": 7}', '{"cases": [{"id": "x"}]}'):
        path.write_text(content)
        done = run(demo_app, "clock", "compute", str(path))
        assert done.exception is None or isinstance(done.exception, SystemExit), content
        assert "error" in done.stdout or (done.exit_code == 1 and done.stderr), content


def test_log_verify_ends_with_its_finding(demo_app: Flask, inside: Office) -> None:
    inside.accepted()
    inside.look()
    sound = run(demo_app, "log", "verify")
    assert sound.exit_code == 0
    assert sound.stdout.strip().endswith("0 broken")
    assert sound.stderr == ""
    with unit_of_work() as current:
        event = current.scalars(select(LogEvent).where(LogEvent.kind == "dossier.filed")).one()
        event.actor = "somebody else"
    broken = run(demo_app, "log", "verify")
    assert broken.exit_code == 1
    assert event.chain in broken.stderr
    assert broken.stdout.strip().endswith("1 broken")


def test_procedures_are_checked_and_deployed_from_folders_files_and_zips(demo_app: Flask, tmp_path: Path) -> None:
    folder = SHIPPED / "imported-cosmetics"
    assert run(demo_app, "procedures", "check", str(folder)).exit_code == 0
    same = run(demo_app, "procedures", "deploy", str(folder))
    assert same.exit_code == 0
    assert all(" 1 published " in line for line in same.stdout.splitlines())
    for name, content in one_task("fresh").items():
        (tmp_path / name).write_bytes(content)
    draft = run(demo_app, "procedures", "deploy", "--draft", str(tmp_path / "fresh.bpmn"))
    assert draft.stdout.startswith("process fresh 1 draft ")
    with zipfile.ZipFile(tmp_path / "fresh.zip", "w") as archive:
        archive.write(tmp_path / "fresh.bpmn", "fresh.bpmn")
    published = run(demo_app, "procedures", "deploy", str(tmp_path / "fresh.zip"))
    assert published.stdout == draft.stdout.replace("draft", "published")


def test_what_cannot_run_is_refused_with_its_findings(demo_app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "bad.bpmn"
    path.write_bytes(one_task("bad", motcua__form="missing.form")["bad.bpmn"])
    checked, deployed = (
        run(demo_app, "procedures", "check", str(path)),
        run(demo_app, "procedures", "deploy", str(path)),
    )
    assert (checked.exit_code, deployed.exit_code, deployed.stdout) == (1, 1, "")
    for said in (checked.stdout, deployed.stderr):
        assert "missing.form" in said
        assert said.startswith("error")
    path.write_bytes(b"<!DOCTYPE x><x/>")
    for command in ("check", "deploy"):
        done = run(demo_app, "procedures", command, str(path))
        assert done.exit_code == 1
        assert isinstance(done.exception, SystemExit)


def test_jobs_once_does_what_is_due(demo_app: Flask, inside: Office) -> None:
    inside.accepted()
    inside.look()
    done = run(demo_app, "jobs", "once")
    assert done.exit_code == 0
    assert done.stdout.strip().endswith("sent")
    assert " 0 sent" not in done.stdout
