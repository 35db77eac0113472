"""What may become what when an instance goes over to another version: kinds of elements, and their events one by one.

A token stays what it is: a person's task stays a person's task, a sub-process one that still holds what runs inside it.
What the engine does by itself holds no state, so that one kind of it may become another. docs/decisions/0023.
"""

from __future__ import annotations

from typing import Any

from bpmn.spiff import activities as work
from bpmn.spiff.events import Catching, kind_of
from bpmn.spiff.loops import MultiInstance, StandardLoop
from bpmn.spiff.nodes import Node
from texts import Text

AT_ONCE = (work.NoneTask, work.ManualTask, work.ScriptTask, work.ExpressionTask, work.BusinessRuleTask)
"""Done by the engine, from the beginning each time it is tried."""


def why_not(source: Node, target: Node) -> Text | None:
    """Say why a token at one element cannot go on at another; None: it can."""
    if family(source) is not family(target):
        return Text(
            f"{said(source)} không thành {said(target)} được: hãy chọn phần tử cùng loại.",
            f"A {said(source)} cannot become a {said(target)}: choose an element of the same kind.",
        )
    for differs, problem in _RULES:
        if differs(source, target):
            return problem
    return None


def family(node: Node) -> type:
    """Give what stands for all kinds that may become each other."""
    return work.NoneTask if isinstance(node, AT_ONCE) else type(node)


def said(node: Node) -> str:
    """Name the kind of an element as BPMN does."""
    kind = node.element_type
    if isinstance(node, StandardLoop):
        return f"{kind} (loop)"
    if isinstance(node, MultiInstance):
        return f"{kind} (multi-instance)"
    return f"{kind} (event)" if isinstance(node, work.EventSubProcess) else kind


def kinds(node: Node) -> list[str]:
    """Give the kinds of what an event waits for or catches, in a fixed order."""
    return sorted(_kind(one) for one in getattr(node, "definitions", ()))


def paired_events(source: Node, target: Node) -> dict[str, str]:
    """Give for each event of one element its place among those of the other, which has the same kinds of them.

    Those with the same name, condition or time come first, then those of the same kind, in the order of the file.
    """
    olds: list[Any] = list(enumerate(getattr(source, "definitions", ())))
    news: list[Any] = list(enumerate(getattr(target, "definitions", ())))
    found: dict[str, str] = {}
    for means in (_means, _kind):
        for place, old in olds:
            if str(place) in found:
                continue
            other = next((n for n, new in news if str(n) not in found.values() and means(old) == means(new)), None)
            if other is not None:
                found[str(place)] = str(other)
    return found


def _kind(definition: Any) -> str:
    return kind_of(definition) or type(definition).__name__


def _means(definition: Any) -> tuple[Any, ...]:
    return _kind(definition), *(getattr(definition, name, None) for name in ("name", "expression", "code"))


def _awaits_otherwise(source: Node, target: Node) -> bool:
    return isinstance(source, Catching) and kinds(source) != kinds(target)


def _needs_all(source: Any, target: Any) -> bool:
    return isinstance(source, Catching) and len(source.definitions) > 1 and source.is_parallel != target.is_parallel


def _undoes(source: Any, target: Any) -> bool:
    return isinstance(source, work.Activity) and source.is_for_compensation != target.is_for_compensation


def _done_otherwise(source: Any, target: Any) -> bool:
    return isinstance(source, work.ServiceTask) and bool(source.connector) != bool(target.connector)


def _in_other_order(source: Any, target: Any) -> bool:
    return isinstance(source, MultiInstance) and (
        source.is_sequential != target.is_sequential or source.is_of_cloud != target.is_of_cloud
    )


_RULES = (
    (
        _awaits_otherwise,
        Text(
            "Hai sự kiện chờ những loại khác nhau (thông điệp, tín hiệu, hẹn giờ, điều kiện).",
            "The two wait for other kinds of events (message, signal, timer, condition).",
        ),
    ),
    (
        _needs_all,
        Text(
            "Một bên chờ mọi sự kiện, bên kia chỉ chờ một.", "One waits for all its events, the other for any of them."
        ),
    ),
    (
        _undoes,
        Text("Một bên là bước hoàn tác (isForCompensation), bên kia không phải.", "Only one of them undoes something."),
    ),
    (
        _done_otherwise,
        Text(
            "Một bên do chương trình bên ngoài làm, bên kia do bộ kết nối làm.",
            "One is done by a program outside, the other by a connector.",
        ),
    ),
    (
        _in_other_order,
        Text(
            "Hoạt động lặp tuần tự và song song không thành nhau được.",
            "A sequential and a parallel multi-instance activity cannot become each other.",
        ),
    ),
)
