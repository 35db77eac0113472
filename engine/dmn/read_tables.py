"""Decision tables, as drawn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from bpmn import xml
from engine.dmn import language
from engine.dmn.boxes import Aggregator, Cell, HitPolicy, InputColumn, OutputColumn, Rule, Table
from engine.dmn.model import Item
from engine.dmn.report import Report, child, children, plain, source_of
from engine.dmn.types import Types
from findings import Severity

INPUT_VARIABLE = "{http://camunda.org/schema/1.0/dmn}inputVariable"
CONSTANT = re.compile(r'-?[0-9]+(\.[0-9]+)?|"[^"\\]*"|true|false')
"""Answers that are no expression: numbers, texts, true and false."""
MOST_CELLS = 10_000
"""Cells of one table: some seconds of checking at upload."""


def table(node: xml.Node, report: Report, items: Mapping[str, Item], owner: str) -> Table | None:
    """Read a decision table; `owner` names its decision, for rules that have no id. None: it makes no sense at all."""
    policy, aggregator = _policy(node, report), _aggregator(node, report)
    report.is_language(node)
    inputs = _told_apart([_input(part, report) for part in children(node, "input")])
    outputs = tuple(_output(part, report, items) for part in children(node, "output"))
    rows = list(children(node, "rule"))
    if not outputs:
        report.say(node, "decision-outputs", "Bảng không có cột kết quả.", "The table has no output column.")
        policy = None
    if len(rows) * (len(inputs) + len(outputs)) > MOST_CELLS:
        report.say(node, "decision-size", f"Bảng quá {MOST_CELLS} ô.", f"The table has more than {MOST_CELLS} cells.")
        return None
    key = node.get("id") or owner
    rules = tuple(_rule(row, number, (len(inputs), len(outputs)), report, key) for number, row in enumerate(rows, 1))
    _constants(rows, outputs, report, Types(items.get))
    if policy is None:
        return None
    _fits(node, report, policy, aggregator, outputs)
    return Table(
        id=node.get("id") or "",
        policy=policy,
        aggregator=aggregator,
        inputs=inputs,
        outputs=outputs,
        rules=rules,
        type=report.type_of(node),
    )


def _policy(node: xml.Node, report: Report) -> HitPolicy | None:
    written = node.get("hitPolicy") or HitPolicy.UNIQUE
    try:
        return HitPolicy(written)
    except ValueError:
        report.say(
            node,
            "decision-hit-policy",
            f"Không biết hit policy “{written}”: hãy chọn một trong {', '.join(HitPolicy)}.",
            f'Hit policy "{written}" is not known: choose one of {", ".join(HitPolicy)}.',
        )
        return None


def _aggregator(node: xml.Node, report: Report) -> Aggregator | None:
    written = node.get("aggregation")
    try:
        return Aggregator(written) if written else None
    except ValueError:
        report.say(
            node,
            "decision-hit-policy",
            f"Không biết phép gộp “{written}”: hãy chọn một trong {', '.join(Aggregator)}.",
            f'Aggregation "{written}" is not known: choose one of {", ".join(Aggregator)}.',
        )
        return None


def _fits(
    node: xml.Node,
    report: Report,
    policy: HitPolicy,
    aggregator: Aggregator | None,
    outputs: tuple[OutputColumn, ...],
) -> None:
    if aggregator and (policy is not HitPolicy.COLLECT or len(outputs) > 1):
        report.say(
            node,
            "decision-aggregation",
            f"{aggregator} cần hit policy COLLECT và đúng một cột kết quả.",
            f"{aggregator} needs hit policy COLLECT and exactly one output column.",
        )
    if policy.is_ordered_by_values and not any(output.values for output in outputs):
        report.say(
            node,
            "decision-priority",
            f"{policy} cần danh sách giá trị kết quả, tốt nhất đứng trước.",
            f"{policy} needs a list of output values, best first.",
        )
    if policy.gives_a_list and any(output.default for output in outputs):
        report.say(
            node,
            "decision-default",
            f"Giá trị mặc định không có nghĩa với {policy}: hãy bỏ, hoặc chọn hit policy cho một kết quả.",
            f"A default output has no meaning with {policy}: remove it, or choose a policy of one result.",
        )
    names = [output.name for output in outputs]
    if len(names) > 1 and (len(set(names)) < len(names) or not all(names)):
        report.say(
            node,
            "decision-outputs",
            "Mỗi cột kết quả cần một tên riêng.",
            "Each output column needs a name of its own.",
        )


def _input(node: xml.Node, report: Report) -> InputColumn:
    expression = child(node, "inputExpression")
    if expression is None:
        report.say(node, "decision-input", "Cột đầu vào chưa có biểu thức.", "The input column has no expression.")
        return InputColumn(label="", expression=Cell(id=node.get("id") or "", source="null", is_valid=False))
    cell = report.cell(expression, needed=True)
    values = child(node, "inputValues")
    return InputColumn(
        label=node.get("label") or cell.source,
        expression=cell,
        values=report.cell(values, unary=True) if values is not None and source_of(values) else None,
        is_bound=not report.is_camundas,
        variable=plain(node.get(INPUT_VARIABLE) or ""),
    )


def _output(node: xml.Node, report: Report, items: Mapping[str, Item]) -> OutputColumn:
    values, default = child(node, "outputValues"), child(node, "defaultOutputEntry")
    kind = report.type_of(node)
    allowed = _list(values, report) if values is not None and source_of(values) else None
    if allowed is None and kind in items and items[kind].allowed:
        allowed = Cell(id=node.get("id") or "", source=f"[{items[kind].allowed}]")
    return OutputColumn(
        name=plain(node.get("name") or ""),
        type="" if report.is_camundas else kind,
        values=allowed,
        default=report.cell(default, needed=True) if default is not None else None,
    )


def _constants(rows: list[xml.Node], outputs: tuple[OutputColumn, ...], report: Report, types: Types) -> None:
    """Say which written answers are not of their column's type: they would always be null."""
    for row in rows:
        for node, output in zip(children(row, "outputEntry"), outputs, strict=False):
            source = source_of(node)
            if not output.type or not CONSTANT.fullmatch(source):
                continue
            if not types.made(language.value(source, {}, None), output.type)[1]:
                report.say(
                    node,
                    "decision-output-type",
                    f"{source[:80]} không thuộc kiểu “{output.type}” của cột nên kết quả là null: sửa ô hoặc kiểu.",
                    f'{source[:80]} is not of the column\'s type "{output.type}", so it gives null: mend cell or type.',
                    Severity.WARNING,
                )


