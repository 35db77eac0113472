"""Statements that are built once: an inbox is asked for by everybody, only with other names and another moment.

To write such a statement takes longer than to run it. So it is written for names to be filled in, once for each number
of names, and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import String, bindparam

from storage.queries.scope import Scope
from storage.types import Moment

Built = TypeVar("Built")


def filled(
    build: Callable[..., Built], scope: Scope, now: datetime | None, *more: Any, once: bool = True
) -> tuple[Built, Mapping[str, Any]]:
    """Give what `build(scope, now, *more)` writes, and the values to run it with (`now` None: it asks for no moment).

    Not `once`, or where somebody stands for others: what is written has its values, and is not kept.
    """
    if scope.standing or not once:
        return build(scope, now, *more), {}
    values: dict[str, Any] = {"username": scope.username, "now": now}
    values |= {f"own{number}": principal for number, principal in enumerate(scope.principals)}
    values |= {f"unit{number}": principal for number, principal in enumerate(scope.supervised)}
    return _written(build, len(scope.principals), len(scope.supervised), more), values


@lru_cache(maxsize=500)
def _written(build: Callable[..., Any], own: int, supervised: int, more: tuple[Any, ...]) -> Any:
    names: Any = [bindparam(f"own{number}", type_=String()) for number in range(own)]
    units: Any = [bindparam(f"unit{number}", type_=String()) for number in range(supervised)]
    username: Any = bindparam("username", type_=String())
    scope = Scope(username=username, principals=tuple(names), supervised=tuple(units))
    return build(scope, bindparam("now", type_=Moment()), *more)


def forget() -> None:
    """Write every statement anew when it is asked for next."""
    _written.cache_clear()
