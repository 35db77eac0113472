"""From DMN (1.1 to 1.5) to decisions, with a finding for everything that would not be evaluated as it is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from bpmn import xml
from engine.dmn.model import Aggregator, Cell, Decision, HitPolicy, Input, Output, Rule, Table
from expressions import feel
from findings import Finding, Severity
from texts import Text

MOST_DECISIONS = 200
MOST_CELLS = 10_000
"""Cells of one table: some seconds of checking at upload."""
LOGICS = ("decisionTable", "literalExpression", "context", "invocation", "relation", "list", "functionDefinition")
LATER_LOGICS = ("conditional", "for", "every", "some", "filter")


@dataclass(slots=True)
class Reader:
    """One file while it is read; what it finds is in `findings`."""

    file: str
    findings: list[Finding] = field(default_factory=list)
    _checked: dict[tuple[str, bool], Text | None] = field(default_factory=dict)

    def decisions(self, root: xml.Node) -> dict[str, Decision]:
        """Read every decision of a DMN file by its id. Raises errors.Unavailable where FEEL cannot be checked."""
        nodes = list(children(root, "decision"))
        if len(nodes) > MOST_DECISIONS:
            self.report(
                root, "decision-size", f"Quá {MOST_DECISIONS} quyết định.", f"More than {MOST_DECISIONS} decisions."
            )
            return {}
        self._language(root)
        for node in children(root, "import"):
            self.report(
                node,
                "decision-import",
                "Không đọc <import>: hãy đưa mọi quyết định vào một tệp.",
                "<import> is not read: put all decisions into one file.",
            )
        found = {key: self._decision(node, key) for node in nodes if (key := node.get("id") or "")}
        self._requirements(nodes, found)
        return found

    def report(self, node: xml.Node, rule: str, vi: str, en: str, severity: Severity = Severity.ERROR) -> None:
        """Add a finding about an element, named after itself or the decision around it."""
        named = next((x for x in (node, *node.iterancestors()) if x.get("name")), node)
        self.findings.append(
            Finding(
                rule=rule,
                severity=severity,
                message=Text(vi=vi, en=en),
                file=self.file,
                element_id=node.get("id") or named.get("id") or "",
                element_name=named.get("name") or node.get("label") or "",
                line=node.sourceline,
            )
        )

    def _decision(self, node: xml.Node, key: str) -> Decision:
        before = len(self.findings)
        logic = self._logic(node)
        for knowledge in children(node, "knowledgeRequirement"):
            self.report(
                knowledge,
                "decision-knowledge",
                "Không dùng được mô hình tri thức (BKM): hãy viết thẳng vào bảng hoặc biểu thức.",
                "A business knowledge model is not evaluated: write it into the table or expression.",
            )
        if any(finding.severity is Severity.ERROR for finding in self.findings[before:]):
            logic = None
        variable = child(node, "variable")
        name = node.get("name") or key
        return Decision(
            key=key,
            name=name,
            result=(variable.get("name") if variable is not None else "") or name,
            requires=tuple(required(node)),
            logic=logic,
        )

    def _logic(self, node: xml.Node) -> Table | Cell | None:
        for logic in node:
            kind = xml.local(logic)
            if kind == "decisionTable":
                return self._table(logic)
            if kind == "literalExpression":
                self._language(logic)
                return self._cell(logic, unary=False, needed=True)
            if kind in LOGICS + LATER_LOGICS:
                self.report(
                    logic,
                    "decision-logic",
                    f"Không tính được quyết định dạng <{kind}>: hãy dùng bảng quyết định hoặc biểu thức.",
                    f"A decision drawn as <{kind}> is not evaluated: use a decision table or a literal expression.",
                )
                return None
        self.report(
            node,
            "decision-empty",
            "Quyết định chưa có bảng hay biểu thức.",
            "The decision has no table and no expression.",
        )
        return None

    # Tables

    def _table(self, node: xml.Node) -> Table | None:
        policy, aggregator = self._policy(node), self._aggregator(node)
        self._language(node)
        inputs = _told_apart([self._input(part) for part in children(node, "input")])
        outputs = tuple(self._output(part) for part in children(node, "output"))
        rows = list(children(node, "rule"))
        if not outputs:
            self.report(node, "decision-outputs", "Bảng không có cột kết quả.", "The table has no output column.")
        if len(rows) * (len(inputs) + len(outputs)) > MOST_CELLS:
            self.report(
                node, "decision-size", f"Bảng quá {MOST_CELLS} ô.", f"The table has more than {MOST_CELLS} cells."
            )
            return None
        rules = tuple(self._rule(row, number, len(inputs), len(outputs)) for number, row in enumerate(rows, 1))
        if policy is None:
            return None
        self._fits(node, policy, aggregator, outputs)
        table = node.get("id") or ""
        return Table(id=table, policy=policy, aggregator=aggregator, inputs=inputs, outputs=outputs, rules=rules)

    def _policy(self, node: xml.Node) -> HitPolicy | None:
        written = node.get("hitPolicy") or HitPolicy.UNIQUE
        try:
            return HitPolicy(written)
        except ValueError:
            self.report(
                node,
                "decision-hit-policy",
                f"Không biết hit policy “{written}”: hãy chọn một trong {', '.join(HitPolicy)}.",
                f'Hit policy "{written}" is not known: choose one of {", ".join(HitPolicy)}.',
            )
            return None

    def _aggregator(self, node: xml.Node) -> Aggregator | None:
        written = node.get("aggregation")
        try:
            return Aggregator(written) if written else None
        except ValueError:
            self.report(
                node,
                "decision-hit-policy",
                f"Không biết phép gộp “{written}”: hãy chọn một trong {', '.join(Aggregator)}.",
                f'Aggregation "{written}" is not known: choose one of {", ".join(Aggregator)}.',
            )
            return None

    def _fits(
        self, node: xml.Node, policy: HitPolicy, aggregator: Aggregator | None, outputs: tuple[Output, ...]
    ) -> None:
        if aggregator and (policy is not HitPolicy.COLLECT or len(outputs) > 1):
            self.report(
                node,
                "decision-aggregation",
                f"{aggregator} cần hit policy COLLECT và đúng một cột kết quả.",
                f"{aggregator} needs hit policy COLLECT and exactly one output column.",
            )
        if policy.is_ordered_by_values and not any(output.values for output in outputs):
            self.report(
                node,
                "decision-priority",
                f"{policy} cần danh sách giá trị kết quả, tốt nhất đứng trước.",
                f"{policy} needs a list of output values, best first.",
            )
        if policy.gives_a_list and any(output.default for output in outputs):
            self.report(
                node,
                "decision-default",
                f"Giá trị mặc định không có nghĩa với {policy}: hãy bỏ, hoặc chọn hit policy cho một kết quả.",
                f"A default output has no meaning with {policy}: remove it, or choose a policy of one result.",
            )
        names = [output.name for output in outputs]
        if len(names) > 1 and (len(set(names)) < len(names) or not all(names)):
            self.report(
                node,
                "decision-outputs",
                "Mỗi cột kết quả cần một tên riêng.",
                "Each output column needs a name of its own.",
            )

    def _input(self, node: xml.Node) -> Input:
        expression = child(node, "inputExpression")
        if expression is None:
            self.report(node, "decision-input", "Cột đầu vào chưa có biểu thức.", "The input column has no expression.")
            return Input(label="", expression=Cell(id=node.get("id") or "", source="null"))
        self._language(expression)
        cell = self._cell(expression, unary=False, needed=True)
        if child(node, "inputValues") is not None:
            self.report(
                node,
                "decision-input-values",
                "Danh sách giá trị đầu vào chỉ để gợi ý khi soạn, không được kiểm tra khi chạy.",
                "The list of input values helps to write the table; it is not checked when it runs.",
                Severity.INFO,
            )
        kind = (expression.get("typeRef") or "").rpartition(":")[2]
        return Input(label=node.get("label") or cell.source, expression=cell, type=kind)

    def _output(self, node: xml.Node) -> Output:
        values, default = child(node, "outputValues"), child(node, "defaultOutputEntry")
        return Output(
            name=node.get("name") or "",
            values=self._list(values) if values is not None else None,
            default=self._cell(default, unary=False, needed=True) if default is not None else None,
        )

    def _list(self, node: xml.Node) -> Cell:
        cell = Cell(id=node.get("id") or "", source=f"[{source_of(node)}]")
        self._check(node, cell.source, unary=False)
        return cell

    def _rule(self, node: xml.Node, number: int, inputs: int, outputs: int) -> Rule:
        asked, answered = list(children(node, "inputEntry")), list(children(node, "outputEntry"))
        if len(asked) != inputs or len(answered) != outputs:
            self.report(
                node,
                "decision-rule",
                f"Dòng {number} phải có {inputs} ô đầu vào và {outputs} ô kết quả.",
                f"Rule {number} must have {inputs} input cells and {outputs} output cells.",
            )
        notes = [child(note, "text") for note in children(node, "annotationEntry")]
        texts = [xml.text_of(note) for note in (child(node, "description"), *notes) if note is not None]
        return Rule(
            id=node.get("id") or "",
            number=number,
            inputs=tuple(self._entry(cell, unary=True) for cell in asked),
            outputs=tuple(self._entry(cell, unary=False) for cell in answered),
            annotation="\n".join(filter(None, texts)),
        )

    # Texts of FEEL

    def _entry(self, node: xml.Node, *, unary: bool) -> Cell:
        self._language(node)
        return self._cell(node, unary=unary, needed=False)

    def _cell(self, node: xml.Node, *, unary: bool, needed: bool) -> Cell:
        cell = Cell(id=node.get("id") or "", source=source_of(node))
        if cell.source and not (unary and cell.source == "-"):
            self._check(node, cell.source, unary=unary)
        elif needed:
            self.report(node, "decision-expression", "Biểu thức trống.", "The expression is empty.")
        return cell

    def _check(self, node: xml.Node, source: str, *, unary: bool) -> None:
        wanted = (source, unary)
        if wanted not in self._checked:
            self._checked[wanted] = feel.refusal(source, unary=unary)
        reason = self._checked[wanted]
        if reason:
            shown = source[:80]
            self.report(
                node,
                "decision-expression",
                f"“{shown}” không phải FEEL đúng: {reason.vi}.",
                f'"{shown}" is not valid FEEL: {reason.en}.',
            )

    def _language(self, node: xml.Node) -> None:
        language = node.get("expressionLanguage") or ""
        if language and "feel" not in language.lower():
            self.report(
                node,
                "decision-language",
                f"Chỉ tính được FEEL, không tính được “{language}”: hãy viết lại bằng FEEL.",
                f'Only FEEL is evaluated, not "{language}": write it in FEEL.',
            )

    # Required decisions

    def _requirements(self, nodes: list[xml.Node], found: dict[str, Decision]) -> None:
        for node in nodes:
            key = node.get("id") or ""
            for needed in required(node):
                if needed not in found:
                    self.report(
                        node,
                        "decision-requirement",
                        f"Cần quyết định “{needed}” nhưng tệp không có.",
                        f'It needs the decision "{needed}", which is not in the file.',
                    )
            if key in found and key in closure(found, key):
                self.report(
                    node,
                    "decision-cycle",
                    "Quyết định này cần chính nó: hãy bỏ vòng lặp.",
                    "This decision needs itself: remove the cycle.",
                )
                found[key] = replace(found[key], logic=None)


def _told_apart(columns: list[Input]) -> tuple[Input, ...]:
    """Number the columns whose label another one has, so that a matched rule shows each."""
    labels = [column.label for column in columns]
    return tuple(
        replace(column, label=f"{column.label} ({number})") if labels.count(column.label) > 1 else column
        for number, column in enumerate(columns, 1)
    )


def closure(decisions: dict[str, Decision], key: str) -> set[str]:
    """Give every decision that one needs, directly or not."""
    seen: set[str] = set()
    waiting = list(decisions[key].requires)
    while waiting:
        needed = waiting.pop()
        if needed not in seen:
            seen.add(needed)
            waiting.extend(decisions[needed].requires if needed in decisions else ())
    return seen


def required(node: xml.Node) -> Iterator[str]:
    """Give the keys of the decisions that a decision needs."""
    for requirement in children(node, "informationRequirement"):
        decision = child(requirement, "requiredDecision")
        if decision is not None:
            yield (decision.get("href") or "").rpartition("#")[2]


def children(node: xml.Node, name: str) -> Iterator[xml.Node]:
    """Give the children of a local name, whatever version's namespace they are in."""
    return (part for part in node if xml.local(part) == name)


def child(node: xml.Node, name: str) -> xml.Node | None:
    """Give the first child of a local name."""
    return next(children(node, name), None)


def source_of(node: xml.Node) -> str:
    """Give the FEEL text of an expression element."""
    return xml.text_of(child(node, "text"))
