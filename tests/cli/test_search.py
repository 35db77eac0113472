"""`flask search index` lets dossiers of before be found, and says how many those were."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import delete

from services import searching
from services.permissions import scope_of
from storage.database import session, unit_of_work
from storage.queries import search
from storage.tables import DossierSearch
from tests.office import Office


def test_dossiers_of_before_are_indexed(demo_app: Flask) -> None:
    with demo_app.app_context():
        office = Office(parts=demo_app.extensions["motcua"])
        code = office.file().code
        with unit_of_work():
            session().execute(delete(DossierSearch))
    run = demo_app.test_cli_runner()
    for words, said in (
        ((), "1 dossiers indexed\n"),
        ((), "0 dossiers indexed\n"),
        (("--again",), "1 dossiers indexed\n"),
    ):
        done = run.invoke(args=["search", "index", *words])
        assert (done.exit_code, done.stdout) == (0, said)
    with demo_app.app_context():
        sought = searching.sought(code)
        assert [row.code for row in search.found(scope_of(office.viewer("motcua")), sought).rows] == [code]
