"""Acts: which button was pressed, and whether what was sent with it is in order: form, reason, points of a letter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bpmn.model import Act, Element, Need
from engine import runner
from errors import Detail, InvalidAnswers
from forms.validate import validate
from services import asking, loading
from services.runs import Run
from storage.rows import dossiers
from storage.tables import Task
from texts import Text

LONGEST_REASON = 4000


def among(
    element: Element, answers: Mapping[str, Any], act: str | None, reason: str
) -> tuple[Mapping[str, Any], str | None, str]:
    """A program may send the act and its reason among the variables, under the names that the element gives them."""
    if not element.acts:
        return answers, act, reason
    rest = dict(answers)
    named, why = rest.pop(element.act_variable, None), rest.pop(f"{element.act_variable}_reason", None)
    return rest, act if act is not None or named is None else str(named), reason or str(why or "")


def chosen(element: Element, act: str | None) -> Act | None:
    """Give the act of this id, the only one where none is named; raise InvalidAnswers for any other."""
    if not element.acts:
        return None
    found = next((item for item in element.acts if item.id == act), None)
    if found is None and act is None and len(element.acts) == 1:
        found = element.acts[0]
    if found is None:
        names = ", ".join(item.id for item in element.acts)
        message = Text(f"Chọn một trong các quyết định: {names}.", f"Choose one of the acts: {names}.")
        raise InvalidAnswers(details=[Detail(field=element.act_variable, code="act", message=message)])
    return found


def validated(
    run: Run, task: Task, answers: Mapping[str, Any], act: Act | None, reason: str, problems: Iterable[Detail] = ()
) -> dict[str, Any]:
    """Give the data to store; raise InvalidAnswers with all that is wrong, these problems and a missing reason too."""
    problems = list(problems)
    sent = answers
    if asking.is_asking(act):  # its form has no such fields
        answers = {name: value for name, value in sent.items() if name not in (asking.ITEMS, asking.REPLY_BY)}
    data = {} if task.form else dict(answers)
    if task.form and (act is None or act.needs_form):
        variables = runner.task_variables(run.loaded.definition, run.instance.state, task.id)
        checked = validate(loading.form(task.form), answers, variables=variables, now=run.now)
        problems += checked.errors
        data = checked.data
    if asking.is_asking(act):
        asked, wrong = _asked(run, task, sent, reason)
        problems += wrong
        data |= asked
    if act is not None and act.reason is Need.REQUIRED and not reason.strip():
        message = Text("Cần nêu lý do.", "A reason is needed.")
        problems.append(Detail(field="reason", code="required", message=message))
    if len(reason) > LONGEST_REASON:
        message = Text(f"Lý do dài quá {LONGEST_REASON} ký tự.", f"At most {LONGEST_REASON} characters.")
        problems.append(Detail(field="reason", code="length", message=message))
    if problems:
        raise InvalidAnswers(details=problems)
    return data


def _asked(run: Run, task: Task, answers: Mapping[str, Any], note: str) -> tuple[dict[str, Any], Sequence[Detail]]:
    """Give what the points of a supplement request come to, and all that is wrong with them."""
    dossier = run.dossier or (dossiers.load(task.dossier_id) if task.dossier_id else None)
    if dossier is None:
        return {}, ()
    terms = asking.terms(dossier, run.loaded, now=run.now)
    items, reply_by = asking.read(answers)
    problems = asking.problems(terms, items, reply_by, note, now=run.now)
    return ({} if problems else asking.variables(terms, items, reply_by)), problems
