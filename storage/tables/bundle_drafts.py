"""Drafts of bundles: files that designers still work on, with what they held before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment


class BundleDraft(Base):
    """A bundle in the making; nothing of it counts until it is deployed."""

    __tablename__ = "bundle_draft"
    __table_args__ = (Index("ix_bundle_draft_changed", "changed_at", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    base_id: Mapped[str | None] = mapped_column(ForeignKey("deployment.id"))
    """The deployment whose files it began with; null: it began with none."""
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[str]
    deployment_id: Mapped[str | None] = mapped_column(ForeignKey("deployment.id"))
    """What it was deployed as last."""
    deployed_at: Mapped[datetime | None] = mapped_column(Moment)


class BundleDraftFile(Base):
    """One file of a draft as it is now."""

    __tablename__ = "bundle_draft_file"
    draft_id: Mapped[str] = mapped_column(ForeignKey("bundle_draft.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[bytes]
    version: Mapped[int]
    """Counts the saves; who saves names the version that was seen."""
    saved_at: Mapped[datetime] = mapped_column(Moment)
    saved_by: Mapped[str]
    sample: Mapped[str] = mapped_column(Text, default="", server_default="")
    """JSON with which a form is tried; no part of the bundle."""


class BundleDraftEarlier(Base):
    """What a file of a draft held before, for undo; a file that was removed has only these."""

    __tablename__ = "bundle_draft_earlier"
    draft_id: Mapped[str] = mapped_column(ForeignKey("bundle_draft.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[bytes]
    saved_at: Mapped[datetime] = mapped_column(Moment)
    saved_by: Mapped[str]
    replaced_at: Mapped[datetime] = mapped_column(Moment)
    replaced_by: Mapped[str]
