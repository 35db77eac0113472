"""The built files of web/static/dist, served under /assets; their names carry a hash, so they never go stale."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Flask, Response, request, send_from_directory, url_for
from markupsafe import Markup, escape

DIST = Path(__file__).parent / "static" / "dist"
A_YEAR = 365 * 24 * 3600

shell = Blueprint("shell", __name__, template_folder="templates", static_folder=None)
"""Owns the templates folder and the assets; areas add their own blueprints beside it."""


def init_assets(app: Flask) -> None:
    """Serve the built files and give templates `asset(name)` and `icon(name)`."""
    app.register_blueprint(shell)
    app.jinja_env.globals.update(asset=asset, icon=icon)


@lru_cache(maxsize=1)
def _read_manifest(_changed: float) -> dict[str, str]:
    names: dict[str, str] = json.loads((DIST / "manifest.json").read_text("utf-8"))
    return names


def manifest() -> dict[str, str]:
    """Give plain name -> hashed name; empty while nothing is built, so that pages still answer (unstyled)."""
    try:
        changed = (DIST / "manifest.json").stat().st_mtime
    except FileNotFoundError:
        return {}
    return _read_manifest(changed)


def asset(name: str) -> str:
    """Give the address of a built file by its plain name ("site.css"); it changes whenever the file does."""
    return url_for("shell.serve", name=manifest().get(name, name))


@lru_cache(maxsize=2_000)
def icon(name: str, classes: str = "") -> Markup:
    """Give a Bootstrap icon as decoration; the words beside it carry the meaning."""
    return Markup('<i class="bi bi-{}{}" aria-hidden="true"></i>').format(
        name, Markup(" ") + escape(classes) if classes else ""
    )


@shell.get("/assets/<path:name>")
def serve(name: str) -> Response:
    """Send one built file, compressed where the build made a smaller copy and the browser takes it."""
    accepted = request.headers.get("Accept-Encoding", "")
    for coding, end in (("br", ".br"), ("gzip", ".gz")):
        if coding in accepted and (DIST / f"{name}{end}").is_file():
            response = send_from_directory(DIST, f"{name}{end}", mimetype=_kind(name), max_age=A_YEAR)
            response.headers["Content-Encoding"] = coding
            break
    else:
        response = send_from_directory(DIST, name, mimetype=_kind(name), max_age=A_YEAR)
    response.headers["Vary"] = "Accept-Encoding"
    if name in manifest().values() or name.startswith("chunk-"):
        response.cache_control.immutable = True
    return response


def _kind(name: str) -> str | None:
    """Name the media type; the machine's own table may not know fonts or call scripts plain text."""
    kinds = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
    return kinds.get(Path(name).suffix)


@shell.get("/favicon.ico")
def favicon() -> Response:
    """Send the small logo, wherever a browser asks for it unasked."""
    return send_from_directory(
        DIST, manifest().get("favicon.svg", "favicon.svg"), mimetype="image/svg+xml", max_age=86400
    )
