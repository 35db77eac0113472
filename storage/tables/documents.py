"""Documents: what applicants and officers upload and what we issue. The bytes lie in storage/blobs.py."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment

_OF_DRAFT = text("draft_id IS NOT NULL")


class Document(Base):
    """A file of a dossier. An issued one is made from `snapshot`, which never changes, so it can be printed again."""

    __tablename__ = "document"
    __table_args__ = (
        Index("ix_document_draft", "draft_id", sqlite_where=_OF_DRAFT, postgresql_where=_OF_DRAFT),
        Index("ix_document_sha256", "sha256"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    dossier_id: Mapped[str | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    """Null while staged for a filing."""
    draft_id: Mapped[str | None]
    """The draft that keeps a staged upload from being deleted, perhaps gone already; null: none."""
    origin: Mapped[str]
    """upload, issued, or internal (added by an officer for colleagues, services/attachments.py)."""
    kind: Mapped[str] = mapped_column(default="")
    """Issued: acceptance_slip, supplement_request, refusal_slip, result, …; uploaded: the component's id."""
    number: Mapped[str] = mapped_column(default="")
    file_name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int | None]
    sha256: Mapped[str] = mapped_column(default="")
    """Empty: issued but not printed yet."""
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    task_id: Mapped[str | None]
    created_by: Mapped[str] = mapped_column(index=True)
    behalf: Mapped[str | None]
    """For which absent colleague a substitute added an internal one; null: in their own name."""
    created_at: Mapped[datetime] = mapped_column(Moment)
