"""What a page shows besides itself: framed pages of allowed origins, and PDF documents of ours.

A macro that draws a frame asks here first; the content policy of the same answer then lets that origin through, and no
other. Pages without such a form keep the strict policy.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask, current_app, g, request

from services.wiring import Parts
from web import live

SHOWN = "answers-shown"
"""The name under which a page posts what its policy lets through (`lets_through`)."""
DOCUMENTS = "documents"
LONGEST = 2000


def init_frames(app: Flask) -> None:
    """Give templates `may_frame(origin, features)`, `may_preview()` and `lets_through()`."""
    app.jinja_env.globals.update(may_frame=may_frame, may_preview=may_preview, lets_through=lets_through)


def may_frame(origin: str, features: Iterable[str]) -> bool:
    """Say whether a page of this origin may be framed, and note it down for the headers of this answer.

    Our own origin never is: a framed page of ours that may run scripts could take its sandbox off.
    """
    parts: Parts = current_app.extensions["motcua"]
    if origin not in parts.settings.framed or origin == request.host_url.rstrip("/") or not _fits(origin):
        return False
    g.setdefault("frames", {}).setdefault(origin, set()).update(features)
    return True


def may_preview() -> bool:
    """Say whether PDF documents of ours may be seen in this page, and note it down."""
    if not _fits(DOCUMENTS):
        return False
    g.shows_documents = True
    return True


def lets_through() -> str:
    """Give what the policy of the page lets through, as far as it is drawn; the page posts it."""
    if live.is_asked():
        return request.form.get(SHOWN, "")[:LONGEST]
    return " ".join([*([DOCUMENTS] if g.get("shows_documents") else []), *sorted(g.get("frames", {}))])


def _fits(name: str) -> bool:
    """Say whether it can be shown: an open page keeps its policy, whatever is worked into it."""
    return not live.is_asked() or name in lets_through().split()


def loosened(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Let through what this page frames, in its content policy and in what framed pages may ask a person for."""
    found = dict(headers)
    frames: dict[str, set[str]] = g.get("frames", {})
    policy = found["Content-Security-Policy"]
    if frames:
        policy += "; frame-src " + " ".join(("'self'", *sorted(frames)))
        found["Permissions-Policy"] = ", ".join(
            _permission(entry.partition("=")[0], frames) for entry in found["Permissions-Policy"].split(", ")
        )
    if g.get("shows_documents"):
        policy = policy.replace("object-src 'none'", "object-src 'self'")
    found["Content-Security-Policy"] = policy
    return tuple(found.items())


def _permission(feature: str, frames: dict[str, set[str]]) -> str:
    allowed = " ".join(f'"{origin}"' for origin, asked in sorted(frames.items()) if feature in asked)
    return f"{feature}=({allowed})"
