"""Virus scanners: one contract over the fake, our client of clamd against a fake daemon, and the real daemon."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest

from connectors import clamd
from connectors.base import Scanner, ScannerSilent, Verdict
from connectors.clamd import Clamd
from dev.machine import clamd as find_clamd
from tests.fakes import FakeScanner
from tests.lacking import missing
from tests.server import free_port

VIRUS = b"this is a VIRUS of the tests\n"


@dataclass
class FakeDaemon:
    """Speaks clamd's INSTREAM; `says` replaces its answer, None hangs up, and it can be slow or stop listening."""

    says: Callable[[bytes], bytes | None]
    hears_at_most: int = 1 << 40
    slow: float = 0
    heard: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.server.getsockname()[1]}"
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        stream = connection.makefile("rb")
        assert stream.read(10) == b"zINSTREAM\0"
        content = b""
        while (size := int.from_bytes(stream.read(4), "big")) and len(content) <= self.hears_at_most:
            content += stream.read(size)
        self.heard.append(content)
        time.sleep(self.slow)
        said = self.says(content)
        if said is not None:
            connection.sendall(said)


def ordinary(content: bytes) -> bytes:
    return b"stream: Test.Virus FOUND\0" if b"VIRUS" in content else b"stream: OK\0"


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The real daemon with a single signature of ours, as no database can be fetched here."""
    program = find_clamd()
    if program is None:
        missing("ClamAV is missing (apt install clamav-daemon).")
    folder = tmp_path_factory.mktemp("clamav")
    folder.chmod(0o755)
    database, port = folder / "database", free_port()
    database.mkdir()
    signature = subprocess.run(["sha256sum"], input=VIRUS, capture_output=True, check=True).stdout.split()[0].decode()
    (database / "test.hsb").write_text(f"{signature}:{len(VIRUS)}:Test.Virus:73\n")
    settings = folder / "clamd.conf"
    settings.write_text(
        f"DatabaseDirectory {database}\nTCPSocket {port}\nTCPAddr 127.0.0.1\nForeground yes\nUser root\n"
        f"LogFile {folder / 'log'}\nStreamMaxLength 2M\n"
    )
    daemon = subprocess.Popen(
        [program, "--config-file", settings], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"127.0.0.1:{port}"
    until = time.monotonic() + 60
    while time.monotonic() < until and daemon.poll() is None and not answers(address):
        time.sleep(0.1)
    if not answers(address):
        missing(
            f"clamd does not start here: {(folder / 'log').read_text()[-300:] if (folder / 'log').exists() else ''}"
        )
    yield address
    daemon.terminate()
    daemon.wait(20)


def answers(address: str) -> bool:
    try:
        return Clamd(address=address).scan(BytesIO(b"x")) == Verdict()
    except ScannerSilent:
        return False


@pytest.fixture(params=["fake", "fake daemon", "clamd"])
def scanner(request: pytest.FixtureRequest) -> Scanner:
    if request.param == "fake":
        return FakeScanner(most=2 << 20)
    if request.param == "clamd":
        return Clamd(address=request.getfixturevalue("real"))
    limited = 2 << 20

    def says(content: bytes) -> bytes:
        return b"INSTREAM size limit exceeded. ERROR\0" if len(content) > limited else ordinary(content)

    return Clamd(address=FakeDaemon(says, hears_at_most=limited).address)


def test_what_is_clean_is_clean_and_a_virus_has_its_name(scanner: Scanner) -> None:
    assert scanner.scan(BytesIO(b"%PDF-1.4 a paper")) == Verdict()
    assert scanner.scan(BytesIO(b"%PDF-1.4 " + b"x" * (1 << 20))) == Verdict()
    assert scanner.scan(BytesIO(VIRUS)).found.startswith("Test.Virus")
    assert scanner.check_config() is None


def test_what_is_larger_than_it_takes_is_not_clean(scanner: Scanner) -> None:
    assert scanner.scan(BytesIO(b"x" * (6 << 20))).is_too_large


@pytest.mark.parametrize(
    "answer",
    [None, b"", b"\0", b"stream: OK MAYBE\0", b"stream: \0", b"Read timed out. ERROR\0", b"OK" * 4000, b"\xff\xfe\0"],
    ids=["hangs up", "nothing", "empty", "more", "blank", "error", "endless", "no text"],
)  # fmt: skip
def test_nothing_but_a_clear_answer_is_clean(answer: bytes | None) -> None:
    with pytest.raises(ScannerSilent):
        Clamd(address=FakeDaemon(lambda _: answer).address).scan(BytesIO(b"x"))


def test_a_daemon_that_takes_too_long_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clamd, "ANSWER_SECONDS", 0.2)
    daemon = FakeDaemon(ordinary, slow=1)
    with pytest.raises(ScannerSilent):
        Clamd(address=daemon.address).scan(BytesIO(b"x"))


@pytest.mark.parametrize("address", ["127.0.0.1:9", "/nowhere/clamd.ctl", "host.invalid:3310"])
def test_a_daemon_that_is_not_there_is_silent(address: str) -> None:
    with pytest.raises(ScannerSilent):
        Clamd(address=address).scan(BytesIO(b"x"))


def test_the_whole_stream_is_heard_in_order() -> None:
    daemon = FakeDaemon(ordinary)
    content = bytes(range(256)) * 1000
    Clamd(address=daemon.address).scan(BytesIO(content))
    assert daemon.heard == [content]


def test_a_socket_of_the_machine_is_spoken_to(tmp_path: Path) -> None:
    path = tmp_path / "clamd.ctl"
    daemon = FakeDaemon.__new__(FakeDaemon)
    daemon.says, daemon.hears_at_most, daemon.slow, daemon.heard = ordinary, 1 << 40, 0, []
    daemon.server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    daemon.server.bind(str(path))
    daemon.server.listen()
    Thread(target=daemon._serve, daemon=True).start()
    assert Clamd(address=str(path)).scan(BytesIO(b"VIRUS")).found == "Test.Virus"


@pytest.mark.parametrize(
    "address", ["", "localhost", "localhost:", "localhost:0", "localhost:99999", ":3310", "relative/x"]
)
def test_an_address_that_is_none_is_told_at_the_start(address: str) -> None:
    assert "MOTCUA_CLAMD" in (Clamd(address=address).check_config() or "")
