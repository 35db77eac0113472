"""Our own namespace, `urn:motcua:bpmn`: attributes of flow nodes, acts, and the legal parts of a procedure.

`motcua.moddle.json` beside this file names the same attributes (a test compares the two). Reading is tolerant: a value
that cannot be read counts as absent here and is named by bpmn/checks/vocabulary.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from bpmn import xml
from bpmn.extensions.parts import Assignment, Parts, flag, listed, whole
from bpmn.model import (
    Act,
    ActKind,
    Case,
    Component,
    Fee,
    LegalBasis,
    Limit,
    LimitUnit,
    Need,
    PauseRule,
    Procedure,
    Publication,
)
from texts import Text

Choice = TypeVar("Choice", bound=StrEnum)
LIMIT = re.compile(r"\s*(\d{1,5})\s+(\w+)\s*", re.ASCII)


def read(node: xml.Node) -> Parts:
    """Read the `motcua:` attributes and acts of a flow node."""

    def get(name: str) -> str | None:
        return node.get(xml.own(name))

    public = Text(vi=get("publicNameVi") or "", en=get("publicNameEn") or "")
    return Parts(
        form=get("form"),
        candidate_groups=listed(get("candidateGroups")),
        candidate_users=listed(get("candidateUsers")),
        assignee=get("assignee"),
        due=get("dueDate"),
        follow_up=get("followUpDate"),
        priority=whole(get("priority")),
        acts=acts(node) or None,
        act_variable=get("actVariable"),
        limit=step_limit(get("limit")),
        national_status=national_status(get("nationalStatus")),
        public_name=public or None,
        is_public=flag(get("isPublic")),
        pause=get("pause"),
        starts_limit=get("startsLimit"),
        document=get("document"),
        fee=get("fee"),
        not_by=listed(get("notBy")),
        decision=get("decision"),
        result_variable=get("resultVariable"),
        correlation_key=get("correlationKey"),
        payload=get("payload"),
        payload_variable=get("payloadVariable"),
        topic=get("topic"),
        connector=get("connector"),
        retries=get("retries"),
        inputs=parameters(node, "input") or None,
        outputs=parameters(node, "output") or None,
        code_variable=get("codeVariable"),
        message_variable=get("messageVariable"),
    )


def acts(node: xml.Node) -> tuple[Act, ...]:
    """Read the buttons of a task, in their order."""
    return tuple(act(child) for child in xml.extension_elements(node) if child.tag == xml.own("act"))


def act(node: xml.Node) -> Act:
    """Read one `<motcua:act>`."""
    label, form = pair(node, "label"), flag(node.get("form"))
    return Act(
        id=node.get("id") or "",
        label=label or Text(vi=node.get("id") or "", en=""),
        kind=choice(ActKind, node.get("kind"), ActKind.ADVANCE),
        reason=choice(Need, node.get("reason"), Need.NONE),
        needs_form=True if form is None else form,
        asks=node.get("asks") or "",
        approval=listed(node.get("approval")) or (),
    )


def parameters(node: xml.Node, kind: str) -> tuple[Assignment, ...]:
    """Read the `<motcua:input>` or `<motcua:output>` of an activity or event, in their order."""
    return tuple(parameter(child) for child in xml.extension_elements(node) if child.tag == xml.own(kind))


def parameter(node: xml.Node) -> Assignment:
    """Read one parameter: the name of a variable and the expression that gives its value."""
    return Assignment(target=(node.get("target") or "").strip(), text=node.get("source") or "")


def step_limit(written: str | None) -> Limit | None:
    """Read `10 working_days`; None when absent or not of that shape."""
    match = LIMIT.fullmatch(written or "")
    if match is None or match[2] not in set(LimitUnit) or int(match[1]) == 0:
        return None
    return Limit(amount=int(match[1]), unit=LimitUnit(match[2]))


def national_status(written: str | None) -> int | None:
    """Read a national status, 1 to 10 (DOMAIN.md 1.6)."""
    number = whole(written)
    return number if number is not None and 1 <= number <= 10 else None


def pair(node: xml.Node, name: str) -> Text:
    """Read an attribute written as a …Vi/…En pair."""
    return Text(vi=node.get(f"{name}Vi") or "", en=node.get(f"{name}En") or "")


def choice(kind: type[Choice], written: str | None, default: Choice) -> Choice:
    """Read a member of an enumeration; anything else is the default."""
    return kind(written) if written in set(kind) else default


def procedure_of(process: xml.Node) -> Procedure | None:
    """Read the legal parts in a process's extensionElements; None when it is no procedure."""
    found = [child for child in xml.extension_elements(process) if child.tag == xml.own("procedure")]
    return procedure(found[0], list(found[0])) if found else None


