"""Comments: colleagues talk about a dossier on its tasks; `@name` tells somebody of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from errors import Detail, InvalidAnswers, Malformed, NotFound
from services import documents, ids, instances, log, notices, people, tasks
from services.permissions import Permission, Viewer, has_any
from services.runs import Run, hold_of_task
from services.taskrights import named_for
from storage.database import session, verb
from storage.queries import comments as queries
from storage.queries.comments import CommentRow
from storage.rows import people as people_rows
from storage.rows import tasks as task_rows
from storage.tables import Comment, Task
from texts import Text

LONGEST = 4000
MOST_MENTIONS = 20
MENTION = re.compile(r"(?<![\w@.])@([A-Za-z0-9][A-Za-z0-9._-]{0,99})")
COMMENT_ID = re.compile(r"[0-9a-f]{32}")


@verb
def add(viewer: Viewer, task_id: str, text: str, *, now: datetime, comment_id: str = "") -> Comment:
    """Write a comment on a task that one sees, open or closed; who is mentioned in it as `@username` is told.

    `comment_id` (32 hexadecimal figures, new for each comment) becomes its id: sent again it is written once. Raises
    NotFound, InvalidAnswers with all that is wrong: nothing said, too long, people who may not read the dossier.
    """
    run, task = hold_of_task(task_id, actor=viewer.username, now=now)
    if not _may_talk(viewer, run, task):
        raise NotFound()
    if comment_id and (before := _before(viewer, comment_id, run)) is not None:
        return before
    said, named = text.strip(), mentioned(text)
    problems = [*_wrong_text(said), *_wrong_names(run, named)]
    if problems:
        raise InvalidAnswers(details=problems)
    behalf = named_for(viewer, task)
    comment = Comment(
        id=comment_id or ids.new(now), instance_id=run.instance.id, task_id=task.id, author=viewer.username,
        behalf=behalf.get("for"), text=said, mentions=list(named), at=now,
    )  # fmt: skip
    session().add(comment)
    notices.tell_of_act(run, "mention", named, task, key=comment.id)
    data = {
        "comment": comment.id,
        "task": task.id,
        "element": task.element_id,
        "name": task.name,
        "mentions": list(named),
        "text_sha256": hashlib.sha256(said.encode()).hexdigest(),
        **behalf,
    }
    log.append(run.instance, "comment.added", actor=run.actor, now=now, data=data)
    return comment


def of_task(viewer: Viewer, task: Task) -> Sequence[CommentRow]:
    """Give what was said about the instance of a task that the viewer sees, the latest first."""
    return queries.of_instance(task.instance_id) if tasks.may_see(viewer, task) and viewer.is_staff else ()


def mentioned(text: str) -> tuple[str, ...]:
    """Give the user names that a text mentions, once each; a full stop at the end belongs to the sentence."""
    return tuple(dict.fromkeys(found.rstrip(".-").lower() for found in MENTION.findall(text)))


def _may_talk(viewer: Viewer, run: Run, task: Task) -> bool:
    if not has_any(viewer, Permission.WORK_TASKS, Permission.SEE_ALL, Permission.WORK_ANY_TASK):
        return False
    return tasks.may_see(viewer, task) or _may_read(viewer, run)


def _may_read(viewer: Viewer, run: Run) -> bool:
    if run.dossier is not None:
        return viewer.is_staff and documents.may_read_dossier(viewer, run.dossier)
    return viewer.is_staff and instances.may_read(viewer, run.instance)


def _before(viewer: Viewer, comment_id: str, run: Run) -> Comment | None:
    if not COMMENT_ID.fullmatch(comment_id):
        raise Malformed()
    before = session().get(Comment, comment_id, populate_existing=True)
    if before is not None and (before.author, before.instance_id) != (viewer.username, run.instance.id):
        raise NotFound()
    return before


def _wrong_text(said: str) -> Iterable[Detail]:
    if not said:
        yield Detail(field="text", code="required", message=Text("Hãy viết ý kiến.", "Write a comment."))
    if len(said) > LONGEST:
        message = Text(f"Ý kiến dài quá {LONGEST} ký tự.", f"At most {LONGEST} characters.")
        yield Detail(field="text", code="length", message=message)


def _wrong_names(run: Run, named: Sequence[str]) -> Iterable[Detail]:
    if len(named) > MOST_MENTIONS:
        message = Text(f"Nhắc nhiều nhất {MOST_MENTIONS} người.", f"Mention {MOST_MENTIONS} people at most.")
        yield Detail(field="text", code="too_many", message=message)
        return
    for name in named:
        person = people_rows.load(name)
        if person is None or not person.is_active:
            message = Text(f"Không có tài khoản “@{name}”.", f"There is no account “@{name}”.")
            yield Detail(field="text", code="unknown", message=message)
        elif not _may_read(people.viewer_of(person), run) and not _is_offered(person.username, run):
            message = Text(f"“@{name}” không được xem hồ sơ này.", f"“@{name}” may not read this dossier.")
            yield Detail(field="text", code="may_not_read", message=message)


def _is_offered(username: str, run: Run) -> bool:
    """Whoever has a task of it in their inbox reads it."""
    person = people_rows.load(username)
    viewer = people.viewer_of(person) if person is not None else None
    return viewer is not None and any(tasks.may_see(viewer, task) for task in task_rows.open_of(run.instance.id))
