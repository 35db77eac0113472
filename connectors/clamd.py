"""Viruses: clamd, ClamAV's daemon, asked over its own protocol (INSTREAM): host:port, or the path of its socket."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from typing import BinaryIO

from connectors.base import ScannerSilent, Verdict

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 60.0
"""For one piece to be taken, and for the answer."""
ALTOGETHER_SECONDS = 180.0
CHUNK = 1 << 16
LONGEST_ANSWER = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Clamd:
    """The daemon at `address`."""

    address: str

    def scan(self, stream: BinaryIO) -> Verdict:
        """Send the whole stream from where it is; raise ScannerSilent where no clear answer comes."""
        until = time.monotonic() + ALTOGETHER_SECONDS
        try:
            with self._connected() as connection:
                connection.sendall(b"zINSTREAM\0")
                try:
                    while chunk := stream.read(CHUNK):
                        if time.monotonic() > until:
                            raise ScannerSilent("takes too long")
                        connection.sendall(len(chunk).to_bytes(4, "big") + chunk)
                    connection.sendall(b"\0\0\0\0")
                except (BrokenPipeError, ConnectionResetError):
                    pass  # it has heard enough: its answer says why
                answer = _answer(connection, until)
        except OSError as error:
            raise ScannerSilent(f"{self.address}: {error}") from error
        return _understood(answer)

    def check_config(self) -> str | None:
        """Say what is wrong with the address, or None. Whether it answers is seen when something is scanned."""
        if self.address.startswith("/"):
            return None
        host, _, port = self.address.rpartition(":")
        if host and port.isascii() and port.isdigit() and 0 < int(port) < 65536:
            return None
        return "MOTCUA_CLAMD must look like 127.0.0.1:3310 or /run/clamav/clamd.ctl."

    def _connected(self) -> socket.socket:
        if self.address.startswith("/"):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(CONNECT_SECONDS)
            try:
                connection.connect(self.address)
            except BaseException:
                connection.close()
                raise
        else:
            host, _, port = self.address.rpartition(":")
            connection = socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS)
        connection.settimeout(ANSWER_SECONDS)
        return connection


def _answer(connection: socket.socket, until: float) -> str:
    """Read up to the NUL that ends an answer."""
    said = b""
    while b"\0" not in said:
        if time.monotonic() > until or len(said) > LONGEST_ANSWER:
            raise ScannerSilent("gives no answer")
        more = connection.recv(1024)
        if not more:
            break
        said += more
    return said.split(b"\0")[0].decode("utf-8", "replace").strip()


def _understood(answer: str) -> Verdict:
    """`stream: OK`, `stream: Eicar-Test-Signature FOUND`, or an error; nothing but OK is clean."""
    words = answer.removeprefix("stream:").strip()
    if words == "OK":
        return Verdict()
    if words.endswith(" FOUND"):
        return Verdict(found=words.removesuffix(" FOUND"))
    if "size limit exceeded" in words:
        return Verdict(is_too_large=True)
    raise ScannerSilent(words or "closed the connection")
