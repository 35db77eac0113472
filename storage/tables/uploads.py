"""Uploads under way: a file that comes in pieces, kept until it is whole (services/uploads.py)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment


class Upload(Base):
    """One file under way; `received` of its `length` bytes are kept in pieces. Whole, it becomes a document."""

    __tablename__ = "upload"
    __table_args__ = (Index("ix_upload_owner", "owner"), Index("ix_upload_expires", "expires_at"))
    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    component: Mapped[str]
    """What the document's `kind` will be."""
    field: Mapped[str]
    """The name of the input on the page it came from; empty: a program sends it."""
    file_name: Mapped[str]
    length: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger)
    document_id: Mapped[str | None]
    """Once it is whole and was accepted."""
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)


class UploadPiece(Base):
    """One piece of an upload: `size` bytes from `start`, in the store of contents under `key`."""

    __tablename__ = "upload_piece"
    upload_id: Mapped[str] = mapped_column(ForeignKey("upload.id"), primary_key=True)
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    size: Mapped[int]
    key: Mapped[str]
