"""Definitions: check and deploy a bundle, publish and retire its versions, and hand parsed versions to the engine."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson

from bpmn import archive, bundle, reader
from bpmn.bindings import LATEST, Bound
from bpmn.model import Process
from engine import decisions
from engine.starts import start_timers
from errors import InvalidBundle, Malformed, NotFound, WrongState
from findings import Finding, Severity, errors_among
from forms import schema
from services import bindings, ids, loading, log, starting, timing
from services.folding import fold
from services.permissions import Permission, Viewer, require
from storage.database import session, verb
from storage.rows import definitions as rows
from storage.tables import Definition, Deployment, DeploymentFile, StartTimer
from texts import Text

LOG = "definitions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """What a deployment came to; `is_new` is False where exactly this content was there already."""

    id: str
    definitions: tuple[Definition, ...]
    findings: tuple[Finding, ...]
    is_new: bool


def opened(name: str, data: bytes) -> dict[str, bytes]:
    """Give the files of an upload: those in a zip, or the one file itself."""
    return archive.open_zip(name, data) if name.lower().endswith(".zip") else {name: data}


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What an upload of files would be told, and what is in them: (kind, key, file) of each definition."""

    findings: tuple[Finding, ...]
    definitions: tuple[tuple[str, str, str], ...]


def look(viewer: Viewer, files: Mapping[str, bytes]) -> Looked:
    """Read and check files as an upload would; nothing is stored."""
    require(viewer, Permission.DESIGN)
    read, findings = _read(files)
    found = (("process", read.processes), ("decision", read.decisions), ("form", read.forms))
    return Looked(
        findings=findings, definitions=tuple((kind, item.key, item.file) for kind, items in found for item in items)
    )


