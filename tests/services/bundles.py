"""Small bundles for tests of verbs, written with the words of tests/engine/diagrams.py."""

from __future__ import annotations

import json
from typing import Any
from xml.sax.saxutils import quoteattr

from tests.engine.diagrams import end, fork, process, start, user


def acts(*names: str, reason: str = "") -> str:
    """Write the acts of a task, to stand inside it; those named in `reason` need one."""
    written = "".join(
        f'<motcua:act id="{name}" labelVi="{name}" labelEn="{name}" form="false" '
        f'reason="{"required" if name in reason.split() else "optional"}"/>'
        for name in names
    )
    return f"<extensionElements>{written}</extensionElements>"


def bundle(key: str, *parts: str, **files: bytes | dict[str, Any]) -> dict[str, bytes]:
    """Give a bundle of one process; keywords are more files, `x__form` stands for `x.form` (a schema)."""
    more = {
        name.replace("__", "."): content if isinstance(content, bytes) else json.dumps(content).encode()
        for name, content in files.items()
    }
    return {f"{key}.bpmn": process(key, *parts), **more}


def procedure(
    key: str, *parts: str, unit: str = "prevention", limit: str = "5 working_days", legal: str = "", **files: Any
) -> dict[str, bytes]:
    """Give a bundle of one procedure; `limit` is one, or its `<motcua:limit>`s; `legal` more of its legal parts."""
    named = {
        "code": "1.000001", "nameVi": f"Thủ tục {key}", "nameEn": f"Procedure {key}", "fieldCode": "T",
        "fieldNameVi": "Thử", "fieldNameEn": "Tests", "agencyCode": "000.00.00.G18", "agencyNameVi": "Bộ Thử",
        "agencyNameEn": "Ministry of Tests", "unit": unit, "channels": "online", "applicants": "citizen",
    }  # fmt: skip
    attributes = " ".join(f"{name}={quoteattr(value)}" for name, value in named.items())
    inside = (limit if limit.startswith("<") else one_limit(limit)) + legal
    head = f"<extensionElements><motcua:procedure {attributes}>{inside}</motcua:procedure></extensionElements>"
    return bundle(key, head, *parts, **files)


def one_limit(limit: str) -> str:
    """Write the legal limit `5 working_days`."""
    amount, kind = limit.split()
    return f'<motcua:limit amount="{amount}" unit="{kind}" startsOn="receipt" policy="resume"/>'


def form(key: str, *fields: dict[str, Any]) -> dict[str, Any]:
    """Give a form's schema."""
    return {"type": "default", "id": key, "components": list(fields)}


def text(key: str, **validate: Any) -> dict[str, Any]:
    """Give a text field."""
    return {"type": "textfield", "key": key, "label": key, "validate": validate}


def number(key: str, **validate: Any) -> dict[str, Any]:
    """Give a number field."""
    return {"type": "number", "key": key, "label": key, "validate": validate}


def one_task(key: str = "one", **task: str) -> dict[str, bytes]:
    """Give a process of one task `do`."""
    given = {"motcua__candidateGroups": "one_door", **task}
    return bundle(key, start("s"), user("do", name="Làm", **given), end("e"), "s -> do -> e")


def beside(key: str, count: int, groups: str = "specialist_prevention", **files: Any) -> dict[str, bytes]:
    """Give a procedure of `count` tasks open at the same time, t1 to tn, joined at the end."""
    names = [f"t{number}" for number in range(1, count + 1)]
    tasks = [user(name, name=name, motcua__candidateGroups=groups) for name in names]
    flows = [f"fork -> {name} -> join" for name in names]
    return procedure(
        key,
        start("s", motcua__nationalStatus="1"), end("e"), fork("fork"), fork("join"), *tasks,
        "s -> fork", *flows, "join -> e", **files,
    )  # fmt: skip
