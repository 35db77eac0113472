"""What is attacked: an office with a dossier in work; and its whole database, to say that nothing was changed."""

from __future__ import annotations

import hashlib
import html
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO

from flask import Flask
from sqlalchemy import JSON, Connection, Engine, LargeBinary, Table, select

from storage.database import Base
from storage.rows import definitions
from storage.rows import dossiers as rows
from tests import apps
from tests.conftest import clean_place
from tests.databases import settings_of
from tests.office import Office
from tests.web.officers import at_desk
from tests.web.visitor import Visitor

NOTED = {"sign_in": ("seen_at",)}
"""Columns that looking at a page may write."""
SUMMARY = re.compile(r'id="error-summary".*?</ul>', re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """An office at work: one dossier of `nguoinop`, accepted, with one open step for `truongphong`."""

    app: Flask
    dossier: str
    code: str
    check: str
    instance: str
    task: str
    upload: str
    paper: str
    definition: str
    deployment: str
    desks: dict[str, Visitor] = field(default_factory=dict)

    def desk(self, username: str) -> Visitor:
        """Give somebody's browser; signed in once, so ask for it before a block that must change nothing."""
        if username not in self.desks:
            self.desks[username] = at_desk(self.app, username)
        return self.desks[username]


def edge_of(database: str) -> Iterator[Edge]:
    """Make one; it lives as long as the module's tests."""
    with apps.served(settings_of(clean_place(database, demo=True, lives="module"))) as app:
        with app.app_context():
            office = Office(parts=app.extensions["motcua"], now=datetime.now(UTC) - timedelta(days=3))
            dossier = office.accepted()
            papers = rows.documents_of(dossier.id)
            used = definitions.load(dossier.definition_id)
            assert used is not None
            edge = Edge(
                app=app,
                dossier=dossier.id,
                code=dossier.code,
                check=dossier.check_code,
                instance=dossier.instance_id,
                task=next(iter(office.open(dossier).values())).id,
                upload=next(paper.id for paper in papers if paper.origin == "upload"),
                paper=next(paper.id for paper in papers if paper.origin == "issued"),
                definition=dossier.definition_id,
                deployment=used.deployment_id,
            )
        yield edge


def everything(app: Flask) -> dict[str, tuple[int, str]]:
    """Give, for each table, how many rows it has and a digest of what is in them.

    Bytes and JSON are left out, for speed: what writes them writes a moment, a hash or a revision beside them.
    """
    with app.app_context():
        engine: Engine = app.extensions["sqlalchemy"].engine
    found = {}
    with engine.connect() as connection:
        for name, table in Base.metadata.tables.items():
            found[name] = _digest(connection, table)
    return found


def _digest(connection: Connection, table: Table) -> tuple[int, str]:
    noted = NOTED.get(table.name, ())
    columns = [c for c in table.columns if c.name not in noted and not isinstance(c.type, LargeBinary | JSON)]
    found = sorted(map(repr, connection.execute(select(*columns))))
    return len(found), hashlib.sha256("\n".join(found).encode("utf-8", "replace")).hexdigest()


@contextmanager
def unchanged(app: Flask, *but: str) -> Iterator[None]:
    """Fail where the block changed anything in the database, tables named in `but` left aside."""
    before = everything(app)
    yield
    after = everything(app)
    changed = {n: (before[n][0], after[n][0]) for n in before if before[n] != after[n] and n not in but}
    assert not changed, f"rows before and after: {changed}"


def first_of(argument: str) -> str:
    """Give the first of the words that an argument of an address may be; empty where it may be any."""
    found = re.match(r"any\('?([\w-]+)", argument)
    return found[1] if found else ""


def zipped(*entries: tuple[str, bytes], is_link: bool = False, says: int = 0) -> bytes:
    """Pack files; the last one is a link, or says to be so large."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in entries:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o120777 << 16 if is_link else 0
            archive.writestr(info, data)
        if says:
            archive.filelist[-1].file_size = says
    return packed.getvalue()


def said(page: str) -> str:
    """Give the words of the error summary of a page, or of the error page itself."""
    found = SUMMARY.search(page)
    part = found[0] if found else page[page.find("<main") :]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", part)).split())
