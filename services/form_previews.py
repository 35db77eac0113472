"""A form in the making, tried out: what an upload would say of it, and how it takes answers. Nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bpmn.archive import MAX_FILE
from errors import Detail
from findings import Finding, Severity, errors_among
from forms import samples, schema, submission
from forms.model import Form
from forms.validate import validate
from services import definitions
from services.permissions import Permission, Viewer, require
from texts import Text

MAX_SAMPLE = 100_000
DEEPEST_SAMPLE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a designer sees of a form."""

    findings: tuple[Finding, ...]
    form: Form | None
    """None: an error among the findings keeps it from being shown."""
    sample: Mapping[str, Any]
    """The variables with which it is tried."""
    sample_error: Text | None
    data: Mapping[str, Any]
    """The answers that stand in it."""
    errors: tuple[Detail, ...]
    stored: Mapping[str, Any] | None
    """What a submit would store; None: it was not asked, or something is wrong."""


def preview(
    viewer: Viewer,
    source: str,
    *,
    file: str,
    sample: str = "",
    pairs: Iterable[tuple[str, str]] | None = None,
    validates: bool = False,
    now: datetime,
) -> Preview:
    """Read a schema and put answers into it; never raises for bad content.

    `sample`: JSON object that stands for what the process knows; empty: one is made up. `pairs`: what was typed into
    the preview; None: the sample itself stands in it. `validates`: say also what a submit would be told.
    """
    require(viewer, Permission.DESIGN)
    findings = _findings(viewer, source, file)
    form = None if errors_among(findings) else schema.read(json.loads(source))
    known, wrong = _sample(sample, form, now)
    if form is None:
        return Preview(findings=findings, form=None, sample=known, sample_error=wrong, data={}, errors=(), stored=None)
    data = dict(known) if pairs is None else submission.from_post(form, pairs, variables=known)
    checked = validate(form, data, variables=known, now=now) if validates else None
    return Preview(
        findings=findings,
        form=form,
        sample=known,
        sample_error=wrong,
        data=data,
        errors=checked.errors if checked else (),
        stored=checked.data if checked and not checked.errors else None,
    )


def _findings(viewer: Viewer, source: str, file: str) -> tuple[Finding, ...]:
    if (broken := _broken_json(source, file)) is not None:
        return (broken,)
    return definitions.check(viewer, {file: source.encode("utf-8", "replace")})


def _broken_json(source: str, file: str) -> Finding | None:
    """Say where the JSON of a form breaks off; an upload only says that it does."""
    line, vi, en = 0, "", ""
    try:
        if len(source.encode("utf-8", "surrogatepass")) > MAX_FILE:
            vi, en = f"Biểu mẫu lớn hơn {MAX_FILE // 10**6} MB.", f"The form is larger than {MAX_FILE // 10**6} MB."
        json.loads(source, parse_constant=_not_finite)
    except json.JSONDecodeError as error:
        line = error.lineno
        vi = f"JSON bị gãy ở dòng {error.lineno}, cột {error.colno}. Sửa chỗ đó, hoặc lấy lại nội dung trước."
        en = f"The JSON breaks off at line {error.lineno}, column {error.colno}. Mend it, or take earlier contents."
    except (ValueError, RecursionError):
        vi = "JSON lồng nhau quá sâu, hoặc có số không hữu hạn (NaN, Infinity)."
        en = "The JSON is nested too deeply, or holds a number that is not finite (NaN, Infinity)."
    if not vi:
        return None
    return Finding(rule="form-json", severity=Severity.ERROR, message=Text(vi, en), file=file, line=line or None)


def _sample(text: str, form: Form | None, now: datetime) -> tuple[Mapping[str, Any], Text | None]:
    if not text.strip():
        return (samples.sample(form, now=now) if form else {}), None
    too_large = len(text) > MAX_SAMPLE
    try:
        known = None if too_large else json.loads(text, parse_constant=_not_finite)
        json.dumps(known, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        known = None
    if not isinstance(known, dict) or _depth(known) > DEEPEST_SAMPLE:
        return {}, Text(
            f'Dữ liệu mẫu phải là một đối tượng JSON đến {MAX_SAMPLE // 1000} kB, ví dụ {{"ho_ten": "Ánh"}}.',
            f'The sample data must be one JSON object of {MAX_SAMPLE // 1000} kB at most, such as {{"name": "Ánh"}}.',
        )
    return known, None


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level and depth <= DEEPEST_SAMPLE:
        depth += 1
        inner = [x for x in level if isinstance(x, dict | list)]
        level = [child for one in inner for child in (one.values() if isinstance(one, dict) else one)]
    return depth


def _not_finite(name: str) -> None:
    raise ValueError(name)


def written(data: Mapping[str, Any]) -> str:
    """Write answers as JSON for people, as a sample is written."""
    return json.dumps(data, ensure_ascii=False, indent=2, default=str)
