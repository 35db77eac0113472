"""DMN decisions: read a file once, evaluate a decision of it. Findings name what is not evaluated as it is drawn.

Tables of every hit policy and literal expressions, in FEEL, with the decisions they require. DMN 1.1 to 1.5 files; the
meaning is that of DMN 1.3. Not yet: business knowledge models, boxed contexts, invocations, imports, decision services.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from bpmn import xml
from engine.dmn.model import Decision
from engine.dmn.reader import Reader, closure
from engine.dmn.tables import Evaluation, MatchedRule
from errors import ExpressionFailed
from findings import Finding, Severity
from texts import Text

__all__ = ["Decided", "Decisions", "MatchedRule", "evaluate", "read"]

NAMESPACE = "omg.org/spec/DMN/"
MOST_CACHED = 64
"""Files; a file has at most 2 MB and mostly 10 KB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """The decisions of one file by key, and what is to be said of them. Immutable, shared between threads."""

    keys: tuple[str, ...]
    findings: tuple[Finding, ...]
    decisions: Mapping[str, Decision]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a decision gives."""

    outputs: Any
    """The result as DMN says: one value where there is one output column, else a dict by output name; a list of those
    with COLLECT, RULE ORDER and OUTPUT ORDER. None where no rule matches."""
    variables: Mapping[str, Any]
    """Each output by name, to be written where no result variable is named; lists with the policies above."""
    matched: tuple[MatchedRule, ...]
    """The rules behind it, those of required decisions first."""


def read(data: bytes, *, file: str = "") -> Decisions:
    """Read a DMN file; `file` is the name that findings bear. Cached by content.

    Raises errors.Malformed and TooLarge (bpmn.xml.parse), Unavailable where the FEEL bundle is not built.
    """
    return _read(data, file)


@lru_cache(maxsize=MOST_CACHED)
def _read(data: bytes, file: str) -> Decisions:
    root = xml.parse(data)
    reader = Reader(file)
    decisions: dict[str, Decision] = {}
    if xml.local(root) != "definitions" or NAMESPACE not in xml.namespace(root.tag):
        reader.report(root, "decision-file", "Đây không phải tệp DMN.", "This is no DMN file.")
    else:
        decisions = reader.decisions(root)
    return Decisions(keys=tuple(decisions), findings=tuple(reader.findings), decisions=decisions)


def evaluate(decisions: Decisions, key: str, variables: Mapping[str, Any], *, now: datetime | None = None) -> Decided:
    """Evaluate the decision `key` with these variables; `now` is what `now()` and `today()` give.

    Raises LookupError (no such decision) and ExpressionFailed with the id of the cell or table: a FEEL error, rules of
    a UNIQUE or ANY table that contradict each other, a decision that has findings of severity error.
    """
    if key not in decisions.decisions:
        raise LookupError(key)
    for needed in (key, *closure(dict(decisions.decisions), key)):
        if needed not in decisions.decisions or decisions.decisions[needed].logic is None:
            raise _not_evaluated(decisions, needed)
    evaluation = Evaluation(decisions.decisions, now)
    result = evaluation.of(key, variables)
    return Decided(outputs=result.value, variables=result.named, matched=tuple(evaluation.matched))


def _not_evaluated(decisions: Decisions, key: str) -> ExpressionFailed:
    errors = [finding.message for finding in decisions.findings if finding.severity is Severity.ERROR]
    reason = errors[0] if errors else Text(vi=f"không có quyết định “{key}”", en=f'there is no decision "{key}"')
    return ExpressionFailed(
        Text(vi=f"Không tính được quyết định “{key}”: {reason.vi}", en=f'Decision "{key}" cannot run: {reason.en}'),
        element_id=key,
        reason=reason.en,
    )
