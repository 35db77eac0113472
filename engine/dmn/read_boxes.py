"""Boxed expressions, as drawn: any of them wherever DMN allows an expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bpmn import xml
from engine.dmn import read_tables
from engine.dmn.boxes import (
    Box,
    Conditional,
    Context,
    Entry,
    Filter,
    Function,
    Invocation,
    Iteration,
    ListBox,
    Loop,
    Parameter,
    Relation,
)
from engine.dmn.model import Item
from engine.dmn.report import Report, child, children, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Boxes:
    """Reads the expressions of one decision or business knowledge model."""

    report: Report
    items: Mapping[str, Item]
    owner: str

    def of(self, node: xml.Node) -> Box | None:
        """Read the expression that an element holds; None where it holds none."""
        found = child(node, *READERS)
        return self.read(found) if found is not None else None

    def needed(self, node: xml.Node) -> Box | None:
        """Read the expression that an element must hold."""
        found = self.of(node)
        if found is None and child(node, *READERS) is None:
            self.report.say(node, "decision-expression", "Thiếu biểu thức.", "An expression is missing.")
        return found

    def read(self, node: xml.Node) -> Box | None:
        """Read one expression."""
        return READERS[xml.local(node)](self, node)

    def _literal(self, node: xml.Node) -> Box | None:
        if child(node, "importedValues") is not None:
            self.report.say(
                node,
                "decision-imported-values",
                "Không đọc giá trị từ tệp khác (importedValues): hãy viết thẳng biểu thức FEEL.",
                "Values of other files (importedValues) are not read: write the FEEL expression here.",
            )
        return self.report.cell(node, needed=True)

    def _table(self, node: xml.Node) -> Box | None:
        return read_tables.table(node, self.report, self.items, self.owner)

    def _context(self, node: xml.Node) -> Box | None:
        entries = tuple(self._entry(part) for part in children(node, "contextEntry"))
        names = [entry.name for entry in entries]
        if "" in names[:-1] or len(set(names)) < len(names):
            self.report.say(
                node,
                "decision-context",
                "Mỗi mục của context cần một tên riêng; chỉ mục cuối (kết quả) được không tên.",
                "Each entry of a context needs a name of its own; only the last one (the result) may have none.",
            )
        return Context(id=node.get("id") or "", entries=entries, type=self.report.type_of(node))

    def _entry(self, node: xml.Node) -> Entry:
        variable = child(node, "variable")
        name = plain(variable.get("name") or "") if variable is not None else ""
        return Entry(name=name, value=self.needed(node), type=self.report.type_of(variable))

    def _invocation(self, node: xml.Node) -> Box | None:
        return Invocation(
            id=node.get("id") or "",
            called=self.needed(node),
            bindings=tuple(self._binding(part) for part in children(node, "binding")),
            type=self.report.type_of(node),
        )

    def _binding(self, node: xml.Node) -> Entry:
        parameter = child(node, "parameter")
        name = plain(parameter.get("name") or "") if parameter is not None else ""
        return Entry(name=name, value=self.of(node), type=self.report.type_of(parameter))

    def function(self, node: xml.Node) -> Function:
        """Read a function: a box, or what a business knowledge model encapsulates."""
        kind = node.get("kind") or "FEEL"
        if kind != "FEEL":
            self.report.say(
                node,
                "decision-function-kind",
                f"Không chạy hàm viết bằng {kind}: hãy viết lại bằng FEEL.",
                f"A function written in {kind} is not run: write it in FEEL.",
            )
        body = self.needed(node) if kind == "FEEL" else None
        parameters = tuple(self._parameter(part) for part in children(node, "formalParameter"))
        if len({parameter.name for parameter in parameters}) < len(parameters):
            self.report.say(
                node,
                "decision-parameters",
                "Mỗi tham số cần một tên riêng.",
                "Each parameter needs a name of its own.",
            )
        return Function(id=node.get("id") or "", parameters=parameters, body=body, type=self.report.type_of(node))

    def _parameter(self, node: xml.Node) -> Parameter:
        return Parameter(name=plain(node.get("name") or ""), type=self.report.type_of(node))

    def _list(self, node: xml.Node) -> Box | None:
        items = tuple(self.read(part) for part in children(node, *READERS))
        return ListBox(id=node.get("id") or "", items=items, type=self.report.type_of(node))

    def _relation(self, node: xml.Node) -> Box | None:
        columns = tuple(self._parameter(part) for part in children(node, "column"))
        rows = tuple(tuple(self.read(c) for c in children(row, *READERS)) for row in children(node, "row"))
        if any(len(row) != len(columns) for row in rows):
            self.report.say(
                node,
                "decision-relation",
                f"Mỗi hàng của relation cần {len(columns)} ô.",
                f"Each row of the relation needs {len(columns)} cells.",
            )
            return None
        return Relation(id=node.get("id") or "", columns=columns, rows=rows, type=self.report.type_of(node))

    def _part(self, node: xml.Node, name: str) -> Box | None:
        part = child(node, name)
        if part is None:
            self.report.say(node, "decision-expression", f"Thiếu phần <{name}>.", f"The part <{name}> is missing.")
            return None
        return self.needed(part)

    def _conditional(self, node: xml.Node) -> Box | None:
        return Conditional(
            id=node.get("id") or "",
            condition=self._part(node, "if"),
            then=self._part(node, "then"),
            otherwise=self._part(node, "else"),
            type=self.report.type_of(node),
        )

    def _filter(self, node: xml.Node) -> Box | None:
        return Filter(
            id=node.get("id") or "",
            among=self._part(node, "in"),
            match=self._part(node, "match"),
            type=self.report.type_of(node),
        )

    def _iteration(self, node: xml.Node) -> Box | None:
        loop, name = Loop(xml.local(node)), plain(node.get("iteratorVariable") or "")
        if not name:
            self.report.say(
                node, "decision-iterator", "Vòng lặp cần tên biến.", "The iterator needs the name of its variable."
            )
        return Iteration(
            id=node.get("id") or "",
            loop=loop,
            variable=name,
            among=self._part(node, "in"),
            body=self._part(node, "return" if loop is Loop.FOR else "satisfies"),
            type=self.report.type_of(node),
        )


READERS: Mapping[str, Callable[[Boxes, xml.Node], Box | None]] = {
    "literalExpression": Boxes._literal,
    "decisionTable": Boxes._table,
    "context": Boxes._context,
    "invocation": Boxes._invocation,
    "functionDefinition": Boxes.function,
    "list": Boxes._list,
    "relation": Boxes._relation,
    "conditional": Boxes._conditional,
    "filter": Boxes._filter,
    "for": Boxes._iteration,
    "some": Boxes._iteration,
    "every": Boxes._iteration,
}
