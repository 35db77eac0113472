"""create_app: builds and wires every part; the only file that knows them all. `python app.py` serves."""

from __future__ import annotations

import logging
import sys
from datetime import timedelta
from typing import Any

import waitress
from flask import Flask

from api import LONG_POLLS, init_api
from cli import init_cli, prepare_demo
from config import BadSettings, Settings, from_environment
from jobs import start_jobs
from services.wiring import wired
from storage.database import init_database
from web import init_web
from web.admission import init_admission


class Motcua(Flask):
    """Flask, told that none of our views and hooks is asynchronous: it would look at each one in each request."""

    def ensure_sync(self, func: Any) -> Any:
        """Give a view or hook as it is."""
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application from settings (default: MOTCUA_* of the environment); nothing is started."""
    settings = settings or from_environment()
    settings.data.mkdir(parents=True, exist_ok=True)
    app = Motcua("app", static_folder="web/static", template_folder="web/templates")
    app.config |= {
        "SECRET_KEY": settings.secret_key,
        "MAX_CONTENT_LENGTH": settings.request_max_bytes,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=settings.session_hours),
        "TESTING": settings.env == "test",
    }
    parts = wired(settings)
    if problem := parts.problem():
        raise BadSettings(problem)
    app.extensions["motcua"] = parts
    init_database(app, settings.database, hands_over=settings.jobs == "distributed")
    init_web(app)
    init_api(app)
    init_cli(app)
    init_admission(app, settings.at_once, exempt=LONG_POLLS)
    return app


def main() -> None:
    """Serve on the address of the settings, timers and mail included; `--demo` first migrates and seeds."""
    settings = from_environment()
    app = create_app(settings)
    if "--demo" in sys.argv[1:]:
        with app.app_context():
            prepare_demo()
    if settings.jobs == "embedded":
        start_jobs(app)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a ninth request that waits its turn is no news
    print(f"Motcua: http://{settings.host}:{settings.port}/", flush=True)
    waitress.serve(
        app,
        listen=f"{settings.host}:{settings.port}",
        threads=settings.threads + settings.waiting,
        channel_request_lookahead=1,  # so that who hangs up while waiting for work is noticed
        connection_limit=800,  # browsers keep theirs open: an office of 300 must not shut itself out
        ident=None,
        clear_untrusted_proxy_headers=True,
    )


if __name__ == "__main__":
    main()
