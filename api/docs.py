"""The page on which a person reads the description and tries it: Swagger UI from our own files, no other host."""

from __future__ import annotations

from flask import Blueprint, g, render_template

blueprint = Blueprint("api_docs", __name__)


@blueprint.get("/docs")
def page() -> str:
    """Show the description."""
    g.allows_inline_style = True  # swagger-ui sets styles by script
    return render_template("api/docs.html")
