"""How gunicorn serves us, on PostgreSQL: `.venv/bin/gunicorn` in this folder reads it (docs/howto/scale-out.md).

What is said on the command line goes before what stands here; `--threads` too are those for pages and short calls.
"""

from __future__ import annotations

import gc
import socket
import sys
from pathlib import Path
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

sys.path.insert(0, str(Path(__file__).parent))  # gunicorn comes here only after it has read this file

from config import from_environment
from web import warm

_settings = from_environment()


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's threads, which a client that only hangs up does not wake."""

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """Read the next request of a kept connection in a thread; close it here where there is none."""
        if conn.is_http2 or self.cfg.is_ssl or not _has_hung_up(client):
            super().on_client_socket_readable(conn, client)
            return
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self.nr_conns -= 1
        conn.close()


def _has_hung_up(client: socket.socket) -> bool:
    try:
        return not client.recv(1, socket.MSG_PEEK)
    except OSError:
        return True


wsgi_app = "app:create_app()"
bind = f"{_settings.host}:{_settings.port}"
workers = 2
worker_class = Worker  # a thread waits for the database while another one computes; callers that wait hold one each
threads = _settings.threads

preload_app = (
    True  # the code is read once, its memory shared, and a new worker serves at once; no connection is open yet
)
max_requests, max_requests_jitter = 50_000, 10_000  # whatever a library may leak ends with its worker, one at a time
timeout = 60  # of the worker's main loop: a long request does not hold that up
graceful_timeout = 30  # what has begun is answered; a caller that waits for work waits at most that long
keepalive = 5
accesslog = None  # a line a request costs a twentieth of it, and the proxy in front writes one
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Add the threads of those who wait for work, so that they never take one from a page."""
    server.cfg.set("threads", server.cfg.threads + _settings.waiting)


on_reload = on_starting


def when_ready(server: Any) -> None:
    """Let the workers share what was read: a collection would write into each of its pages.

    What is made for a request is gone with it, nearly all without a collection: looking for the rest among what is kept
    stopped all pages of a process for 80 ms every three seconds. It is done rarely.
    """
    warm(server.app.wsgi())
    gc.set_threshold(50_000, 20, 20)
    gc.collect()
    gc.freeze()
