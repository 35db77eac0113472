"""What a diagram says, read once: the vocabulary that the engine, the services and the pages share.

Immutable and shared between threads. Our own attributes live in the namespace `urn:motcua:bpmn`, described by
`bpmn/extensions/motcua.moddle.json`; their camunda: and spiffworkflow: equivalents arrive here under the same names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from texts import Text

MOTCUA = "urn:motcua:bpmn"
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


class ActKind(StrEnum):
    """What an act does to the dossier, as its button shows it."""

    ADVANCE = "advance"
    """The main way forward."""
    RETURN = "return"
    """Back to somebody earlier (a supplement, a correction)."""
    REFUSE = "refuse"
    """Ends against the applicant; asks for a reason."""
    NEUTRAL = "neutral"
    """Anything else."""


class Need(StrEnum):
    """Whether an act needs something of the person."""

    NONE = "none"
    """It is not asked for."""
    OPTIONAL = "optional"
    """It may be given."""
    REQUIRED = "required"
    """The act is refused without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One button of a task; `id` is what gateways route on (`motcua:act`)."""

    id: str
    label: Text
    kind: ActKind = ActKind.ADVANCE
    reason: Need = Need.NONE
    needs_form: bool = True
    asks: str = ""
    """`supplement`: the act asks the applicant for one; its items are composed (services/supplements.py)."""
    approval: tuple[str, ...] = ()
    """Groups of which somebody must approve the act before it is done; empty: nobody."""


class LimitUnit(StrEnum):
    """The units of a legal limit (rules 11 to 16 of the clock)."""

    WORKING_DAYS = "working_days"
    """Days with any working time."""
    CALENDAR_DAYS = "calendar_days"
    """Dates; the end rolls to a working day."""
    WORKING_HOURS = "working_hours"
    """Working minutes, counted from the start itself."""
    MONTHS = "months"
    """To the same day n months later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseRule:
    """What a pause on one ground does to a limit (`<motcua:pause>` in `<motcua:limit>`; rules 20 to 22 and 35)."""

    ground: str
    """supplement, payment, foreign_verification or agency_opinion."""
    policy: str = "resume"
    """What follows: the count goes on (resume), the full limit again (restart), or the limit of the phase."""
    phase: Limit | None = None
    """The limit that starts after the pause, where the policy is `phase`."""
    reply: Limit | None = None
    """How long the other side may take; after it the dossier lapses. None: as long as it wants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A time limit as the law or the designer wrote it (`motcua:limit="10 working_days"`, `<motcua:limit>`)."""

    amount: int
    unit: LimitUnit
    starts_on: str = "receipt"
    """`receipt`, or `receipt_and_fee` where the law counts from the fee too."""
    policy: str = "resume"
    """What a pause does on a ground that has no rule of its own: resume or restart."""
    case: str = ""
    """The case it holds for; empty: every case without one of its own."""
    extension: int | None = None
    """By how much of its unit it may be extended at most; 0: not at all; None: by as much as it is itself."""
    channel: str = ""
    """The way of filing it holds for (online, counter, post); empty: every way without one of its own."""
    id: str = ""
    """Its name in a chain of limits; an element with this `startsLimit` is the event it counts from."""
    name: Text = Text("", "")
    after: tuple[str, ...] = ()
    """The limits of the chain that it may follow, that of the usual course first; the first limit starts at receipt."""
    pauses: tuple[PauseRule, ...] = ()

    def pause_rule(self, ground: str) -> PauseRule:
        """Give what a pause on this ground does."""
        own = next((rule for rule in self.pauses if rule.ground == ground), None)
        return own or PauseRule(ground=ground, policy=self.policy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One flow node with everything of it that is not the engine's: who, how long, what the public sees."""

    id: str
    type: str
    """The BPMN local name: userTask, startEvent, exclusiveGateway, …"""
    name: str = ""
    process_key: str = ""
    line: int | None = None
    documentation: str = ""
    lane: str = ""
    scope: str = ""
    """The sub-process it lies in; empty: the process itself."""
    attached_to: str = ""
    """Of a boundary event: the activity it stands on."""
    timer: str = ""
    """Of an event: the text of its timer, as it is written."""
    form: str = ""
    """A form file of the bundle (`x.form`) or a form's id."""
    candidate_groups: tuple[str, ...] = ()
    candidate_users: tuple[str, ...] = ()
    """User names, or one expression each."""
    assignee: str = ""
    """A user name or an expression (`${applicant}`); empty: the candidates claim it."""
    due: str = ""
    follow_up: str = ""
    priority: int = 50
    priority_text: str = ""
    """An expression for the priority; empty: `priority` stands."""
    initiator: str = ""
    """Of a start event: the variable that gets the name of who started the instance."""
    acts: tuple[Act, ...] = ()
    act_variable: str = "act"
    limit: Limit | None = None
    national_status: int | None = None
    """1 to 10: what entering this element makes of the dossier (DOMAIN.md 1.6)."""
    public_name: Text = Text("", "")
    is_public: bool = True
    """False: the public page never shows this step."""
    pause: str = ""
    """The ground on which the clock stands still while this element is active: supplement, payment, …"""
    starts_limit: str = ""
    """The limit of the procedure's chain that counts from the moment this element is entered."""
    document: str = ""
    """The paper issued when this element is entered: acceptance_slip, supplement_request, refusal_slip, result, …"""
    fee: str = ""
    """Completing this task records that fee of the procedure as received."""
    not_by: tuple[str, ...] = ()
    """Tasks of the same instance: who did one of them may not do this one (`motcua:notBy`)."""
    called: str = ""
    """Of a call activity: the key of the process that it calls."""
    connector: str = ""
    """What of the server does it (connectors/)."""
    inputs: tuple[str, ...] = ()
    """Names of what a connector is given; empty: all variables that it sees."""
    result_variable: str = ""
    """The variable that gets a connector's results; empty: each result is a variable of its own name."""
    retries: str = ""
    """How often and when it is tried again after a technical fault (bpmn/retries.py); empty: as usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A variant of a procedure, chosen at filing; sets the variable `case`."""

    id: str
    name: Text
    form: str = ""
    """Its own filing form; empty: the start event's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A paper the dossier must hold."""

    id: str
    name: Text
    required: bool = True
    originals: int = 0
    copies: int = 1
    case: str = ""
    template: str = ""
    """The number of the official form, if there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A fee (`phí`) or a charge (`lệ phí`), in whole đồng."""

    id: str
    name: Text
    kind: str
    amount: Decimal
    case: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalBasis:
    """A legal text: its number, title, issuer and date (ISO, may be empty)."""

    number: str
    title: Text
    issuer: Text = Text("", "")
    date: str = ""
    valid_from: str = ""
    """The day on which it takes effect (ISO); empty: its date."""
    valid_until: str = ""
    """The last day on which it holds (ISO); empty: it holds on."""

    def holds_on(self, day: str) -> bool:
        """Say whether it is in force on a day (ISO)."""
        return (self.valid_from or self.date or day) <= day <= (self.valid_until or day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The decision that published the procedure; dates ISO."""

    decision: str = ""
    date: str = ""
    effective_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """The legal parts of an administrative procedure (DOMAIN.md 1.3), as they stand in its diagram."""

    code: str
    name: Text
    field_code: str
    field_name: Text
    agency_code: str
    agency_name: Text
    unit: str = ""
    """Code of the unit that handles it (boards count by it)."""
    authority_level: str = "ministry"
    service_level: str = "partial"
    """full, partial or information."""
    sets: int = 1
    summary: Text = Text("", "")
    cases: tuple[Case, ...] = ()
    channels: tuple[str, ...] = ("online",)
    components: tuple[Component, ...] = ()
    limits: tuple[Limit, ...] = ()
    """Empty: at once, so without a due date."""
    applicants: tuple[str, ...] = ()
    """citizen, enterprise, foreigner, agency."""
    fees: tuple[Fee, ...] = ()
    conditions: tuple[Text, ...] = ()
    results: tuple[Component, ...] = ()
    legal_basis: tuple[LegalBasis, ...] = ()
    publication: Publication = Publication()
    likely_late_to: tuple[str, ...] | None = None
    """Who is told that it is likely to be late: assignee, head, leader; None: as usual (services/escalation.py)."""
    supplement_rounds: int = 1
    """How often a supplement may be asked for: once, where the law says nothing else (DOMAIN.md 1.2)."""
    at_risk_to: tuple[str, ...] | None = None
    """Who is told that a limit is at risk."""
    breached_to: tuple[str, ...] | None = None
    """Who is told that a limit is breached."""

    def limit_of(self, case: str, channel: str = "") -> Limit | None:
        """Give the legal limit of a case, of a chain its first, or None where the procedure is decided at once."""
        return next(iter(self.limits_of(case, channel)), None)

    def limits_of(self, case: str, channel: str = "") -> tuple[Limit, ...]:
        """Give the chain of legal limits of a case filed in this way, in its order; most have one, some none.

        A case with limits of its own has only those; of limits of one id, that of the way of filing counts.
        """
        own = [x for x in self.limits if x.case == case] or [x for x in self.limits if not x.case]
        fitting = [x for x in own if x.channel in ("", channel)]
        chosen = {x.id: x for x in sorted(fitting, key=lambda x: bool(x.channel))}
        return tuple(chosen[id_] for id_ in dict.fromkeys(x.id for x in fitting))

    def fees_of(self, case: str) -> tuple[Fee, ...]:
        """Give the fees that a case pays."""
        return tuple(fee for fee in self.fees if fee.case in ("", case))

    def components_of(self, case: str) -> tuple[Component, ...]:
        """Give the papers that a case needs."""
        return tuple(part for part in self.components if part.case in ("", case))


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process of a diagram, read: its elements by id, what it calls and decides, its legal parts if it has any."""

    key: str
    name: str = ""
    name_text: Text = Text("", "")
    version_tag: str = ""
    is_executable: bool = True
    elements: Mapping[str, Element] = field(default_factory=dict)
    calls: tuple[str, ...] = ()
    """What its call activities call, as bpmn.bindings writes it, without what is computed."""
    decisions: tuple[str, ...] = ()
    """The decisions its business rule tasks use, likewise."""
    flows: tuple[tuple[str, str], ...] = ()
    """Where its sequence flows lead, in the order of the document: (source id, target id)."""
    procedure: Procedure | None = None

    @property
    def start_form(self) -> str:
        """The form of its first start event that has one, or an empty string."""
        return next(
            (e.form for e in self.elements.values() if e.type == "startEvent" and e.form),
            "",
        )
