"""Scope: what the lists of one viewer may show. Made by services/permissions.py, kept to by every query."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """A colleague whom the viewer stands for."""

    username: str
    principals: tuple[str, ...]
    """Theirs: `u:NAME` and `g:CODE`."""
    keys: frozenset[str] = frozenset()
    """Of the processes that it holds for; empty: all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What one viewer may see."""

    username: str
    principals: tuple[str, ...]
    """`u:NAME` and `g:CODE`: tasks offered to any of these are in the inbox."""
    sees_all: bool = False
    """Every task, dossier and instance."""
    supervised: tuple[str, ...] = ()
    """`n:UNIT` of units whose tasks are all seen (a head's)."""
    all_dossiers: bool = False
    """Every dossier, but not every task (agency-wide groups)."""
    works: bool = False
    """Reads the dossiers of the tasks that are or were its own, beside those that it filed."""
    dossier_units: frozenset[str] = frozenset()
    """Units whose dossiers are seen."""
    standing: tuple[Stood, ...] = ()
    """Whom the viewer stands for; counts in no list but that of their tasks (substituting.py)."""

    @property
    def task_principals(self) -> tuple[str, ...]:
        """Give every principal whose open tasks are seen."""
        return (*self.principals, *self.supervised)
