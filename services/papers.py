"""Papers: the slips and results that elements of a diagram issue.

A paper is written in the transaction of the act as a snapshot of what it says, and printed as PDF afterwards from that
snapshot alone, so that it can be printed again to the letter and a slow printer holds up nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any, BinaryIO
from uuid import uuid4

from bpmn.model import Limit
from clock.chain import usual
from clock.explain_chain import explain_chain
from connectors.papers import html_of
from connectors.papers.press import PRESS
from errors import NotFound
from services import clocks, notifications, outbox
from services.effects import Paper
from services.runs import Run
from storage.blobs import Blobs
from storage.database import session, verb
from storage.rows import dossiers as rows
from storage.rows import people
from storage.tables import Document, Dossier
from texts import Text

KINDS: Mapping[str, Text] = {
    "acceptance_slip": Text("Giấy tiếp nhận hồ sơ và hẹn trả kết quả", "Acceptance and appointment slip"),
    "supplement_request": Text("Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ", "Supplement request"),
    "refusal_slip": Text("Phiếu từ chối tiếp nhận, giải quyết hồ sơ", "Refusal slip"),
    "refusal_decision": Text("Văn bản trả lời không cấp", "Refusal decision"),
    "result": Text("Kết quả giải quyết", "Result"),
    "extension_notice": Text("Thông báo gia hạn thời gian giải quyết", "Notice of extension"),
    "apology_slip": Text("Phiếu xin lỗi và hẹn lại ngày trả kết quả", "Apology and new appointment slip"),
}
NUMBERED = {
    "acceptance_slip": "TNHS",
    "supplement_request": "BSHS",
    "refusal_slip": "TCTN",
    "refusal_decision": "KC",
    "result": "KQ",
    "extension_notice": "GHHS",
    "apology_slip": "XLHL",
}
LONGEST_VALUE = 2000
MOST_ROWS = 50


def issue(run: Run, paper: Paper, *, variables: Mapping[str, Any]) -> Document | None:
    """Write a paper into the present transaction, have it printed and tell the applicant; give its document."""
    dossier = run.dossier
    if dossier is None or paper.kind not in KINDS:
        return None
    number = str(variables.get("document_number") or "") if paper.kind in ("result", "refusal_decision") else ""
    procedure = run.loaded.procedure
    number = number or next_number(procedure.agency_code if procedure else "", paper.kind, run.now)
    document = Document(
        id=uuid4().hex,
        dossier_id=dossier.id,
        origin="issued",
        kind=paper.kind,
        number=number,
        file_name=f"{paper.kind.replace('_', '-')}-{dossier.code}.pdf",
        media_type="application/pdf",
        sha256="",
        snapshot=_snapshot(run, dossier, paper, number, variables),
        created_by=run.actor,
        created_at=run.now,
    )
    session().add(document)
    run.notes.setdefault("papers", []).append({"kind": paper.kind, "number": number, "document": document.id})
    outbox.add("paper", {"document": document.id}, key=f"paper:{document.id}", now=run.now, instance_id=run.instance.id)
    notifications.tell(run, dossier, paper.kind, number)
    return document


def printed(document_id: str, blobs: Blobs, *, address: str = "") -> tuple[Document, BinaryIO]:
    """Give an issued document with its PDF, open for reading, printing it now if nobody has yet."""
    document = session().get(Document, document_id)
    if document is None or document.origin != "issued":
        raise NotFound()
    if not document.sha256:
        document = _print(document_id, blobs, address)
    return document, blobs.open(document.sha256)


def print_handler(blobs: Blobs, *, address: str) -> outbox.Handler:
    """Give the outbox handler that prints papers."""

    def handle(_key: str, payload: Mapping[str, Any], _now: datetime) -> None:
        _, content = printed(payload["document"], blobs, address=address)
        content.close()

    return handle


def _print(document_id: str, blobs: Blobs, address: str) -> Document:
    document = session().get(Document, document_id)
    if document is None or document.snapshot is None:
        raise NotFound()
    html = html_of(document.kind, document.snapshot, address=address)
    session().rollback()  # printing takes long; no transaction may be open
    content = PRESS.print(html)
    stored = blobs.put(BytesIO(content), limit=1 << 28)
    return _kept(document_id, stored.sha256, stored.size)


@verb
def _kept(document_id: str, sha256: str, size: int) -> Document:
    document = session().get(Document, document_id, with_for_update=True, populate_existing=True)
    if document is None:
        raise NotFound()
    if not document.sha256:
        document.sha256, document.size = sha256, size
    return document


def next_number(agency: str, kind: str, now: datetime) -> str:
    """Give the next number of a kind of paper in an agency and year, without a gap."""
    year = now.astimezone(clocks.LOCAL).year
    return f"{rows.next_number(f'paper:{kind}:{agency}:{year}')}/{year}/{NUMBERED[kind]}"


def _snapshot(run: Run, dossier: Dossier, paper: Paper, number: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    chain = clocks.read(dossier, run.limits, asked_at=run.now)
    lines = explain_chain(chain) if chain else ()
    officer, unit = people.load(run.actor), people.unit(dossier.unit_code)
    uploads = [d for d in rows.documents_of(dossier.id) if d.origin == "upload"]
    return {
        "kind": paper.kind,
        "number": number,
        "issued_at": run.now.isoformat(),
        "code": dossier.code,
        "check_code": dossier.check_code,
        "applicant": dossier.applicant_name,
        "unit": dossier.unit_code,
        "unit_name": unit.name_vi if unit else "",
        "case": dossier.case_id,
        "filed_at": dossier.filed_at.isoformat(),
        "accepted_at": _iso(dossier.accepted_at),
        "due_at": _iso(chain.result_at if chain else dossier.due_at),
        "lapse_at": _iso(chain.reading.lapse_at if chain else None),
        "explanation": [{**_pair(line.text), "moment": _iso(line.moment)} for line in lines],
        "files": [{"component": d.kind, "name": d.file_name, "size": d.size, "sha256": d.sha256} for d in uploads],
        "reason": run.notes.get("reason", ""),
        "actor": officer.name if officer else run.actor,
        "approver": people.name_of(run.notes["approved_by"]) if "approved_by" in run.notes else "",
        "values": {key: value for key, value in variables.items() if _prints(value)},
        **_legal(run, dossier.case_id),
    }


def _legal(run: Run, case: str) -> dict[str, Any]:
    """What the procedure itself says, in this version and case."""
    procedure, limits = run.loaded.procedure, run.limits
    if procedure is None:
        return {}
    fees = procedure.fees_of(case)
    parts = procedure.components_of(case)
    return {
        "procedure": {**_pair(run.loaded.name), "code": procedure.code},
        "agency": _pair(procedure.agency_name),
        "limit": _limit(limits[0]) if limits else None,
        "limits": [{**_limit(limit), "name": _pair(limit.name)} for limit in _usual(limits)],
        "components": [{**_pair(p.name), "id": p.id, "originals": p.originals, "copies": p.copies} for p in parts],
        "fees": [{**_pair(fee.name), "kind": fee.kind, "amount": str(fee.amount)} for fee in fees],
        "sets": procedure.sets,
        "legal_basis": [{**_pair(basis.title), "number": basis.number} for basis in procedure.legal_basis],
        "results": [_pair(result.name) for result in procedure.results],
    }


def _usual(limits: Sequence[Limit]) -> Sequence[Limit]:
    """Give the limits that follow each other in the usual course."""
    if len(limits) < 2:
        return limits
    known = {limit.id: limit for limit in limits}
    return [limits[0], *(known[link.id] for link in usual(clocks.links_of(limits), limits[0].id))]


def _limit(limit: Limit) -> dict[str, Any]:
    return {"amount": limit.amount, "unit": limit.unit.value, "starts_on": limit.starts_on}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _prints(value: Any) -> bool:
    """Plain values and short lists of flat rows (the points of a supplement) are kept for the paper."""
    if isinstance(value, list):
        return len(value) <= MOST_ROWS and all(_prints(item) for row in value for item in _flat(row))
    return isinstance(value, bool | int | float) or (isinstance(value, str) and len(value) <= LONGEST_VALUE)


def _flat(row: Any) -> list[Any]:
    return list(row.values()) if isinstance(row, dict) else [row]


def _pair(text: Text) -> dict[str, str]:
    return {"vi": text.vi, "en": text.en}
