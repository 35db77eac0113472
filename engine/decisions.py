"""DMN decisions: read a file once, evaluate a decision of it. Findings name what is not evaluated as it is drawn.

DMN 1.1 to 1.5 files; the meaning is that of DMN 1.4: tables of every hit policy and every boxed expression in FEEL,
required decisions, business knowledge models, decision services, item definitions, and imports of other DMN files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from bpmn import xml
from engine.dmn import language, reader, tables
from engine.dmn import questions as questioning
from engine.dmn.boxes import Table
from engine.dmn.evaluation import Evaluation
from engine.dmn.library import Library, Place, closure, problems
from engine.dmn.merge import merged
from engine.dmn.model import Decision, Model, Node, Service
from engine.dmn.questions import Question
from engine.dmn.report import all_names
from engine.dmn.results import Exhausted, MatchedRule, Warned, failed
from engine.dmn.run import Run, find
from errors import ExpressionFailed, Refused
from findings import Finding, Severity
from texts import Text

__all__ = [
    "Decided",
    "Decisions",
    "MatchedRule",
    "Question",
    "Warned",
    "evaluate",
    "has",
    "is_own",
    "moment",
    "name_of",
    "questions",
    "read",
    "try_out",
]

NAMESPACE = "omg.org/spec/DMN/"
MOST_CACHED = 64
"""Files; a file has at most 2 MB and mostly 10 KB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """The decisions of one file by key, and what is to be said of them. Immutable, shared between threads."""

    keys: tuple[str, ...]
    name: str
    """The model's."""
    findings: tuple[Finding, ...]
    library: Library = field(repr=False)


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
    warnings: tuple[Warned, ...] = ()
    """Why something is null that is perhaps not meant to be."""


def read(data: bytes, *, file: str = "", others: Sequence[tuple[str, bytes]] = ()) -> Decisions:
    """Read a DMN file; `file` is the name that findings bear, `others` are files that it may import. Cached by content.

    Raises errors.Malformed and TooLarge (bpmn.xml.parse), Unavailable where FEEL cannot be checked.
    """
    if b"import" not in data:
        others = ()
    return _read(data, file, tuple(others))


@lru_cache(maxsize=MOST_CACHED)
def _read(data: bytes, file: str, others: tuple[tuple[str, bytes], ...]) -> Decisions:
    root = xml.parse(data)
    if not _is_dmn(root):
        return _no_decisions(root, file)
    main, findings = _model(data, file, _names_in(others))
    models = list(_models(others))
    known = {model.namespace: model for model in models}
    library = Library(merged(main, known), {space: merged(model, known) for space, model in known.items()})
    return Decisions(
        keys=tuple(node.id for node in main.nodes.values() if isinstance(node, Decision | Service)),
        name=main.name,
        findings=(*findings, *_problems(library, main, root), *_twice(main, models)),
        library=library,
    )


@lru_cache(maxsize=MOST_CACHED)
def _model(data: bytes, file: str, names: frozenset[str] = frozenset()) -> tuple[Model, tuple[Finding, ...]]:
    model, findings = reader.model(xml.parse(data), file, names)
    return model, tuple(findings)


def _names_in(files: Sequence[tuple[str, bytes]]) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for _, data in files:
        with suppress(Refused):
            found |= all_names(xml.parse(data))
    return found


def _models(files: Sequence[tuple[str, bytes]]) -> Iterator[Model]:
    """Read what may be imported; what cannot be read has its own findings."""
    for name, data in files:
        with suppress(Refused):
            if _is_dmn(xml.parse(data)):
                yield _model(data, name, _names_in(files))[0]


def _is_dmn(root: xml.Node) -> bool:
    return xml.local(root) == "definitions" and NAMESPACE in xml.namespace(root.tag)


def _no_decisions(root: xml.Node, file: str) -> Decisions:
    finding = Finding(
        rule="decision-file",
        severity=Severity.ERROR,
        message=Text("Đây không phải tệp DMN.", "This is no DMN file."),
        file=file,
        line=root.sourceline,
    )
    return Decisions(keys=(), name="", findings=(finding,), library=Library(Model(namespace="", name="")))


def _problems(library: Library, main: Model, root: xml.Node) -> Iterator[Finding]:
    nodes = {node.get("id") or "": node for node in root}
    for element, rule, text in problems(library, main):
        node = nodes.get(element) if element else root
        yield Finding(
            rule=rule,
            severity=Severity.ERROR,
            message=text,
            file=library.main.file,
            element_id=element,
            element_name=(node.get("name") or "") if node is not None and element else "",
            line=node.sourceline if node is not None else None,
        )


def _twice(main: Model, models: Sequence[Model]) -> Iterator[Finding]:
    """Say which imports can mean more than one file."""
    for one in main.imports:
        files = [model.file for model in models if model.namespace == one.namespace]
        if len(files) > 1:
            text = Text(
                f"Nhiều tệp mang namespace “{one.namespace}”: {', '.join(files)}. Hãy đặt namespace riêng cho mỗi tệp.",
                f'Several files have the namespace "{one.namespace}": {", ".join(files)}. Give each one of its own.',
            )
            yield Finding(rule="decision-import", severity=Severity.ERROR, message=text, file=main.file)


