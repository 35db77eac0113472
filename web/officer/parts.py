"""What the pages of a task and of a dossier share: clock, summary, documents and answers of one dossier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from forms.views import FieldView, FileLink, fields
from services import clocks, documents, dossiers, forecasts, legal, loading, measures, papers, step_clocks
from services.permissions import Viewer
from storage.queries import people
from storage.queries.steps import DoneStep
from texts import Text
from web.i18n.formats import filesize
from web.officer import dues


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One document of a dossier."""

    id: str
    kind: str
    """Of an upload the component that it is; of an issued paper what it is."""
    title: Text
    file_name: str
    note: str
    """Size, number and day in words that need no translation."""
    is_issued: bool
    number: str
    size: int | None
    sha256: str
    media_type: str
    by: str
    created_at: datetime

    @property
    def url(self) -> str:
        """Give where it is downloaded."""
        return f"/documents/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """What a dossier pays in đồng, and when it was received; `is_recorded`: the diagram has a step that receives it."""

    amount: Decimal
    received_at: datetime | None
    is_recorded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A completed step with its answers."""

    step: DoneStep
    name: Text
    act: Text
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierView:
    """A dossier as its aside and its tabs show it."""

    dossier: Any
    """storage.tables.Dossier."""
    name: Text
    case: Text
    channel: Text
    fee: Fee
    supplements: int
    told: clocks.Told | None
    outlook: forecasts.Outlook | None
    """When it is likely to be finished, while its clock runs."""
    due: dues.Due | None
    """Of the appointment, or of the acceptance before there is one."""
    basis: str
    papers: tuple[Paper, ...]

    @property
    def clock_now(self) -> datetime | None:
        """Give the moment at which the clock ended, or None while it goes on."""
        return self.told.reading.ended_at if self.told else None


def of_dossier(viewer: Viewer, dossier: Any, *, now: datetime) -> DossierView:
    """Gather what the pages show of a dossier that the viewer may read."""
    loaded = loading.load(dossier.definition_id)
    procedure = loaded.procedure
    asked_at = max(now, dossier.accepted_at) if dossier.accepted_at else now
    started = [event for event in dossier.clock if event["type"] == "pause_started"]
    told = clocks.tell(dossier, asked_at=asked_at)
    return DossierView(
        dossier=dossier,
        name=Text(dossier.procedure_name, dossier.procedure_name_en),
        case=legal.case_name(procedure, dossier.case_id) if procedure else Text("", ""),
        channel=legal.CHANNELS.get(dossier.channel, Text(dossier.channel, dossier.channel)),
        fee=_fee(loaded, dossier),
        supplements=sum(1 for event in started if event.get("reason") == "supplement"),
        told=told,
        outlook=forecasts.outlook(dossier, now=now) if told else None,
        due=_due(dossier, told, now),
        basis=procedure.legal_basis[0].number if procedure and procedure.legal_basis else "",
        papers=_papers(viewer, dossier),
    )


def links(papers: Sequence[Paper]) -> dict[str, FileLink]:
    """Give what forms call these documents."""
    return {
        paper.id: FileLink(
            name=paper.file_name,
            url=paper.url,
            note=Text(filesize(paper.size), filesize(paper.size)),
            media_type=paper.media_type,
        )
        for paper in papers
    }


def links_of(viewer: Viewer, dossier_id: str | None) -> dict[str, FileLink]:
    """Give what forms call the documents of a dossier that the viewer may read."""
    if dossier_id is None:
        return {}
    return links(_papers(viewer, dossiers.readable(viewer, dossier_id)))


def answers(view: DossierView) -> tuple[FieldView, ...]:
    """Give what was filed, for reading."""
    dossier = view.dossier
    if not dossier.form_id:
        return ()
    form = loading.form(dossier.form_id)
    known = {"case": dossier.case_id}
    return fields(form, dossier.answers, readonly=True, variables=known, files=links(view.papers))


def steps(done: Iterable[DoneStep], files: Mapping[str, FileLink]) -> tuple[Step, ...]:
    """Give completed steps with their answers, in their order."""
    return tuple(_step(one, files) for one in done)


def _step(done: DoneStep, files: Mapping[str, FileLink]) -> Step:
    loaded = loading.load(done.definition_id)
    element = loaded.element(done.process_key, done.element_id)
    label = next((act.label for act in element.acts if act.id == done.act), None) if element else None
    shown = fields(loading.form(done.form), done.answers, readonly=True, files=files) if done.form else ()
    return Step(
        step=done,
        name=loaded.step_name(done.process_key, done.element_id, done.name),
        act=label or Text(done.act, done.act),
        fields=shown if done.answers else (),
    )


def _fee(loaded: loading.Loaded, dossier: Any) -> Fee:
    procedure = loaded.procedure
    amount = sum((fee.amount for fee in procedure.fees_of(dossier.case_id)), Decimal(0)) if procedure else Decimal(0)
    paid = [event["at"] for event in dossier.clock if event["type"] == "fee_paid"]
    elements = (e for process in loaded.definition.processes.values() for e in process.elements.values())
    return Fee(
        amount=amount,
        received_at=datetime.fromisoformat(paid[0]) if paid else None,
        is_recorded=any(element.fee for element in elements),
    )


def _due(dossier: Any, told: clocks.Told | None, now: datetime) -> dues.Due | None:
    if told is None:
        waits = dossier.accepted_at is None and dossier.ended_at is None and dossier.acceptance_due_at
        measure = measures.of_acceptance(dossier.definition_id)
        if not waits:
            return None
        due = dues.of_moment(dossier.acceptance_due_at, now=now, measure=measure, of="acceptance")
        return replace(due, why=step_clocks.acceptance(dossier, now=now))
    if told.kind in ("ok", "soon", "late") and told.reading.due_at:
        measure, is_soon = replace(measures.of_limit(dossier), unit=told.unit), told.kind == "soon"
        return dues.of_moment(told.reading.due_at, now=now, measure=measure, is_at_risk=is_soon, of="dossier")
    return dues.Due(kind=told.kind, n=told.left, date=told.reading.due_at, unit=told.unit.value, of="dossier")


def _papers(viewer: Viewer, dossier: Any) -> tuple[Paper, ...]:
    procedure = loading.load(dossier.definition_id).procedure
    names = {part.id: part.name for part in procedure.components} if procedure else {}
    found = documents.of_dossier(viewer, dossier)
    who = people.names_of(document.created_by for document in found)
    return tuple(
        Paper(
            id=d.id,
            kind=d.kind,
            title=papers.KINDS.get(d.kind) or names.get(d.kind) or Text(d.file_name, d.file_name),
            file_name=d.file_name,
            note=", ".join(part for part in (d.number, filesize(d.size)) if part),
            is_issued=d.origin == "issued",
            number=d.number,
            size=d.size,
            sha256=d.sha256,
            media_type=d.media_type,
            by=who.get(d.created_by, d.created_by),
            created_at=d.created_at,
        )
        for d in found
    )
