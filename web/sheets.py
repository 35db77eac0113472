"""Lists as CSV that spreadsheets read: UTF-8 with its mark, and no cell that is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime

from flask import Response, stream_with_context

from services.clocks import LOCAL

MARK = "\ufeff"


def streamed(lines: Iterator[str], name: str) -> Response:
    """Send lines as they are read, so that a large list needs no memory."""
    return Response(
        stream_with_context(lines),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def line(cells: Sequence[str]) -> str:
    """Write one line; a cell that a spreadsheet would take for a formula is quoted as text."""
    written = io.StringIO()
    csv.writer(written).writerow(
        [f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell for cell in cells]
    )
    return written.getvalue()


def moment(value: datetime | None) -> str:
    """Write a moment as spreadsheets read it, in local time."""
    return value.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M") if value else ""
