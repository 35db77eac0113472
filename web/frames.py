"""What a page shows besides itself: framed pages of allowed origins, and PDF documents of ours.

A macro that draws a frame asks here first; the content policy of the same answer then lets that origin through, and no
other. Pages without such a form keep the strict policy.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask, current_app, g, request

from services.wiring import Parts


def init_frames(app: Flask) -> None:
    """Give templates `may_frame(origin, features)` and `may_preview()`."""
    app.jinja_env.globals.update(may_frame=may_frame, may_preview=may_preview)


def may_frame(origin: str, features: Iterable[str]) -> bool:
    """Say whether a page of this origin may be framed, and note it down for the headers of this answer.

    Our own origin never is: a framed page of ours that may run scripts could take its sandbox off.
    """
    parts: Parts = current_app.extensions["motcua"]
    if origin not in parts.settings.framed or origin == request.host_url.rstrip("/"):
        return False
    g.setdefault("frames", {}).setdefault(origin, set()).update(features)
    return True


def may_preview() -> bool:
    """Note down that this page shows PDF documents of ours."""
    g.shows_documents = True
    return True


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
