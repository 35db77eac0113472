"""Subscriptions, labels and buffered messages, for verbs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, delete, exists, func, insert, or_, select, update

from storage.database import session
from storage.tables import BufferedMessage, Conversation, Instance, Subscription, SubscriptionLabel

PAGE = 100
"""Rows that are looked at together."""

# -- who waits


def waiting(kind: str, name: str) -> Select[Any]:
    """Begin the query for running instances that wait for a message or signal, those first that have waited longest."""
    return _waiting(kind, name).where(Instance.status == "running")


def meant(name: str) -> Select[Any]:
    """Begin the same for a message that says whom it means: suspended instances too, behind those that run."""
    statuses = Instance.status.in_(("running", "suspended"))
    return _waiting("message", name).where(statuses).order_by(None).order_by(Instance.status, *_LONGEST)


_LONGEST = (Subscription.since, Subscription.instance_id)


def _waiting(kind: str, name: str) -> Select[Any]:
    query = select(Instance.id).join(Subscription, Subscription.instance_id == Instance.id)
    return query.where(Subscription.kind == kind, Subscription.name == name).order_by(*_LONGEST)


def hearing(name: str, *, until: datetime | None = None) -> Sequence[tuple[str, str, str]]:
    """Give (instance, key, element) of all that wait for a signal; `until`: and have done so at that moment."""
    query = waiting("signal", name).add_columns(Instance.key, Subscription.element_id).order_by(None)
    if until is not None:
        query = query.where(Subscription.since <= until)
    return [(row[0], row[1], row[2]) for row in session().execute(query)]


def labelled(name: str, labels: Collection[str]) -> Sequence[str]:
    """Give ids of instances that wait for a message under one of these labels."""
    if not labels:
        return ()
    on = (SubscriptionLabel.instance_id == Subscription.instance_id) & (
        SubscriptionLabel.wait_id == Subscription.wait_id
    )
    query = meant(name).join(SubscriptionLabel, on).where(SubscriptionLabel.label.in_(list(labels)))
    return session().scalars(query).all()


def partly_labelled(name: str) -> Sequence[str]:
    """Give ids of instances that wait for a message and not all of whose labels are kept."""
    return session().scalars(meant(name).where(Subscription.is_partial)).all()


def of_business_key(name: str, business_key: str) -> Sequence[str]:
    """Give ids of instances of a business key that wait for a message."""
    return session().scalars(meant(name).where(Instance.business_key == business_key)).all()


def among(name: str, instance_ids: Collection[str]) -> Sequence[str]:
    """Give those of these instances that wait for a message."""
    return session().scalars(meant(name).where(Instance.id.in_(list(instance_ids)))).all()


def anyone(name: str) -> Iterator[str]:
    """Give ids of all instances that wait for a message."""
    return _paged(waiting("message", name))


def open_to_all(
    name: str,
    *,
    business_key: str | None = None,
    keys: Collection[str] = (),
    definitions: Collection[str] = (),
    sender: tuple[str, str] | None = None,
) -> Iterator[str]:
    """Give ids of instances for which a message is by its name alone.

    `business_key`: of that one or of none; `keys`: of these processes only; `definitions`: of these versions only;
    `sender` (instance, process): without those that talk with another instance (not ended) of the sender's process.
    """
    query = waiting("message", name).where(Subscription.is_open)
    if business_key is not None:
        query = query.where(or_(Instance.business_key.is_(None), Instance.business_key == business_key))
    if keys:
        query = query.where(Instance.key.in_(list(keys)))
    if definitions:
        query = query.where(Subscription.definition_id.in_(list(definitions)))
    if sender is not None:
        others = _others(*sender).where(Conversation.instance_id == Instance.id)
        query = query.where(~exists(others.correlate(Instance)))
    return _paged(query)


def _others(sender_id: str, sender_key: str) -> Select[Any]:
    """Begin the query for conversations with other instances, not ended, of the sender's process."""
    other = Instance.__table__.alias("other")
    return select(Conversation.partner_id).join(other, other.c.id == Conversation.partner_id).where(
        Conversation.partner_key == sender_key, Conversation.partner_id != sender_id,
        other.c.status.in_(("running", "suspended")),
    )  # fmt: skip


def talks_with_another(instance_id: str, sender_id: str, sender_key: str) -> bool:
    """Say whether an instance talks with another instance, not ended, of the sender's process."""
    query = _others(sender_id, sender_key).where(Conversation.instance_id == instance_id)
    return session().scalar(query.limit(1)) is not None


def _paged(query: Select[Any]) -> Iterator[str]:
    offset = 0
    while page := session().scalars(query.offset(offset).limit(PAGE)).all():
        yield from page
        offset += PAGE


def definitions_waiting(name: str) -> Sequence[str]:
    """Give ids of the definitions whose instances wait for a message of this name, those without labels left out."""
    query = select(Subscription.definition_id).where(Subscription.name == name, Subscription.kind == "message")
    return session().scalars(query.distinct()).all()


def subscriptions(instance_id: str) -> Mapping[str, RowMapping]:
    """Give what an instance waits for (columns of Subscription), by the id of the wait."""
    query = select(Subscription.__table__).where(Subscription.instance_id == instance_id)
    return {row["wait_id"]: row for row in session().execute(query).mappings()}


