"""Each import contract bites: offences are planted in a copy of the tree, at the top of a module and in a function."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from dev.facts import FOLDERS
from dev.machine import ROOT

OFFENCES = [
    ("layers", "services", "import web"),
    ("layers", "storage", "import services"),
    ("layers", "engine", "from services import permissions"),
    ("layers", "clock", "import forms"),
    ("layers", "forms", "import engine"),
    ("layers", "connectors", "import storage"),
    ("layers", "storage", "import clock"),
    ("layers", "bpmn", "import engine"),
    ("layers", "expressions", "import bpmn"),
    ("layers", "web", "import api"),
    ("layers", "jobs", "import cli"),
    ("parts", "forms", "import bpmn"),
    ("parts", "clock", "from bpmn import model"),
    ("plain-parts", "clock", "import expressions"),
    ("plain-parts", "storage", "import expressions"),
    ("pages", "web", "import engine"),
    ("pages", "web", "from storage import database"),
    ("pages", "web", "import storage.tables"),
    ("pages", "web", "import clock"),
    ("pages", "web", "from bpmn import model"),
    ("programs", "api", "import forms"),
    ("programs", "api", "import engine"),
    ("programs", "api", "import clock"),
    ("programs", "api", "from bpmn import model"),
    ("programs", "api", "from storage import database"),
    ("nobody-at-the-keyboard", "jobs", "import connectors"),
    ("nobody-at-the-keyboard", "cli", "from storage import database"),
    ("spiffworkflow", "services", "from SpiffWorkflow.bpmn import BpmnWorkflow"),
    ("spiffworkflow", "bpmn", "import SpiffWorkflow"),
    ("sql", "services", "from sqlalchemy import select"),
    ("sql", "web", "import flask_sqlalchemy"),
    ("sql", "jobs", "import psycopg"),
    ("flask", "services", "from flask import g"),
    ("flask", "storage", "import flask"),
    ("flask", "forms", "import flask_babel"),
    ("flask", "connectors", "import marshmallow"),
    ("pure", "engine", "import config"),
    ("pure", "clock", "import socket"),
    ("pure", "expressions", "import subprocess"),
    ("wiring", "services", "import app"),
    ("wiring", "web", "from tests import fakes"),
]

ALLOWED = [
    ("web", "from storage.queries import planted"),
    ("api", "import storage.queries"),
    ("web", "import forms"),
    ("engine", "import bpmn"),
    ("engine", "import SpiffWorkflow"),
    ("forms", "import expressions"),
    ("services", "import storage"),
    ("storage", "import sqlalchemy"),
    ("clock", "import errors"),
    ("web", "import flask"),
]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What import-linter says of a copy of the tree with everything planted in it, by contract."""
    copy = tmp_path_factory.mktemp("planted")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for folder in FOLDERS:
        for module in (ROOT / folder).rglob("*.py"):
            place = copy / module.relative_to(ROOT)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(module, place)
        (copy / folder).mkdir(exist_ok=True)
        (copy / folder / "__init__.py").touch()
    for name in ("bpmn/spiff", "storage/queries", "storage/tables"):
        (copy / name).mkdir(exist_ok=True)
        (copy / name / "__init__.py").touch()
    (copy / "storage/queries/planted.py").touch()
    for number, (_, folder, line) in enumerate(OFFENCES):
        (copy / folder / f"planted_{number}_top.py").write_text(f"{line}\n")
        (copy / folder / f"planted_{number}_inside.py").write_text(f"def hidden():\n    {line}\n")
    for number, (folder, line) in enumerate(ALLOWED):
        (copy / folder / f"allowed_{number}.py").write_text(f"{line}\n")
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    wide = {**os.environ, "COLUMNS": "300"}  # no line of the report is broken in two
    done = subprocess.run(command, cwd=copy, env=wide, capture_output=True, text=True, check=False)
    assert "Broken contracts" in done.stdout, done.stdout + done.stderr
    broken = done.stdout.partition("Broken contracts")[2]
    return {
        contract["id"]: section
        for contract in contracts()
        for section in re.findall(rf"^{re.escape(contract['name'])}\n-+\n(.*?)(?=^[^\n]+\n---|\Z)", broken, re.M | re.S)
    }


def contracts() -> list[dict[str, str]]:
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text())
    found: list[dict[str, str]] = configuration["tool"]["importlinter"]["contracts"]
    return found


@pytest.mark.parametrize("number", range(len(OFFENCES)), ids=[f"{o[0]}: {o[1]}: {o[2]}" for o in OFFENCES])
def test_a_planted_import_breaks_its_contract(report: dict[str, str], number: int) -> None:
    contract, folder, _ = OFFENCES[number]
    for place in ("top", "inside"):
        assert f"{folder}.planted_{number}_{place} ->" in report.get(contract, "")


def test_what_the_picture_allows_breaks_nothing(report: dict[str, str]) -> None:
    for number, (folder, line) in enumerate(ALLOWED):
        assert not [name for name, text in report.items() if f"{folder}.allowed_{number} ->" in text], line


def test_every_contract_has_a_planted_offence() -> None:
    assert {contract["id"] for contract in contracts()} == {contract for contract, _, _ in OFFENCES}


def test_every_folder_of_the_product_is_under_contract() -> None:
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text())
    roots = set(configuration["tool"]["importlinter"]["root_packages"])
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks", "dev"}
    assert roots == set(FOLDERS) >= packages
