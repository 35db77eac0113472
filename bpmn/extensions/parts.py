"""Parts: what one vocabulary says of a flow node, beyond BPMN."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from bpmn.model import Act, Limit
from texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of an element that modelers write in extensions; None means that the vocabulary does not say."""

    form: str | None = None
    candidate_groups: tuple[str, ...] | None = None
    candidate_users: tuple[str, ...] | None = None
    assignee: str | None = None
    due: str | None = None
    follow_up: str | None = None
    priority: int | None = None
    acts: tuple[Act, ...] | None = None
    act_variable: str | None = None
    limit: Limit | None = None
    national_status: int | None = None
    public_name: Text | None = None
    is_public: bool | None = None
    pause: str | None = None
    document: str | None = None
    fee: str | None = None
    decision: str | None = None
    result_variable: str | None = None

    @classmethod
    def overlay(cls, layers: Iterable[Parts]) -> Parts:
        """Combine several, the earlier ones winning."""
        said: dict[str, object] = {}
        for layer in layers:
            for field in fields(cls):
                value = getattr(layer, field.name)
                if value is not None:
                    said.setdefault(field.name, value)
        return cls(**said)  # type: ignore[arg-type]


def listed(value: str | None) -> tuple[str, ...] | None:
    """Split a comma list, but never inside an expression (`${…}`, `#{…}`, `=…`)."""
    if value is None:
        return None
    if value.strip().startswith("="):
        return (value.strip(),)
    found, depth, start = [], 0, 0
    for position, character in enumerate(value):
        depth += (character in "{([") - (character in "})]")
        if character == "," and depth <= 0:
            found.append(value[start:position])
            start = position + 1
    return tuple(part.strip() for part in (*found, value[start:]) if part.strip())


def whole(value: str | None) -> int | None:
    """Read a whole number of at most nine digits; anything else is None."""
    value = (value or "").strip()
    return int(value) if value.lstrip("-").isascii() and value.lstrip("-").isdigit() and len(value) < 10 else None


def flag(value: str | None) -> bool | None:
    """Read `true` or `false`; anything else is None."""
    return {"true": True, "1": True, "false": False, "0": False}.get((value or "").strip())
