"""HTTP as a browser speaks it, at a small cost: one kept connection, cookies, one request at a time (asyncio)."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

_PART = "X-Part: task\r\n"
CLOSED = (ConnectionError, asyncio.IncompleteReadError)


@dataclass(frozen=True, slots=True)
class Page:
    """What the server said."""

    status: int
    text: str
    location: str
    tag: str = ""


@dataclass(slots=True)
class Wire:
    """One person's browser."""

    port: int
    cookie: str
    """`name=value`: the session; the server's later ones take its place."""
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None
    bytes_read: int = field(default=0)

    async def get(self, path: str, *, known: str = "", beside: bool = False) -> Page:
        """Get a page; `known`: the tag of what one has already; `beside`: as the script puts it beside the list."""
        more = f"If-None-Match: {known}\r\n" if known else ""
        return await self._ask("GET", path, b"", more + _PART * beside)

    async def post(self, path: str, fields: Sequence[tuple[str, str]], *, beside: bool = False) -> Page:
        body = urlencode(fields).encode()
        more = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        return await self._ask("POST", path, body, more + _PART * beside)

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None

    async def _ask(self, method: str, path: str, body: bytes, more: str) -> Page:
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {self.cookie}\r\n"
        head += f"Accept-Encoding: gzip\r\n{more}"
        sent = f"{head}\r\n".encode() + body
        if self.writer is not None:
            try:
                return await self._answer(sent)
            except CLOSED:  # the server lets a quiet connection go
                self.close()
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return await self._answer(sent)

    async def _answer(self, sent: bytes) -> Page:
        if self.reader is None or self.writer is None:
            raise ConnectionResetError
        self.writer.write(sent)
        await self.writer.drain()
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])]
        said = dict(headers)
        body = await self._body(said)
        self.bytes_read += len(body)
        if said.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        for name, value in headers:
            if name == "set-cookie" and value.partition("=")[0] == self.cookie.partition("=")[0]:
                self.cookie = value.partition(";")[0]
        if said.get("connection", "").lower() == "close":
            self.close()
        status, text = int(lines[0].split()[1]), body.decode(errors="replace")
        return Page(status, text, said.get("location", ""), said.get("etag", ""))

    async def _body(self, said: dict[str, str]) -> bytes:
        if self.reader is None:
            raise ConnectionResetError
        if said.get("transfer-encoding", "").lower() != "chunked":
            return await self.reader.readexactly(int(said.get("content-length", "0")))
        found = b""
        while size := int((await self.reader.readuntil(b"\r\n")).split(b";")[0], 16):
            found += await self.reader.readexactly(size)
            await self.reader.readexactly(2)
        await self.reader.readuntil(b"\r\n")
        return found
