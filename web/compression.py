"""Pages go compressed to browsers that take it: an inbox of fifty rows is a tenth of its size.

The size of a compressed page could tell what is in it to whoever makes a browser ask again and again (BREACH): each
answer carries a name of random length in its gzip header, as Django's GZipMiddleware does.
"""

from __future__ import annotations

import gzip
import secrets
from io import BytesIO

from flask import Flask, Response, request

SMALLEST = 1400
"""Bytes below which one packet holds it anyway."""
LEVEL = 5
MOST_RANDOM = 100


def init_compression(app: Flask) -> None:
    """Compress the pages of an application."""
    app.after_request(_compressed)


def _compressed(response: Response) -> Response:
    if response.mimetype != "text/html" or response.direct_passthrough or response.is_streamed:
        return response
    response.vary.add("Accept-Encoding")
    page = response.get_data()
    if (
        len(page) < SMALLEST
        or "gzip" not in request.headers.get("Accept-Encoding", "")
        or "Content-Encoding" in response.headers
    ):
        return response
    packed = BytesIO()
    name = "a" * secrets.randbelow(MOST_RANDOM)
    with gzip.GzipFile(filename=name, mode="wb", compresslevel=LEVEL, fileobj=packed, mtime=0) as file:
        file.write(page)
    response.set_data(packed.getvalue())
    response.headers["Content-Encoding"] = "gzip"
    return response
