"""Node: one value of a JSON document with the path to it, so that what is missing or wrong can be named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import TypeVar

from clock.days import Periods
from clock.model import unacceptable
from errors import Invalid

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_Choice = TypeVar("_Choice", bound=StrEnum)
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a JSON document and the path to it."""

    value: object
    path: str

    def wrong(self, vi: str, en: str) -> Invalid:
        """Give the error that names this place."""
        return unacceptable(self.path, vi, en)

    def find(self, key: str) -> Node | None:
        """Give the member of that name, None where there is none or it is null."""
        if not isinstance(self.value, Mapping):
            raise self.wrong("Cần một đối tượng JSON.", "A JSON object is needed.")
        found = self.value.get(key)
        return None if found is None else Node(found, f"{self.path}.{key}" if self.path else key)

    def need(self, key: str) -> Node:
        """Give the member of that name, which must be there."""
        found = self.find(key)
        if found is None:
            raise Node(None, f"{self.path}.{key}" if self.path else key).wrong("Thiếu giá trị.", "It is missing.")
        return found

    def items(self) -> Iterator[Node]:
        """Give the elements of an array."""
        if not isinstance(self.value, list | tuple):
            raise self.wrong("Cần một mảng JSON.", "A JSON array is needed.")
        return (Node(item, f"{self.path}[{index}]") for index, item in enumerate(self.value))

    def list_of(self, key: str) -> Iterator[Node]:
        """Give the elements of the array of that name, none where it is absent."""
        found = self.find(key)
        return found.items() if found else iter(())

    def text(self) -> str:
        """Give a text that is not empty."""
        if not isinstance(self.value, str) or not self.value:
            raise self.wrong("Cần một chuỗi khác rỗng.", "A text that is not empty is needed.")
        return self.value

    def number(self) -> int | float:
        """Give a number; true and false are none."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.wrong("Cần một số.", "A number is needed.")
        return self.value

    def integer(self) -> int:
        """Give a whole number that is not below zero."""
        number = self.number()
        if not isinstance(number, int) or number < 0:
            raise self.wrong("Cần một số nguyên không âm.", "A whole number from zero is needed.")
        return number

    def choice(self, kind: type[_Choice]) -> _Choice:
        """Give the member of an enumeration."""
        if self.value not in tuple(kind):
            names = ", ".join(kind)
            raise self.wrong(f"Cần một trong: {names}.", f"It must be one of: {names}.")
        return kind(str(self.value))

    def moment(self) -> datetime:
        """Give an ISO 8601 moment, which must carry its UTC offset."""
        moment = self._read(datetime.fromisoformat)
        if moment.tzinfo is None:
            raise self.wrong("Thời điểm phải có độ lệch múi giờ.", "A moment must carry its UTC offset.")
        return moment

    def day(self) -> date:
        """Give an ISO 8601 date."""
        return self._read(date.fromisoformat)

    def weekday(self) -> int:
        """Give a weekday, mon to sun, as 0 to 6."""
        if self.value not in WEEKDAYS:
            raise self.wrong(f"Cần một trong: {', '.join(WEEKDAYS)}.", f"It must be one of: {', '.join(WEEKDAYS)}.")
        return WEEKDAYS.index(str(self.value))

    def minutes(self) -> int:
        """Give a time of day "HH:MM" in minutes."""
        match = _TIME.fullmatch(self.text())
        if match is None:
            raise self.wrong("Cần giờ dạng HH:MM.", "A time HH:MM is needed.")
        return int(match[1]) * 60 + int(match[2])

    def periods(self) -> Periods:
        """Give working periods, which must follow each other."""
        periods = [tuple(time.minutes() for time in pair.items()) for pair in self.items()]
        ends = [minute for pair in periods for minute in pair]
        if any(len(pair) != 2 for pair in periods) or any(a >= b for a, b in pairwise(ends)):
            raise self.wrong("Các khoảng giờ phải nối tiếp nhau.", "Periods are pairs of times that follow each other.")
        return tuple((pair[0], pair[1]) for pair in periods)

    def _read(self, reader: Callable[[str], _Value]) -> _Value:
        try:
            return reader(self.text())
        except ValueError:
            raise self.wrong("Cần ngày giờ dạng ISO 8601.", "An ISO 8601 date or moment is needed.") from None
