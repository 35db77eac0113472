"""Seals: of each chain how far it had come at the last checkpoint, and one number that stands for all of them.

The number is a product (MuHash: Bellare and Micciancio 1997, over the prime that Bitcoin Core uses), so a checkpoint
multiplies what is new and divides what it replaces: it costs what has changed, not what there is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from storage.queries import seals as queries
from storage.rows.seals import Head

PRIME = 2**3072 - 1103717
NOTHING = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What became of what was sealed: how many heads there are and their product, as they are written."""

    chains: int
    product: int
    gone: tuple[Head, ...]
    """Heads that their chains do not have any more."""


def product(heads: Iterable[Head]) -> int:
    """Give the number that stands for some heads, in whatever order they come."""
    found = NOTHING
    for head in heads:
        found = found * _number(head) % PRIME
    return found


def replaced(whole: int, *, old: Iterable[Head], new: Iterable[Head]) -> int:
    """Give the number of all after some heads were replaced."""
    return whole * product(new) * pow(product(old), -1, PRIME) % PRIME


def fingerprint(whole: int) -> str:
    """Give the number shortly, to be written down elsewhere: 32 letters."""
    return hashlib.sha256(whole.to_bytes(384)).hexdigest()[:32]


def compared() -> Compared:
    """Hold every sealed head against its chain, some at a time."""
    gone: list[Head] = []
    chains, whole = 0, NOTHING
    for head, is_there in queries.all_():
        chains += 1
        whole = whole * _number(head) % PRIME
        if not is_there:
            gone.append(head)
    return Compared(chains=chains, product=whole, gone=tuple(gone))


def _number(head: Head) -> int:
    said = f"{head.chain} {head.seq} ".encode() + head.hash
    return int.from_bytes(hashlib.shake_256(said).digest(384)) % PRIME
