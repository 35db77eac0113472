"""Finding: what the checks of diagrams, forms, decisions and limits say. Imports only texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from texts import Text


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    """It cannot run faithfully: the upload is refused."""
    WARNING = "warning"
    """It runs, but probably not as its designer meant."""
    INFO = "info"
    """Worth knowing; nothing to mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One remark about one element of one file; `message` says what to do."""

    rule: str
    severity: Severity
    message: Text
    file: str = ""
    element_id: str = ""
    element_name: str = ""
    line: int | None = None


def errors_among(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Give the findings that refuse an upload."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)
