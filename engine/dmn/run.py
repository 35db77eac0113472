"""What decisions decide: each after those it needs, with only what it requires in scope (DMN 1.4, 7.3.1 and 10.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.dmn import language
from engine.dmn.boxes import Table
from engine.dmn.evaluation import Evaluation, Here
from engine.dmn.library import Found, Library, Place
from engine.dmn.model import Decision, Input, Kind, Knowledge, Node, Reference, Service
from engine.dmn.results import failed
from expressions.feel.values import Function
from texts import Text

_ABSENT = object()

Key = tuple[tuple[str, ...], str, str]


@dataclass(slots=True, kw_only=True)
class Run:
    """The values that one evaluation, or one call of a decision service, is given, and its results so far."""

    evaluation: Evaluation
    given: Mapping[str, Any]
    fixed: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    """Values that take the place of input data and decisions: by namespace and id."""
    may_replace: bool = False
    """Whether a given value of a decision's name takes its place."""
    asked: Node | None = None
    """What is asked for, which nothing replaces."""
    _results: dict[Key, Any] = field(default_factory=dict)

    def value(self, place: Place, node: Node) -> Any:
        """Give the value of input data, a decision or a service; for knowledge, what it gives for what is given."""
        match node:
            case Input():
                return self._input(place, node)
            case Decision():
                return self._decision(place, node)
            case Service():
                return self._service(place, node, [self._handed(place, one) for one in node.inputs], is_asked=True)
            case Knowledge():
                parameters = node.logic.parameters if node.logic else ()
                return self._knowledge(place, node, [self.given.get(each.name) for each in parameters])

    # Decisions

    def _decision(self, place: Place, node: Decision) -> Any:
        """Evaluate a decision after those it needs, without going deep into the stack for a long chain of them."""
        waiting: list[tuple[Place, Decision, bool]] = [(place, node, False)]
        busy: set[Key] = set()
        while waiting:
            there, one, is_ready = waiting.pop()
            key = _key(there, one)
            if key in self._results:
                continue
            replaced = self._replaced(there, one)
            if replaced is not _ABSENT:
                self._results[key] = replaced
            elif is_ready:
                self._results[key] = self._decided(there, one)
            elif key in busy:
                raise failed(one.id, "quyết định cần chính nó", "the decision needs itself")
            else:
                busy.add(key)
                waiting.append((there, one, True))
                waiting.extend((*needed, False) for needed in self._needed(there, one))
        return self._results[_key(place, node)]

    def _needed(self, place: Place, node: Decision) -> Iterator[tuple[Place, Decision]]:
        for reference in reversed(node.needs):
            found = self.evaluation.library.resolve(place, reference)
            if found and isinstance(found[1], Decision) and _key(found[0], found[1]) not in self._results:
                yield found[0], found[1]

    def _decided(self, place: Place, node: Decision) -> Any:
        here = self._here(place, node)
        if node.logic is None:
            self.evaluation.warn(node.id, Text("Quyết định không có nội dung.", "The decision has no logic."))
            return None
        return here.made(here.evaluate(node.logic, self.scope(place, node)), node.type, node.id)

    def _replaced(self, place: Place, node: Decision) -> Any:
        fixed = self.fixed.get((place.model.namespace, node.id), _ABSENT)
        if fixed is _ABSENT and self.may_replace and node is not self.asked:
            names = (name for name in (node.result, node.name) if self._lookup(place.path, name) is not _ABSENT)
            name = next(names, None)
            if name is not None:
                given = self._lookup(place.path, name)
                fixed = self._here(place, node).given(given, node.type, node.id)
        return fixed

    def scope(self, place: Place, node: Decision) -> dict[str, Any]:
        """Give what a decision's logic sees."""
        scope = self._open(place)
        for reference in node.calls:
            self._put(scope, place, reference)
        for reference in node.needs:
            self._put(scope, place, reference)
        return scope

    def _open(self, place: Place) -> dict[str, Any]:
        """Give the variables that are seen without being required: all, or those that no model declares."""
        if self.evaluation.sees_all:
            return dict(self.given)
        declared = {name for node in place.model.nodes.values() for name in _names(node)}
        declared |= {one.name for one in place.model.imports}
        return {name: value for name, value in self.given.items() if name not in declared}

    def _put(self, scope: dict[str, Any], place: Place, reference: Reference) -> None:
        found = self.evaluation.library.resolve(place, reference)
        if found is None:
            return
        there, node = found
        value = self.function(there, node) if isinstance(node, Knowledge | Service) else self.value(there, node)
        names: Sequence[str] = _names(node)
        prefix = self.evaluation.library.prefix(place, reference)
        if not prefix:
            if self.evaluation.sees_all and isinstance(node, Decision):
                scope |= {name: one for name, one in _columns(node, value).items() if name not in scope}
            scope |= dict.fromkeys(names, value)
            return
        inside = scope.get(prefix)
        scope[prefix] = {**(inside if isinstance(inside, dict) else {}), **dict.fromkeys(names, value)}

    # Input data

    def _input(self, place: Place, node: Input) -> Any:
        fixed = self.fixed.get((place.model.namespace, node.id), _ABSENT)
        if fixed is not _ABSENT:
            return fixed
        value = self._lookup(place.path, node.name)
        if value is _ABSENT:
            value = self._lookup(place.path, node.label)
        return None if value is _ABSENT else self._here(place, node).given(value, node.type, node.id)

    def _lookup(self, path: tuple[str, ...], name: str) -> Any:
        """Find a given value: inside contexts named as the imports are, or under its own name."""
        for start in range(len(path) + 1):
            inside: Any = self.given
            for step in path[start:]:
                inside = inside.get(step) if isinstance(inside, Mapping) else None
            if isinstance(inside, Mapping) and name in inside:
                return inside[name]
        return _ABSENT

    # Functions

    def function(self, place: Place, node: Knowledge | Service) -> Function:
        """Give business knowledge or a decision service as a function."""
        if isinstance(node, Knowledge):
            parameters = tuple(one.name for one in node.logic.parameters) if node.logic else ()
            return language.function(node.name, parameters, lambda values: self._knowledge(place, node, values))
        found = [self.evaluation.library.resolve(place, one) for one in node.inputs]
        names = tuple(_result(one[1]) if one else "" for one in found)
        return language.function(node.name, names, lambda values: self._service(place, node, values))

    def _knowledge(self, place: Place, node: Knowledge, values: Sequence[Any]) -> Any:
        here = self._here(place, node)
        if node.logic is None:
            return None
        scope: dict[str, Any] = {}
        for reference in node.calls:
            self._put(scope, place, reference)
        result = here.call(node.logic, values, scope)
        return here.made(result, self._result_type(place, node.type), node.id)

    def _service(self, place: Place, node: Service, values: Sequence[Any], *, is_asked: bool = False) -> Any:
        """Evaluate a service; called as a function, it gives null where an argument is not of its type."""
        start = Place(place.model)
        fixed: dict[tuple[str, str], Any] = {}
        for reference, value in zip(node.inputs, values, strict=True):
            found = self.evaluation.library.resolve(start, reference)
            if found:
                there, one = found
                typed = self._here(there, one).made(value, one.type, one.id)
                if typed is None and value is not None and not is_asked:
                    return None
                fixed[there.model.namespace, one.id] = typed
        inner = Run(evaluation=self.evaluation, given={}, fixed=fixed)
        self.evaluation.deeper()
        try:
            results = [output for one in node.outputs if (output := inner._output(start, one))]
        finally:
            self.evaluation.depth -= 1
        value = results[0][1] if len(results) == 1 else dict(results)
        return self._here(place, node).made(value, self._result_type(place, node.type), node.id)

    def _output(self, place: Place, reference: Reference) -> tuple[str, Any] | None:
        found = self.evaluation.library.resolve(place, reference)
        return (_result(found[1]), self.value(*found)) if found else None

    def _handed(self, place: Place, reference: Reference) -> Any:
        """Give what a service is given from outside for one of its inputs."""
        found = self.evaluation.library.resolve(place, reference)
        if not found:
            return None
        value = self._lookup(found[0].path, _result(found[1]))
        return None if value is _ABSENT else self._here(*found).given(value, found[1].type, found[1].id)

    def _result_type(self, place: Place, type_name: str) -> str:
        """Give the type of a function's result; a variable may name it or the function's own type."""
        item = self.evaluation.library.item(place, type_name)
        return item.base if item is not None and item.kind is Kind.FUNCTION else type_name

    def _here(self, place: Place, node: Node) -> Here:
        return Here(self.evaluation, place, node.id)


