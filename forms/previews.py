"""documentPreview: documents of the dossier, seen in the page and downloaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from forms import reading
from forms.model import Component, Feel, Kind

MOST = 20
"""Documents that one component shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview(Component):
    """What names the documents, and the height in pixels that each may take (0: as it comes)."""

    data_source: Feel | None = None
    max_height: int = 0


def read(schema: Mapping[str, Any], *, id: str) -> Preview:
    """Read a documentPreview component."""
    return Preview(
        id=id,
        **reading.common(schema, Kind.DOCUMENT_PREVIEW),
        data_source=reading.feel(schema.get("dataSource")),
        max_height=reading.whole(schema.get("maxHeight"), 0, least=0, most=2000),
    )


def named(value: object) -> tuple[str, ...]:
    """Give the ids of the documents that a value names.

    It is an id, an object with a `documentId` (as form-js writes it), or a list of these: so the answer of a filepicker
    can be shown as it is.
    """
    return tuple(dict.fromkeys(_ids(value)))[:MOST]


def _ids(value: object) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        found = one.get("documentId") if isinstance(one, Mapping) else one
        if isinstance(found, str) and found:
            yield found
