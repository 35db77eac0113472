"""Sharing: who of several people should do what, so that each has about the same to do. Pure; nothing is read here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A task that may go to others; `fits`: to whom, by skill and duty."""

    id: str
    holder: str
    weight: int
    fits: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A task that goes from one to another."""

    id: str
    holder: str
    to: str


def even_out(weights: Mapping[str, int], pieces: Sequence[Piece], *, most: int) -> tuple[Move, ...]:
    """Propose moves from who has most to who has least, while each makes the two more alike; at most so many.

    Of one person's pieces the first that helps goes: order them so that those go first that are least begun.
    """
    now, moves = dict(weights), list[Move]()
    rest: dict[str, list[Piece]] = {}
    for piece in pieces:
        rest.setdefault(piece.holder, []).append(piece)
    while len(moves) < most:
        move = next(filter(None, (_from(holder, rest.get(holder, []), now) for holder in _heaviest(now))), None)
        if move is None:
            break
        piece, to = move
        rest[piece.holder].remove(piece)
        now[piece.holder] -= piece.weight
        now[to] += piece.weight
        moves.append(Move(id=piece.id, holder=piece.holder, to=to))
    return tuple(moves)


def hand_out(weights: Mapping[str, int], pieces: Iterable[Piece]) -> dict[str, str]:
    """Give each piece to the one of those it fits who has least by then; those that fit nobody are left out."""
    now, given = dict(weights), dict[str, str]()
    for piece in pieces:
        fits = [name for name in piece.fits if name in now]
        if fits:
            to = min(fits, key=lambda name: (now[name], name))
            now[to] += piece.weight
            given[piece.id] = to
    return given


def after(weights: Mapping[str, int], pieces: Iterable[Piece], given: Mapping[str, str]) -> dict[str, int]:
    """Give what each would have when pieces go to whom `given` says."""
    now = dict(weights)
    for piece in pieces:
        to = given.get(piece.id)
        if to is not None and to != piece.holder:
            now[piece.holder] = now.get(piece.holder, 0) - piece.weight
            now[to] = now.get(to, 0) + piece.weight
    return now


def _heaviest(now: Mapping[str, int]) -> list[str]:
    return sorted(now, key=lambda name: (-now[name], name))


def _from(holder: str, pieces: Sequence[Piece], now: Mapping[str, int]) -> tuple[Piece, str] | None:
    for piece in pieces:
        fits = [name for name in piece.fits if name in now and name != holder]
        if not fits:
            continue
        to = min(fits, key=lambda name: (now[name], name))
        if now[holder] - now[to] > piece.weight:
            return piece, to
    return None
