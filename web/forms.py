"""What all forms of one request share: the time of the processor that they may take, and how tables are looked at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, g, request

from forms.allowance import allowance
from forms.submission import BUTTON
from forms.table_parts import STATE, Part, Place, part, places
from forms.views import FieldView

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def init_forms(app: Flask) -> None:
    """Give templates `table_part(view)`, and let a request work its forms out on one allowance, not one each time."""
    answer = app.wsgi_app

    def bounded(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with allowance():
            return answer(environ, start_response)

    app.wsgi_app = bounded  # type: ignore[method-assign]  # as Flask says to wrap it; mypy sees a method
    app.jinja_env.globals["table_part"] = table_part


def table_part(view: FieldView) -> Part:
    """Give what of a table is in sight, as the page that was posted and the button pressed say."""
    if not view.may_change:
        return part(view.table, None)
    if "tables" not in g:
        g.tables = places([*request.form.getlist(STATE), *request.form.getlist(BUTTON)])
    return part(view.table, g.tables.get(view.id, Place()))
