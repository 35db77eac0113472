"""A form filled with answers: what each field holds, what is hidden, how often lists repeat.

Follows form-js: answers over variables over defaults; hide conditions are judged twice (once on all answers to find the
context, then on the context without what is hidden); expression fields are computed until nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from errors import Detail
from forms import context, feel, messages, options, shape, values
from forms.allowance import is_spent, measured
from forms.feel import Scope
from forms.model import Choice, Component, Computed, Container, Feel, Field, Form, Repeated
from forms.nodes import MISSING, Node, Steps, find, put, walk
from forms.values import Misfit
from texts import Text

MAX_NODES = 5000
"""Fields, groups and texts of one filled form, rows counted each."""
_MAX_PASSES = 10


@dataclass(slots=True, kw_only=True)
class Filling:
    """A filled form: its nodes, what is wrong with the shape of what was sent, and the variables behind it."""

    nodes: list[Node]
    faults: tuple[Detail, ...]
    variables: Mapping[str, Any]

    def visible(self) -> Iterator[Node]:
        """Give every node in sight, containers before their contents."""
        return walk(self.nodes, visible=True)

    def stored(self) -> dict[str, Any]:
        """Give the answers to store: of fields that are neither hidden nor disabled."""
        return assemble(self.nodes, lambda node: not node.hidden and not is_disabled(node), lambda node: node.value)


def fill(
    form: Form,
    submitted: object,
    variables: Mapping[str, Any],
    *,
    now: datetime | None = None,
    as_stored: bool = False,
) -> Filling:
    """Fill a form with what was sent.

    `as_stored`: the answers come from our own storage, so disabled, readonly and computed fields show what they hold.
    """
    faults = shape.faults(form.names, submitted)
    builder = _Builder(variables=variables, as_stored=as_stored)
    with measured():
        nodes = builder.nodes(form.components, submitted, variables, ())
        if form.is_dynamic:
            _settle(form, nodes, _begun(form, nodes, variables), Scope(variables, now=now), as_stored)
        elif not as_stored:
            for node in walk(nodes):
                if isinstance(node.component, Choice):
                    node.value = _offered_only(node, node.component, variables)
    return Filling(nodes=nodes, faults=(*faults, *builder.faults), variables=variables)


def is_disabled(node: Node) -> bool:
    """Say whether a node is a disabled field."""
    return isinstance(node.component, Field) and node.component.disabled


def assemble(
    nodes: Sequence[Node],
    wanted: Callable[[Node], bool],
    pick: Callable[[Node], Any],
    into: dict[str, Any] | None = None,
    prefix: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Put the values of nodes at their paths; a node that is not wanted is left out with all that it contains."""
    target: dict[str, Any] = {} if into is None else into
    for node in nodes:
        component = node.component
        if not wanted(node):
            continue
        if isinstance(component, Field):
            put(target, prefix + component.path, pick(node))
        elif isinstance(component, Repeated):
            put(target, prefix + component.path, [assemble(row, wanted, pick) for row in node.rows])
        elif isinstance(component, Container):
            assemble(node.children, wanted, pick, target, prefix + component.path)
    return target


@dataclass(slots=True, kw_only=True)
class _Builder:
    variables: Mapping[str, Any]
    as_stored: bool
    count: int = 0
    faults: list[Detail] = field(default_factory=list)

    def nodes(self, components: Sequence[Component], sent: object, known: object, path: Steps) -> list[Node]:
        scope = Scope(self.variables)
        made = []
        for component in components:
            self.count += 1
            if isinstance(component, Field):
                made.append(self.field(component, sent, known, path, scope))
            elif isinstance(component, Repeated):
                made.append(self.list(component, sent, known, path, scope))
            elif isinstance(component, Container):
                place = path + component.path
                node = Node(component=component, path=place, scope=scope)
                inner = find(sent, component.path), find(known, component.path)
                node.children = self.nodes(component.components, *inner, place)
                made.append(node)
            else:
                made.append(Node(component=component, path=path, scope=scope))
        return made

    def field(self, component: Field, sent: object, known: object, path: Steps, scope: Scope) -> Node:
        node = Node(component=component, path=path + component.path, scope=scope)
        before = find(known, component.path)
        is_default = before is MISSING
        if is_default:
            before = component.default
        elif isinstance(component, Choice):
            before = options.known_only(component, before, self.variables)
        node.readonly = component.readonly is True
        locked = component.disabled or node.readonly or isinstance(component, Computed)
        if before is None:
            node.initial = values.empty(component)
        else:
            node.initial = values.sanitise(component, before, as_it_is=locked or is_default)
        node.value = node.initial
        if not locked or self.as_stored:
            node.raw = find(sent, component.path)
            if node.raw is not MISSING:
                take(node)
        return node

    def list(self, component: Repeated, sent: object, known: object, path: Steps, scope: Scope) -> Node:
        node = Node(component=component, path=path + component.path, scope=scope)
        before = find(known, component.path)
        started = before if isinstance(before, list) else [{} for _ in range(component.repetitions)]
        given = find(sent, component.path)
        rows = given if isinstance(given, list) else [MISSING] * len(started)
        self.judge_rows(node, len(rows), len(started))
        node.behind = started
        for number, row in enumerate(rows[: component.max_rows]):
            if self.count > MAX_NODES:
                self.fault(node, "too_large", messages.too_much())
                break
            behind = started[number] if number < len(started) else {}
            self.count += 1
            node.rows.append(self.nodes(component.components, row, behind, (*node.path, number)))
        return node

    def judge_rows(self, node: Node, count: int, started: int) -> None:
        component = node.component
        assert isinstance(component, Repeated)
        if count > component.max_rows:
            self.fault(node, "too_many_rows", messages.too_many_rows(_title(node), component.max_rows))
        elif not component.add_remove and count != started and not self.as_stored:
            self.fault(node, "fixed_rows", messages.fixed_rows(_title(node), started))

    def fault(self, node: Node, code: str, message: Text) -> None:
        self.faults.append(Detail(code=code, field=node.name, message=message))


