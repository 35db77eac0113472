"""What decision tables decide, by their hit policy (DMN 1.4, 8.2.10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.dmn import language
from engine.dmn.boxes import Aggregator, Cell, HitPolicy, InputColumn, OutputColumn, Rule, Table
from engine.dmn.results import MatchedRule
from texts import Text

if TYPE_CHECKING:
    from engine.dmn.evaluation import Here

Scope = Mapping[str, Any]
Answer = tuple[Any, ...]
"""The values of the output columns of one rule."""


def of(table: Table, scope: Scope, here: Here) -> Any:
    """Give what a table decides, and note the rules that matched."""
    inputs = [_asked(column, scope, here) for column in table.inputs]
    if not all(_is_allowed(column, value, here) for column, value in zip(table.inputs, inputs, strict=True)):
        return None
    named = {column.variable: value for column, value in zip(table.inputs, inputs, strict=True) if column.variable}
    scope = {**scope, **named} if named else scope
    rules = _matching(table, inputs, scope, here)
    answers = [_answered(rule, table, scope, here) for rule in rules]
    chosen = _chosen(table, answers, scope, here)
    if chosen is None:
        return None
    seen = dict(zip((column.label for column in table.inputs), inputs, strict=True))
    for index in chosen:
        here.evaluation.match(
            MatchedRule(
                decision=here.owner,
                table=table.id or here.owner,
                rule_id=rules[index].id,
                number=rules[index].number,
                inputs=seen,
                outputs=dict(zip(names(table, here.owner), answers[index], strict=True)),
                annotation=rules[index].annotation,
            )
        )
    return _given(table, [answers[index] for index in chosen], scope, here)


def names(table: Table, name: str) -> list[str]:
    """Give the names of the output columns; that of the decision where the only one has none."""
    return [output.name or name for output in table.outputs]


def _asked(column: InputColumn, scope: Scope, here: Here) -> Any:
    """Give the value of an input column: texts become the moments that its type says; other types are not forced."""
    cell = column.expression
    value = here.value(Cell(id=cell.id, source=cell.source, is_valid=cell.is_valid), scope)
    return here.types.read(value, cell.type) if cell.type else value


def _is_allowed(column: InputColumn, value: Any, here: Here) -> bool:
    if column.values is None or not column.is_bound or value is None or here.takes(column.values, value, {}):
        return True
    shown = f"{value!r}"[:80]
    here.evaluation.warn(
        column.values.id or column.expression.id or here.owner,
        Text(
            f"Cột “{column.label}” không nhận giá trị {shown}: bảng cho null.",
            f'Column "{column.label}" does not take the value {shown}: the table gives null.',
        ),
    )
    return False


def _matching(table: Table, inputs: list[Any], scope: Scope, here: Here) -> list[Rule]:
    known: dict[tuple[int, str], bool] = {}

    def takes(column: int, cell: Cell) -> bool:
        asked = (column, cell.source)
        if asked not in known:
            known[asked] = cell.source in ("", "-") or here.takes(cell, inputs[column], scope)
        return known[asked]

    found = []
    for rule in table.rules:
        if all(takes(column, cell) for column, cell in enumerate(rule.inputs)):
            found.append(rule)
            if table.policy is HitPolicy.FIRST:
                break
    return found


def _answered(rule: Rule, table: Table, scope: Scope, here: Here) -> Answer:
    return tuple(_cell(cell, output, scope, here) for cell, output in zip(rule.outputs, table.outputs, strict=True))


def _cell(cell: Cell, output: OutputColumn, scope: Scope, here: Here) -> Any:
    value = here.value(cell, scope) if cell.source else None
    return here.made(value, output.type, cell.id or here.owner)


def _chosen(table: Table, answers: list[Answer], scope: Scope, here: Here) -> list[int] | None:
    """Give which of the matching rules speak, in order; None where they contradict each other."""
    element = table.id or here.owner
    if table.policy is HitPolicy.UNIQUE and len(answers) > 1:
        here.evaluation.refuse(
            element, "nhiều dòng cùng khớp trong bảng UNIQUE", "more than one rule of a UNIQUE table matches"
        )
        return None
    if table.policy is HitPolicy.ANY and not all(_agree(answer, answers[0]) for answer in answers):
        here.evaluation.refuse(
            element, "các dòng khớp cho kết quả khác nhau", "the rules that match do not agree (ANY)"
        )
        return None
    order = list(range(len(answers)))
    if table.policy.is_ordered_by_values:
        ranks = _ranks(table, answers, scope, here)
        if ranks is None:
            return None
        order.sort(key=ranks.__getitem__)
    return order if table.policy.gives_a_list else order[:1]


def _agree(left: Answer, right: Answer) -> bool:
    return all(language.same(one, other) for one, other in zip(left, right, strict=True))


def _ranks(table: Table, answers: list[Answer], scope: Scope, here: Here) -> list[list[int]] | None:
    ranks: list[list[int]] = [[] for _ in answers]
    for column, output in enumerate(table.outputs):
        if output.values is None or not answers:
            continue
        allowed = here.value(output.values, scope)
        for rank, answer in zip(ranks, answers, strict=True):
            rank_of = next((n for n, each in enumerate(allowed or ()) if language.same(each, answer[column])), None)
            if rank_of is None:
                here.evaluation.refuse(
                    output.values.id or table.id or here.owner,
                    f"kết quả {answer[column]!r} không có trong danh sách giá trị",
                    f"the output {answer[column]!r} is not in the list of output values",
                )
                return None
            rank.append(rank_of)
    return ranks


def _given(table: Table, answers: list[Answer], scope: Scope, here: Here) -> Any:
    if table.aggregator is not None:
        return _aggregated(table, table.aggregator, [answer[0] for answer in answers], here)
    if table.policy.gives_a_list:
        return [_one(table, answer) for answer in answers]
    if answers:
        return _one(table, answers[0])
    if not any(output.default for output in table.outputs):
        return None
    return _one(
        table,
        tuple(_cell(output.default, output, scope, here) if output.default else None for output in table.outputs),
    )


def _one(table: Table, answer: Answer) -> Any:
    """Give one rule's answer: the value of the only column, or a context of all."""
    return answer[0] if len(table.outputs) == 1 else dict(zip(names(table, ""), answer, strict=True))


_CALLS = {Aggregator.SUM: "sum(values)", Aggregator.MIN: "min(values)", Aggregator.MAX: "max(values)"}


def _aggregated(table: Table, aggregator: Aggregator, values: list[Any], here: Here) -> Any:
    if aggregator is Aggregator.COUNT:
        return len(values)
    if not values:
        return None
    made = language.value(_CALLS[aggregator], {"values": values}, None)
    if made is None or (aggregator is Aggregator.SUM and any(language.kind(value) != "number" for value in values)):
        here.evaluation.refuse(
            table.id or here.owner, f"{aggregator} cần kết quả là số", f"{aggregator} needs numbers as outputs"
        )
        return None
    return made
