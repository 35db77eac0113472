"""The description of the API, made from the code by flask-smorest; errors are answered elsewhere (errors.py)."""

from __future__ import annotations

import flask_smorest
from flask import Flask

from api.schemas.errors import Error

DESCRIPTION = """\
Procedures are diagrams; programs deploy them, start instances, complete tasks and send messages here.

Conventions: JSON in snake_case; moments are ISO 8601 with offset (UTC out); ids are opaque texts; lists answer
`{"items", "next"}` and take `limit`, `cursor` and `sort` (`field` or `-field`); unknown fields and parameters are
refused by name. Messages follow `Accept-Language` (en, vi). Every refusal has the shape `Error`. A token comes from
`flask people token USER`.
"""


class MotcuaApi(flask_smorest.Api):
    """flask-smorest without its own answers to errors."""

    ERROR_SCHEMA = Error

    def __init__(self, app: Flask) -> None:
        bearer = {"type": "http", "scheme": "bearer"}
        super().__init__(
            app,
            spec_kwargs={
                "info": {"description": DESCRIPTION},
                "components": {"securitySchemes": {"bearer": bearer}},
                "security": [{"bearer": []}],
            },
        )

    def _register_error_handlers(self) -> None:
        """The application's one handler asks api.errors: a second one would hide it."""
