"""What a fresh machine relies on: lock files, the words of make, the script of CI."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from dev import lock, setup
from dev.machine import ROOT, SetupFailed, call


@pytest.mark.parametrize("source", lock.ASKED_FOR)
def test_every_requirement_asked_for_is_pinned_with_hashes(source: str) -> None:
    asked = {
        re.split(r"[\[=<>~! ]", line)[0].lower()
        for line in (ROOT / source).read_text().splitlines()
        if line[:1] not in "#-"
    }
    locked = (ROOT / source).with_suffix(".txt").read_text()
    pinned = {
        match[1].lower() for match in re.finditer(r"^([\w.-]+)(?:\[.*\])?==\S+ .*\\\n\s+--hash=sha256:", locked, re.M)
    }
    assert asked - {""} <= pinned


@pytest.mark.parametrize("source", lock.ASKED_FOR)
def test_no_python_lock_names_a_host(source: str) -> None:
    lock.refuse_hosts(Path(source).with_suffix(".txt"))


def test_the_browser_lock_names_no_host_and_hashes_every_package() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    unsafe = [name for name, entry in packages.items() if name and ("resolved" in entry or "integrity" not in entry)]
    assert unsafe == []


def test_a_lock_that_names_a_registry_is_refused(tmp_path: Path) -> None:
    bad = tmp_path / "requirements.txt"
    bad.write_text("--index-url https://mirror.test/simple\nflask==3\n")
    with pytest.raises(SetupFailed, match="names a registry's host"):
        lock.refuse_hosts(bad)


def test_make_alone_prints_what_every_word_does() -> None:
    # Without the variables of an outer make, which would change what this one prints.
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "MFLAGS"
    }
    said = subprocess.run(["make"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.M)
    assert targets
    assert re.findall(r"^make (\w+) +\S", said, re.M) == targets[1].split()


def test_ci_runs_the_checks_and_the_tests() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert "make check" in script
    assert "make test" in script
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_uv_is_taken_in_the_pinned_version() -> None:
    assert re.search(r"^uv==[\d.]+ ", (ROOT / "requirements-dev.txt").read_text(), re.M)


def test_a_step_of_the_set_up_that_fails_shows_what_it_printed() -> None:
    with pytest.raises(SetupFailed, match="no such thing"):
        call("sh", "-c", "echo no such thing >&2; exit 3")


def test_a_stamp_changes_with_names_and_contents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    (tmp_path / "a").write_text("1")
    first = setup.fingerprint([tmp_path])
    (tmp_path / "a").write_text("2")
    second = setup.fingerprint([tmp_path])
    (tmp_path / "a").rename(tmp_path / "b")
    assert len({first, second, setup.fingerprint([tmp_path])}) == 3
