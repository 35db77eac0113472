"""Fields that say what is wrong by a code (wording.py), and the two kinds of schema: what is sent, what is answered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import marshmallow as ma
from isodate import ISO8601Error, parse_duration
from marshmallow import fields, validate

LONGEST_TIME = timedelta(days=366)


class Sent(ma.Schema):
    """What a program sends: an unknown name is refused."""

    error_messages = {"unknown": "unknown", "type": "object"}


class Answered(ma.Schema):
    """What a program is answered."""


class Text(fields.String):
    """A text of bounded length."""

    default_error_messages = {"required": "required", "null": "null", "invalid": "text", "invalid_utf8": "text"}

    def __init__(self, *, longest: int = 255, shortest: int = 1, **more: Any) -> None:
        bounds = validate.Length(shortest, longest, error="length|{min}|{max}")
        super().__init__(validate=bounds, **more)


class Choice(fields.String):
    """One of a few words."""

    default_error_messages = {"required": "required", "null": "null", "invalid": "text", "invalid_utf8": "text"}

    def __init__(self, *words: str, **more: Any) -> None:
        super().__init__(validate=validate.OneOf(words, error="choice|" + ", ".join(words)), **more)


class Integer(fields.Integer):
    """A whole number between two bounds; a text of digits in an address."""

    default_error_messages = {"required": "required", "null": "null", "invalid": "integer", "too_large": "integer"}

    def __init__(self, lowest: int, highest: int, **more: Any) -> None:
        super().__init__(validate=validate.Range(lowest, highest, error="range|{min}|{max}"), **more)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> int:
        digits = isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value)
        if not digits and (not isinstance(value, int) or isinstance(value, bool)):
            raise self.make_error("invalid")
        return int(value)


class Boolean(fields.Boolean):
    """true or false; in an address, the words."""

    default_error_messages = {"required": "required", "null": "null", "invalid": "boolean"}

    def __init__(self, **more: Any) -> None:
        super().__init__(truthy={True, "true"}, falsy={False, "false"}, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> bool:
        if not isinstance(value, bool | str):  # 1 == True
            raise self.make_error("invalid")
        return bool(super()._deserialize(value, attr, data, **more))


class Moment(fields.AwareDateTime):
    """An ISO 8601 moment with any offset, as UTC."""

    default_error_messages = {
        "required": "required", "null": "null", "invalid": "moment", "invalid_awareness": "moment", "format": "moment",
    }  # fmt: skip

    def __init__(self, **more: Any) -> None:
        super().__init__(format="iso", **more)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> datetime:
        if isinstance(value, str):
            value = value.replace(" ", "+")  # a plus sign that an address did not escape
        try:
            moment: datetime = super()._deserialize(value, attr, data, **more).astimezone(UTC)
        except OverflowError as error:
            raise self.make_error("invalid") from error
        return moment


class Duration(fields.String):
    """An ISO 8601 duration."""

    default_error_messages = {"required": "required", "null": "null", "invalid": "duration", "invalid_utf8": "duration"}

    def __init__(self, **more: Any) -> None:
        super().__init__(metadata={"format": "duration", **more.pop("metadata", {})}, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        text = str(super()._deserialize(value, attr, data, **more))
        if not text[-1:].isalpha() or text[-1:] in "PT":  # isodate takes "PT" for nothing
            raise self.make_error("invalid")
        try:
            found = parse_duration(text[:40])
            length = (
                found if isinstance(found, timedelta) else found.totimedelta(start=datetime(2026, 1, 1, tzinfo=UTC))
            )
        except (ISO8601Error, ValueError, OverflowError, ArithmeticError) as error:
            raise self.make_error("invalid") from error
        if not timedelta(0) <= length <= LONGEST_TIME:
            raise self.make_error("invalid")
        return length


class Object(fields.Dict):
    """A JSON object of any content."""

    default_error_messages = {"required": "required", "null": "null", "invalid": "object"}

    def __init__(self, **more: Any) -> None:
        super().__init__(keys=fields.String(), **more)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        return value


class List(fields.List[Any]):
    """A JSON list of bounded length, its entries of any content."""

    default_error_messages = {"required": "required", "null": "null", "invalid": "list"}

    def __init__(self, entry: fields.Field[Any], *, fewest: int = 0, most: int, **more: Any) -> None:
        super().__init__(entry, validate=validate.Length(fewest, most, error="entries|{min}|{max}"), **more)


def page_of(entry: type[Answered], name: str) -> type[Answered]:
    """Give the schema of a list: its entries and the cursor of the next page."""
    shape: dict[str, Any] = {
        "items": fields.List(fields.Nested(entry), required=True),
        "next": fields.String(
            required=True, allow_none=True, metadata={"description": "Cursor of the next page; null: this is the last."}
        ),
    }
    return Answered.from_dict(shape, name=name)  # type: ignore[return-value]  # a subclass of the class it is called on


def listing(*sorts: str, default: str) -> dict[str, Any]:
    """Give the parameters that every list has; `sorts` are the fields it can be sorted by."""
    words = [word for sort in sorts for word in (sort, f"-{sort}")]
    return {
        "limit": Integer(1, 500, load_default=50, metadata={"description": "At most so many items."}),
        "cursor": Text(longest=1000, metadata={"description": "`next` of the page before."}),
        "sort": Choice(*words, load_default=default, metadata={"description": "Field to sort by; `-` from the end."}),
    }
