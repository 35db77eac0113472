"""A bundle: the files of one upload, read together and checked; never raises for bad content."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cache, partial

from bpmn import reader
from bpmn.archive import MAX_FILES, MAX_TOTAL, open_zip
from bpmn.checks.references import Known, of_bundle, once
from bpmn.files import DecisionFile, FormFile, ProcessFile, Reading, base_name, file_finding, form_in
from bpmn.model import Process
from findings import Finding

__all__ = ["Bundle", "DecisionFile", "FormFile", "ProcessFile", "form_in", "open_zip", "read"]

TOO_LARGE = (
    f"Bộ tệp có quá {MAX_FILES} tệp hoặc quá {MAX_TOTAL // 10**6} MB. Hãy tách ra.",
    f"The bundle has more than {MAX_FILES} files or {MAX_TOTAL // 10**6} MB. Split it.",
)
EMPTY = (
    "Không có tệp .bpmn, .dmn hay .form nào. Hãy chọn tệp rồi tải lên lại.",
    "There is no .bpmn, .dmn or .form file. Choose some and upload again.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What an upload holds and what the checks say of it; with an error among the findings it must not be published."""

    processes: tuple[ProcessFile, ...] = ()
    decisions: tuple[DecisionFile, ...] = ()
    forms: tuple[FormFile, ...] = ()
    models: Mapping[str, bytes] = field(default_factory=dict)
    """DMN files by name: those with decisions, and those that they may import."""
    findings: tuple[Finding, ...] = ()


def read(
    files: Mapping[str, bytes],
    *,
    published: Callable[[str], bytes | None] = lambda _: None,
    published_decisions: Collection[str] = (),
    published_forms: Collection[str] = (),
    exists: Callable[[str, str], bool] | None = None,
) -> Bundle:
    """Read and check the files of one upload: name -> content of .bpmn, .dmn and .form files (a zip opened before).

    `published` gives the XML of the version in force of a process key, for calls that leave the bundle: only these are
    read, however many are published. The keys of published decisions and forms (file names and ids) likewise; `exists`
    says whether there is the version of a process or decision that a binding names. Bad content becomes findings with
    severity error.
    """
    if len(files) > MAX_FILES or sum(map(len, files.values())) > MAX_TOTAL:
        return Bundle(findings=(file_finding("bundle-too-large", "", *TOO_LARGE),))
    reading = Reading()
    for name in sorted(files):
        reading.file(name, files[name])
    if not (reading.drawn or reading.decisions or reading.forms or reading.findings):
        reading.findings.append(file_finding("bundle-empty", "", *EMPTY))
    known = Known(
        decisions={decision.key for decision in reading.decisions} | set(published_decisions),
        forms={name for form in reading.forms for name in (base_name(form.file), form.key)} | set(published_forms),
        published=cache(partial(_published, published)),
        exists=exists,
    )
    reading.findings += [
        *once("decision", [(decision.file, decision.key) for decision in reading.decisions]),
        *once("form", [(form.file, form.key) for form in reading.forms]),
        *of_bundle(reading.drawn, known),
    ]
    return Bundle(
        processes=tuple(reading.processes),
        decisions=tuple(reading.decisions),
        forms=tuple(reading.forms),
        models=reading.models,
        findings=tuple(dict.fromkeys(reading.findings)),
    )


def _published(published: Callable[[str], bytes | None], key: str) -> Process | None:
    """Read a process in force that a bundle calls."""
    data = published(key)
    processes = reader.processes(reader.parse(data)) if data is not None else ()
    return next((process for process in processes if process.key == key), None)