def find(library: Library, name: str) -> Found | None:
    """Find a decision, service or business knowledge model of the main model by its id, or else by its name."""
    nodes = library.main.nodes
    asked = " ".join(name.split())
    named = [one for kind in (Decision, Service, Knowledge) for one in nodes.values() if isinstance(one, kind)]
    found = nodes.get(name) or next((one for one in named if one.name == asked), None)
    return (library.start, found) if found is not None and not isinstance(found, Input) else None


def _key(place: Place, node: Node) -> Key:
    return (place.path, place.model.namespace, node.id)


def _columns(node: Decision, value: Any) -> Mapping[str, Any]:
    """Give the outputs of a table by name: so Camunda's tables read those that they require."""
    if not isinstance(node.logic, Table):
        return {}
    names = [output.name for output in node.logic.outputs if output.name]
    if len(names) == 1:
        return {names[0]: value}
    return {name: value[name] for name in names} if isinstance(value, dict) and set(names) <= set(value) else {}


def _result(node: Node) -> str:
    return node.result if isinstance(node, Decision) else node.name


def _names(node: Node) -> tuple[str, ...]:
    """Give the names under which a value is in scope; a decision also has its id and name, as modelers write it."""
    return (node.id, node.name, node.result) if isinstance(node, Decision) else (node.name,)
