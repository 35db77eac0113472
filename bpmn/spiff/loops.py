"""Loops around an activity: the body's token stays while instances, each with its own scope, run as its children."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from SpiffWorkflow.bpmn.specs.event_definitions import ErrorEventDefinition

from bpmn.spiff.activities import Activity
from bpmn.spiff.contract import Token
from bpmn.spiff.events import throw
from errors import ExpressionFailed, TooManyInstances

MOST_INSTANCES = 10_000
"""Items that one multi-instance activity runs for."""


class Counted(NamedTuple):
    """What the completion of one instance means for its loop."""

    is_last: bool
    thrown: tuple[Any, ...] = ()
    """Event definitions."""
    value: Any = None
    """What the loop collects of it, where an expression says so."""


class Loop(Activity):
    """What multi-instance and standard loops share; `inner` is the spec of one instance."""

    holds_others = True

    inner = ""

    def _update_hook(self, my_task: Token) -> bool:
        if self.io is not None:
            self.io.enter(my_task)
        my_task.start()
        self.stand_by(my_task)
        if self.begin(my_task):
            return False
        my_task.workflow.top_workflow.run.entered(my_task)  # no instance at all: show that it was passed
        return True

    def begin(self, my_task: Token) -> bool:
        """Start the first instances; tell whether there are any."""
        raise NotImplementedError

    def lone(self, my_task: Token) -> dict[str, Any]:
        """Count one more instance, which somebody starts from outside: give its own variables, without an item."""
        raise NotImplementedError

    def lost(self, my_task: Token) -> None:
        """Count an instance that somebody took away from outside."""

    def counted(self, my_task: Token, instance: Token) -> Counted:
        """Count an instance that is about to leave.

        Raises EngineError where a condition of the loop fails; then nothing has been counted.
        """
        raise NotImplementedError

    def counted_blindly(self, my_task: Token, instance: Token) -> Counted:
        """Count an instance whose conditions nobody asks: none holds."""
        raise NotImplementedError

    def done(self, my_task: Token, instance: Token, counted: Counted) -> None:
        """Go on after an instance has left."""
        raise NotImplementedError


class StandardLoop(Loop):
    """Again while the condition holds (10.3.8, standard loop)."""

    condition: str | None = None
    maximum: int | None = None
    tests_before = False

    def begin(self, my_task: Token) -> bool:
        """Run once, unless the condition is tested before."""
        my_task.local = {**(my_task.local or {}), "loopCounter": 0}
        if self.tests_before and not self.again(my_task):
            return False
        self.next(my_task)
        return True

    def again(self, my_task: Token) -> bool:
        """Tell whether another round comes."""
        local = my_task.local or {}
        if self.maximum is not None and local["loopCounter"] >= self.maximum:
            return False
        return self.condition is None or my_task.holds(self.condition)

    def next(self, my_task: Token) -> None:
        """Start a round."""
        local = my_task.local or {}
        my_task.workflow.place(self.inner, parent=my_task, local={"loopCounter": local["loopCounter"]})

    def lone(self, my_task: Token) -> dict[str, Any]:
        """Count no round before it is done."""
        my_task.local = {"loopCounter": 0, **(my_task.local or {})}
        return {"loopCounter": my_task.local["loopCounter"]}

    def counted(self, my_task: Token, instance: Token) -> Counted:
        """Count a round; the condition sees the rounds that are done."""
        assert my_task.local is not None
        my_task.local["loopCounter"] += 1
        try:
            return Counted(not self.again(my_task))
        except Exception:  # whatever it was: the round is counted when it is tried again
            my_task.local["loopCounter"] -= 1
            raise

    def counted_blindly(self, my_task: Token, instance: Token) -> Counted:
        """Count the last round."""
        assert my_task.local is not None
        my_task.local["loopCounter"] += 1
        return Counted(True)

    def done(self, my_task: Token, instance: Token, counted: Counted) -> None:
        """Go on after a round."""
        if counted.is_last:
            my_task.ready()
        else:
            self.next(my_task)


class MultiInstance(Loop):
    """Once for each item or number (10.3.8): instances count from 0 in `loopCounter`."""

    is_sequential = False
    cardinality: str | None = None
    collection: str | None = None
    """The name of a variable, or an expression."""
    item: str | None = None
    output: str | None = None
    output_item: str | None = None
    collected: str | None = None
    """An expression for what is collected of an instance; None: its variable `output_item`."""
    index: str | None = None
    """The variable of an instance that gets its index, from 0."""
    is_of_cloud = False
    """As in Camunda 8: `loopCounter` begins at 1, the counts have other names, too, the list a place for each item."""
    condition: str | None = None
    behavior = "All"
    """When an instance completes, throw an event: None at each, One at the first, Complex where a condition holds."""
    behavior_events: tuple[tuple[str | None, tuple[Any, ...]], ...] = ()
    """What is thrown, each with its condition (Complex); it can be caught at the border of this activity."""

    def begin(self, my_task: Token) -> bool:
        """Start all instances, or the first."""
        keys, items = self.items(my_task)
        if len(items) > MOST_INSTANCES:
            raise TooManyInstances(element_id=self.bpmn_id, reason=f"{len(items)} items, more than {MOST_INSTANCES}")
        my_task.internal_data["keys"] = keys
        my_task.internal_data["out"] = []
        my_task.local = {
            **(my_task.local or {}),
            "nrOfInstances": len(items),
            "nrOfActiveInstances": 0,
            "nrOfCompletedInstances": 0,
        }
        self.renamed(my_task.local)
        if not items:
            self.give_out(my_task)
            return False
        if self.is_sequential:
            my_task.internal_data["left"] = list(items)
            self.next(my_task)
        else:
            for index, item in enumerate(items):
                self.instance(my_task, index, item)
        return True

    def items(self, my_task: Token) -> tuple[list[str] | None, Sequence[Any]]:
        """Give what to run for; of a mapping its keys too. Raises ExpressionFailed where it is nothing to count."""
        if self.collection is None:
            number = my_task.evaluate(self.cardinality or "")
            if isinstance(number, float) and number.is_integer():
                number = int(number)
            if not isinstance(number, int) or isinstance(number, bool) or number < 0:
                raise ExpressionFailed(element_id=self.bpmn_id, reason=f"loopCardinality is {number!r}, not a number")
            return None, range(min(number, sys.maxsize))
        variables = my_task.data
        is_name = re.fullmatch(r"[^\W\d]\w*", self.collection) or self.collection in variables
        value = variables.get(self.collection) if is_name else my_task.evaluate(self.collection)
        if isinstance(value, Mapping):
            return [str(key) for key in value], list(value.values())
        if not isinstance(value, list | tuple):
            raise ExpressionFailed(element_id=self.bpmn_id, reason=f"{self.collection} is {value!r}, not a list")
        return None, value

    def instance(self, my_task: Token, index: int, item: Any) -> None:
        """Start one instance."""
        my_task.workflow.place(self.inner, parent=my_task, local=self.begun(my_task, index, item))

    def begun(self, my_task: Token, index: int, item: Any) -> dict[str, Any]:
        """Count an instance that is about to begin, and give its own variables."""
        local: dict[str, Any] = {"loopCounter": index + self.is_of_cloud}
        if self.index:
            local[self.index] = index
        if self.output_item:
            local[self.output_item] = None
        if self.item:
            local[self.item] = item
        assert my_task.local is not None
        my_task.local["nrOfActiveInstances"] += 1
        self.renamed(my_task.local)
        return local

    def lone(self, my_task: Token) -> dict[str, Any]:
        """Begin with one instance, or with one more; its number is the next."""
        notes = my_task.internal_data
        if "out" not in notes:
            notes |= {"keys": None, "out": []} | ({"left": []} if self.is_sequential else {})
            counts = {"nrOfInstances": 0, "nrOfActiveInstances": 0, "nrOfCompletedInstances": 0}
            my_task.local = (my_task.local or {}) | counts
        assert my_task.local is not None
        index = my_task.local["nrOfInstances"]
        my_task.local["nrOfInstances"] += 1
        if notes["keys"] is not None:
            notes["keys"].append(str(index))
        return self.begun(my_task, index, None)

    def lost(self, my_task: Token) -> None:
        """Wait for one less."""
        assert my_task.local is not None
        my_task.local["nrOfActiveInstances"] -= 1
        my_task.internal_data["gone"] = my_task.internal_data.get("gone", 0) + 1
        self.renamed(my_task.local)

    def renamed(self, counts: dict[str, Any]) -> None:
        """Give the counts under the names that Camunda 8 has for them, too."""
        if self.is_of_cloud:
            counts |= {name.replace("nrOf", "numberOf"): counts[name] for name in list(counts) if name[:4] == "nrOf"}

    def next(self, my_task: Token) -> None:
        """Start the next instance of a sequence."""
        left, counts = my_task.internal_data["left"], my_task.local or {}
        self.instance(my_task, counts["nrOfCompletedInstances"], left.pop(0))

    def counted(self, my_task: Token, instance: Token) -> Counted:
        """Count an instance; the last is that of the last item, or after which the completion condition holds."""
        counts = my_task.local
        assert counts is not None
        before = dict(counts)
        self.count(counts)
        try:
            value = instance.evaluate(self.collected) if self.collected else None
            is_last = self.were_all(my_task) or bool(self.condition and instance.holds(self.condition))
            return Counted(is_last, self.thrown(instance, is_first=counts["nrOfCompletedInstances"] == 1), value)
        except Exception:  # whatever it was: the instance is counted when it is tried again
            counts.update(before)
            raise

    def counted_blindly(self, my_task: Token, instance: Token) -> Counted:
        """Count an instance: it is the last where it is that of the last item, and nothing is collected of it."""
        assert my_task.local is not None
        self.count(my_task.local)
        return Counted(self.were_all(my_task))

    def count(self, counts: dict[str, Any]) -> None:
        """Count an instance as completed."""
        counts["nrOfActiveInstances"] -= 1
        counts["nrOfCompletedInstances"] += 1
        self.renamed(counts)

    def were_all(self, my_task: Token) -> bool:
        """Tell whether no instance is left, or to come."""
        counts = my_task.local or {}
        ended = counts["nrOfCompletedInstances"] + my_task.internal_data.get("gone", 0)
        return bool(ended == counts["nrOfInstances"])

    def done(self, my_task: Token, instance: Token, counted: Counted) -> None:
        """Collect what an instance gave; the last one ends the others."""
        own = instance.local or {}
        if self.collected or self.output_item:
            value = counted.value if self.collected else own.get(self.output_item or "")
            my_task.internal_data["out"].append([own["loopCounter"] - self.is_of_cloud, value])
        for definition in counted.thrown:
            if isinstance(definition, ErrorEventDefinition):
                for other in my_task.children:
                    other.cancel()
                my_task.workflow.top_workflow.raise_error(my_task, definition.code)
                return
            throw(my_task, definition)
            if my_task.id not in my_task.workflow.tasks:
                return  # what was thrown has interrupted this activity
        if counted.is_last:
            for other in my_task.children:
                other.cancel()
            self.give_out(my_task)
            my_task.ready()
        elif self.is_sequential:
            self.next(my_task)

    def thrown(self, instance: Token, *, is_first: bool) -> tuple[Any, ...]:
        """Give what the behavior throws at the completion of an instance (10.3.8, table 10.29)."""
        if self.behavior == "All" or (self.behavior == "One" and not is_first):
            return ()
        chosen = [d for condition, d in self.behavior_events if condition is None or instance.holds(condition)]
        return tuple(definition for definitions in chosen for definition in definitions)

    def give_out(self, my_task: Token) -> None:
        """Write the collected outputs, in the order of the items; of a mapping under its keys."""
        if not self.output:
            return
        out = sorted(my_task.internal_data["out"], key=lambda pair: pair[0])
        keys = my_task.internal_data["keys"]
        if self.is_of_cloud and keys is None:
            known = dict(out)
            out = [[index, known.get(index)] for index in range((my_task.local or {})["nrOfInstances"])]
        my_task.write(
            self.output, [value for _, value in out] if keys is None else {keys[index]: value for index, value in out}
        )
