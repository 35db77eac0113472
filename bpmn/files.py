"""Each kind of file of a bundle, read into values: diagrams, decision tables, forms.

The bytes are kept untouched: what is stored and given back is what was uploaded.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from bpmn import collaborations, ids, reader, schema, xml
from bpmn.archive import MAX_FILE
from bpmn.checks import of_process
from bpmn.checks.collaborations import of_collaborations
from bpmn.checks.references import Drawn
from bpmn.extensions import generated, json_schema
from bpmn.globals import written_out
from bpmn.model import Process
from bpmn.normalise import inline
from errors import Refused
from findings import Finding, Severity
from texts import Text

MAX_PROCESSES = 30
"""Processes (pools) of one file."""
MAX_FORM_DEPTH = 60
"""Levels of a form's JSON."""
MAX_NAME = 200
"""Signs of a file's name, and of the key of a decision or form: databases look them up by an index."""
DMN = ("https://www.omg.org/spec/DMN/", "http://www.omg.org/spec/DMN/")
IMPORTED = ("itemDefinition", "businessKnowledgeModel", "inputData", "import")
"""What a DMN file without decisions may give to others that import it."""
BESIDES = (".yaml", ".yml", ".md", ".txt", ".png", ".svg")
"""Kinds of files that a bundle may hold for people and tests."""
NOT_KNOWN = (
    "Loại tệp này không được dùng đến nên bị bỏ qua.",
    "This kind of file is not used, it was left out.",
)
NO_PROCESS = (
    "Sơ đồ không có quy trình (process) nào. Hãy vẽ quy trình rồi xuất lại.",
    "The diagram holds no process. Draw one and export it again.",
)
TOO_MANY = (
    f"Sơ đồ có quá {MAX_PROCESSES} quy trình. Hãy tách thành nhiều tệp.",
    f"The diagram has more than {MAX_PROCESSES} processes. Split it into several files.",
)
WITHOUT_ID = (
    "Quy trình không có mã (id). Hãy đặt mã: mọi nơi khác gọi nó bằng mã đó.",
    "The process has no id. Give it one: everything else refers to it by that.",
)
NOT_EXECUTABLE = (
    "Quy trình không được đánh dấu chạy được (isExecutable). Hãy đánh dấu nếu muốn chạy nó.",
    "The process is not marked as executable (isExecutable). Mark it if it is to run.",
)
NO_DECISION = (
    "Tệp .dmn không phải DMN hoặc không có quyết định nào. Hãy xuất lại từ trình vẽ DMN.",
    "The .dmn file is not DMN or holds no decision. Export it again from a DMN modeler.",
)
NO_KEY = (
    "Quyết định không có mã (id). Hãy đặt mã để việc quy tắc gọi được nó.",
    "The decision has no id. Give it one, so that a business rule task can name it.",
)
BAD_NAME = (
    f"Tên tệp cần là một dòng chữ thường gặp, dài nhất {MAX_NAME} ký tự. Hãy đổi tên tệp.",
    f"A file's name is one line of ordinary signs, at most {MAX_NAME}. Rename the file.",
)
BAD_KEY = (
    f"Mã (id) cần là một dòng chữ thường gặp, dài nhất {MAX_NAME} ký tự. Hãy đặt mã ngắn hơn.",
    f"An id is one line of ordinary signs, at most {MAX_NAME}. Choose a shorter one.",
)
NO_JSON_FORM = (
    "JSON Schema này nói điều biểu mẫu chưa làm được (danh sách đối tượng, điều kiện, tham chiếu). Hãy tạo tệp .form.",
    "This JSON Schema says what a form here cannot do (lists of objects, conditions, references). Make a .form file.",
)
NO_FORM = (
    "Tệp .form phải là JSON của form-js: một đối tượng có danh sách components.",
    "A .form file must be the JSON of form-js: an object with a list of components.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessFile:
    """One executable process of a diagram; pools of one file share its bytes."""

    file: str
    key: str
    name: str
    version_tag: str
    xml: bytes
    process: Process


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFile:
    """One decision, or decision service, of a DMN file."""

    file: str
    key: str
    name: str
    xml: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFile:
    """One form; diagrams name it by its file or by its id (`key`)."""

    file: str
    key: str
    name: str
    schema: dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Reading:
    """The bundle as it grows, file by file."""

    processes: list[ProcessFile] = field(default_factory=list)
    decisions: list[DecisionFile] = field(default_factory=list)
    forms: list[FormFile] = field(default_factory=list)
    models: dict[str, bytes] = field(default_factory=dict)
    drawn: list[Drawn] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def file(self, name: str, data: bytes) -> None:
        """Read one file by its kind."""
        if not _is_short_line(name):
            self.findings.append(file_finding("file-name", name[:MAX_NAME], *BAD_NAME))
            return
        kind = PurePosixPath(name).suffix.lower()
        try:
            if kind in (".bpmn", ".bpmn2") or name.lower().endswith(".bpmn20.xml"):
                self.diagram(name, data)
            elif kind == ".dmn":
                self.table(name, data)
            elif kind == ".form":
                self.form(name, data)
            elif kind == ".json" and json_schema.is_schema(schema_ := _json(data)):
                self.json_form(name, schema_)
            elif kind not in BESIDES:
                self.findings.append(file_finding("file-not-known", name, *NOT_KNOWN, severity=Severity.WARNING))
        except Refused as refused:
            self.findings.append(
                file_finding(f"file-{refused.code.replace('_', '-')}", name, refused.text.vi, refused.text.en)
            )

    def diagram(self, name: str, data: bytes) -> None:
        """Read a diagram: hold it against the schema, then check each process that is meant to run."""
        root = deepcopy(reader.parse(data))
        found = list(schema.findings(root, file=name))
        written_out(root)
        found += _whole_file(root, name)
        if any(finding.rule == "too-many-processes" for finding in found):
            self.findings += found
            return
        ids.complete(root)
        inline(root)
        collaborations.write_out(root)
        found += list(of_collaborations(root, file=name))
        for node in root.iterchildren(xml.tag("process")):
            if not reader.is_executable(node):
                continue
            process = reader.process_of(node)
            found += of_process(node, process, file=name)
            self.carried_forms(name, node)
            self.drawn.append(Drawn(file=name, node=node, process=process))
            self.processes.append(
                ProcessFile(
                    file=name,
                    key=process.key,
                    name=str(process.name_text) or process.key,
                    version_tag=process.version_tag,
                    xml=data,
                    process=process,
                )
            )
        named = {finding.line for finding in found if finding.rule == "duplicate-id"}
        self.findings += [f for f in found if not (f.rule == "schema" and f.line in named and "xs:ID" in f.message.en)]

    def carried_forms(self, name: str, process: xml.Node) -> None:
        """Read the forms that a process carries (Camunda 8's bodies, the fields of Camunda 7 and Flowable)."""
        for key, form in generated.forms_of(process):
            if not _is_form(form) or not key or not _is_short_line(key):
                self.findings.append(_about(process, "form-file", name, *NO_FORM))
            else:
                self.forms.append(FormFile(file=name, key=key, name=key, schema=form))

    def table(self, name: str, data: bytes) -> None:
        """Read the keys of a decision file."""
        root = xml.parse(data)
        space = xml.namespace(root.tag)
        asked = (f"{{{space}}}decision", f"{{{space}}}decisionService")
        decisions = list(root.iterchildren(*asked)) if space.startswith(DMN) else []
        if not decisions and not (space.startswith(DMN) and any(xml.local(node) in IMPORTED for node in root)):
            self.findings.append(file_finding("decision-file", name, *NO_DECISION))
            return
        self.models[name] = data
        for node in decisions:
            if not node.get("id"):
                self.findings.append(replace(file_finding("decision-without-id", name, *NO_KEY), line=node.sourceline))
                continue
            key = node.get("id") or ""
            if not _is_short_line(key):
                self.findings.append(replace(file_finding("id-too-long", name, *BAD_KEY), line=node.sourceline))
                continue
            self.decisions.append(DecisionFile(file=name, key=key, name=node.get("name") or key, xml=data))

    def json_form(self, name: str, schema_: dict[str, Any]) -> None:
        """Make a form of SpiffArena's JSON Schema; diagrams name it by its file."""
        base = base_name(name)
        form = json_schema.form_of(schema_, base)
        if form is None:
            self.findings.append(file_finding("json-schema", name, *NO_JSON_FORM, severity=Severity.WARNING))
        else:
            self.forms.append(FormFile(file=name, key=base, name=str(schema_.get("title") or base), schema=form))

    def form(self, name: str, data: bytes) -> None:
        """Read a form's JSON: an object with `components`."""
        form = _json(data)
        if not _is_form(form):
            self.findings.append(file_finding("form-file", name, *NO_FORM))
            return
        base = base_name(name)
        key = form.get("id") if isinstance(form.get("id"), str) and form["id"].strip() else base.removesuffix(".form")
        if not _is_short_line(str(key)):
            self.findings.append(file_finding("id-too-long", name, *BAD_KEY))
            return
        self.forms.append(FormFile(file=name, key=str(key), name=base, schema=form))


def form_in(name: str, data: bytes, key: str) -> dict[str, Any]:
    """Give the schema of the form `key` from the bytes of its file, a .form or a diagram that carries it."""
    if PurePosixPath(name).suffix.lower() == ".form":
        found: dict[str, Any] = json.loads(data.decode("utf-8-sig"))
        return found
    if PurePosixPath(name).suffix.lower() == ".json":
        made = json_schema.form_of(json.loads(data.decode("utf-8-sig")), key)
        if made is None:
            raise KeyError(key)
        return made
    root = deepcopy(reader.parse(data))
    ids.complete(root)
    written_out(root)
    for process in root.iterchildren(xml.tag("process")):
        for carried, form in generated.forms_of(process):
            if carried == key:
                return dict(form)
    raise KeyError(key)


def _is_form(form: Any) -> bool:
    return isinstance(form, dict) and isinstance(form.get("components"), list) and _depth(form) <= MAX_FORM_DEPTH


def _is_short_line(text: str) -> bool:
    """Say whether a name can be stored, looked up by an index and shown as it is (no NUL, no mark that turns text)."""
    return len(text) <= MAX_NAME and text.isprintable()


def _whole_file(root: xml.Node, file: str) -> Iterator[Finding]:
    """Say what a diagram lacks as a whole, before ids are completed."""
    processes = list(root.iterchildren(xml.tag("process")))
    some_run = any(map(reader.is_executable, processes))
    if not processes:
        yield file_finding("no-process", file, *NO_PROCESS)
    if len(processes) > MAX_PROCESSES:
        yield file_finding("too-many-processes", file, *TOO_MANY)
        return
    for node in processes:
        if not node.get("id"):
            yield _about(node, "process-without-id", file, *WITHOUT_ID)
        if not reader.is_executable(node):
            severity = Severity.INFO if some_run else Severity.ERROR
            yield _about(node, "process-not-executable", file, *NOT_EXECUTABLE, severity=severity)


def _json(data: bytes) -> Any:
    """Read JSON as forms are written; None where it is none, too large, too deep or not finite."""
    if len(data) > MAX_FILE:
        return None
    try:
        value = json.loads(data.decode("utf-8-sig"), parse_constant=_not_finite)
    except (ValueError, RecursionError):
        return None
    return value if _depth(value) <= MAX_FORM_DEPTH else None


def _not_finite(name: str) -> None:
    raise ValueError(name)


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level and depth <= MAX_FORM_DEPTH:
        depth += 1
        level = [
            child
            for one in level
            if isinstance(one, dict | list)
            for child in (one.values() if isinstance(one, dict) else one)
        ]
    return depth


def base_name(name: str) -> str:
    """Give a file's name without its folders."""
    return PurePosixPath(name.replace("\\", "/")).name


def file_finding(rule: str, file: str, vi: str, en: str, *, severity: Severity = Severity.ERROR) -> Finding:
    """Make a finding about a file as a whole."""
    return Finding(rule=rule, severity=severity, message=Text(vi=vi, en=en), file=file)


def _about(node: xml.Node, rule: str, file: str, vi: str, en: str, *, severity: Severity = Severity.ERROR) -> Finding:
    return replace(
        file_finding(rule, file, vi, en, severity=severity),
        element_id=node.get("id") or "",
        element_name=node.get("name") or "",
        line=node.sourceline,
    )
