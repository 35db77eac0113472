"""Snapshots: the state just before a task was completed, kept with the task while its instance runs.

They are what one returns to (returning.py). The UPDATE that closes the task writes them; the one act that ends the
instance forgets them all.
"""

from __future__ import annotations

import zlib

MOST_BYTES = 256 * 1024
"""Of a state that is kept: packing more would cost a submit milliseconds."""
MOST_PACKED = 64 * 1024
"""Of what is kept in one row: a hundred tasks of an instance with large data would else take more than its papers."""
PAYS_FROM = 200
"""Bytes of a state below which packing gains nothing."""
PACKED = b"x"
"""What zlib's bytes begin with and no state's do."""


def taken(state: bytes) -> bytes | None:
    """Give the bytes to keep of a state; None where it is too large to be kept."""
    if len(state) > MOST_BYTES:
        return None
    packed = zlib.compress(state, 1) if len(state) >= PAYS_FROM else state
    best = min(packed, state, key=len)
    return best if len(best) <= MOST_PACKED else None


def opened(kept: bytes) -> bytes:
    """Give the state that `taken` kept."""
    return zlib.decompress(kept) if kept.startswith(PACKED) else kept
