"""The printer of papers: a snapshot of what a paper says -> HTML (for the screen) -> PDF, from one template each.

The forms follow Circular 01/2018/TT-VPCP (DOMAIN.md 1.7) and Decree 30/2020 for heading and number; they are
Vietnamese in every language of the page, because they are documents. Templates hold everything: nothing is loaded from
anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import segno
from jinja2 import ChainableUndefined, Environment, FileSystemLoader
from markupsafe import Markup

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
DAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
UNITS = {
    "working_days": "ngày làm việc",
    "calendar_days": "ngày",
    "working_hours": "giờ làm việc",
    "months": "tháng",
}


def html_of(kind: str, snapshot: Mapping[str, Any], *, address: str = "") -> str:
    """Give a paper as one HTML document; `address` is where the public can follow dossiers, for the QR code."""
    code, check = snapshot["code"], snapshot["check_code"]
    target = f"{address.rstrip('/')}/track?code={code}&check={check}" if address else f"{code} {check}"
    return _TEMPLATES.get_template(f"{kind}.html").render(paper=snapshot, qr=_qr(target))


def to_pdf(html: str) -> bytes:
    """Print one of these HTML documents as PDF/A-3u (WeasyPrint)."""
    from weasyprint import HTML  # noqa: PLC0415  # takes 0.7 s to import, and most processes never print
    from weasyprint.urls import URLFetcher  # noqa: PLC0415  # see above

    loads_nothing = URLFetcher(allowed_protocols=())
    content: bytes = HTML(string=html, url_fetcher=loads_nothing).write_pdf(pdf_variant="pdf/a-3u")
    return content


def _qr(content: str) -> Markup:
    svg = segno.make(content, error="m").svg_inline(scale=3, border=2, svgclass=None, lineclass=None, omitsize=False)
    return Markup(svg)  # noqa: S704  # drawn by segno from its own numbers


def _moment(text: str | None) -> str:
    if not text:
        return ""
    at = datetime.fromisoformat(text).astimezone(LOCAL)
    return f"{at:%H} giờ {at:%M}, {DAYS[at.weekday()]}, ngày {at:%d/%m/%Y}"


def _day(text: str | None) -> str:
    return f"{datetime.fromisoformat(text).astimezone(LOCAL):%d/%m/%Y}" if text else ""


def _heading_day(text: str) -> str:
    at = datetime.fromisoformat(text).astimezone(LOCAL)
    return f"ngày {at.day:02d} tháng {at.month:02d} năm {at.year}"


def _money(amount: str) -> str:
    return f"{int(float(amount)):,}".replace(",", ".") + " đồng"


def _limit(limit: Mapping[str, Any] | None) -> str:
    return f"{limit['amount']} {UNITS[limit['unit']]}" if limit else ""


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=ChainableUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters |= {
    "moment": _moment,
    "day": _day,
    "heading_day": _heading_day,
    "money": _money,
    "limit": _limit,
}