def check(viewer: Viewer, files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """Say what would be found in these files; nothing is stored."""
    return look(viewer, files).findings


def is_known(files: Mapping[str, bytes]) -> bool:
    """Say whether exactly these files were deployed before."""
    return rows.deployment(_content_hash(files)) is not None


@verb
def deploy(
    viewer: Viewer, files: Mapping[str, bytes], *, now: datetime, name: str = "", publish: bool = True
) -> Deployed:
    """Store a bundle as new versions, published at once or as drafts.

    The same content again answers with the same ids. Raises InvalidBundle where something could not run faithfully
    (nothing is stored then), Malformed where there is nothing to deploy.
    """
    require(viewer, Permission.DESIGN)
    content_hash = _content_hash(files)
    before = rows.deployment(content_hash)
    if before is not None:
        return _again(viewer, before, now=now, publish=publish)
    read, findings = _read(files)
    if errors_among(findings):
        raise InvalidBundle(findings)
    if not (read.processes or read.decisions or read.forms):
        raise Malformed(
            Text("Bộ tệp không có sơ đồ, bảng quyết định hay biểu mẫu.", "There is no diagram, decision or form here.")
        )
    deployment = Deployment(
        id=uuid4().hex,
        name=name or _name_of(read),
        content_hash=content_hash,
        created_at=now,
        created_by=viewer.username,
        findings=[_finding_json(finding) for finding in findings],
    )
    session().add(deployment)
    session().flush()
    session().add_all(DeploymentFile(deployment_id=deployment.id, name=n, data=d) for n, d in files.items())
    session().add_all(_definitions(read, deployment.id, now))
    session().flush()
    stored = rows.of_deployment(deployment.id)
    data = {
        "deployment": deployment.id,
        "name": deployment.name,
        "sha256": content_hash.hex(),
        "definitions": [f"{d.kind}:{d.key}:{d.version}" for d in stored],
    }
    log.append_to(LOG, "bundle.deployed", actor=viewer.username, now=now, data=data)
    if publish:
        _publish(viewer, deployment.id, read, now)
    return Deployed(id=deployment.id, definitions=tuple(stored), findings=findings, is_new=True)


@verb
def publish(viewer: Viewer, deployment_id: str, *, now: datetime) -> None:
    """Put all definitions of a deployment in force; what was in force under the same keys is superseded.

    Raises InvalidBundle where something that it uses was retired since it was uploaded.
    """
    require(viewer, Permission.DESIGN)
    if rows.deployment_by_id(deployment_id) is None:
        raise NotFound()
    _publish(viewer, deployment_id, _read_again(deployment_id), now)


@verb
def retire(viewer: Viewer, definition_id: str, *, now: datetime) -> None:
    """Cut a procedure: no new filings and starts; what runs runs to its end."""
    require(viewer, Permission.DESIGN)
    row = rows.load(definition_id)
    if row is None:
        raise NotFound()
    if row.state != "published":
        raise WrongState(Text("Chỉ bãi bỏ được phiên bản đang hiệu lực.", "Only the version in force can be retired."))
    row.state, row.retired_at = "retired", now
    rows.replace_start_timers(row.id, ())
    rows.replace_starts(row, ())
    data = {"definition": row.id, "key": row.key, "version": row.version}
    log.append_to(LOG, "definition.retired", actor=viewer.username, now=now, data=data)


def process_of(definition_id: str) -> Process:
    """Read the process of any version, drafts too, without what it calls; raise NotFound."""
    row = rows.load(definition_id)
    if row is None or row.kind != "process":
        raise NotFound()
    found = reader.processes(reader.parse(rows.file(row.deployment_id, row.file_name)))
    return next(process for process in found if process.key == row.key)


def findings_of(deployment_id: str) -> tuple[Finding, ...]:
    """Give what was found in a deployment when it was stored; raise NotFound."""
    deployment = rows.deployment_by_id(deployment_id)
    if deployment is None:
        raise NotFound()
    return tuple(_finding(item) for item in deployment.findings)


def _read(files: Mapping[str, bytes]) -> tuple[bundle.Bundle, tuple[Finding, ...]]:
    read = bundle.read(
        files,
        published=rows.published_file,
        published_decisions={key for key, _ in rows.names_in_force("decision")},
        published_forms={name for names in rows.names_in_force("form") for name in names},
        exists=bindings.exists,
    )
    findings = [*read.findings]
    for file, content in read.models.items():
        others = tuple((other, data) for other, data in read.models.items() if other != file)
        findings += decisions.read(content, file=file, others=others).findings
    for form_file in read.forms:
        findings += schema.check(form_file.schema, form_file.file)
    return read, tuple(findings)


def _read_again(deployment_id: str) -> bundle.Bundle:
    """What a bundle calls may be gone since its upload: then it must not be published."""
    read, findings = _read(rows.files(deployment_id))
    if errors_among(findings):
        raise InvalidBundle(findings)
    return read


def _publish(viewer: Viewer, deployment_id: str, read: bundle.Bundle, now: datetime) -> None:
    stored = rows.of_deployment(deployment_id)
    for row in stored:
        if row.state == "published":
            continue
        before = rows.published(row.kind, row.key)
        if before is not None:
            before.state = "superseded"
            rows.replace_start_timers(before.id, ())
            rows.replace_starts(before, ())
            session().flush()  # one version of a key is in force at any moment
        row.state, row.published_at, row.retired_at = "published", now, None
    session().flush()
    for row in stored:
        if row.kind == "process":
            row.binds = row.binds or _binds(row, read)  # what a version was first bound to stays, also when it is back
            session().flush()
            loaded = loading.parsed(row)
            rows.replace_start_timers(row.id, _start_timers(loaded, now))
            starting.list_starts(row, loaded)
    data = {"deployment": deployment_id, "definitions": [row.id for row in stored]}
    log.append_to(LOG, "bundle.published", actor=viewer.username, now=now, data=data)


def _start_timers(loaded: loading.Loaded, now: datetime) -> list[StartTimer]:
    """Plan the timers that begin this version by themselves, from its publication on."""
    planned = start_timers(loaded.definition, now=now, ports=timing.ports(loaded, None, now=now))
    return [
        StartTimer(definition_id=loaded.id, element_id=t.element_id, due_at=t.due_at, plan=dict(t.plan), faults=0)
        for t in planned
    ]


def _binds(row: Definition, read: bundle.Bundle) -> dict[str, dict[str, str]]:
    """Fix, for this version for ever, which versions of called processes, decisions and forms it uses."""
    process = next(item.process for item in read.processes if item.key == row.key)
    own = {(d.kind, name): d.id for d in rows.of_deployment(row.deployment_id) for name in (d.key, d.file_name)}
    wanted = {
        "process": process.calls,
        "decision": process.decisions,
        "form": tuple(
            {e.form for e in process.elements.values() if e.form}
            | ({c.form for c in process.procedure.cases if c.form} if process.procedure else set())
        ),
    }
    binds: dict[str, dict[str, str]] = {}
    for kind, names in wanted.items():
        found = {
            name: bindings.resolve(kind, name, deployment_id=row.deployment_id)
            if kind != "form"
            else own.get((kind, name)) or _published_id(kind, name)
            for name in names
            if Bound.read(name).binding != LATEST
        }
        binds[kind] = {name: target for name, target in found.items() if target}
    return binds


def _published_id(kind: str, name: str) -> str | None:
    row = rows.published(kind, name) or rows.published_as(kind, name)
    return row.id if row else None


def _again(viewer: Viewer, before: Deployment, *, now: datetime, publish: bool) -> Deployed:
    stored = rows.of_deployment(before.id)
    if publish and any(row.state != "published" for row in stored):
        _publish(viewer, before.id, _read_again(before.id), now)
    return Deployed(id=before.id, definitions=tuple(stored), findings=findings_of(before.id), is_new=False)


def _definitions(read: bundle.Bundle, deployment_id: str, now: datetime) -> list[Definition]:
    found: list[Definition] = []

    def add(kind: str, key: str, name: str, file: str, **more: object) -> None:
        found.append(
            Definition(
                id=ids.new(now), kind=kind, key=key, version=rows.last_version(kind, key) + 1, name=name or key,
                deployment_id=deployment_id, file_name=file, state="draft", created_at=now, **more,
            )
        )  # fmt: skip

    for item in read.processes:
        procedure = item.process.procedure
        legal: dict[str, object] = {"version_tag": item.version_tag}
        name = item.name
        if procedure is not None:
            name = procedure.name.vi or item.name
            words = (
                procedure.name.vi,
                procedure.name.en,
                procedure.code,
                procedure.field_name.vi,
                procedure.field_name.en,
                procedure.agency_name.vi,
                item.key,
            )
            legal |= {
                "is_procedure": True,
                "name_en": procedure.name.en,
                "procedure_code": procedure.code,
                "field_code": procedure.field_code,
                "unit_code": procedure.unit,
                "search_text": fold(" ".join(words)),
            }
        add("process", item.key, name, item.file, **legal)
    for decision in read.decisions:
        add("decision", decision.key, decision.name, decision.file)
    for form in read.forms:
        add("form", form.key, form.name, form.file)
    return found


def _name_of(read: bundle.Bundle) -> str:
    named: Sequence[bundle.ProcessFile] = read.processes
    return next((item.name or item.key for item in named), "bundle")


def _content_hash(files: Mapping[str, bytes]) -> bytes:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(orjson.dumps([name, len(files[name])]))
        digest.update(files[name])
    return digest.digest()


def _finding(item: Mapping[str, Any]) -> Finding:
    return Finding(
        rule=item["rule"],
        severity=Severity(item["severity"]),
        file=item["file"],
        element_id=item["element_id"],
        element_name=item["element_name"],
        line=item["line"],
        message=Text(item["vi"], item["en"]),
    )


def _finding_json(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "file": finding.file,
        "element_id": finding.element_id,
        "element_name": finding.element_name,
        "line": finding.line,
        "vi": finding.message.vi,
        "en": finding.message.en,
    }
