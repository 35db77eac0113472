"""docs/howto/scale-out.md: its commands are run, its units and its compose file are held against them."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from config import from_environment
from dev.machine import ROOT
from tests.lacking import missing
from tests.postgres import Cluster, PostgresMissing, programs
from tests.server import free_port

PAGE = (ROOT / "docs" / "howto" / "scale-out.md").read_text()
DEPLOY = ROOT / "deploy"


def block(name: str) -> str:
    """Give the commands of the page under this name."""
    (found,) = re.findall(rf"^```sh {name}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    return str(found)


@dataclass
class Town:
    """A machine on which the page is followed: another database, folder and port than the page names."""

    cluster: Cluster
    data: Path
    port: int

    @property
    def environment(self) -> dict[str, str]:
        given = dict(line.split("=", 1) for line in lines(DEPLOY / "motcua.env"))
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
        ours = {
            "MOTCUA_DATA": str(self.data),
            "MOTCUA_DATABASE_URL": self.cluster.url("town", role="town"),
            "MOTCUA_SMTP_URL": "",
            "PATH": f"{programs()}:{kept['PATH']}",
            "PGHOST": str(self.cluster.folder),
            "PGPORT": self.cluster.port,
            "PGUSER": "postgres",
        }
        return {**kept, **given, **ours}

    def run(self, commands: str, answers: str = "") -> str:
        done = subprocess.run(
            ["bash", "-euc", self.here(commands)],
            cwd=ROOT, env=self.environment, input=answers, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, commands: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(["bash", "-euc", f"exec {self.here(commands).strip()}"], cwd=ROOT, env=self.environment)

    def here(self, commands: str) -> str:
        return commands.replace(":8000", f":{self.port}")


def lines(path: Path) -> Iterator[str]:
    return (line for line in path.read_text().splitlines() if line and not line.startswith("#"))


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    folder = Path(tempfile.mkdtemp(prefix="motcua-town-"))
    folder.chmod(0o711)
    cluster = Cluster(folder / "pg")
    try:
        cluster.start()
    except PostgresMissing as lacking:
        shutil.rmtree(folder, ignore_errors=True)
        missing(str(lacking))
    yield Town(cluster, tmp_path, free_port())
    cluster.stop()
    shutil.rmtree(folder, ignore_errors=True)


def test_who_follows_the_page_has_web_processes_and_a_worker(town: Town) -> None:
    if shutil.which("curl") is None:
        missing("curl is missing (apt install curl).")
    asked = block("database").replace("motcua", "town")
    town.run(asked, answers="secret\nsecret\n")
    assert len(town.run(block("secret")).strip()) >= 32
    prepared = town.run(block("prepare"), answers=2 * "một mật khẩu đủ dài 2026\n")
    assert "biosafety-level-3" in prepared
    processes = [town.start(block("web")), town.start(block("worker"))]
    try:
        wait_for(f"http://127.0.0.1:{town.port}/health/ready", '"workers":1')
        assert "motcua_workers 1.0" in town.run(block("health"))
    finally:
        for process in processes:
            process.terminate()
        assert [process.wait(60) for process in processes] == [0, 0]


def wait_for(address: str, words: str, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if words in answer.read().decode().replace(" ", ""):
                    return
        except OSError:
            pass
        assert time.monotonic() < until, f"{address} never said {words}"
        time.sleep(0.1)


def test_the_units_are_understood_by_systemd(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        missing("systemd-analyze is missing (apt install systemd).")
    for unit in (DEPLOY / "systemd").iterdir():  # as they would stand on a machine that has the folder and the user
        text = re.sub(r"^(User|Group)=motcua$", r"\1=daemon", unit.read_text(), flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(text.replace("/opt/motcua", str(ROOT)))
    command = shlex.split(block("units").replace("deploy/systemd/", f"{tmp_path}/"))
    done = subprocess.run([*command, "--man=no"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_a_unit_with_a_mistake_is_found(tmp_path: Path) -> None:
    """systemd-analyze ends well all the same: what it says is what counts."""
    if shutil.which("systemd-analyze") is None:
        missing("systemd-analyze is missing (apt install systemd).")
    wrong = tmp_path / "wrong.service"
    wrong.write_text("[Service]\nExecStart=/bin/true\nRestart=sometimes\n")
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", wrong], capture_output=True, text=True, check=False)
    assert "sometimes" in done.stderr


def test_units_page_and_containers_run_the_same() -> None:
    units = {path.name: path.read_text() for path in (DEPLOY / "systemd").iterdir()}
    started = {
        kind: shlex.split(re.search(r"^ExecStart=(.*)$", units[name], re.MULTILINE)[1])  # type: ignore[index]
        for kind, name in (("web", "motcua-web.service"), ("worker", "motcua-worker@.service"))
    }
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    for kind, words in started.items():
        program = Path(words[0]).name
        assert [program, *words[1:]] == [Path(word).name if i == 0 else word for i, word in enumerate(on_page(kind))]
        in_container = [word.replace("0.0.0.0", "127.0.0.1") for word in services[kind]["command"]]
        assert in_container == [program, *words[1:]]


def on_page(name: str) -> list[str]:
    return shlex.split(block(name))


def test_the_compose_file_migrates_before_it_serves_and_all_share_the_documents() -> None:
    found = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services = found["services"]
    assert set(services) == {"database", "migrate", "web", "worker"}
    assert services["migrate"]["command"] == ["flask", "db", "upgrade"]
    for name in ("web", "worker"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    for name in ("migrate", "web", "worker"):
        assert services[name]["volumes"] == ["documents:/srv/motcua"]
        assert services[name]["image"] == "motcua"
    assert set(found["volumes"]) == {"database", "documents"}
    built = services["migrate"]["build"]
    assert (DEPLOY / built["context"] / built["dockerfile"]).resolve() == DEPLOY / "Dockerfile"


def test_the_settings_file_is_one_that_the_server_takes() -> None:
    settings = from_environment(dict(line.split("=", 1) for line in lines(DEPLOY / "motcua.env")))
    assert settings.is_production
    assert settings.jobs == "distributed"
