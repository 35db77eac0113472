"""How a finding about a component is put; where it stands is added by forms.schema."""

from __future__ import annotations

from findings import Finding, Severity
from texts import Text


def finding(rule: str, severity: Severity, vi: str, en: str) -> Finding:
    """Give a finding without its place."""
    return Finding(rule=rule, severity=severity, message=Text(vi, en))


def short(value: object) -> str:
    """Give as much of a value as a message repeats."""
    text = str(value)
    return text if len(text) <= 80 else text[:80] + "…"
