"""Backups: the database and every document of one moment in a folder, proved before and after they are put back.

FOLDER/documents/ab/ab12…            contents by SHA-256, shared by all backups of the folder, never changed
FOLDER/20261122T044100Z/database     what storage/dumps.py wrote
                       /documents    the SHA-256 of each document's content, one a line
                       /manifest     what it is, and the SHA-256 of the other two
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from errors import Conflict, Invalid, NotFound
from services import log
from storage import database, dumps
from storage.blobs import Blobs, in_folder
from texts import Text

FORMAT = 1
ANY_SIZE = 1 << 62
DATABASE, DOCUMENTS, MANIFEST = "database", "documents", "manifest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself; `made_at` in UTC, digests as SHA-256 in hex."""

    format: int
    made_at: str
    kind: str
    """Of the database: sqlite or postgresql."""
    revision: str
    database_sha256: str
    documents_sha256: str
    documents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """One backup: its folder and what it says of itself."""

    folder: Path
    manifest: Manifest


def make(target: Path, blobs: Blobs, *, now: datetime) -> Backup:
    """Write a backup into `target` while everybody goes on working; it is there whole or not at all.

    First the database, then the documents: a content is on disk before the row that names it is committed, so every
    one that the copied rows name is found. Raises Invalid where one is not.
    """
    name = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    final, partial = target / name, target / f".{name}.partial"
    if final.exists():
        raise Conflict(Text(f"Đã có bản sao lưu {final}.", f"There is a backup {final} already."))
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True, mode=0o700)
    dumps.dump(partial / DATABASE)
    wanted = list(dumps.contents())
    _copied(blobs, in_folder(target / DOCUMENTS), wanted)
    (partial / DOCUMENTS).write_text("".join(f"{sha256}\n" for sha256 in wanted))
    manifest = Manifest(
        format=FORMAT,
        made_at=now.astimezone(UTC).isoformat(),
        kind=dumps.kind(),
        revision=dumps.revision(),
        database_sha256=_digest(partial / DATABASE),
        documents_sha256=_digest(partial / DOCUMENTS),
        documents=len(wanted),
    )
    (partial / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2) + "\n")
    _settled(partial)
    os.replace(partial, final)
    _settled(target)
    return Backup(folder=final, manifest=manifest)


def check(folder: Path) -> Backup:
    """Prove that a backup is whole: every digest is computed anew. Raises Invalid, NotFound."""
    backup = _read(folder)
    for name, wanted in ((DATABASE, backup.manifest.database_sha256), (DOCUMENTS, backup.manifest.documents_sha256)):
        if not (folder / name).is_file() or _digest(folder / name) != wanted:
            raise _broken(folder / name)
    kept = in_folder(folder.parent / DOCUMENTS)
    for sha256 in _listed(folder):
        path = folder.parent / DOCUMENTS / sha256[:2] / sha256
        if not kept.has(sha256) or _digest(path) != sha256:
            raise _broken(path)
    return backup


def restore(folder: Path, blobs: Blobs) -> tuple[Backup, log.Verified]:
    """Put a proved backup into the empty database and the documents' folder, migrate it, and verify the log.

    Raises Conflict where the database is not empty or of another kind, Invalid where the backup is not whole or newer
    than this program.
    """
    backup = check(folder)
    if backup.manifest.kind != dumps.kind():
        raise Conflict(
            Text(
                f"Bản sao lưu là của {backup.manifest.kind}, cơ sở dữ liệu ở đây là {dumps.kind()}.",
                f"The backup is of {backup.manifest.kind}, the database here is {dumps.kind()}.",
            )
        )
    if not dumps.knows(backup.manifest.revision):
        raise Invalid(
            Text(
                "Bản sao lưu mới hơn chương trình này: hãy nâng cấp chương trình trước.",
                "The backup is newer than this program: upgrade the program first.",
            )
        )
    if not dumps.is_empty():
        raise Conflict(
            Text(
                "Cơ sở dữ liệu đích không trống: chỉ khôi phục vào cơ sở dữ liệu mới tạo.",
                "The database is not empty: restore into one that has just been made.",
            )
        )
    _copied(in_folder(folder.parent / DOCUMENTS), blobs, _listed(folder))
    dumps.load(folder / DATABASE)
    database.upgrade()
    return backup, log.verify()


def _read(folder: Path) -> Backup:
    try:
        said = json.loads((folder / MANIFEST).read_text())
        manifest = Manifest(**said)
    except (OSError, ValueError, TypeError) as problem:
        text = Text(f"{folder} không phải là một bản sao lưu.", f"{folder} is not a backup.")
        raise Invalid(text) from problem
    if manifest.format != FORMAT:
        raise Invalid(
            Text(
                f"Không đọc được bản sao lưu dạng {manifest.format}.",
                f"A backup of format {manifest.format} cannot be read.",
            )
        )
    return Backup(folder=folder, manifest=manifest)


def _listed(folder: Path) -> Iterator[str]:
    with (folder / DOCUMENTS).open() as lines:
        yield from (line.strip() for line in lines)


def _copied(source: Blobs, target: Blobs, wanted: Iterator[str] | list[str]) -> None:
    """Copy the contents that the target has not; each is read back by its name, so a broken one is told."""
    for sha256 in wanted:
        if target.has(sha256):
            continue
        try:
            stream = source.open(sha256)
        except NotFound:
            raise _broken(Path(sha256)) from None
        with stream, target.spooled(stream, limit=ANY_SIZE) as spooled:
            if spooled.sha256 != sha256:
                raise _broken(Path(sha256))
            target.keep(spooled)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _settled(folder: Path) -> None:
    """See that the folder's files are on the disk, not only on their way."""
    for path in [*(each for each in folder.iterdir() if each.is_file()), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _broken(path: Path) -> Invalid:
    return Invalid(Text(f"{path} bị thiếu hoặc đã bị sửa.", f"{path} is missing or was changed."))
