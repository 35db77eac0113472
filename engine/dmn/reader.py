"""From one DMN file (1.1 to 1.5) to a model, with a finding for all that would not be evaluated as it is drawn."""

from __future__ import annotations

from collections.abc import Iterator

from bpmn import xml
from engine.dmn.model import Decision, Import, Input, Item, Kind, Knowledge, Model, Node, Reference, Service
from engine.dmn.read_boxes import Boxes
from engine.dmn.report import Report, all_names, child, children, is_camundas, plain, source_of
from engine.dmn.types import feel_types, is_known
from expressions.feel import Type
from findings import Finding, Severity
from texts import Text

MOST_DECISIONS = 200
"""Decisions, and as many of each other kind of element."""
NODES = ("inputData", "decision", "businessKnowledgeModel", "decisionService")
DMN = "/spec/DMN/"


def model(root: xml.Node, file: str, names: frozenset[str] = frozenset()) -> tuple[Model, list[Finding]]:
    """Read a file; `names` are those of imported ones."""
    report = Report(file=file, namespace=root.get("namespace") or "", names=all_names(root) | names)
    report.is_camundas = is_camundas(root)
    imports = tuple(_imports(root, report))
    report.imports |= {one.namespace: one.name for one in imports}
    report.is_language(root)
    items = {item.name: item for item in (_item(node, report) for node in children(root, "itemDefinition"))}
    report.types = {**feel_types(items, items.get), **_outside(imports, names)}
    read = _Nodes(report, items, root)
    if error := read.error_since(0):
        read.faults[""] = error
    nodes = read.all(root)
    _check_types(root, report, items, names)
    return (
        Model(
            namespace=report.namespace,
            name=root.get("name") or "",
            file=file,
            nodes=nodes,
            items=items,
            imports=imports,
            faults=read.faults,
        ),
        report.findings,
    )


def _imports(root: xml.Node, report: Report) -> Iterator[Import]:
    for node in children(root, "import"):
        kind = node.get("importType") or ""
        if kind and DMN not in kind:
            report.say(
                node,
                "decision-import",
                f"Chỉ đọc <import> của tệp DMN, không đọc “{kind}”: hãy khai báo kiểu và quyết định trong DMN.",
                f'Only DMN files are imported, not "{kind}": declare types and decisions in DMN.',
            )
            continue
        yield Import(name=plain(node.get("name") or ""), namespace=node.get("namespace") or "")


def _outside(imports: tuple[Import, ...], names: frozenset[str]) -> dict[str, Type]:
    """Give what may be a type of an imported file: which one it is, is known when it is evaluated."""
    return {f"{one.name}.{name}" if one.name else name: Type("Any") for one in imports for name in names if name}


def _item(node: xml.Node, report: Report) -> Item:
    function = child(node, "functionItem")
    components = tuple(_item(part, report) for part in children(node, "itemComponent"))
    written = xml.text_of(child(node, "typeRef")) or (
        function.get("outputTypeRef") or "" if function is not None else ""
    )
    return Item(
        name=plain(node.get("name") or ""),
        base=report.type_named(node, written),
        kind=Kind.FUNCTION if function is not None else Kind.STRUCTURE if components else Kind.SIMPLE,
        is_collection=(node.get("isCollection") or "") in ("true", "1"),
        allowed=_tests(node, "allowedValues", report),
        constraint=_tests(node, "typeConstraint", report),
        components=components,
    )


def _tests(node: xml.Node, name: str, report: Report) -> str:
    found = child(node, name)
    source = source_of(found) if found is not None else ""
    if found is not None and source and not (report.is_language(found) and report.is_feel(found, source, unary=True)):
        return ""
    return source


