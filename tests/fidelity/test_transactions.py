"""Transactions: cancelled, they are undone before they are left (10.3.5, 13.5.5)."""

from __future__ import annotations

from functools import partial

from tests.engine.diagrams import (
    boundary,
    cancel,
    compensate,
    each,
    end,
    error,
    fork,
    handler,
    message,
    process,
    script,
    start,
    sub,
    task,
    throw,
    undone_by,
    user,
    xor,
)  # fmt: skip
from tests.fidelity import row
from tests.fidelity.test_compensation import played, refusals, step

transaction = partial(sub, kind="transaction")
cancelling = partial(row, section="10.3.5", group="Activities")


def booked(*inside: str, on: str = "undone", **loop) -> tuple[str, ...]:
    return (
        start("s"), transaction("tx", *inside, **loop), boundary(on, "tx", cancel), end("e"), task("back"), end("f"),
        "s -> tx -> e", f"{on} -> back -> f",
    )  # fmt: skip


@cancelling(
    "Transaction", "cancelled: the rest is interrupted, what completed is undone, then the cancel boundary is left"
)
def test_a_cancelled_transaction_is_undone_before_it_is_left():
    play = played(*booked(
        start("s2"), step("a"), fork("k"), step("b"), user("u"), undone_by("u", script("undo_u", "x = 1")), user("v"),
        end("no", cancel), end("e2"), "s2 -> a -> k -> b -> v -> no", "k -> u -> e2",
    ))  # fmt: skip
    assert play.tasks == ["u", "v"]
    play.do("v")
    assert play.history[-9:] == [
        ("completed", "v"), ("passed", "no"), ("cancelled", "u"), ("passed", "undo_b"), ("passed", "undo_a"),
        ("cancelled", "tx"), ("passed", "undone"), ("passed", "back"), ("passed", "f"),
    ]  # fmt: skip
    assert (play.status, play.vars["log"]) == ("completed", ["a", "b", "undo_b", "undo_a"])


@cancelling("Transaction", "its boundary events are over when it is cancelled; people may do the handlers")
def test_undoing_a_transaction_takes_its_time():
    play = played(
        *booked(start("s2"), user("a"), undone_by("a", user("undo_a")), end("no", cancel), "s2 -> a -> no"),
        boundary("late", "tx", message("late")), end("g"), "late -> g",
    )  # fmt: skip
    assert [w.kind for w in play.do("a").step.waits] == ["task"]
    assert play.do("undo_a").passed[-3:] == ["undone", "back", "f"]


@cancelling("Transaction", "cancelled in a nested sub-process: what completed in the active one is undone, too")
def test_a_cancel_end_event_in_a_nested_scope():
    inside = sub("in", start("s3"), step("b"), end("no", cancel), "s3 -> b -> no")
    play = played(*booked(start("s2"), step("a"), inside, end("e2"), "s2 -> a -> in -> e2"))
    assert play.vars["log"] == ["a", "b", "undo_b", "undo_a"]
    assert play.passed[-3:] == ["undone", "back", "f"]


@cancelling("Transaction", "an error leaves it without undoing anything (hazard)")
def test_an_error_leaves_a_transaction_as_it_is():
    play = played(
        *booked(start("s2"), step("a"), xor("g"), end("bad", error("E")), end("no", cancel), "s2 -> a -> g",
                "g -> bad else", "g -> no if False"),
        boundary("hazard", "tx", error("E")), user("mend"), "hazard -> mend",
    )  # fmt: skip
    assert (play.tasks, play.vars["log"]) == (["mend"], ["a"])


@cancelling("Transaction", "an error of a handler while it is undone leaves it by its error boundary event")
def test_an_error_while_a_transaction_is_undone():
    bad = sub("undo_b", start("us"), end("ue", error("E")), "us -> ue")
    play = played(
        *booked(start("s2"), step("a"), task("b"), undone_by("b", bad), end("no", cancel), "s2 -> a -> b -> no"),
        boundary("hazard", "tx", error("E")), user("mend"), "hazard -> mend",
    )  # fmt: skip
    assert (play.tasks, play.vars["log"]) == (["mend"], ["a"])


