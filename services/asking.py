"""What a supplement request asks for: points, each of a component of this version and a legal text in force.

A point names its component by id, or a question of the filing form as `field:PATH`. What the points become is written
to the variables of the instance, so that the slip, the applicant's form and later steps read one thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bpmn.model import Act, LegalBasis, Limit, PauseRule
from errors import Detail
from forms.views import fields, flat
from services import clocks, loading
from services.loading import Loaded
from storage.rows import supplements as rows
from storage.tables import Dossier
from texts import Text

SUPPLEMENT = "supplement"
ITEMS, REPLY_BY = "supplement_items", "supplement_reply_by"
FIELD = "field:"
MOST_ITEMS, LONGEST = 30, 2000
USUAL_REPLY, LONGEST_REPLY = timedelta(days=30), timedelta(days=366)
"""To answer in, where the procedure says nothing: what is proposed, and what is allowed."""
PROBLEMS: Mapping[str, Text] = {
    "missing": Text("Thiếu", "Missing"),
    "expired": Text("Hết hạn", "Expired"),
    "invalid": Text("Không hợp lệ", "Not valid"),
    "unclear": Text("Chưa rõ hoặc thiếu nội dung", "Unclear or incomplete"),
    "differs": Text("Không khớp với giấy tờ khác", "Differs from other papers"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a request of one dossier may name, and how it is bound."""

    components: Mapping[str, Text]
    """Component id, or `field:PATH`, -> its name; components come first."""
    bases: tuple[LegalBasis, ...]
    """Those of the procedure that are in force."""
    rule: PauseRule
    """What the limit in force says of the wait: what follows it, and how long the applicant may take."""
    reply_by: date
    """The last day by that limit; without one what is proposed."""
    round: int
    """The how manieth request this would be."""
    rounds: int

    @property
    def reply(self) -> Limit | None:
        """Give how long the applicant may take; None: the officer says by when."""
        return self.rule.reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One point, as it was typed."""

    component: str = ""
    problem: str = ""
    basis: str = ""
    todo: str = ""


def terms(dossier: Dossier, loaded: Loaded, *, now: datetime) -> Terms:
    """Give what a supplement request of a dossier may name now; one statement, and the forms that are kept."""
    procedure = loaded.procedure
    parts = {part.id: part.name for part in procedure.components_of(dossier.case_id)} if procedure else {}
    today = now.astimezone(clocks.LOCAL).date()
    limit = clocks.limit_in_force(dossier, clocks.limits_of(dossier), now=now) if dossier.accepted_at else None
    rule = limit.pause_rule(SUPPLEMENT) if limit else PauseRule(ground=SUPPLEMENT)
    end = clocks.end_of(rule.reply, now, agency=clocks.agency_of(dossier)) if rule.reply else now + USUAL_REPLY
    return Terms(
        components={**parts, **_questions(dossier)},
        bases=tuple(basis for basis in procedure.legal_basis if basis.holds_on(today.isoformat())) if procedure else (),
        rule=rule,
        reply_by=end.astimezone(clocks.LOCAL).date(),
        round=rows.asked(dossier.instance_id, _asking(loaded)) + 1,
        rounds=procedure.supplement_rounds if procedure else 1,
    )


def read(answers: Mapping[str, Any]) -> tuple[list[Item], str]:
    """Read the points and the date to reply by out of what was sent, however wrong."""
    sent = answers.get(ITEMS)
    found = [_item(one) for one in sent[: MOST_ITEMS + 1]] if isinstance(sent, list) else []
    by = answers.get(REPLY_BY)
    return found, by if isinstance(by, str) else ""


def problems(terms: Terms, items: Sequence[Item], reply_by: str, note: str, *, now: datetime) -> list[Detail]:
    """Say all that is wrong with a request."""
    found: list[Detail] = []
    if terms.round > terms.rounds:
        found.append(
            _wrong(
                ITEMS,
                "rounds",
                f"Thủ tục này chỉ được yêu cầu bổ sung {terms.rounds} lần, và đã yêu cầu đủ.",
                f"This procedure allows {terms.rounds} supplement request(s), and so many were made.",
            )
        )
    if not items:
        found.append(_wrong(ITEMS, "required", "Thêm ít nhất một điểm cần bổ sung.", "Add one point at least."))
    if len(items) > MOST_ITEMS:
        found.append(_wrong(ITEMS, "too_many", f"Nhiều nhất {MOST_ITEMS} điểm.", f"{MOST_ITEMS} points at most."))
    for number, item in enumerate(items[:MOST_ITEMS]):
        found += _wrong_item(terms, f"{ITEMS}.{number}", item)
    if terms.round > 1 and not note.strip():
        found.append(
            _wrong(
                "reason",
                "required",
                "Nêu vì sao các điểm này chưa được nêu ở lần yêu cầu trước.",
                "Say why these points were not in the request before this one.",
            )
        )
    return [*found, *_wrong_date(terms, reply_by, now)]


def variables(terms: Terms, items: Iterable[Item], reply_by: str) -> dict[str, Any]:
    """Give what a request that is in order writes to the instance: the points in words, each with its ids."""
    return {
        ITEMS: [
            {
                "component": terms.components[item.component].vi,
                "component_id": item.component,
                "problem": PROBLEMS[item.problem].vi,
                "problem_id": item.problem,
                "basis": item.basis,
                "todo": item.todo.strip(),
            }
            for item in items
        ],
        REPLY_BY: terms.reply_by.isoformat() if terms.reply or not reply_by else reply_by,
    }


def is_asking(act: Act | None) -> bool:
    """Say whether an act asks the applicant for a supplement whose points are composed."""
    return act is not None and act.asks == SUPPLEMENT


def _asking(loaded: Loaded) -> frozenset[tuple[str, str]]:
    processes = loaded.definition.processes.values()
    return frozenset(
        (element.id, act.id)
        for process in processes
        for element in process.elements.values()
        for act in element.acts
        if is_asking(act)
    )


def _questions(dossier: Dossier) -> dict[str, Text]:
    """Give the questions of the filing form that were asked, by `field:PATH`."""
    if not dossier.form_id:
        return {}
    form = loading.form(dossier.form_id)
    shown = flat(fields(form, dossier.answers, readonly=True, variables={"case": dossier.case_id}))
    return {f"{FIELD}{view.path}": view.label for view in shown if view.label}


def _item(sent: object) -> Item:
    said = sent if isinstance(sent, Mapping) else {}
    return Item(
        **{name: str(said.get(name) or "")[: LONGEST + 1] for name in ("component", "problem", "basis", "todo")}
    )


def _wrong_item(terms: Terms, place: str, item: Item) -> Iterable[Detail]:
    if item.component not in terms.components:
        yield _wrong(
            f"{place}.component",
            "required" if not item.component else "unknown",
            "Chọn thành phần hồ sơ hoặc mục khai của phiên bản này.",
            "Choose a component or a question of this version.",
        )
    if item.problem not in PROBLEMS:
        yield _wrong(f"{place}.problem", "required", "Chọn vấn đề.", "Choose what is wrong.")
    if item.basis not in {basis.number for basis in terms.bases}:
        yield _wrong(
            f"{place}.basis",
            "required" if not item.basis else "not_in_force",
            "Chọn căn cứ pháp lý đang có hiệu lực, hoặc bỏ điểm này.",
            "Choose a legal text in force, or remove this point.",
        )
    if not item.todo.strip():
        yield _wrong(f"{place}.todo", "required", "Nêu người nộp cần làm gì.", "Say what the applicant has to do.")
    if len(item.todo) > LONGEST:
        yield _wrong(f"{place}.todo", "length", f"Dài quá {LONGEST} ký tự.", f"At most {LONGEST} characters.")


def _wrong_date(terms: Terms, reply_by: str, now: datetime) -> Iterable[Detail]:
    if terms.reply or not reply_by:
        return
    today = now.astimezone(clocks.LOCAL).date()
    try:
        day = date.fromisoformat(reply_by)
    except ValueError:
        day = today
    if not today < day <= today + LONGEST_REPLY:
        yield _wrong(
            REPLY_BY,
            "date",
            "Chọn một ngày từ ngày mai đến trong một năm.",
            "Choose a day from tomorrow within a year.",
        )


def _wrong(field: str, code: str, vi: str, en: str) -> Detail:
    return Detail(field=field, code=code, message=Text(vi, en))
