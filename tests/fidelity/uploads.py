"""Through the upload check: a diagram that runs must pass it, one that cannot run faithfully must not."""

from __future__ import annotations

from bpmn import bundle
from findings import Finding, errors_among


def findings(xml: bytes, **more: bytes) -> tuple[Finding, ...]:
    """Give what the upload check says of a diagram; keywords are more files, `x__dmn` stands for `x.dmn`."""
    files = {"diagram.bpmn": xml, **{name.replace("__", "."): data for name, data in more.items()}}
    return bundle.read(files).findings


def accepted(xml: bytes, **more: bytes) -> bytes:
    """Give the diagram back, which must pass the upload check."""
    errors = errors_among(findings(xml, **more))
    assert not errors, [(error.rule, error.element_id, error.message.en) for error in errors]
    return xml


def refusals(xml: bytes, **more: bytes) -> set[str]:
    """Give the rules by which a diagram is refused; each names an element and says what to do in both languages."""
    errors = errors_among(findings(xml, **more))
    for error in errors:
        assert error.message.vi
        assert error.message.en
    return {error.rule for error in errors}
