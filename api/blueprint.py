"""What every noun of the API shares: the caller is known, bodies are read strictly, answers are written plainly."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

import flask_smorest
import marshmallow as ma
from flask import Response, request

from api import answers, auth
from api.parsing import READERS
from api.schemas.errors import Error
from api.schemas.fields import Answered
from api.uploads import multipart
from errors import NotFound

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": answers.KEY,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    "description": "The same key with the same body gives the first answer again for 24 hours; with another body 409.",
}
REFUSALS = {
    400: "The request cannot be read.",
    401: "The bearer token is missing or not valid.",
    403: "A permission is missing.",
    404: "There is nothing here, or it is not the caller's to see.",
    409: "It is in another state than the caller thought.",
    413: "The request is larger than allowed.",
    415: "Another content type is wanted.",
    422: "Well-formed but not acceptable; every point is named.",
}


class Blueprint(flask_smorest.Blueprint):
    """One noun."""

    def __init__(self, name: str, description: str) -> None:
        super().__init__(name, f"api.{name}", description=description)
        self.before_request(auth.identify)
        self.before_request(_no_nul)

    def get(self, rule: str) -> Decorator:
        """Answer GET."""
        return cast(Decorator, self.route(rule, methods=["GET"]))

    def post(self, rule: str) -> Decorator:
        """Answer POST."""
        return cast(Decorator, self.route(rule, methods=["POST"]))

    def patch(self, rule: str) -> Decorator:
        """Answer PATCH."""
        return cast(Decorator, self.route(rule, methods=["PATCH"]))

    def on(self, method: str, rule: str) -> Decorator:
        """Answer another method, or a POST that keeps no answers for retries."""
        return cast(Decorator, self.route(rule, methods=(method,), provide_automatic_options=False))

    def body(self, schema: type[ma.Schema]) -> Decorator:
        """Read a JSON body into the view's first argument."""
        return self._read(schema(), "json")

    def filters(self, schema: type[ma.Schema]) -> Decorator:
        """Read the parameters of the address into the view's first argument."""
        return self._read(schema(), "query")

    def _read(self, schema: ma.Schema, location: str) -> Decorator:
        read, documented = READERS[location], self.arguments(schema, location=location)

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(view)
            def given(**named: Any) -> Any:
                return view(read(schema), **named)

            return _with_docs_of(documented, given)

        return decorate

    def upload(self, **parts: object) -> Decorator:
        """Document a multipart body of files with these other parts (uploads.py reads it)."""
        return cast(Decorator, self.doc(requestBody=multipart(**parts)))

    def add_url_rule(self, rule: str, endpoint: str | None = None, view_func: Any = None, **more: Any) -> None:
        """Add a view; a POST takes an Idempotency-Key."""
        if more.get("methods") == ["POST"]:
            more["parameters"] = [*(more.get("parameters") or ()), IDEMPOTENCY_KEY]
        super().add_url_rule(rule, endpoint, view_func, **more)

    def answers(self, schema: type[Answered], status: int = 200) -> Decorator:
        """Document what a view answers and write it: the view gives plain values, or (status, values).

        A POST may be called again where another writer was first, so a view must not change its arguments.
        """

        def decorate(view: Callable[..., Any]) -> Callable[..., Response]:
            @wraps(view)
            def answered(*args: Any, **named: Any) -> Response:
                def act() -> tuple[int, Any]:
                    given = view(*args, **named)
                    return given if isinstance(given, tuple) else (status, given)

                if request.method == "POST":
                    return answers.once(act)
                code, body = act()
                return answers.written(answers.dumps(body), code)

            return self._documented(answered, schema, status)

        return decorate

    def also(self, status: int, schema: type[Answered], description: str) -> Decorator:
        """Document another good answer."""

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            described = self.alt_response(status, schema=schema, description=description, success=True)
            return _with_docs_of(described, view)

        return decorate

    def refuses(self, status: int, description: str) -> Decorator:
        """Document a refusal that only some know."""
        return lambda view: _with_docs_of(self.alt_response(status, schema=Error, description=description), view)

    def writes(self, schema: type[Answered]) -> Decorator:
        """Document what a view answers; the view writes it itself."""
        return lambda view: self._documented(view, schema, 200)

    def empty(self, status: int, description: str) -> Decorator:
        """Document an answer that is its headers; the view writes it."""

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            view = self._documented(view, None, status)
            return _with_docs_of(self.response(status, None, description=description), view)

        return decorate

    def file(self, media_type: str) -> Decorator:
        """Document an answer that is a file; the view writes it."""
        shape = {"type": "string", "format": "binary"}
        return lambda view: self._documented(view, shape, 200, content_type=media_type)

    def _documented(
        self, view: Callable[..., Any], schema: object, status: int, *, content_type: str | None = None
    ) -> Callable[..., Any]:
        for code, words in REFUSALS.items():
            view = _with_docs_of(self.alt_response(code, schema=Error, description=words), view)
        return _with_docs_of(self.response(status, schema, content_type=content_type), view)


def _with_docs_of(decorator: Decorator, view: Callable[..., Any]) -> Callable[..., Any]:
    """Take a decorator's notes for the description, not its wrapper: nine of them would be passed in each request."""
    view._apidoc = decorator(view)._apidoc  # type: ignore[attr-defined]  # where flask-smorest keeps its notes
    return view


def _no_nul() -> None:
    """No id holds a NUL, and PostgreSQL would refuse to look for one."""
    if "\0" in request.path:
        raise NotFound()