@cancelling("Transaction", "cancelled without a cancel boundary event: it is undone, and nothing follows it")
def test_a_transaction_without_a_cancel_boundary_event():
    play = played(
        start("s"), fork("k"), transaction("tx", start("s2"), step("a"), end("no", cancel), "s2 -> a -> no"), user("u"),
        task("never"), end("e"), "s -> k -> tx -> never -> e", "k -> u -> e",
    )  # fmt: skip
    assert (play.tasks, play.vars["log"]) == (["u"], ["a", "undo_a"])
    assert "never" not in play.do("u").passed
    assert play.status == "completed"


@cancelling("Transaction", "without anything to undo is left at once; completed, it can be undone as a sub-process")
def test_other_ways_of_a_transaction():
    play = played(*booked(start("s2"), task("a"), end("no", cancel), "s2 -> a -> no"))
    assert play.passed[-4:] == ["no", "undone", "back", "f"]
    inside = transaction("tx", start("s2"), step("a"), end("e2"), "s2 -> a -> e2")
    assert played(start("s"), inside, end("e", compensate()), "s -> tx -> e").vars["log"] == ["a", "undo_a"]


@cancelling(
    "Transaction", "multi-instance: a cancel undoes every instance that still runs and leaves by the boundary event"
)
def test_a_multi_instance_transaction():
    play = played(*booked(
        each("items", item="item"), start("s2"), script("a", "log = log + [item]"),
        undone_by("a", script("undo", "log = log + ['-' + item]")), user("u"), xor("g"), end("no", cancel), end("e2"),
        "s2 -> a -> u -> g", "g -> no if stop", "g -> e2 else",
    ), items=["x", "y", "z"])  # fmt: skip
    play.do("u", 0, stop=False).do("u", 0, stop=True)
    assert play.vars["log"] == ["x", "y", "z", "-y", "-z"]
    assert play.passed[-3:] == ["undone", "back", "f"]
    assert play.status == "completed"


@cancelling(
    "Transaction", "nested: cancelling the inner one leaves the outer one going; the outer undoes a completed inner"
)
def test_nested_transactions():
    inner = transaction("inner", start("s3"), step("b"), end("no", cancel), "s3 -> b -> no")
    play = played(*booked(
        start("s2"), step("a"), inner, boundary("x", "inner", cancel), step("c"), user("u"), end("no2", cancel),
        "s2 -> a -> inner", "x -> c -> u -> no2",
    ))  # fmt: skip
    assert (play.tasks, play.vars["log"]) == (["u"], ["a", "b", "undo_b", "c"])
    assert play.do("u").vars["log"][4:] == ["undo_c", "undo_a"]


@cancelling("Cancel event", "outside a transaction is refused", refused=True)
def test_a_cancel_event_outside_a_transaction_is_refused():
    assert refusals(process("p", start("s"), end("e", cancel), "s -> e")) == {("cancel-outside-transaction", "e")}


@cancelling("Transaction", "cancelled by an event sub-process of it, or by a handler while it undoes: as by any other")
def test_other_places_of_a_cancel_end_event():
    one = handler("on", start("s3", message("x"), isInterrupting="false"), end("no", cancel), "s3 -> no")
    play = played(*booked(start("s2"), step("a"), user("u"), end("e2"), one, "s2 -> a -> u -> e2")).message("x")
    assert (play.passed[-3:], play.vars["log"]) == (["undone", "back", "f"], ["a", "undo_a"])
    bad = sub("undo_b", start("us"), end("no", cancel), "us -> no")
    play = played(*booked(
        start("s2"), step("a"), task("b"), undone_by("b", bad), throw("t", compensate()), end("e2"),
        "s2 -> a -> b -> t -> e2",
    ))  # fmt: skip
    assert (play.passed[-3:], play.vars["log"]) == (["undone", "back", "f"], ["a", "undo_a"])


@cancelling("Transaction", "undone after its completion: a cancel end event in its own handler only ends")
def test_a_cancel_end_event_in_a_completed_transaction():
    own = handler("on", start("s4", compensate()), end("no", cancel), "s4 -> no")
    inner = transaction("inner", start("s3"), step("b"), end("e3"), own, "s3 -> b -> e3")
    play = played(
        *booked(start("s2"), inner, throw("t", compensate()), user("u"), end("e2"), "s2 -> inner -> t -> u -> e2")
    )
    assert (play.tasks, play.vars["log"]) == (["u"], ["b"])
    assert play.do("u").status == "completed"
