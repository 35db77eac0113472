"""Compensation and ad-hoc sub-processes as programs meet them: tasks to do, and the history of them."""

from __future__ import annotations

from tests.api.program import Program, unique
from tests.engine.diagrams import (
    ad_hoc,
    boundary,
    call,
    cancel,
    end,
    process,
    script,
    start,
    sub,
    undone_by,
    user,
    xor,
)


def test_people_undo_what_a_cancelled_transaction_did(admin: Program) -> None:
    key, called = unique("undo"), unique("called")
    booking = process(
        called, start("s3"), user("book"), undone_by("book", user("unbook")), end("e3"), "s3 -> book -> e3"
    )
    inside = sub(
        "tx", start("s2"), script("pay", "paid = True"), undone_by("pay", script("repay", "paid = False")),
        call("trip", called), xor("g"), end("no", cancel), end("e2"), "s2 -> pay -> trip -> g", "g -> no if refused",
        "g -> e2 else", kind="transaction",
    )  # fmt: skip
    xml = process(
        key, start("s"), inside, boundary("undone", "tx", cancel), end("e"), end("f"), "s -> tx -> e", "undone -> f"
    )
    admin.deploy((f"{key}.bpmn", xml), (f"{called}.bpmn", booking))
    instance = admin.start(key)
    (book,) = admin.tasks(instance)
    assert book["element_id"] == "book"
    (unbook,) = admin.complete(book, refused=True, seat=5)["next_tasks"]
    assert unbook["element_id"] == "unbook"
    assert admin.get(f"/tasks/{unbook['id']}")["variables"]["seat"] == 5
    ended = admin.complete(unbook)["instance"]
    assert (ended["status"], ended["variables"]["paid"]) == ("completed", False)
    told = admin.get(f"/instances/{instance['id']}/history")["items"]
    order = [item["element_id"] for item in told]
    assert {"pay", "trip", "no", "repay", "undone", "f"} <= set(order)
    assert order.index("repay") < order.index("undone")


def test_people_do_the_tasks_of_an_ad_hoc_sub_process_in_any_order(admin: Program) -> None:
    key = unique("adhoc")
    inside = ad_hoc("in", user("a"), user("b"), user("c"), until="enough")
    admin.deploy((f"{key}.bpmn", process(key, start("s"), inside, end("e"), "s -> in -> e")))
    tasks = {task["element_id"]: task for task in admin.tasks(admin.start(key, enough=False))}
    assert set(tasks) == {"a", "b", "c"}
    admin.complete(tasks["c"])
    ended = admin.complete(tasks["a"], enough=True)
    assert (ended["instance"]["status"], ended["next_tasks"]) == ("completed", [])
    assert admin.get(f"/tasks/{tasks['b']['id']}")["state"] == "cancelled"
