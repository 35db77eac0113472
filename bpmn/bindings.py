"""Bindings: which version of a process or decision is meant, as one text.

`q`: the version of the same deployment, or the one in force when the caller was published. `q@latest`: the one in force
when it is called. `q@version:3`, `q@version_tag:stable`: exactly that, found when the caller is published. No key holds
an `@`.
"""

from __future__ import annotations

from typing import NamedTuple

DEPLOYMENT, LATEST, VERSION, VERSION_TAG = "deployment", "latest", "version", "version_tag"


class Bound(NamedTuple):
    """A key with its binding; `wanted` is the version or the tag."""

    key: str
    binding: str = DEPLOYMENT
    wanted: str = ""

    @property
    def text(self) -> str:
        """Write it as one text."""
        if self.binding in ("", DEPLOYMENT):
            return self.key
        return f"{self.key}@{self.binding}:{self.wanted}" if self.wanted else f"{self.key}@{self.binding}"

    @classmethod
    def read(cls, text: str) -> Bound:
        """Read what `text` wrote."""
        key, _, binding = text.partition("@")
        kind, _, wanted = binding.partition(":")
        return cls(key, kind or DEPLOYMENT, wanted)


def is_computed(text: str) -> bool:
    """Tell whether a key is an expression, known only when it is evaluated."""
    return text.startswith(("=", "${", "#{"))
