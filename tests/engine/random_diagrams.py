"""Random well-formed diagrams: nested sequences, choices, splits, loops, sub-processes and events."""

from __future__ import annotations

from itertools import count, pairwise

from hypothesis import strategies as st

from tests.engine.diagrams import (
    boundary,
    catch,
    duration,
    each,
    end,
    error,
    fork,
    message,
    process,
    script,
    some,
    start,
    sub,
    task,
    terminate,
    user,
    xor,
)
from tests.engine.diagrams import first as first_of

LEAVES = ("user", "task", "script", "timer", "message", "watched", "noted", "either")
BLOCKS = ("sequence", "xor", "parallel", "inclusive", "loop", "sub", "each", "guarded", "failing", "stopping")


def trees(depth: int = 3):
    """Give trees of blocks, as tuples."""
    leaf = st.sampled_from(LEAVES).map(lambda kind: (kind,))
    return st.recursive(
        leaf,
        lambda inner: st.tuples(st.sampled_from(BLOCKS), st.lists(inner, min_size=1, max_size=3)),
        max_leaves=2**depth,
    )


class Writer:
    """Writes a tree as a diagram: each block has one way in and one way out."""

    def __init__(self) -> None:
        self.numbers = count(1)
        self.parts: list[str] = []

    def name(self, kind: str) -> str:
        return f"{kind}{next(self.numbers)}"

    def write(self, tree) -> tuple[str, str]:
        kind, inner = tree[0], tree[1] if len(tree) > 1 else []
        return getattr(self, f"_{kind}")(inner)

    def _leaf(self, part: str, name: str) -> tuple[str, str]:
        self.parts.append(part)
        return name, name

    def _user(self, _):
        return self._leaf(user(name := self.name("u")), name)

    def _task(self, _):
        return self._leaf(task(name := self.name("t")), name)

    def _script(self, _):
        name = self.name("s")
        return self._leaf(script(name, f"{name} = n\nn = n + 1"), name)

    def _timer(self, _):
        return self._leaf(catch(name := self.name("c"), duration("PT1H")), name)

    def _message(self, _):
        return self._leaf(catch(name := self.name("m"), message("m")), name)

    def _watched(self, _, *, interrupting: bool = True):
        name, late, out = self.name("u"), self.name("b"), self.name("x")
        self.parts += [user(name), boundary(late, name, duration("PT2H"), interrupting=interrupting), xor(out)]
        if interrupting:
            self.parts += [f"{name} -> {out}", f"{late} -> {out}"]
        else:
            over = self.name("e")
            self.parts += [end(over), f"{name} -> {out}", f"{late} -> {over}"]
        return name, out

    def _noted(self, _):
        return self._watched(_, interrupting=False)

    def _either(self, _):
        choice, told, late, out = self.name("g"), self.name("m"), self.name("c"), self.name("x")
        self.parts += [
            first_of(choice), catch(told, message("m")), catch(late, duration("PT1H")), xor(out),
            f"{choice} -> {told} -> {out}", f"{choice} -> {late} -> {out}",
        ]  # fmt: skip
        return choice, out

    def _sequence(self, inner):
        ends = [self.write(tree) for tree in inner]
        for (_, before), (after, _) in pairwise(ends):
            self.parts.append(f"{before} -> {after}")
        return ends[0][0], ends[-1][1]

    def _branches(self, make, inner, conditions):
        opening, closing = self.name("g"), self.name("j")
        self.parts += [make(opening), make(closing)]
        for tree, condition in zip(inner, conditions, strict=False):
            first, last = self.write(tree)
            self.parts += [f"{opening} -> {first}{condition}", f"{last} -> {closing}"]
        return opening, closing

    def _xor(self, inner):
        return self._branches(xor, inner, [" else", *(f" if n % {k} == 0" for k in range(2, 5))])

    def _parallel(self, inner):
        return self._branches(fork, inner, [""] * len(inner))

    def _inclusive(self, inner):
        return self._branches(some, inner, [" else", *(f" if n % {k} == 0" for k in range(2, 5))])

    def _loop(self, inner):
        counter = self.name("k")
        merge, choice = self.name("g"), self.name("g")
        zero, more = self.name("s"), self.name("s")
        first, last = self._sequence(inner)
        self.parts += [
            xor(merge), xor(choice), script(zero, f"{counter} = 0"), script(more, f"{counter} = {counter} + 1"),
            f"{zero} -> {merge} -> {first}", f"{last} -> {more} -> {choice}", f"{choice} -> {merge} if {counter} < 2",
        ]  # fmt: skip
        out = self.name("x")
        self.parts += [task(out), f"{choice} -> {out} else"]
        return zero, out

    def _inside(self, inner, loop: str = "", over: str = "") -> str:
        outer, self.parts = self.parts, [loop] if loop else []
        name, begin, last_gate = self.name("p"), self.name("a"), self.name("g")
        first, last = self._sequence(inner)
        normal, other = self.name("e"), self.name("e")
        self.parts += [start(begin), xor(last_gate), end(normal), f"{begin} -> {first}", f"{last} -> {last_gate}"]
        self.parts += [end(other, over), f"{last_gate} -> {other} if n % 2 == 0", f"{last_gate} -> {normal} else"]
        self.parts, inside = outer, self.parts
        self.parts.append(sub(name, *inside))
        return name

    def _sub(self, inner):
        name = self._inside(inner)
        return name, name

    def _each(self, inner):
        name = self._inside(inner, each(times="2"))
        return name, name

    def _guarded(self, inner):
        name, stop, out = self._inside(inner), self.name("b"), self.name("x")
        self.parts += [boundary(stop, name, message("stop")), xor(out), f"{name} -> {out}", f"{stop} -> {out}"]
        return name, out

    def _failing(self, inner):
        name, caught, out = self._inside(inner, over=error("E")), self.name("b"), self.name("x")
        self.parts += [boundary(caught, name, error("E")), xor(out), f"{name} -> {out}", f"{caught} -> {out}"]
        return name, out

    def _stopping(self, inner):
        name = self._inside([("parallel", inner)], over=terminate)
        return name, name


def diagram(tree) -> bytes:
    """Write a whole process around a tree."""
    writer = Writer()
    first, last = writer.write(tree)
    return process("p", start("begin"), end("over"), *writer.parts, f"begin -> {first}", f"{last} -> over")
