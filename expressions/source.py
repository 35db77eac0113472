"""A source compiled once: parsed, checked, rewritten, and what a run must be given. Cached, shared between threads."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any, Final

from expressions import guards, methods
from expressions.failures import Refusal
from expressions.functions import FUNCTIONS
from expressions.grammar import CHANGING_METHODS, RAISED, parse
from expressions.policy import Policy, size

MOST_CACHED = 4_096

GUARDS: Final[dict[str, Any]] = {
    "_field_": guards.field,
    "_method_": methods.method,
    "_item_": guards.item,
    "_slice_": guards.part,
    "_target_": guards.target,
    "_key_": guards.key,
    "_each_": guards.each,
    "_step_": guards.step,
    "_add_": guards.add,
    "_subtract_": guards.subtract,
    "_multiply_": guards.multiply,
    "_remainder_": guards.remainder,
    "_power_": guards.power,
    "_shift_": guards.shift,
    "_or_": guards.either,
    "_and_": guards.both,
    "_xor_": guards.one_of,
    "_compare_": guards.compare,
    "_chain_": guards.chain,
    "_inplace_": guards.inplace,
    "_inplace_item_": guards.inplace_item,
    "_text_": guards.joined,
    "_format_": guards.formatted,
    "_raise_": guards.raised,
}
"""Every name that policy.py writes. No source and no variable can take one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """What a run needs to know of its source."""

    code: CodeType
    guards: tuple[tuple[str, Any], ...]
    """The guards that the code calls, by the name it calls them."""
    reads: tuple[str, ...]
    """Names it looks up: variables and functions."""
    writes: tuple[str, ...]
    """Names it assigns (not the loop variables of comprehensions)."""
    variables: frozenset[str]
    """What it needs or sets of the data: without comprehension variables and functions that it only calls."""
    changes: bool
    """Whether it may change a list or dict in place."""
    cost: int
    """Steps of running each node once."""


@lru_cache(maxsize=MOST_CACHED)
def compiled(source: str, script: bool) -> Compiled:
    """Compile `source`. Raises Refusal (which is not cached: a wrong source is looked at again)."""
    tree = parse(source, script=script)
    reads, writes, local = _names(tree)
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    read_elsewhere = _read_outside_calls(tree)
    functions = {name for name in called if name in FUNCTIONS and name not in read_elsewhere}
    cost, changes = size(tree), _changes(tree)
    policy = Policy(tree)
    rewritten = ast.fix_missing_locations(policy.visit(tree))
    if policy.errors:
        raise Refusal(policy.errors[0], policy.errors[0])
    used = {node.id for node in ast.walk(rewritten) if isinstance(node, ast.Name)}
    return Compiled(
        code=compile(rewritten, "<script>", "exec" if script else "eval"),
        guards=tuple((name, guard) for name, guard in GUARDS.items() if name in used),
        reads=tuple(sorted(reads)),
        writes=tuple(sorted(writes)),
        variables=frozenset((reads | writes) - functions - local),
        changes=changes,
        cost=cost,
    )


def _names(tree: ast.AST) -> tuple[set[str], set[str], set[str]]:
    """Give the names read, the names assigned, and those that only comprehensions bind."""
    local_nodes = {
        id(part) for node in ast.walk(tree) if isinstance(node, ast.comprehension) for part in ast.walk(node.target)
    }
    reads: set[str] = set()
    writes: set[str] = set()
    local: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id != RAISED:
            is_read = isinstance(node.ctx, ast.Load)
            (reads if is_read else local if id(node) in local_nodes else writes).add(node.id)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            reads.add(node.target.id)
    return reads, writes - {"_"}, local - writes


def _read_outside_calls(tree: ast.AST) -> set[str]:
    functions = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in functions}


def _changes(tree: ast.AST) -> bool:
    return any(map(_changes_in_place, ast.walk(tree)))


def _changes_in_place(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr=name):
            return name in CHANGING_METHODS
        case ast.Subscript(ctx=ast.Store()) | ast.AugAssign():
            return True
    return False