def evaluate(decisions: Decisions, key: str, variables: Mapping[str, Any], *, now: datetime | None = None) -> Decided:
    """Evaluate the decision or decision service `key` for a process; `now` is what `now()` and `today()` give.

    Every variable is in scope under its name; what a decision requires besides is its own. Raises LookupError (no such
    decision) and ExpressionFailed with the id of the cell or table: an expression that fails, rules of a UNIQUE or ANY
    table that contradict each other, a decision that has findings of severity error.
    """
    node = decisions.library.main.nodes.get(key)
    if not isinstance(node, Decision | Service):
        raise LookupError(key)
    _refuse_faulty(decisions, node)
    evaluation = Evaluation(decisions.library, now, is_strict=True, sees_all=True)
    return _decided(evaluation, node, Run(evaluation=evaluation, given=variables, asked=node), language.plain)


def try_out(decisions: Decisions, name: str, variables: Mapping[str, Any], *, now: datetime | None = None) -> Decided:
    """Evaluate a decision, decision service or business knowledge model, by id or name, as DMN says to the letter.

    Only what is required is in scope, beside variables that the model does not declare; a variable with the name of a
    required decision takes its place; what is in error is null with a warning. Numbers in the answer are exact, moments
    and durations the texts that FEEL writes. Raises LookupError, and ExpressionFailed where it takes too much time.
    """
    found = find(decisions.library, name)
    if found is None:
        raise LookupError(name)
    evaluation = Evaluation(decisions.library, now, is_strict=False, sees_all=False)
    node = found[1]
    return _decided(
        evaluation, node, Run(evaluation=evaluation, given=variables, asked=node, may_replace=True), language.shown
    )


def questions(decisions: Decisions, key: str) -> tuple[Question, ...]:
    """Give what a decision or service wants to be given, as far as its model says; raise LookupError."""
    node = decisions.library.main.nodes.get(key)
    if node is None:
        raise LookupError(key)
    return questioning.of(decisions.library, node)


def moment(text: str, kind: str) -> Any:
    """Give the FEEL value that an ISO 8601 text writes (date, time, date and time, duration), or None."""
    return language.moment(text, kind, default=None)


def name_of(data: bytes) -> str:
    """Give the name of a file's model; empty where it is no DMN."""
    root = xml.parse(data)
    return root.get("name") or "" if _is_dmn(root) else ""


def has(decisions: Decisions, name: str) -> bool:
    """Say whether a file has something to evaluate of that id or name, by itself or by an import without a name."""
    return find(decisions.library, name) is not None


def is_own(data: bytes, name: str) -> bool:
    """Say whether a file itself has something to evaluate of that id or name."""
    return _is_dmn(xml.parse(data)) and find(Library(_model(data, "")[0]), name) is not None


def _decided(evaluation: Evaluation, node: Node, run: Run, plain: Callable[[Any], Any]) -> Decided:
    try:
        value = run.value(Place(evaluation.library.main), node)
    except Exhausted:
        raise failed(
            node.id, "tính quá lâu hoặc gọi nhau quá sâu", "it takes too many steps, too long, or calls too deep"
        ) from None
    except RecursionError:
        raise failed(node.id, "biểu thức lồng quá sâu", "expressions are nested too deep") from None
    outputs = plain(value)
    return Decided(
        outputs=outputs,
        variables=_named(node, outputs),
        matched=tuple(
            replace(rule, inputs=plain(rule.inputs), outputs=plain(rule.outputs)) for rule in evaluation.matched
        ),
        warnings=tuple(evaluation.warnings),
    )


def _named(node: Node, value: Any) -> Mapping[str, Any]:
    """Give the outputs of a decision by name."""
    name = node.result if isinstance(node, Decision) else node.name
    if not isinstance(node, Decision) or not isinstance(node.logic, Table):
        return {name: value}
    names = tables.names(node.logic, name)
    if len(names) == 1:
        return {names[0]: value}
    if isinstance(value, list):
        return {each: [one.get(each) if isinstance(one, dict) else None for one in value] for each in names}
    return {each: value.get(each) if isinstance(value, dict) else None for each in names}


def _refuse_faulty(decisions: Decisions, node: Node) -> None:
    """Refuse what has findings of severity error, or needs something that has."""
    library = decisions.library
    missing = {element: text for element, _, text in problems(library, library.main)} if decisions.findings else {}
    for place, one in closure(library, library.start, node):
        faults = place.model.faults
        fault = faults.get(one.id) or faults.get("")
        if fault is None and place.model is library.main:
            fault = missing.get(one.id) or missing.get("")
        if fault is not None:
            raise ExpressionFailed(
                Text(
                    vi=f"Không tính được quyết định “{node.id}”: {fault.vi}",
                    en=f'Decision "{node.id}" cannot run: {fault.en}',
                ),
                element_id=node.id,
                reason=fault.en,
            )