def take(node: Node) -> None:
    """Make the value of a node of what was sent for it, or note why that cannot be."""
    component = node.component
    assert isinstance(component, Field)
    try:
        node.value, node.misfit = values.coerce(component, node.raw, component.label, held=node.initial), None
    except Misfit as misfit:
        node.value, node.misfit = values.empty(component), misfit


def _title(node: Node) -> str:
    return node.component.label.vi or node.name


def _begun(form: Form, nodes: list[Node], variables: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the form began with: what stays in sight of expressions under the name of something hidden."""
    if any(isinstance(node.component, Repeated) for node in walk(nodes)):
        nodes = _Builder(variables=variables, as_stored=False).nodes(form.components, MISSING, variables, ())
    start = context.around(form.names, variables)
    return context.laid(nodes, {**variables, **start}, lambda node: node.initial)


def _settle(form: Form, nodes: list[Node], initial: dict[str, Any], outside: Scope, as_stored: bool) -> None:
    """Judge conditions and compute values until nothing changes; `outside` holds the variables."""
    variables = outside.data
    for _ in range(_MAX_PASSES):
        working = context.laid(nodes, context.around(form.names, variables), _value)
        _place(nodes, replace(outside, data={**initial, **working}), working)
        seen = context.laid(nodes, context.around(form.names, variables), _value, clears=True)
        _place(nodes, replace(outside, data={**initial, **seen}), working)
        changed = [node for node in walk(nodes) if _recompute(node, variables, as_stored)]
        if not changed or is_spent():
            break
    for node in walk(nodes):
        if isinstance(node.component, Computed) and node.component.at_submit:
            _compute(node, node.component, as_stored)


def _value(node: Node) -> Any:
    return node.value


def _place(nodes: Sequence[Node], scope: Scope, working: object) -> None:
    _place_level(nodes, replace(scope, this=scope.data), working, hidden=False)


def _place_level(nodes: Sequence[Node], scope: Scope, working: object, *, hidden: bool) -> None:
    """Give each node its scope and judge whether it is hidden; what is inside something hidden is hidden."""
    for node in nodes:
        component = node.component
        node.scope = scope
        node.hidden = hidden or _is_hidden(node, component.hide)
        if isinstance(component, Repeated):
            answers = find(working, component.path)
            for number, row in enumerate(node.rows):
                this = answers[number]
                _place_level(row, scope.row(this, number + 1), this, hidden=node.hidden)
        elif isinstance(component, Container):
            _place_level(node.children, scope, find(working, component.path), hidden=node.hidden)


def _is_hidden(node: Node, test: Feel | None) -> bool:
    """Judge a hide condition, unless it would see the same as when it was judged before."""
    if test is None or is_spent():
        return False
    context = node.scope.names(test.source)
    if node.judged is None or not values.same(node.judged[0], context):
        node.judged = context, feel.hides(test, node.scope)
    return node.judged[1]


def _recompute(node: Node, variables: Mapping[str, Any], as_stored: bool) -> bool:
    """Compute what depends on other answers; say whether a value changed."""
    component, before = node.component, node.value
    if isinstance(component, Computed):
        if not component.at_submit and not node.hidden:
            _compute(node, component, as_stored)
    elif isinstance(component, Field) and isinstance(component.readonly, Feel):
        node.readonly = feel.holds(component.readonly, node.scope)
        if node.readonly and not as_stored:
            node.value, node.misfit = node.initial, None
        elif node.raw is not MISSING:
            take(node)
    if isinstance(component, Choice) and options.is_posted(node.raw) and node.is_answered:
        take(node)
        node.value = options.meant(component, node.value, options.of(component, variables, node.scope))
    if isinstance(component, Choice) and not node.hidden and not as_stored:
        node.value = _offered_only(node, component, variables)
    return not values.same(before, node.value)


def _compute(node: Node, component: Computed, as_stored: bool) -> None:
    if node.raw is MISSING or not as_stored:
        node.value = values.plain(feel.value(component.expression, node.scope))


def _offered_only(node: Node, component: Choice, variables: Mapping[str, Any]) -> Any:
    """Give the value of a choice without what is not on offer, unless a person chose it (they are told) or cannot."""
    if node.is_answered or node.readonly or component.disabled or node.initial is None:
        return node.value
    return options.offered_only(component, node.initial, options.of(component, variables, node.scope))
