"""What commands share: the moment now, the parts, and errors said in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from flask import current_app

from errors import MotcuaError
from findings import Finding
from services.wiring import Parts


def now() -> datetime:
    """Give the moment on the wall."""
    return datetime.now(UTC)


def parts() -> Parts:
    """Give the settings, the document store and the mail server."""
    found: Parts = current_app.extensions["motcua"]
    return found


@contextmanager
def said_in_words() -> Iterator[None]:
    """End a command that was refused with its message and every detail on standard error, exit code 1."""
    try:
        yield
    except MotcuaError as error:
        click.echo(f"{error.text.vi}\n{error.text.en}", err=True)
        for detail in error.details:
            click.echo(f"- {detail.field or detail.element_id}: {detail.message.vi} / {detail.message.en}", err=True)
        raise SystemExit(1) from None


def finding_line(finding: Finding) -> str:
    """Write a finding as one line: severity, file, line, element, what to do."""
    place = f"{finding.file}:{finding.line or ''}"
    said = f"{finding.message.vi} / {finding.message.en} [{finding.rule}]"
    return f"{finding.severity.value:7} {place} {finding.element_id} {finding.element_name!r} {said}"
