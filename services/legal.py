"""The legal parts of a procedure in words: time limits, whom it is for, how to file, level of service, fees by case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bpmn.model import Component, Fee, Limit, LimitUnit, Procedure
from clock.chain import usual
from services import clocks
from texts import Text

UNITS: Mapping[LimitUnit, tuple[str, str]] = {
    LimitUnit.WORKING_DAYS: ("ngày làm việc", "working day"),
    LimitUnit.CALENDAR_DAYS: ("ngày", "day"),
    LimitUnit.WORKING_HOURS: ("giờ làm việc", "working hour"),
    LimitUnit.MONTHS: ("tháng", "month"),
}
CHANNELS: Mapping[str, Text] = {
    "online": Text("Trực tuyến", "Online"),
    "counter": Text("Tại quầy của Bộ phận Một cửa", "At the one-door counter"),
    "post": Text("Qua bưu chính công ích", "By the public postal service"),
}
APPLICANTS: Mapping[str, Text] = {
    "citizen": Text("Công dân Việt Nam", "Citizens of Viet Nam"),
    "enterprise": Text("Doanh nghiệp", "Enterprises"),
    "foreigner": Text("Người nước ngoài", "Foreigners"),
    "agency": Text("Cơ quan, tổ chức", "Agencies and organisations"),
}
AUTHORITIES: Mapping[str, Text] = {
    "ministry": Text("Cấp Bộ", "Ministry"),
    "province": Text("Cấp tỉnh", "Province"),
    "commune": Text("Cấp xã", "Commune"),
}
FEE_KINDS: Mapping[str, Text] = {"fee": Text("Phí", "Fee"), "charge": Text("Lệ phí", "Charge")}
ONLINE = "online"
AT_ONCE = Text("Giải quyết ngay", "Decided at once")
ALL_CASES = Text("Mọi trường hợp", "All cases")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTerms:
    """What one case takes: its time limit, its fees together, and when it would be done if accepted now."""

    id: str
    name: Text
    time: Text
    fee: Decimal
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """A paper to prepare; `cases` names those that need it, empty: every case."""

    component: Component
    cases: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged:
    """A fee or charge in whole đồng; `cases` names those that pay it, empty: every case."""

    kind: Text
    name: Text
    amount: Decimal
    cases: tuple[Text, ...]


def can_file_online(procedure: Procedure) -> bool:
    """Say whether the procedure takes dossiers over the network at all."""
    return "online" in procedure.channels and procedure.service_level != "information"


def amount(limit: Limit | None) -> Text:
    """Write a limit: 10 ngày làm việc, 10 working days; without one it is decided at once."""
    if limit is None:
        return AT_ONCE
    vi, en = UNITS[limit.unit]
    return Text(f"{limit.amount} {vi}", f"{limit.amount} {en}{'s' if limit.amount != 1 else ''}")


def whole(limits: Sequence[Limit]) -> Text:
    """Write the limits of a case: one, or those that follow each other in the usual course (10 days + 7 days)."""
    if len(limits) < 2:
        return amount(next(iter(limits), None))
    known = {limit.id: limit for limit in limits}
    links = clocks.links_of(limits)
    parts = [amount(limits[0]), *(amount(known[link.id]) for link in usual(links, limits[0].id))]
    return Text(" + ".join(part.vi for part in parts), " + ".join(part.en for part in parts))


def _time(procedure: Procedure, case: str) -> Text:
    """Write how long a case takes, and how long if it is filed online where that differs."""
    general, online = whole(procedure.limits_of(case)), whole(procedure.limits_of(case, ONLINE))
    if general == online or ONLINE not in procedure.channels:
        return general
    if set(procedure.channels) == {ONLINE}:
        return online
    return Text(f"{general.vi} (trực tuyến: {online.vi})", f"{general.en} (online: {online.en})")


def terms(procedure: Procedure, *, now: datetime) -> tuple[CaseTerms, ...]:
    """Give the terms of each case; of a procedure without cases one, without id."""
    cases = [(case.id, case.name) for case in procedure.cases] or [("", ALL_CASES)]
    return tuple(
        CaseTerms(
            id=case,
            name=name,
            time=_time(procedure, case),
            fee=sum((fee.amount for fee in procedure.fees_of(case)), Decimal(0)),
            due_at=clocks.promise(limits, from_=now, agency=procedure.agency_code)
            if (limits := procedure.limits_of(case, ONLINE))
            else None,
        )
        for case, name in cases
    )


def times(procedure: Procedure) -> tuple[Text, ...]:
    """Give the time limits of its cases, each once."""
    cases = [case.id for case in procedure.cases] or [""]
    return tuple(dict.fromkeys(_time(procedure, case) for case in cases))


def fees(procedure: Procedure) -> tuple[Decimal, Decimal]:
    """Give the least and the most that a case pays."""
    cases = [case.id for case in procedure.cases] or [""]
    sums = [sum((fee.amount for fee in procedure.fees_of(case)), Decimal(0)) for case in cases]
    return min(sums), max(sums)


def needed(procedure: Procedure) -> tuple[Needed, ...]:
    """Give the papers to prepare, one under the same id and name once with the cases that need it."""
    names = {case.id: case.name for case in procedure.cases}
    found: dict[tuple[str, Text], list[Component]] = {}
    for part in procedure.components:
        found.setdefault((part.id, part.name), []).append(part)
    return tuple(Needed(component=parts[0], cases=_cases(parts, names)) for parts in found.values())


def charges(procedure: Procedure) -> tuple[Charged, ...]:
    """Give the fees and charges, one of the same name and amount once with the cases that pay it."""
    names = {case.id: case.name for case in procedure.cases}
    found: dict[tuple[str, Text, Decimal], list[Fee]] = {}
    for fee in procedure.fees:
        found.setdefault((fee.kind, fee.name, fee.amount), []).append(fee)
    return tuple(
        Charged(kind=FEE_KINDS.get(kind, Text(kind, kind)), name=name, amount=amount, cases=_cases(fees, names))
        for (kind, name, amount), fees in found.items()
    )


def case_name(procedure: Procedure, case: str) -> Text:
    """Give the name of a case; empty where there is none of this id."""
    return next((item.name for item in procedure.cases if item.id == case), Text("", ""))


def named(kinds: Iterable[str], names: Mapping[str, Text]) -> tuple[Text, ...]:
    """Give the words for each kind; one that we do not know stands for itself."""
    return tuple(names.get(kind, Text(kind, kind)) for kind in kinds)


def _cases(parts: Iterable[Component | Fee], names: Mapping[str, Text]) -> tuple[Text, ...]:
    cases = [part.case for part in parts]
    return () if "" in cases else tuple(names[case] for case in cases if case in names)
