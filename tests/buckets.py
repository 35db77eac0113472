"""A server of S3 for tests: moto behind real HTTP, in a thread of this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    import pytest

KEYS = {"AWS_ACCESS_KEY_ID": "office", "AWS_SECRET_ACCESS_KEY": "of the tests"}
_numbers = count(1)


@dataclass(frozen=True)
class Buckets:
    """The server's address."""

    url: str

    @staticmethod
    @contextmanager
    def served() -> Iterator[Buckets]:
        """Serve until the end of the block."""
        from moto.server import ThreadedMotoServer

        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        try:
            yield Buckets(f"http://{host}:{port}")
        finally:
            server.stop()

    @staticmethod
    def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
        """Say who we are, as an operator does: by the environment."""
        for name, value in KEYS.items():
            monkeypatch.setenv(name, value)

    def new(self) -> str:
        """Make an empty bucket and give its name."""
        name = f"documents-{next(_numbers)}"
        client = boto3.client(
            "s3", endpoint_url=self.url, region_name="us-east-1",
            aws_access_key_id="office", aws_secret_access_key="of the tests",
        )  # fmt: skip
        client.create_bucket(Bucket=name)
        return name
