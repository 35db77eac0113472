"""What the files of a bundle say of each other: calls, decisions, forms. Looks at what is published, too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bpmn.bindings import VERSION, VERSION_TAG, Bound, is_computed
from bpmn.checks.base import found, nodes, warned
from bpmn.checks.legal import parts
from bpmn.checks.sums import sums
from bpmn.extensions import called_by, parts_of
from bpmn.model import Process
from bpmn.reader import bound_call
from bpmn.xml import Node
from findings import Finding, Severity
from texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One process of the bundle: its file, its XML with complete ids, what was read from it."""

    file: str
    node: Node
    process: Process


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the bundle may refer to, its own things and what is published."""

    decisions: Collection[str]
    forms: Collection[str]
    """File names and ids."""
    published: Callable[[str], Process | None]
    """Gives the process in force of a key."""
    exists: Callable[[str, str], bool] | None = None
    """Whether there is that version of a process or decision (as bpmn.bindings writes it); None: nobody knows."""


def of_bundle(drawn: Collection[Drawn], known: Known) -> Iterator[Finding]:
    """Check every process of a bundle against the others."""
    yield from once("process", [(one.file, one.process.key) for one in drawn])
    own = {one.process.key: one.process for one in drawn}
    for one in drawn:
        found_ = [*_calls(one, known, own), *_decisions(one, known), *_forms(one, known)]
        found_ += sums(one.node, one.process, lambda key: own.get(key) or known.published(key))
        yield from (replace(finding, file=one.file) for finding in found_)


def once(kind: str, keys: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """Refuse two things of one kind with the same key, in `(file, key)` pairs."""
    keys = tuple(keys)
    counts = Counter(key for _, key in keys)
    vi = {"process": "quy trình", "decision": "bảng quyết định", "form": "biểu mẫu"}[kind]
    for file, key in keys:
        if counts[key] > 1:
            yield Finding(
                rule=f"duplicate-{kind}",
                severity=Severity.ERROR,
                message=Text(
                    vi=f"Có {counts[key]} {vi} cùng mã “{key}” trong bộ tệp. Hãy giữ một.",
                    en=f"{counts[key]} {kind}s of the bundle have the key “{key}”. Keep one.",
                ),
                file=file,
                element_id=key,
            )


def _calls(one: Drawn, known: Known, own: Mapping[str, Process]) -> Iterator[Finding]:
    def process(key: str) -> Process | None:
        return own.get(key) or known.published(key)

    for node in nodes(one.node, "callActivity"):
        called = called_by(node)
        if not called or is_computed(called):
            continue
        bound = bound_call(called, parts_of(node))
        if is_exact(bound):
            tagged = called in own and bound == Bound(called, VERSION_TAG, own[called].version_tag)
            if not tagged and is_missing("process", bound, known):
                yield found(
                    "call-version-unknown",
                    node,
                    f"Quy trình “{called}” không có phiên bản “{bound.wanted}”. Hãy sửa, hoặc bỏ ràng buộc.",
                    f"The process “{called}” has no version “{bound.wanted}”. Mend it, or remove the binding.",
                )
        elif process(called) is None:
            yield found(
                "call-unknown",
                node,
                f"Quy trình được gọi “{called}” không có trong bộ tệp và chưa được công bố. Hãy thêm tệp của nó.",
                f"The called process “{called}” is neither in the bundle nor published. Add its file.",
            )
        elif one.process.key in reachable(called, process):
            yield found(
                "call-cycle",
                node,
                f"Gọi “{called}” rồi lại quay về chính quy trình này: chạy mãi không dừng. Hãy bỏ một lời gọi.",
                f"Calling “{called}” leads back to this process: it would never end. Remove one of the calls.",
            )


def is_exact(bound: Bound) -> bool:
    """Tell whether a binding names one version, which need not be the one that is being uploaded."""
    return bound.binding in (VERSION, VERSION_TAG)


def is_missing(kind: str, bound: Bound, known: Known) -> bool:
    """Tell whether it is known that there is no such version."""
    return known.exists is not None and not is_computed(bound.wanted) and not known.exists(kind, bound.text)


def reachable(key: str, process: Callable[[str], Process | None]) -> frozenset[str]:
    """Give the keys of a process and of all that it calls, however deep."""
    seen: set[str] = set()
    waiting = [key]
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            called = process(key)
            calls = map(Bound.read, called.calls if called else ())
            waiting += [bound.key for bound in calls if not is_exact(bound)]
    return frozenset(seen)


def _decisions(one: Drawn, known: Known) -> Iterator[Finding]:
    for node in nodes(one.node, "businessRuleTask"):
        parts_ = parts_of(node)
        decision = parts_.decision
        if not decision or is_computed(decision):
            continue
        bound = Bound(decision, *(parts_.decision_binding or ()))
        if is_exact(bound):
            if is_missing("decision", bound, known):
                yield found(
                    "decision-version-unknown",
                    node,
                    f"Bảng quyết định “{decision}” không có phiên bản “{bound.wanted}”. Hãy sửa, hoặc bỏ ràng buộc.",
                    f"The decision “{decision}” has no version “{bound.wanted}”. Mend it, or remove the binding.",
                )
        elif decision not in known.decisions:
            yield found(
                "decision-unknown",
                node,
                f"Bảng quyết định “{decision}” không có trong bộ tệp và chưa được công bố. Hãy thêm tệp .dmn.",
                f"The decision “{decision}” is neither in the bundle nor published. Add its .dmn file.",
            )


def _forms(one: Drawn, known: Known) -> Iterator[Finding]:
    wanted = [(node, parts_of(node).form or "") for node in nodes(one.node)]
    wanted += [(node, node.get("form") or "") for node in parts(one.node, "case")]
    for node, form in wanted:
        if form.endswith(".json") and form not in known.forms:
            yield warned(
                "json-schema-form",
                node,
                f"Biểu mẫu “{form[:80]}” (JSON Schema) không đọc được nên việc này không có trường nào. Hãy thêm tệp "
                "đó, hoặc tạo tệp .form và ghi motcua:form.",
                f"The form “{form[:80]}” (JSON Schema) is not there or not read, so this task has no fields. Add that "
                "file, or make a .form file and set motcua:form.",
            )
        elif form and ":" not in form and form not in known.forms:
            yield found(
                "form-unknown",
                node,
                f"Biểu mẫu “{form}” không có trong bộ tệp. Hãy thêm tệp .form hoặc sửa tên.",
                f"The form “{form}” is not in the bundle. Add the .form file or mend its name.",
            )
