"""HTML to PDF by WeasyPrint. The HTML is ours, the texts in it are not: nothing is loaded from anywhere."""

from __future__ import annotations

from typing import Any

from weasyprint import HTML


class NothingIsLoaded(ValueError):
    """A paper tried to load something from outside; papers hold everything they need."""


def to_pdf(html: str) -> bytes:
    """Print one HTML document as PDF/A-3u."""
    content: bytes = HTML(string=html, url_fetcher=_fetch_nothing).write_pdf(pdf_variant="pdf/a-3u")
    return content


def _fetch_nothing(url: str, *_args: Any, **_more: Any) -> Any:
    if url.startswith("data:image/svg+xml"):
        from weasyprint.urls import default_url_fetcher  # noqa: PLC0415  # only QR codes come this way

        return default_url_fetcher(url)
    raise NothingIsLoaded(url)
