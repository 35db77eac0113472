"""Contents in an S3 bucket (Amazon's, MinIO, Ceph, …): s3://bucket/prefix. Imported only where it is configured."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast
from urllib.parse import urlsplit

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from errors import NotFound, Unavailable
from storage.blobs import Listed
from texts import Text

T = TypeVar("T")
GONE = frozenset({"NoSuchKey", "404", "NotFound"})
AT_ONCE = 1000
"""Keys that S3 deletes in one call."""
BUFFER = 1 << 16
_NO_STORE = Text(
    "Kho tài liệu hiện không trả lời. Hãy thử lại sau ít phút.",
    "The store of documents does not answer now. Try again in a few minutes.",
)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket and a prefix of keys in it. Credentials are those of the ordinary AWS environment variables."""

    client: Any
    bucket: str
    prefix: str

    @property
    def scratch(self) -> Path:
        """Give the machine's folder of temporary files (TMPDIR)."""
        return Path(tempfile.gettempdir())

    def keep(self, path: Path, key: str) -> None:
        """Send the file, large ones in several parts; an object appears whole or not at all."""
        if not self.has(key):
            _asked(lambda: self.client.upload_file(str(path), self.bucket, self._named(key)))
        path.unlink(missing_ok=True)

    def has(self, key: str) -> bool:
        """Ask for the object's head."""
        try:
            _asked(lambda: self.client.head_object(Bucket=self.bucket, Key=self._named(key)))
        except NotFound:
            return False
        return True

    def open(self, key: str) -> BinaryIO:
        """Open the object; it is read as it is asked for."""
        found = _asked(lambda: self.client.get_object(Bucket=self.bucket, Key=self._named(key)))
        return cast(BinaryIO, BufferedReader(_Body(found["Body"]), BUFFER))

    def drop(self, keys: Iterable[str]) -> None:
        """Delete the objects."""
        every = [{"Key": self._named(key)} for key in keys]
        for first in range(0, len(every), AT_ONCE):
            some = {"Objects": every[first : first + AT_ONCE], "Quiet": True}
            _asked(partial(self.client.delete_objects, Bucket=self.bucket, Delete=some))

    def move(self, key: str, to: str) -> None:
        """Copy the object, then delete it where it was: at every moment it is under one of the two keys."""
        source = {"Bucket": self.bucket, "Key": self._named(key)}
        _asked(lambda: self.client.copy_object(CopySource=source, Bucket=self.bucket, Key=self._named(to)))
        self.drop([key])

    def listed(self, prefix: str) -> Iterator[Listed]:
        """Ask for a thousand keys at a time."""
        asked: dict[str, str] = {"Bucket": self.bucket, "Prefix": self._named(prefix)}
        while True:
            page = _asked(partial(self.client.list_objects_v2, **asked))
            for found in page.get("Contents", ()):
                yield Listed(key=found["Key"].removeprefix(self.prefix), at=found["LastModified"])
            if not page.get("IsTruncated"):
                return
            asked["ContinuationToken"] = page["NextContinuationToken"]

    def _named(self, key: str) -> str:
        return f"{self.prefix}{key}"


class _Body(RawIOBase):
    """An object's bytes as they come over the network."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = _asked(lambda: self._body.read(len(buffer)))
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        self._body.close()
        super().close()


def bucket(address: str, *, endpoint: str = "", region: str = "") -> Bucket:
    """Give the store at s3://bucket/prefix; `endpoint` is the http(s) address of a server that is not Amazon's."""
    parts = urlsplit(address)
    prefix = parts.path.strip("/")
    config = Config(
        connect_timeout=5,
        read_timeout=30,
        retries={"max_attempts": 3, "mode": "standard"},
        # Servers that are not Amazon's often know no newer checksums; each content is named by its SHA-256 anyway.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    client = boto3.client("s3", endpoint_url=endpoint or None, region_name=region or None, config=config)
    return Bucket(client, parts.netloc, f"{prefix}/" if prefix else "")


def _asked(call: Callable[[], T]) -> T:
    """Ask the server; its refusals and silences become ours."""
    try:
        return call()
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in GONE:
            raise NotFound() from None
        raise Unavailable(_NO_STORE) from error
    except (Boto3Error, BotoCoreError, HTTPClientError, OSError) as error:
        raise Unavailable(_NO_STORE) from error
