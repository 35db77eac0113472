"""Deployments (bundles as they were uploaded) and the versions of processes, decisions and forms in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment


class Deployment(Base):
    """A bundle as it was uploaded."""

    __tablename__ = "deployment"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    content_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[str]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)


class DeploymentFile(Base):
    """One file of a bundle, byte for byte."""

    __tablename__ = "deployment_file"
    deployment_id: Mapped[str] = mapped_column(ForeignKey("deployment.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[bytes]


class Definition(Base):
    """One immutable version of a process, a decision or a form."""

    __tablename__ = "definition"
    __table_args__ = (
        UniqueConstraint("kind", "key", "version"),
        Index("ix_definition_catalogue", "is_procedure", "state"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """process, decision or form."""
    key: Mapped[str] = mapped_column(index=True)
    version: Mapped[int]
    version_tag: Mapped[str] = mapped_column(default="")
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    deployment_id: Mapped[str] = mapped_column(ForeignKey("deployment.id"), index=True)
    file_name: Mapped[str]
    state: Mapped[str]
    """draft, published, superseded or retired; one version of a key is published at most."""
    created_at: Mapped[datetime] = mapped_column(Moment)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    retired_at: Mapped[datetime | None] = mapped_column(Moment)
    suspended_at: Mapped[datetime | None] = mapped_column(Moment)
    """Since when nothing new is begun with it; null: it is in service."""
    suspension_reason: Mapped[str] = mapped_column(default="", server_default="")
    """For staff."""
    binds: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON, default=dict)
    """{"processes"|"decisions"|"forms": {key or file name: definition id}}, fixed when it was published."""
    starts_listed: Mapped[bool] = mapped_column(default=False)
    """What begins it by itself stands in start_event (not yet, if it was published before that table was there)."""
    is_procedure: Mapped[bool] = mapped_column(default=False)
    procedure_code: Mapped[str] = mapped_column(default="")
    field_code: Mapped[str] = mapped_column(default="", index=True)
    unit_code: Mapped[str] = mapped_column(default="")
    search_text: Mapped[str] = mapped_column(default="")
