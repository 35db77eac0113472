"""Random well-formed diagrams: nested sequences, choices, splits, loops, sub-processes and events."""

from __future__ import annotations

from itertools import count, pairwise

from hypothesis import strategies as st

from tests.engine.diagrams import (
    ad_hoc,
    boundary,
    call,
    cancel,
    catch,
    compensate,
    condition,
    duration,
    each,
    end,
    error,
    escalation,
    fork,
    handler,
    message,
    node,
    process,
    script,
    signal,
    some,
    start,
    sub,
    task,
    terminate,
    user,
    xor,
)  # fmt: skip
from tests.engine.diagrams import first as first_of

LEAVES = (
    "user", "task", "script", "timer", "message", "watched", "noted", "either", "signal", "condition", "faulty",
    "raising", "called", "gathered",
)  # fmt: skip
BLOCKS = (
    "sequence", "xor", "parallel", "inclusive", "complex", "loop", "sub", "each", "until", "guarded", "failing",
    "stopping", "handled", "escalating", "undone", "adhoc", "transaction",
)  # fmt: skip
CALLED = "called"


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

    def _signal(self, _):
        return self._leaf(catch(name := self.name("c"), signal("x")), name)

    def _condition(self, _):
        return self._leaf(catch(name := self.name("c"), condition("n >= 4")), name)

    def _faulty(self, _):
        return self._leaf(script(name := self.name("s"), f"{name} = lost"), name)

    def _raising(self, _):
        name, caught, out = self.name("s"), self.name("b"), self.name("x")
        self.parts += [
            script(name, f"{name} = n\nif n % 2:\n    raise BpmnError('E', 'odd')"), boundary(caught, name, error("E")),
            xor(out), f"{name} -> {out}", f"{caught} -> {out}",
        ]  # fmt: skip
        return name, out

    def _called(self, _):
        return self._leaf(call(name := self.name("p"), CALLED), name)

    def _gathered(self, _):
        twice, both = self.name("u"), self.name("u")
        self.parts += [node("userTask", twice, completionQuantity="2"), node("userTask", both, startQuantity="2")]
        self.parts.append(f"{twice} -> {both}")
        return twice, both

    def _sequence(self, inner):
        ends = [self.write(tree) for tree in inner]
        for (_, before), (after, _) in pairwise(ends):
            self.parts.append(f"{before} -> {after}")
        return ends[0][0], ends[-1][1]

    def _branches(self, make, inner, conditions):
        opening, closing = self.name("g"), self.name("j")
        self.parts += [make(opening), make(closing)]
        for tree, asked in zip(inner, conditions, strict=False):
            first, last = self.write(tree)
            self.parts += [f"{opening} -> {first}{asked}", f"{last} -> {closing}"]
        return opening, closing

    def _xor(self, inner):
        return self._branches(xor, inner, [" else", *(f" if n % {k} == 0" for k in range(2, 5))])

    def _parallel(self, inner):
        return self._branches(fork, inner, [""] * len(inner))

    def _inclusive(self, inner):
        return self._branches(some, inner, [" else", *(f" if n % {k} == 0" for k in range(2, 5))])

    def _complex(self, inner):
        closing = "<activationCondition>activationCount &gt;= 1</activationCondition>"
        opening, join = self.name("g"), self.name("j")
        self.parts += [fork(opening), node("complexGateway", join, closing)]
        for tree in inner:
            first, last = self.write(tree)
            self.parts += [f"{opening} -> {first}", f"{last} -> {join}"]
        return opening, join

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

    def _inside(self, inner, loop: str = "", over: str = "", also: tuple[str, ...] = (), kind: str = "subProcess"):
        outer, self.parts = self.parts, [*([loop] if loop else []), *also]
        name, begin, last_gate = self.name("p"), self.name("a"), self.name("g")
        first, last = self._sequence(inner)
        normal, other = self.name("e"), self.name("e")
        self.parts += [start(begin), xor(last_gate), end(normal), f"{begin} -> {first}", f"{last} -> {last_gate}"]
        self.parts += [end(other, over), f"{last_gate} -> {other} if n % 2 == 0", f"{last_gate} -> {normal} else"]
        self.parts, inside = outer, self.parts
        self.parts.append(sub(name, *inside, kind=kind))
        return name

    def _sub(self, inner):
        name = self._inside(inner)
        return name, name

    def _each(self, inner):
        name = self._inside(inner, each(times="2"))
        return name, name

    def _until(self, inner):
        name = self._inside(inner, each(times="3", until="n % 3 == 0"))
        return name, name

    def _handled(self, inner):
        stops, notes = (self._handler(told, kind) for told, kind in ((message("stop"), "true"), (signal("x"), "false")))
        name = self._inside(inner, also=(stops, notes))
        return name, name

    def _handler(self, told: str, interrupting: str) -> str:
        begin, work, over = self.name("a"), self.name("u"), self.name("e")
        event = start(begin, told, isInterrupting=interrupting)
        return handler(self.name("h"), event, user(work), end(over), f"{begin} -> {work} -> {over}")

    def _escalating(self, inner):
        name, heard, out, over = (
            self._inside(inner, over=escalation("U")),
            self.name("b"),
            self.name("u"),
            self.name("e"),
        )
        self.parts += [
            boundary(heard, name, escalation("U"), interrupting=False), user(out), end(over),
            f"{heard} -> {out} -> {over}",
        ]  # fmt: skip
        return name, name

    def _undone(self, inner):
        done, undo = self.name("s"), self.name("s")
        step_ = undone_by(script(done, f"{done} = n"), script(undo, f"{undo} = n"), done)
        name = self._inside([("raw", [step_, done]), *inner], over=compensate())
        return name, name

    def _transaction(self, inner):
        done, undo = self.name("s"), self.name("u")
        step_ = undone_by(script(done, f"{done} = n"), user(undo), done)
        name = self._inside([("raw", [step_, done]), *inner], over=cancel, kind="transaction")
        left, out = self.name("b"), self.name("x")
        self.parts += [boundary(left, name, cancel), xor(out), f"{name} -> {out}", f"{left} -> {out}"]
        return name, out

    def _raw(self, given):
        part, name = given
        return self._leaf(part, name)

    def _adhoc(self, inner):
        outer, self.parts = self.parts, []
        for tree in inner:
            self.write(tree)
        name = self.name("p")
        self.parts, inside = outer, self.parts
        self.parts.append(ad_hoc(name, *inside, until="n % 4 == 3"))
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


def undone_by(activity: str, handler_: str, name: str) -> str:
    """Write an activity with its compensation boundary event and handler."""
    undo = handler_.split('id="')[1].split('"')[0]
    event = node("boundaryEvent", f"c_{name}", compensate(), attachedToRef=name)
    marked = handler_.replace(" id=", ' isForCompensation="true" id=', 1)
    return activity + event + marked + f'<association id="a_{name}" sourceRef="c_{name}" targetRef="{undo}"/>'


def diagrams(tree) -> list[bytes]:
    """Write a whole process around a tree, and the process that it may call."""
    writer = Writer()
    first, last = writer.write(tree)
    whole = process("p", start("begin"), end("over"), *writer.parts, f"begin -> {first}", f"{last} -> over")
    inner = process(CALLED, start("cs"), user("cu"), script("cn", "n = n + 1"), end("ce"), "cs -> cu -> cn -> ce")
    return [whole, inner]
