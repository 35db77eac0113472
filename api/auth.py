"""Who calls: the bearer token of each request, kept in memory for a moment so that busy programs are looked up once."""

from __future__ import annotations

from time import monotonic

from flask import g, request

from api import answers
from errors import NotSignedIn
from services import people
from services.permissions import Viewer

KEPT_SECONDS = 2.0
"""How long a revoked token or a changed role may still count in this process."""
MOST_KEPT = 1000

_kept: dict[str, tuple[float, Viewer]] = {}


def identify() -> None:
    """Put the caller into `g.viewer`; raise NotSignedIn. Runs before every view of the API."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn()
    now = monotonic()
    known = _kept.get(token)
    if known is None or known[0] < now:
        known = (now + KEPT_SECONDS, _looked_up(token))
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[token] = known
    g.viewer = known[1]


def viewer() -> Viewer:
    """Give the caller."""
    found: Viewer = g.viewer
    return found


def forget() -> None:
    """Look every token up anew (tests that change roles or databases under one process)."""
    _kept.clear()


def _looked_up(token: str) -> Viewer:
    found = people.viewer_of_token(token, now=answers.now())
    if found is None:
        raise NotSignedIn()
    return found
