"""What decisions decide: tables by their hit policy, literal expressions, and the decisions they need, first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.dmn.model import Aggregator, Cell, Decision, HitPolicy, Input, Rule, Table
from errors import ExpressionFailed
from expressions import feel
from expressions.zone import OFFICE
from texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedRule:
    """A rule that matched: what it saw and what it said, for the dossier's explanation."""

    decision: str
    """The decision's key."""
    rule_id: str
    number: int
    """From 1, as the modeler shows it."""
    inputs: Mapping[str, Any]
    """The values of the input columns, by label."""
    outputs: Mapping[str, Any]
    """The values of the output columns, by name."""
    annotation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one decision gives: its value as DMN says, and each output by name."""

    value: Any
    named: Mapping[str, Any]


@dataclass(slots=True)
class Evaluation:
    """One evaluation: its moment, the results so far, and the rules that matched, in the order they were asked."""

    decisions: Mapping[str, Decision]
    now: datetime | None
    matched: list[MatchedRule] = field(default_factory=list)
    _results: dict[str, Result] = field(default_factory=dict)

    def of(self, key: str, variables: Mapping[str, Any]) -> Result:
        """Evaluate a decision after those it needs, each once. Raises ExpressionFailed."""
        if key not in self._results:
            decision = self.decisions[key]
            context = dict(variables)
            for needed in decision.requires:
                value = self.of(needed, variables).value
                other = self.decisions[needed]
                context |= {needed: value, other.name: value, other.result: value}
            self._results[key] = self._decided(decision, context)
        return self._results[key]

    def _decided(self, decision: Decision, context: Mapping[str, Any]) -> Result:
        logic = decision.logic
        if isinstance(logic, Table):
            return self._table(decision, logic, context)
        assert logic is not None  # engine.decisions refuses what has findings
        value = self._value(logic, context)
        return Result(value=value, named={decision.result: value})

    def _table(self, decision: Decision, table: Table, context: Mapping[str, Any]) -> Result:
        inputs = [_typed(self._value(column.expression, context), column) for column in table.inputs]
        rules = self._matching(table, inputs, context)
        seen = dict(zip((column.label for column in table.inputs), inputs, strict=True))
        names = [output.name or decision.result for output in table.outputs]
        answers = [dict(zip(names, self._outputs(rule, context), strict=True)) for rule in rules]
        chosen = self._chosen(table, answers, context)
        for index in chosen:
            rule = rules[index]
            self.matched.append(
                MatchedRule(
                    decision=decision.key,
                    rule_id=rule.id,
                    number=rule.number,
                    inputs=seen,
                    outputs=answers[index],
                    annotation=rule.annotation,
                )
            )
        return self._given(table, names, [answers[index] for index in chosen], context)

    def _matching(self, table: Table, inputs: list[Any], context: Mapping[str, Any]) -> list[Rule]:
        known: dict[tuple[int, str], bool] = {}

        def takes(column: int, cell: Cell) -> bool:
            asked = (column, cell.source)
            if asked not in known:
                known[asked] = self._takes(cell, inputs[column], context)
            return known[asked]

        found = []
        for rule in table.rules:
            if all(takes(column, cell) for column, cell in enumerate(rule.inputs)):
                found.append(rule)
                if table.policy is HitPolicy.FIRST:
                    break
        return found

    def _chosen(self, table: Table, answers: list[dict[str, Any]], context: Mapping[str, Any]) -> list[int]:
        """Give which of the matching rules speak, in order."""
        if table.policy is HitPolicy.UNIQUE and len(answers) > 1:
            raise _failed(
                table.id, "nhiều dòng cùng khớp trong bảng UNIQUE", "more than one rule of a UNIQUE table matches"
            )
        if table.policy is HitPolicy.ANY and any(answer != answers[0] for answer in answers):
            raise _failed(table.id, "các dòng khớp cho kết quả khác nhau", "the rules that match do not agree (ANY)")
        order = list(range(len(answers)))
        if table.policy.is_ordered_by_values:
            ranks = self._ranks(table, answers, context)
            order.sort(key=ranks.__getitem__)
        return order if table.policy.gives_a_list else order[:1]

    def _ranks(self, table: Table, answers: list[dict[str, Any]], context: Mapping[str, Any]) -> list[list[int]]:
        ranks: list[list[int]] = [[] for _ in answers]
        for column, output in enumerate(table.outputs):
            if output.values is None:
                continue
            allowed = self._value(output.values, context)
            for rank, answer in zip(ranks, answers, strict=True):
                value = list(answer.values())[column]
                if value not in allowed:
                    raise _failed(
                        output.values.id or table.id,
                        f"kết quả {value!r} không có trong danh sách giá trị",
                        f"the output {value!r} is not in the list of output values",
                    )
                rank.append(allowed.index(value))
        return ranks

    def _given(
        self, table: Table, names: list[str], answers: list[dict[str, Any]], context: Mapping[str, Any]
    ) -> Result:
        single = len(names) == 1
        if table.aggregator is not None:
            value = _aggregated(table, [answer[names[0]] for answer in answers])
            return Result(value=value, named={names[0]: value})
        if table.policy.gives_a_list:
            values = [answer[names[0]] if single else answer for answer in answers]
            return Result(value=values, named={name: [answer[name] for answer in answers] for name in names})
        if answers:
            return Result(value=answers[0][names[0]] if single else answers[0], named=answers[0])
        defaults = [self._value(output.default, context) if output.default else None for output in table.outputs]
        named = dict(zip(names, defaults, strict=True))
        has_default = any(output.default for output in table.outputs)
        return Result(value=defaults[0] if single else named if has_default else None, named=named)

    def _outputs(self, rule: Rule, context: Mapping[str, Any]) -> list[Any]:
        return [self._value(cell, context) if cell.source else None for cell in rule.outputs]

    def _value(self, cell: Cell, context: Mapping[str, Any]) -> Any:
        try:
            return feel.evaluate(cell.source, context, now=self.now)
        except ExpressionFailed as error:
            raise ExpressionFailed(error.text, element_id=cell.id, reason=error.reason) from None

    def _takes(self, cell: Cell, value: Any, context: Mapping[str, Any]) -> bool:
        try:
            return feel.matches(cell.source, value, context, now=self.now)
        except ExpressionFailed as error:
            raise ExpressionFailed(error.text, element_id=cell.id, reason=error.reason) from None


def _typed(value: Any, column: Input) -> Any:
    """Make a moment of an ISO text where the column says so: forms and JSON hold moments as texts."""
    try:
        if isinstance(value, str) and column.type == "date":
            return date.fromisoformat(value) if "T" not in value else _day(datetime.fromisoformat(value))
        if isinstance(value, str) and column.type in ("dateTime", "date and time"):
            return datetime.fromisoformat(value)
    except ValueError:
        return value
    return value


def _day(moment: datetime) -> date:
    return (moment.astimezone(OFFICE) if moment.tzinfo else moment).date()


def _aggregated(table: Table, values: list[Any]) -> Any:
    if table.aggregator is Aggregator.COUNT:
        return len(values)
    if not values:
        return None
    if not all(isinstance(value, int | float | Decimal) and not isinstance(value, bool) for value in values):
        raise _failed(table.id, f"{table.aggregator} cần kết quả là số", f"{table.aggregator} needs numbers as outputs")
    match table.aggregator:
        case Aggregator.SUM:
            return sum(values)
        case Aggregator.MIN:
            return min(values)
    return max(values)


def _failed(element: str, vi: str, en: str) -> ExpressionFailed:
    text = Text(vi=f"Bảng quyết định bị lỗi: {vi}.", en=f"Decision table failed: {en}.")
    return ExpressionFailed(text, element_id=element, reason=en)