def subscribe(instance_id: str, waits: Iterable[dict[str, Any]]) -> None:
    """Replace what an instance waits for (columns of Subscription); what it still waits for keeps its `since`."""
    there = subscriptions(instance_id)
    wanted = {wait["wait_id"]: wait for wait in waits}
    gone = [wait_id for wait_id, row in there.items() if not _stays(row, wanted.get(wait_id))]
    for wait_id in gone:
        if wait_id in wanted:
            wanted[wait_id]["since"] = there[wait_id]["since"]
    for table in (SubscriptionLabel, Subscription) if gone else ():
        if table is Subscription or any(there[wait_id]["labels"] for wait_id in gone):
            session().execute(delete(table).where(table.instance_id == instance_id, table.wait_id.in_(gone)))
    kept = set(there) - set(gone)
    new = [{"instance_id": instance_id, **wait} for wait_id, wait in wanted.items() if wait_id not in kept]
    if new:
        session().execute(insert(Subscription), new)
    labels = [
        {"label": label, "instance_id": instance_id, "wait_id": wait["wait_id"]}
        for wait in new
        for label in wait["labels"]
    ]
    if labels:
        session().execute(insert(SubscriptionLabel), labels)


def rebind(instance_id: str, definition_id: str) -> None:
    """Say of which definition the subscriptions of an instance are now."""
    of_instance = update(Subscription).where(Subscription.instance_id == instance_id)
    session().execute(of_instance.values(definition_id=definition_id))


def call(instance_id: str, key: str) -> None:
    """Tell those who talk with an instance of which process it is now."""
    of_partner = update(Conversation).where(Conversation.partner_id == instance_id)
    session().execute(of_partner.values(partner_key=key))


def _stays(row: RowMapping, wait: Mapping[str, Any] | None) -> bool:
    compared = ("kind", "name", "element_id", "is_open", "is_partial", "labels")
    return wait is not None and all(row[column] == wait[column] for column in compared)


# -- conversations


def converse(sender_id: str, sender_key: str, instance: Instance) -> None:
    """Note that an instance talks with the one that sent it a message; either may have ended with that."""
    sent = select(Instance.ended_at).where(Instance.id == sender_id).scalar_subquery()
    for one, other, other_key, ended_at in (
        (sender_id, instance.id, instance.key, sent),
        (instance.id, sender_id, sender_key, instance.ended_at),
    ):
        if session().get(Conversation, (one, other)) is None:
            session().add(Conversation(instance_id=one, partner_id=other, partner_key=other_key, ended_at=ended_at))


def end_conversations(instance_id: str, now: datetime) -> None:
    """Note that an instance has ended: what it knows of those it talks with may be forgotten some day."""
    own = update(Conversation).where(Conversation.instance_id == instance_id).values(ended_at=now)
    with session().no_autoflush:  # the instance is written once, at the commit
        session().execute(own, execution_options={"synchronize_session": False})


def partners(instance_id: str) -> Sequence[tuple[str, str, str]]:
    """Give (id, key, definition) of the instances, not ended, that an instance talks with."""
    query = (
        select(Instance.id, Instance.key, Instance.definition_id)
        .join(Conversation, Conversation.partner_id == Instance.id)
        .where(Conversation.instance_id == instance_id, Instance.status.in_(("running", "suspended")))
    )
    return [(row[0], row[1], row[2]) for row in session().execute(query)]


# -- messages that came early


def meet(names: Iterable[str], *, sending: bool) -> bool:
    """Keep senders and receivers of these messages from missing each other until the commit; False: they cannot.

    On PostgreSQL neither sees what the other has not committed yet: a sender holds the name alone before it keeps a
    message, and whoever begins to wait holds it shared before looking for one. SQLite has one writer at a time.
    """
    if session().get_bind().dialect.name != "postgresql":
        return False
    hold = func.pg_advisory_xact_lock if sending else func.pg_advisory_xact_lock_shared
    for name in sorted(set(names)):
        session().execute(select(hold(func.hashtextextended(f"message:{name}", 0))))
    return True


def buffered(
    name: str, *, now: datetime, instance_id: str, business_key: str | None, labels: Collection[str] | None
) -> Iterator[Sequence[BufferedMessage]]:
    """Give messages of this name that came early, still live and may be for an instance, the oldest first, in pages.

    `labels`: those under which the instance waits; None: it may be meant by any.
    """
    query = (
        select(BufferedMessage)
        .where(BufferedMessage.name == name, BufferedMessage.state == "waiting", BufferedMessage.expires_at > now)
        .where(or_(BufferedMessage.addressee_id.is_(None), BufferedMessage.addressee_id == instance_id))
        .order_by(BufferedMessage.sent_at, BufferedMessage.expires_at, BufferedMessage.id)
    )
    if labels is not None:
        own = or_(BufferedMessage.business_key == business_key, BufferedMessage.addressee_id == instance_id)
        query = query.where(or_(BufferedMessage.label.is_(None), BufferedMessage.label.in_(list(labels)), own))
    offset = 0
    while page := session().scalars(query.offset(offset).limit(PAGE)).all():
        yield page
        offset += PAGE


def by_id(message_id: str) -> BufferedMessage | None:
    """Find a message by its id."""
    return session().get(BufferedMessage, message_id, with_for_update=True)


def expire(now: datetime) -> None:
    """Mark messages whose time to live is over."""
    session().execute(
        update(BufferedMessage)
        .where(BufferedMessage.state == "waiting", BufferedMessage.expires_at <= now)
        .values(state="expired")
    )
