"""Internal files as the pages of a task and of a dossier list them; attachments.py adds and removes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services import attachments
from services.permissions import Viewer
from storage.queries import people


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One internal file as pages list it."""

    id: str
    name: str
    size: int
    by: str
    behalf: str
    """For which absent colleague; empty: in their own name."""
    at: datetime
    may_remove: bool

    @property
    def url(self) -> str:
        """Give where it is downloaded."""
        return f"/documents/{self.id}"


def of_dossier(viewer: Viewer, dossier: Any, task: Any = None) -> list[File]:
    """Give the internal files of a dossier; `task`: at whose page one may remove what one has added there."""
    found = attachments.of_dossier(viewer, dossier)
    who = people.names_of(name for document in found for name in (document.created_by, document.behalf) if name)
    return [
        File(
            id=one.id,
            name=one.file_name,
            size=one.size or 0,
            by=who.get(one.created_by, one.created_by),
            behalf=who.get(one.behalf, one.behalf) if one.behalf else "",
            at=one.created_at,
            may_remove=task is not None and attachments.may_remove(viewer, task, one),
        )
        for one in found
    ]