def procedure(node: xml.Node, children: Iterable[xml.Node]) -> Procedure:
    """Read `<motcua:procedure>` with its children."""
    by_tag: dict[str, list[xml.Node]] = {}
    for child in children:
        by_tag.setdefault(xml.local(child), []).append(child)

    def of(name: str) -> list[xml.Node]:
        return by_tag.get(name, [])

    return Procedure(
        code=node.get("code") or "",
        name=pair(node, "name"),
        field_code=node.get("fieldCode") or "",
        field_name=pair(node, "fieldName"),
        agency_code=node.get("agencyCode") or "",
        agency_name=pair(node, "agencyName"),
        unit=node.get("unit") or "",
        authority_level=node.get("authorityLevel") or "ministry",
        service_level=node.get("serviceLevel") or "partial",
        sets=whole(node.get("sets")) or 1,
        summary=pair(node, "summary"),
        channels=listed(node.get("channels")) or ("online",),
        applicants=listed(node.get("applicants")) or (),
        supplement_rounds=whole(node.get("supplementRounds")) or 1,
        likely_late_to=listed(node.get("likelyLateTo")),
        at_risk_to=listed(node.get("atRiskTo")),
        breached_to=listed(node.get("breachedTo")),
        cases=tuple(map(case, of("case"))),
        components=tuple(map(component, of("component"))),
        limits=tuple(limit for limit in map(legal_limit, of("limit")) if limit is not None),
        fees=tuple(map(fee, of("fee"))),
        conditions=tuple(pair(child, "text") for child in of("condition")),
        results=tuple(map(result, of("result"))),
        legal_basis=tuple(map(legal_basis, of("legalBasis"))),
        publication=publication(of("publication")[0]) if of("publication") else Publication(),
    )


def case(node: xml.Node) -> Case:
    """Read `<motcua:case>`."""
    return Case(id=node.get("id") or "", name=pair(node, "name"), form=node.get("form") or "")


def component(node: xml.Node) -> Component:
    """Read `<motcua:component>`."""
    required, copies = flag(node.get("required")), whole(node.get("copies"))
    return Component(
        id=node.get("id") or "",
        name=pair(node, "name"),
        required=True if required is None else required,
        originals=whole(node.get("originals")) or 0,
        copies=1 if copies is None else copies,
        case=node.get("case") or "",
        template=node.get("template") or "",
    )


def result(node: xml.Node) -> Component:
    """Read `<motcua:result>`."""
    return Component(id=node.get("id") or "", name=pair(node, "name"))


def legal_limit(node: xml.Node) -> Limit | None:
    """Read `<motcua:limit>`; None when its amount or unit cannot be read."""
    limit = step_limit(f"{node.get('amount') or ''} {node.get('unit') or ''}")
    said = {name: node.get(name) or "" for name in ("startsOn", "policy", "case", "channel", "id")}
    name, after = pair(node, "name"), listed(node.get("after")) or ()
    extension = whole(node.get("extension"))
    if limit is None:
        return None
    return replace(
        limit,
        starts_on=said["startsOn"] or "receipt",
        policy=said["policy"] or "resume",
        case=said["case"],
        extension=extension,
        channel=said["channel"],
        id=said["id"],
        name=name,
        after=after,
        pauses=tuple(map(pause_rule, node.findall(xml.own("pause")))),
    )


def pause_rule(node: xml.Node) -> PauseRule:
    """Read the `<motcua:pause>` of a limit."""
    return PauseRule(
        ground=node.get("ground") or "",
        policy=node.get("policy") or "resume",
        phase=step_limit(node.get("phase")),
        reply=step_limit(node.get("reply")),
    )


def fee(node: xml.Node) -> Fee:
    """Read `<motcua:fee>`; an amount that cannot be read counts as 0."""
    return Fee(
        id=node.get("id") or "",
        name=pair(node, "name"),
        kind=node.get("kind") or "fee",
        amount=money(node.get("amount")) or Decimal(0),
        case=node.get("case") or "",
    )


def money(written: str | None) -> Decimal | None:
    """Read whole đồng, at least 0 and below 10^12."""
    try:
        amount = Decimal((written or "").strip())
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < 10**12 and amount == amount.to_integral_value() else None


def legal_basis(node: xml.Node) -> LegalBasis:
    """Read `<motcua:legalBasis>`."""
    return LegalBasis(
        number=node.get("number") or "",
        title=pair(node, "title"),
        issuer=pair(node, "issuer"),
        date=node.get("date") or "",
        valid_from=node.get("validFrom") or "",
        valid_until=node.get("validUntil") or "",
    )


def publication(node: xml.Node) -> Publication:
    """Read `<motcua:publication>`."""
    return Publication(
        decision=node.get("decision") or "",
        date=node.get("date") or "",
        effective_from=node.get("effectiveFrom") or "",
    )
