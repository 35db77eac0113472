"""Notices: what officers are told in the page and by e-mail; each thing is told to each person once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from errors import NotFound
from services import loading, notice_settings, outbox
from services.notice_settings import Way
from services.permissions import Viewer
from services.runs import Run
from storage.database import session, verb
from storage.rows import notices as rows
from storage.rows import people
from storage.tables import Notice, Person, Task
from texts import Text

BY_COLLEAGUES: Mapping[str, Text] = {
    "mention": Text("nhắc đến bạn trong ý kiến về", "mentioned you in a comment on"),
    "transfer": Text("chuyển sang đơn vị của bạn:", "transferred to your unit:"),
    "supplement_proposed": Text(
        "trình duyệt phiếu yêu cầu bổ sung của", "submitted for approval the supplement request of"
    ),
    "supplement_returned": Text("trả lại phiếu yêu cầu bổ sung của", "returned the supplement request of"),
    "supplement_recalled": Text("rút về phiếu yêu cầu bổ sung của", "took back the supplement request of"),
    "supplement_approved": Text("đã duyệt phiếu yêu cầu bổ sung của", "approved the supplement request of"),
    "sent_back": Text("chuyển lại cho bạn:", "sent back to you:"),
    "delegated": Text("nhờ bạn làm:", "asks you to work on"),
    "resolved": Text("đã làm phần được nhờ của", "gave back to you"),
}
"""What a colleague did, by the kind of notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is told: `key` names the thing and what of it, so that nobody is told twice."""

    key: str
    kind: str
    text: Text
    url: str
    dossier_id: str | None = None
    detail: Text = Text("", "")
    """More of it, for the e-mail."""


def tell(people: Iterable[Person], news: News, *, now: datetime) -> int:
    """Tell these people as they have set it, in the present transaction; whoever was told already is not.

    Gives how many were told.
    """
    told = 0
    every = {person.username: person for person in people if person.is_active}
    known = rows.told(news.key, every)
    for username, person in sorted(every.items()):
        way = notice_settings.of(person).way(news.kind)
        if username in known or way is Way.NOTHING:
            continue
        notice_id = uuid4().hex
        session().add(
            Notice(
                id=notice_id, username=username, key=news.key, kind=news.kind, text_vi=news.text.vi,
                text_en=news.text.en, url=news.url, dossier_id=news.dossier_id, created_at=now, read_at=None,
                mail="digest" if way is Way.DIGEST and person.email else "",
            )
        )  # fmt: skip
        told += 1
        if person.email and way is Way.NOW:
            payload = {
                "to": person.email, "subject": news.text.vi, "body": _body(news), "path": f"/notices/{notice_id}",
            }  # fmt: skip
            outbox.add("email", payload, key=f"email:notice:{news.key}:{username}", now=now)
    return told


def tell_of_act(run: Run, kind: str, usernames: Iterable[str], task: Task, *, key: str, detail: str = "") -> None:
    """Tell colleagues what the actor of this run did with a task; `key`: which act it was. Who acts is not told."""
    named = [people.load(name) for name in sorted({*usernames} - {run.actor})]
    actor = people.load(run.actor)
    who, what = actor.name if actor else run.actor, run.dossier.code if run.dossier else run.instance.key
    did = BY_COLLEAGUES[kind]
    step = loading.load(run.instance.definition_id).step_name(task.process_key, task.element_id, task.name)
    news = News(
        key=f"{kind}:{key}",
        kind=kind,
        text=Text(f"{who} {did.vi} {what}, {step.vi}", f"{who} {did.en} {what}, {step.en}"),
        url=f"/tasks/{task.id}",
        dossier_id=run.dossier.id if run.dossier else None,
        detail=Text(detail, detail),
    )
    tell([person for person in named if person is not None], news, now=run.now)


@verb
def read(viewer: Viewer, notice_ids: Iterable[str] | None, *, now: datetime) -> int:
    """Mark one's own notices as read, all of them for None; give how many were not yet."""
    return rows.mark_read(viewer.username, None if notice_ids is None else list(notice_ids), now)


def open_one(viewer: Viewer, notice_id: str, *, now: datetime) -> str:
    """Mark one of one's own notices as read and give the page it leads to; raise NotFound for another one."""
    found = rows.of_person(viewer.username, notice_id)
    if found is None:
        raise NotFound()
    url = found.url
    if found.read_at is None:
        read(viewer, [notice_id], now=now)
    return url


def _body(news: News) -> str:
    more_vi, more_en = (f" {news.detail.vi}", f" {news.detail.en}") if news.detail else ("", "")
    return f"{news.text.vi}.{more_vi}\n\n{news.text.en}.{more_en}"
