"""Migration: what stands where goes over with its id, its data and its moments; what cannot is refused by name."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from engine import runner
from engine.migration import check, lines, migrate, standing, suggest
from errors import NotMigratable
from tests.engine.changes import changed, does
from tests.engine.diagrams import (
    ad_hoc,
    boundary,
    call,
    catch,
    compensate,
    condition,
    cycle,
    duration,
    each,
    end,
    first,
    fork,
    handler,
    message,
    node,
    process,
    script,
    service,
    signal,
    some,
    start,
    sub,
    undone_by,
    user,
    xor,
)  # fmt: skip
from tests.engine.play import MORNING, Play, definition
from tests.engine.test_random_migration import over


def flow(*parts: str):
    """Give a version of the process p that begins at s."""
    return definition(process("p", start("s"), *parts))


def refused(play: Play, target, mapping=None) -> list[tuple[str, str]]:
    with pytest.raises(NotMigratable) as problem:
        migrate(play.definition, play.step.state, target, mapping or {}, now=play.now, ports=play.ports)
    return [(detail.element_id, detail.code) for detail in problem.value.details]


SIMPLE = (user("a"), end("e"), "s -> a -> e")


def test_a_task_goes_over_with_its_id_and_the_typed_data():
    play = Play(flow(*SIMPLE), amount=Decimal("12.50"), day=MORNING.date(), moment=MORNING)
    before, task = play.step, play.id_of("a")
    done = over(play, flow(user("b"), user("c"), end("e"), "s -> b -> c -> e"), {"a": "b"})
    assert play.step.variables == before.variables
    assert play.id_of("b") == task
    assert (play.step.events, done.armed, done.gone) == ((), (), ())
    assert [(m.before.element_id, m.after.element_id) for m in done.moved] == [("a", "b")]
    assert play.do("b").tasks == ["c"]
    assert play.do("c").status == "completed"


def test_every_element_without_a_counterpart_is_named_at_once():
    play = Play(flow(fork("f"), user("a"), user("b"), catch("m", message("x")), end("e"),
                     "s -> f -> a -> e", "f -> b -> e", "f -> m -> e"))  # fmt: skip
    target = flow(fork("f"), user("a"), service("b", camunda__topic="t", camunda__type="external"), end("e"),
                  "s -> f -> a -> e", "f -> b -> e")  # fmt: skip
    assert refused(play, target) == [("b", "other_kind"), ("m", "no_target")]


def test_a_running_timer_keeps_its_moment_and_fires_once():
    play = Play(flow(catch("c", duration("PT2H")), end("e"), "s -> c -> e"))
    play.now += timedelta(hours=1)
    over(play, flow(catch("d", duration("P9D")), end("e"), "s -> d -> e"), {"c": "d"})
    assert play.step.next_due == MORNING + timedelta(hours=2)
    assert play.later(minutes=59).status == "running"
    assert play.later(minutes=1).status == "completed"


def test_a_cycle_goes_on_where_it_was():
    watched = user("a"), end("e"), end("n"), "s -> a -> e", "b -> n"
    play = Play(flow(*watched, boundary("b", "a", cycle("R3/PT1H"), interrupting=False)))
    play.later(hours=1)
    over(play, flow(*watched, boundary("b", "a", cycle("R9/PT5M"), interrupting=False)))
    assert play.step.next_due == MORNING + timedelta(hours=2)
    play.later(days=9)
    assert play.history.count(("passed", "n")) == 3


def test_a_new_boundary_event_waits_from_now_and_one_that_is_gone_is_forgotten_without_a_trace():
    old = flow(*SIMPLE, boundary("b", "a", duration("PT1H")), end("x"), "b -> x")
    new = flow(*SIMPLE, boundary("d", "a", duration("PT3H")), end("y"), "d -> y")
    play = Play(old)
    play.now += timedelta(minutes=30)
    done = over(play, new)
    assert ([one.element_id for one in done.armed], [one.element_id for one in done.gone]) == (["d"], ["b"])
    assert play.step.next_due == MORNING + timedelta(hours=3, minutes=30)
    assert not play.step.events
    assert play.later(days=1).passed == ["s", "d", "y"]


def test_a_boundary_event_that_has_happened_is_not_awaited_again():
    parts = user("a"), end("e"), end("n"), "s -> a -> e", "b -> n"
    play = Play(flow(*parts, boundary("b", "a", duration("PT1H"), interrupting=False)))
    play.later(hours=1)
    done = over(play, flow(*parts, boundary("b", "a", duration("PT1H"), interrupting=False)))
    assert not done.armed
    assert play.later(days=1).history.count(("passed", "n")) == 1


def test_two_events_do_not_become_one():
    two = boundary("b", "a", message("x")), boundary("c", "a", message("y")), "b -> e", "c -> e"
    play = Play(flow(*SIMPLE, *two))
    assert refused(play, flow(*SIMPLE, *two), {"c": "b"}) == [("c", "two_into_one")]


def test_a_condition_that_was_true_does_not_happen_by_going_over():
    def version(asked: str):
        on = boundary("b", "a", condition(asked), interrupting=False)
        return flow(user("a"), on, end("n"), end("e"), "s -> a -> e", "b -> n")

    play = Play(version("n > 1"), n=2)
    assert play.passed == ["s", "b", "n"]
    over(play, version("n > 0"))
    assert play.passed == ["s", "b", "n"]
    play.take(runner.set_variables, {"n": 0})
    assert play.take(runner.set_variables, {"n": 3}).passed == ["s", "b", "n", "b", "n"]


def test_a_condition_that_is_new_happens_where_it_holds():
    play = Play(flow(*SIMPLE), n=2)
    done = over(play, flow(*SIMPLE, boundary("b", "a", condition("n > 1")), end("x"), "b -> x"))
    assert [(e.kind, e.element_id) for e in done.step.events][-2:] == [("passed", "b"), ("passed", "x")]
    assert play.status == "completed"


def test_what_waits_at_a_join_goes_over_with_the_flow_it_came_by():
    def version(a="a", more=(), names=""):
        extra = [f"f -> {names} -> j"] if names else []
        return flow(fork("f"), user(a), user("b"), *more, fork("j"), user("z"), end("e"),
                    f"s -> f -> {a} -> j -> z -> e", "f -> b -> j", *extra)  # fmt: skip

    play = Play(version()).do("a")
    over(play, version("a2"), {"a": "a2"})
    assert play.do("b").tasks == ["z"]

    wide = Play(version(more=(user("c"),), names="c")).do("a").do("c")
    assert refused(wide, version()) == [("j", "flow_gone")]
    narrow = Play(version(more=(user("c"),), names="c")).do("a").do("b")
    assert refused(narrow, version()) == [("c", "no_target")]


def test_a_join_that_needs_fewer_tokens_now_goes_on():
    wide = flow(fork("f"), user("a"), user("b"), fork("g"), user("c"), xor("x"), fork("j"), user("z"), end("e"),
                "s -> f -> a -> j -> z -> e", "f -> b -> j", "f -> g -> c -> j")  # fmt: skip
    play = Play(wide).do("a").do("b")
    slim = flow(fork("f"), user("a"), user("b"), user("c"), fork("j"), user("z"), end("e"), end("e2"),
                "s -> f -> a -> j -> z -> e", "f -> b -> j", "f -> c -> e2")  # fmt: skip
    over(play, slim)
    assert play.tasks == ["c", "z"]


def test_a_flow_can_be_mapped():
    old = flow(
        fork("f"), user("a"), user("b"), fork("j"), user("z"), end("e"), "s -> f -> a -> j -> z -> e", "f -> b -> j"
    )
    via = next(one.incoming[0] for one in old.compiled.spec.task_specs.values() if one.name == "j")
    new = flow(
        fork("f"), user("n"), user("b"), fork("j"), user("z"), end("e"), "s -> f -> n -> j -> z -> e", "f -> b -> j"
    )
    into = next(one.incoming[0] for one in new.compiled.spec.task_specs.values() if one.name == "j")
    play = Play(old).do("a")
    assert refused(play, new) == [("j", "flow_gone")]
    over(play, new, {via: into})
    assert play.do("b").tasks == ["z"]


def test_an_inclusive_join_waits_for_what_can_still_come():
    def version(b):
        return flow(some("f"), user("a"), user(b), some("j"), user("z"), end("e"),
                    "s -> f -> a -> j -> z -> e", f"f -> {b} -> j")  # fmt: skip

    play = Play(version("b")).do("a")
    over(play, version("b2"), {"b": "b2"})
    assert play.tasks == ["b2"]
    assert play.do("b2").tasks == ["z"]


def inner(*parts: str, name: str = "in", loop: str = "") -> str:
    return sub(name, *([loop] if loop else []), start(f"s_{name}"), *parts)


def test_what_runs_in_a_sub_process_goes_over_with_it():
    old = flow(inner(user("a"), end("e2"), "s_in -> a -> e2"), end("e"), "s -> in -> e")
    play = Play(old)
    new = flow(inner(user("b"), user("c"), end("e2"), "s_in -> b -> c -> e2"), end("e"), "s -> in -> e")
    over(play, new, {"a": "b"})
    assert play.do("b").do("c").status == "completed"


def test_a_token_in_a_sub_process_stays_in_it():
    play = Play(flow(inner(user("a"), end("e2"), "s_in -> a -> e2"), end("e"), "s -> in -> e"))
    outside = flow(inner(user("b"), end("e2"), "s_in -> b -> e2"), user("a"), end("e"), "s -> in -> a -> e")
    assert refused(play, outside) == [("a", "no_target")]
    assert refused(play, flow(user("a"), end("e"), "s -> a -> e")) == [("in", "no_target")]


def test_a_sub_process_around_a_token_is_refused_with_the_way_that_there_is():
    bare = flow(user("a"), user("b"), end("e"), "s -> a -> b -> e")
    wrapped = flow(user("a"), inner(user("b"), end("e2"), "s_in -> b -> e2"), end("e"), "s -> a -> in -> e")
    play = Play(bare).do("a")
    assert "in the sub-process “in”" in why(play, wrapped)
    assert "modify the instance" in why(play, wrapped)
    changed(play, does("move", "b", "a"))
    over(play, wrapped)
    changed(play, does("move", "a", "b"))
    assert "move what runs in it out of it" in why(play, bare)
    assert play.do("b").status == "completed"


def why(play: Play, target) -> str:
    with pytest.raises(NotMigratable) as problem:
        migrate(play.definition, play.step.state, target, {}, now=play.now, ports=play.ports)
    return " ".join(detail.message.en for detail in problem.value.details)


def test_the_instances_of_a_loop_go_on_and_a_sequence_stays_one():
    def version(task="a", *, sequential=False, item="i"):
        loop = each("xs", item=item, sequential=sequential)
        return flow(user(task, loop), end("e"), f"s -> {task} -> e")

    play = Play(version(), xs=["p", "q", "r"]).do("a")
    over(play, version("b", item="one"), {"a": "b"})
    assert [play.sees("b", n)["one"] for n in (0, 1)] == ["q", "r"]
    assert play.do("b").do("b").status == "completed"
    assert refused(Play(version(), xs=[1]), version(sequential=True)) == [("a", "other_kind")]
    assert refused(Play(version(), xs=[1]), flow(*SIMPLE)) == [("a", "other_kind")]
    assert refused(Play(flow(*SIMPLE)), version()) == [("a", "other_kind")]
    rounds = Play(version(sequential=True), xs=[1, 2]).do("a")
    over(rounds, version(sequential=True))
    assert rounds.sees("a")["i"] == 2


def test_an_event_sub_process_keeps_standing_by_and_a_new_one_begins_to():
    def version(*handlers):
        return flow(*SIMPLE, *handlers)

    def heard(name, event, interrupting="false"):
        begin = start(f"s_{name}", event, isInterrupting=interrupting)
        return handler(name, begin, user(f"u_{name}"), end(f"e_{name}"), f"s_{name} -> u_{name} -> e_{name}")

    play = Play(version(heard("h", duration("PT1H"))))
    play.now += timedelta(minutes=30)
    done = over(play, version(heard("h", duration("PT1H")), heard("k", message("x"))))
    assert [one.element_id for one in done.armed] == ["k"]
    assert play.later(minutes=30).message("x").tasks == ["a", "u_h", "u_k"]
    stopped = Play(version(heard("h", message("x"), "true"))).message("x")
    assert stopped.tasks == ["u_h"]
    done = over(stopped, version(heard("h", message("x"), "true"), heard("k", message("y"))))
    assert not done.armed
    assert refused(stopped, version(heard("h", message("x")))) == [("h", "other_kind")]


def test_what_a_gateway_waits_for_first_may_grow_and_shrink():
    old = flow(first("g"), catch("m", message("x")), catch("t", duration("PT1H")), end("e"),
               "s -> g -> m -> e", "g -> t -> e")  # fmt: skip
    new = flow(first("g"), catch("m", message("x")), catch("n", signal("y")), end("e"),
               "s -> g -> m -> e", "g -> n -> e")  # fmt: skip
    play = Play(old)
    done = over(play, new)
    assert ([one.element_id for one in done.armed], [one.element_id for one in done.gone]) == (["n"], ["t"])
    assert play.signal("y").passed[-2:] == ["n", "e"]
    assert play.status == "completed"


def test_what_can_be_undone_can_be_undone_after():
    def version(undo, done="d", also=()):
        steps = script(done, "x = 1"), undone_by(done, script(undo, f"undone = '{undo}'"))
        return flow(*steps, user("a"), node("intermediateThrowEvent", "t", compensate()), end("e"), *also,
                    f"s -> {done} -> a -> t -> e")  # fmt: skip

    play = Play(version("u"))
    over(play, version("u2", "d2"), {"d": "d2", "u": "u2"})
    assert play.do("a").vars["undone"] == "u2"
    assert refused(Play(version("u")), flow(user("a"), end("e"), "s -> a -> e")) == [("d", "undo_gone")]


def test_a_sequence_without_order_goes_on_with_what_is_left():
    def version(*names):
        return flow(ad_hoc("h", *map(user, names), sequential=True), end("e"), "s -> h -> e")

    play = Play(version("a", "b", "c"))
    over(play, version("a", "c2"), {"c": "c2"})
    assert play.do("a").tasks == ["c2"]
    assert play.do("c2").status == "completed"
    both = flow(ad_hoc("h", user("a")), end("e"), "s -> h -> e")
    assert refused(Play(version("a")), both) == [("h", "other_kind")]


def test_what_an_incident_holds_up_goes_over_and_is_tried_again_there():
    play = Play(flow(script("a", "x = lost"), end("e"), "s -> a -> e"))
    before = play.step.incidents
    over(play, flow(script("b", "x = 1"), end("e"), "s -> b -> e"), {"a": "b"})
    assert [(i.id, i.element_id) for i in play.step.incidents] == [(before[0].id, "b")]
    assert play.retry().status == "completed"


def test_the_engines_own_work_may_be_done_in_another_way():
    play = Play(flow(script("a", "x = lost"), end("e"), "s -> a -> e"))
    over(play, flow(node("task", "a"), end("e"), "s -> a -> e"))
    assert play.retry().status == "completed"


def test_work_outside_goes_over_with_the_topic_that_the_new_version_says():
    def version(topic):
        return flow(service("a", camunda__type="external", camunda__topic=topic), end("e"), "s -> a -> e")

    play = Play(version("old"))
    task = play.id_of("a")
    over(play, version("new"))
    assert (play.works, play.id_of("a")) == ([("a", "new")], task)
    assert play.do("a").status == "completed"


def called(*parts: str, key: str = "c") -> bytes:
    return process(key, start("cs"), *parts)


def test_what_runs_in_a_called_process_goes_over_with_the_new_version_of_that():
    whole = process("p", start("s"), call("k", "c"), end("e"), "s -> k -> e")
    old = definition(whole, called(user("a"), end("ce"), "cs -> a -> ce"))
    play = Play(old)
    new = definition(whole, called(user("b"), user("z"), end("ce"), "cs -> b -> z -> ce"))
    assert refused(play, new) == [("c:a", "no_target")]
    assert standing(old, play.step.state) == {("p", "k"): 1, ("c", "a"): 1}
    over(play, new, {"c:a": "b"})
    assert play.do("b").do("z").status == "completed"


def test_a_mapping_is_checked_whatever_the_instance():
    old = flow(user("a"), inner(user("i"), end("e2"), "s_in -> i -> e2"), end("e"), "s -> a -> in -> e")
    new = flow(user("b"), inner(user("j"), end("e2"), "s_in -> j -> e2"), catch("m", message("x")), end("e"),
               "s -> b -> in -> m -> e")  # fmt: skip
    wrong = {"nobody": "b", "a": "nothing", "i": "b", "e": "m"}
    assert [(d.element_id, d.code) for d in check(old, new, wrong)] == [
        ("nobody", "unknown_source"), ("a", "unknown_target"), ("i", "other_kind"), ("e", "other_kind"),
    ]  # fmt: skip
    assert check(old, new, {"a": "b", "i": "j", "in": None}) == check(old, new, {"a": "b", "in": "", "i": "j"})
    assert [(d.element_id, d.code) for d in check(old, new, {"i": "j", "in": None})] == [("i", "scope_gone")]
    assert check(old, new, {"a": "b", "i": "j"}) == ()


def test_a_boundary_event_hangs_at_what_its_activity_becomes():
    old = flow(*SIMPLE, boundary("b", "a", message("x")), "b -> e")
    new = flow(user("a"), user("z"), end("e"), boundary("b", "z", message("x")), "s -> a -> z -> e", "b -> e")
    assert [(d.element_id, d.code) for d in check(old, new, {"b": "b"})] == [("b", "other_kind")]
    done = over(play := Play(old), new)
    assert [one.element_id for one in done.gone] == ["b"]
    assert play.do("a").message("x").status == "completed"


def test_none_begins_an_event_anew():
    version = flow(*SIMPLE, boundary("b", "a", duration("PT1H")), "b -> e")
    play = Play(version)
    play.now += timedelta(minutes=30)
    over(play, flow(*SIMPLE, boundary("b", "a", duration("PT1H")), "b -> e"), {"b": None})
    assert play.step.next_due == MORNING + timedelta(hours=1, minutes=30)


def test_what_alone_has_the_name_and_kind_is_suggested():
    def version(one, other, inside):
        return flow(user(one, name="Check"), user(other, name="Sign"), end("e"),
                    sub("in", start("s2"), user(inside, name="Check"), end("e2"), f"s2 -> {inside} -> e2"),
                    f"s -> {one} -> {other} -> in -> e")  # fmt: skip

    old, new = version("a", "b", "i"), version("a2", "b", "i2")
    assert suggest(old, new) == {"a": "a2", "i": "i2"}
    table = {line.element_id: line for line in lines(old, new, suggest(old, new))}
    assert (table["a"].target_id, table["i"].target_id, table["b"].problem) == ("a2", "i2", None)
    assert table["a"].options == (("a2", "Check"), ("b", "Sign"))
    assert lines(old, new, {})[1].problem is not None