class _Nodes:
    """Reads the elements of the requirements diagram."""

    def __init__(self, report: Report, items: dict[str, Item], root: xml.Node) -> None:
        self.report, self.items = report, items
        self.faults: dict[str, Text] = {}
        services = list(children(root, "decisionService"))
        self.given = {reference.id for node in services for reference in self._references(node, "inputDecision")}

    def all(self, root: xml.Node) -> dict[str, Node]:
        """Read them by id; one without id by its name."""
        for name in NODES:
            if len(list(children(root, name))) > MOST_DECISIONS:
                self.report.say(
                    root, "decision-size", f"Quá {MOST_DECISIONS} <{name}>.", f"More than {MOST_DECISIONS} <{name}>."
                )
                return {}
        read = {
            "inputData": self._input,
            "decision": self._decision,
            "businessKnowledgeModel": self._knowledge,
            "decisionService": self._service,
        }
        found: dict[str, Node] = {}
        for node in children(root, *NODES):
            key = node.get("id") or plain(node.get("name") or "")
            if not key:
                continue
            before = len(self.report.findings)
            found[key] = read[xml.local(node)](node, key)
            if error := self.error_since(before):
                self.faults[key] = error
        return found

    def error_since(self, before: int) -> Text | None:
        """Give the first error among the findings from a number on."""
        found = self.report.findings[before:]
        return next((finding.message for finding in found if finding.severity is Severity.ERROR), None)

    def _input(self, node: xml.Node, key: str) -> Node:
        label = _name(node, key)
        return Input(id=key, name=_result(node) or label, label=label, type=self._type(node))

    def _decision(self, node: xml.Node, key: str) -> Node:
        boxes = Boxes(report=self.report, items=self.items, owner=key)
        before = len(self.report.findings)
        logic = boxes.of(node)
        if logic is None and len(self.report.findings) == before:
            self.report.say(
                node,
                "decision-empty",
                "Quyết định chưa có bảng hay biểu thức.",
                "The decision has no table and no expression.",
                Severity.INFO if key in self.given else Severity.ERROR,
            )
        name = _name(node, key)
        return Decision(
            id=key,
            name=name,
            result=_result(node) or name,
            type=self._type(node),
            needs=tuple(self._references(node, "requiredInput", "requiredDecision", inside="informationRequirement")),
            calls=tuple(self._references(node, "requiredKnowledge", inside="knowledgeRequirement")),
            logic=logic,
        )

    def _knowledge(self, node: xml.Node, key: str) -> Node:
        boxes = Boxes(report=self.report, items=self.items, owner=key)
        logic = child(node, "encapsulatedLogic")
        if logic is None:
            self.report.say(
                node,
                "decision-empty",
                "Mô hình tri thức (BKM) chưa có nội dung.",
                "The business knowledge model has no logic.",
            )
        return Knowledge(
            id=key,
            name=_result(node) or _name(node, key),
            type=self._type(node),
            calls=tuple(self._references(node, "requiredKnowledge", inside="knowledgeRequirement")),
            logic=boxes.function(logic) if logic is not None else None,
        )

    def _service(self, node: xml.Node, key: str) -> Node:
        outputs = tuple(self._references(node, "outputDecision"))
        if not outputs:
            self.report.say(
                node,
                "decision-service",
                "Dịch vụ quyết định cần ít nhất một quyết định đầu ra.",
                "The decision service needs at least one output decision.",
            )
        return Service(
            id=key,
            name=_result(node) or _name(node, key),
            type=self._type(node),
            outputs=outputs,
            inputs=(*self._references(node, "inputData"), *self._references(node, "inputDecision")),
            inside=tuple(self._references(node, "encapsulatedDecision")),
        )

    def _type(self, node: xml.Node) -> str:
        return self.report.type_of(child(node, "variable"))

    def _references(self, node: xml.Node, *names: str, inside: str = "") -> Iterator[Reference]:
        for holder in children(node, inside) if inside else (node,):
            for part in children(holder, *names):
                space, _, key = (part.get("href") or "").rpartition("#")
                yield Reference("" if space == self.report.namespace else space, key)


def _name(node: xml.Node, key: str) -> str:
    return plain(node.get("name") or "") or key


def _result(node: xml.Node) -> str:
    variable = child(node, "variable")
    return plain(variable.get("name") or "") if variable is not None else ""


def _check_types(root: xml.Node, report: Report, items: dict[str, Item], outside: frozenset[str]) -> None:
    """Say which types are not known: their values are taken as they are."""
    said: set[str] = set()
    for node in root.iter("*"):
        written = node.get("typeRef") or (xml.text_of(node) if xml.local(node) == "typeRef" else "")
        name = report.type_named(node, written)
        if name and not (name in said or name in outside or "." in name or is_known(name, items)):
            said.add(name)
            report.say(
                node,
                "decision-type",
                f"Không biết kiểu “{name}”: giá trị được giữ nguyên, không kiểm tra.",
                f'The type "{name}" is not known: values are taken as they are, without a check.',
                Severity.WARNING,
            )
