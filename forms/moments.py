"""Times as form-js writes them: Vietnam's, in whole steps of the component's interval, with the offset it asks for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from forms import messages
from forms.model import DateInput, Offset, Subtype

_ANY_DAY = "2000-01-01"


def in_hanoi(moment: datetime) -> datetime:
    """Give a moment in Vietnamese time; one without an offset is Vietnamese already."""
    try:
        return moment.astimezone(messages.HANOI) if moment.tzinfo else moment
    except OverflowError:
        return moment


def written(field: DateInput, text: str) -> str:
    """Write a time, or a moment, in ISO 8601 as form-js' component does: whatever its offset and its seconds were."""
    local = _local(field, text)
    return text if local is None else _written(field, local)


def on_offer(field: DateInput, text: str) -> str:
    """Give the last time on offer that is not later: form-js takes 17:59 for 17:45 where the interval is 15 minutes."""
    local = _local(field, text)
    if local is None:
        return text
    return _written(field, local - timedelta(minutes=local.minute % field.interval))


def is_same_clock(field: DateInput, text: str, held: object) -> bool:
    """Say whether two times, or moments, have the same time of day."""
    one, other = _local(field, text), _local(field, held) if isinstance(held, str) else None
    return one is not None and other is not None and (one.hour, one.minute) == (other.hour, other.minute)


def _local(field: DateInput, text: str) -> datetime | None:
    try:
        return in_hanoi(datetime.fromisoformat(f"{_ANY_DAY}T{text}" if field.subtype is Subtype.TIME else text))
    except ValueError:
        return None


def _written(field: DateInput, local: datetime) -> str:
    day = "" if field.subtype is Subtype.TIME else local.date().isoformat()
    return with_offset(day, f"{local:%H:%M}", field.offset)


def with_offset(day: str, clock: str, offset: Offset) -> str:
    """Write a Vietnamese local time as `timeSerializingFormat` asks; what is no time stays as it is.

    `day` is empty for a time of day alone.
    """
    typed = f"{day}T{clock}" if day else clock
    try:
        local = datetime.fromisoformat(f"{day or _ANY_DAY}T{clock}")
        if local.tzinfo is not None or offset is Offset.NONE:
            return typed
        moment = local.replace(tzinfo=messages.HANOI)
        if offset is Offset.UTC:
            moment = moment.astimezone(UTC)
            return f"{moment:%Y-%m-%dT%H:%M}Z" if day else f"{moment:%H:%M}Z"
        zone = moment.isoformat()[-6:]
    except (ValueError, OverflowError):
        return typed
    return typed + zone