def _list(node: xml.Node, report: Report) -> Cell:
    source = f"[{source_of(node)}]"
    return Cell(id=node.get("id") or "", source=source, is_valid=report.is_feel(node, source, unary=False))


def _rule(node: xml.Node, number: int, columns: tuple[int, int], report: Report, table_key: str) -> Rule:
    asked, answered = list(children(node, "inputEntry")), list(children(node, "outputEntry"))
    inputs, outputs = columns
    if len(asked) != inputs or len(answered) != outputs:
        report.say(
            node,
            "decision-rule",
            f"Dòng {number} phải có {inputs} ô đầu vào và {outputs} ô kết quả.",
            f"Rule {number} must have {inputs} input cells and {outputs} output cells.",
        )
    notes = [child(note, "text") for note in children(node, "annotationEntry")]
    texts = [xml.text_of(note) for note in (child(node, "description"), *notes) if note is not None]
    empty = Cell(id=node.get("id") or "", source="")
    return Rule(
        id=node.get("id") or f"{table_key}-rule-{number}",
        number=number,
        inputs=_filled([report.cell(cell, unary=True) for cell in asked], inputs, empty),
        outputs=_filled([report.cell(cell) for cell in answered], outputs, empty),
        annotation="\n".join(filter(None, texts)),
    )


def _filled(cells: list[Cell], width: int, empty: Cell) -> tuple[Cell, ...]:
    """Give a cell for each column, also where a row is too short or too long (which has a finding)."""
    return tuple(cells[:width] + [empty] * (width - len(cells)))


def _told_apart(columns: list[InputColumn]) -> tuple[InputColumn, ...]:
    """Number the columns whose label another one has, so that a matched rule shows each."""
    labels = [column.label for column in columns]
    return tuple(
        replace(column, label=f"{column.label} ({number})") if labels.count(column.label) > 1 else column
        for number, column in enumerate(columns, 1)
    )
