"""What is said of a DMN file while it is read: a finding for everything that would not be evaluated as it is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from bpmn import xml
from engine.dmn import language
from engine.dmn.boxes import Cell
from findings import Finding, Severity
from texts import Text

FEEL = "feel"
SCHEMA = "XMLSchema"


@dataclass(slots=True)
class Report:
    """One file while it is read: its findings, and the names and types that its texts may use."""

    file: str
    namespace: str = ""
    names: frozenset[str] = frozenset()
    """Names wherever they are declared, here and in imported files: what FEEL must know to read a text."""
    types: language.Types = field(default_factory=dict)
    """The types that texts may name."""
    imports: dict[str, str] = field(default_factory=dict)
    """Namespace of an imported model -> the name it has here."""
    is_camundas: bool = False
    """Whether the file is of dmn-js or Camunda Modeler, which write a type and values for every column as a hint."""
    findings: list[Finding] = field(default_factory=list)
    _checked: dict[tuple[str, bool], Text | None] = field(default_factory=dict)

    def say(self, node: xml.Node, rule: str, vi: str, en: str, severity: Severity = Severity.ERROR) -> None:
        """Add a finding about an element, with the id and the name of itself or of what is around it."""
        around = (node, *node.iterancestors())
        named = next((x for x in around if x.get("name")), node)
        self.findings.append(
            Finding(
                rule=rule,
                severity=severity,
                message=Text(vi=vi, en=en),
                file=self.file,
                element_id=next((x.get("id") or "" for x in around if x.get("id")), ""),
                element_name=named.get("name") or node.get("label") or "",
                line=node.sourceline,
            )
        )

    def cell(self, node: xml.Node, *, unary: bool = False, needed: bool = False) -> Cell:
        """Read an element that holds a FEEL text; `needed`: an empty one is an error."""
        source = source_of(node)
        is_valid = self.is_language(node)
        if source and not (unary and source == "-"):
            is_valid &= self.is_feel(node, source, unary=unary)
        elif needed:
            self.say(node, "decision-expression", "Biểu thức trống.", "The expression is empty.")
            is_valid = False
        return Cell(id=node.get("id") or "", source=source, type=self.type_of(node), is_valid=is_valid)

    def is_feel(self, node: xml.Node, source: str, *, unary: bool) -> bool:
        """Check a text; what is wrong is said of `node`."""
        wanted = (source, unary)
        if wanted not in self._checked:
            self._checked[wanted] = language.refusal(source, unary=unary, names=self.names, types=self.types)
        reason = self._checked[wanted]
        if reason:
            shown = source[:80]
            self.say(
                node,
                "decision-expression",
                f"“{shown}” không phải FEEL đúng: {reason.vi}.",
                f'"{shown}" is not valid FEEL: {reason.en}.',
            )
        return reason is None

    def is_language(self, node: xml.Node) -> bool:
        """Check that an element's text is FEEL and no other language."""
        written = node.get("expressionLanguage") or ""
        if not written or FEEL in written.lower():
            return True
        self.say(
            node,
            "decision-language",
            f"Chỉ tính được FEEL, không tính được “{written}”: hãy viết lại bằng FEEL.",
            f'Only FEEL is evaluated, not "{written}": write it in FEEL.',
        )
        return False

    def type_of(self, node: xml.Node | None) -> str:
        """Give the type that an element names (`typeRef`), without the prefixes of DMN 1.1."""
        return self.type_named(node, node.get("typeRef") or "") if node is not None else ""

    def type_named(self, node: xml.Node, written: str) -> str:
        """Give a type's name as item definitions have it; that of an imported one begins with the import's name."""
        prefix, colon, name = written.strip().partition(":")
        if not colon or not prefix.isidentifier():
            return written.strip()
        space = node.nsmap.get(prefix, "")
        if self.imports.get(space):
            return f"{self.imports[space]}.{name}"
        return name


def is_camundas(root: xml.Node) -> bool:
    """Say whether dmn-js or Camunda Modeler wrote a file."""
    exporter = (root.get("exporter") or "").lower()
    return exporter.startswith(("camunda", "dmn-js")) or root.get(f"{{{xml.MODELER}}}executionPlatform") is not None


def all_names(root: xml.Node) -> frozenset[str]:
    """Give every name declared in a file, and ids of decisions, which may stand for their names."""
    given = ("name", "iteratorVariable", "{http://camunda.org/schema/1.0/dmn}inputVariable")
    found = {value for node in root.iter("*") for value in map(node.get, given) if value}
    found |= {node.get("id") or "" for node in children(root, "decision")}
    return frozenset(map(plain, found))


def plain(name: str) -> str:
    """Give a name with single blanks between its words, as FEEL compares names."""
    return " ".join(name.split())


def children(node: xml.Node, *names: str) -> Iterator[xml.Node]:
    """Give the children of these local names, whatever version's namespace they are in."""
    return (part for part in node if xml.local(part) in names)


def child(node: xml.Node, *names: str) -> xml.Node | None:
    """Give the first child of these local names."""
    return next(children(node, *names), None)


def source_of(node: xml.Node) -> str:
    """Give the FEEL text of an expression element."""
    return xml.text_of(child(node, "text"))
