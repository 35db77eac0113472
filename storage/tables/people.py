"""People, their units and groups, and how they are let in. A person's key everywhere is the user name."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment


class Unit(Base):
    """A unit of the agency (office, department); boards count by it."""

    __tablename__ = "unit"
    code: Mapped[str] = mapped_column(primary_key=True)
    name_vi: Mapped[str]
    name_en: Mapped[str]


class Group(Base):
    """A group of people that a diagram names as candidates."""

    __tablename__ = "person_group"
    code: Mapped[str] = mapped_column(primary_key=True)
    name_vi: Mapped[str]
    name_en: Mapped[str]
    is_agency_wide: Mapped[bool] = mapped_column(default=False)
    """Its members see dossiers of every unit (one-door officers, leaders, clerks)."""


class Person(Base):
    """Somebody with an account: applicant, officer, manager, designer, operator, administrator or a program."""

    __tablename__ = "person"
    username: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    organisation: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str] = mapped_column(default="")
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    roles: Mapped[list[str]] = mapped_column(JSON, default=list)
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    search_text: Mapped[str] = mapped_column(default="")
    notice_settings: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """How they are told of what (services/notice_settings.py); null: as is usual."""
    digested_on: Mapped[date | None]
    """The day of their latest morning digest."""
    substitutes_until: Mapped[datetime | None] = mapped_column(Moment)
    """Until when they may stand for somebody, so that for others nobody asks; null: never yet."""


class GroupMember(Base):
    """Who belongs to a group."""

    __tablename__ = "group_member"
    username: Mapped[str] = mapped_column(ForeignKey("person.username"), primary_key=True)
    group_code: Mapped[str] = mapped_column(ForeignKey("person_group.code"), primary_key=True, index=True)


class SignIn(Base):
    """One signed-in browser; deleting the row ends it. Only the hash of its token is kept."""

    __tablename__ = "sign_in"
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(ForeignKey("person.username"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment, index=True)
    device: Mapped[str] = mapped_column(default="")


class ApiToken(Base):
    """A bearer token of a program; only its hash is kept."""

    __tablename__ = "api_token"
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(ForeignKey("person.username"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
