"""Loops around an activity: the body's token stays while instances, each with its own scope, run as its children."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions import ErrorEventDefinition

from bpmn.spiff.activities import Activity
from bpmn.spiff.contract import Token
from bpmn.spiff.events import throw
from errors import ExpressionFailed


class Loop(Activity):
    """What multi-instance and standard loops share; `inner` is the spec of one instance."""

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

    def done(self, my_task: Token, instance: Token) -> None:
        """Go on after an instance has completed."""
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
        return self.condition is None or bool(my_task.evaluate(self.condition))

    def next(self, my_task: Token) -> None:
        """Start a round."""
        local = my_task.local or {}
        my_task.workflow.place(self.inner, parent=my_task, local={"loopCounter": local["loopCounter"]})

    def done(self, my_task: Token, instance: Token) -> None:
        """Go on after a round."""
        assert my_task.local is not None
        my_task.local["loopCounter"] += 1
        if self.again(my_task):
            self.next(my_task)
        else:
            my_task.ready()


class MultiInstance(Loop):
    """Once for each item or number (10.3.8): instances count from 0 in `loopCounter`."""

    is_sequential = False
    cardinality: str | None = None
    collection: str | None = None
    """The name of a variable, or an expression."""
    item: str | None = None
    output: str | None = None
    output_item: str | None = None
    condition: str | None = None
    behavior = "All"
    """When an instance completes, throw an event: None at each, One at the first, Complex where a condition holds."""
    behavior_events: tuple[tuple[str | None, tuple[Any, ...]], ...] = ()
    """What is thrown, each with its condition (Complex); it can be caught at the border of this activity."""

    def begin(self, my_task: Token) -> bool:
        """Start all instances, or the first."""
        keys, items = self.items(my_task)
        my_task.internal_data["keys"] = keys
        my_task.internal_data["out"] = []
        my_task.local = {
            **(my_task.local or {}),
            "nrOfInstances": len(items),
            "nrOfActiveInstances": 0,
            "nrOfCompletedInstances": 0,
        }
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
            return None, range(number)
        variables = my_task.data
        is_name = re.fullmatch(r"[^\W\d]\w*", self.collection)
        value = variables.get(self.collection) if is_name else my_task.evaluate(self.collection)
        if isinstance(value, Mapping):
            return [str(key) for key in value], list(value.values())
        if not isinstance(value, list | tuple):
            raise ExpressionFailed(element_id=self.bpmn_id, reason=f"{self.collection} is {value!r}, not a list")
        return None, value

    def instance(self, my_task: Token, index: int, item: Any) -> None:
        """Start one instance."""
        local: dict[str, Any] = {"loopCounter": index}
        if self.output_item:
            local[self.output_item] = None
        if self.item:
            local[self.item] = item
        assert my_task.local is not None
        my_task.local["nrOfActiveInstances"] += 1
        my_task.workflow.place(self.inner, parent=my_task, local=local)

    def next(self, my_task: Token) -> None:
        """Start the next instance of a sequence."""
        left, counts = my_task.internal_data["left"], my_task.local or {}
        self.instance(my_task, counts["nrOfCompletedInstances"], left.pop(0))

    def done(self, my_task: Token, instance: Token) -> None:
        """Collect what an instance gave; end when all have, or when the completion condition holds."""
        counts, own = my_task.local, instance.local or {}
        assert counts is not None
        counts["nrOfActiveInstances"] -= 1
        counts["nrOfCompletedInstances"] += 1
        if self.output_item:
            my_task.internal_data["out"].append([own["loopCounter"], own.get(self.output_item)])
        is_last = counts["nrOfCompletedInstances"] == counts["nrOfInstances"] or (
            self.condition and bool(instance.evaluate(self.condition))
        )
        if self.behavior != "All":
            self.throw(my_task, instance, is_first=counts["nrOfCompletedInstances"] == 1)
            if my_task.id not in my_task.workflow.tasks:
                return  # what was thrown has interrupted this activity
        if is_last:
            for other in my_task.children:
                other.cancel()
            self.give_out(my_task)
            my_task.ready()
        elif self.is_sequential:
            self.next(my_task)

    def throw(self, my_task: Token, instance: Token, *, is_first: bool) -> None:
        """Throw what the behavior says at the completion of an instance (10.3.8, table 10.29)."""
        if self.behavior == "One" and not is_first:
            return
        for condition, definitions in self.behavior_events:
            if condition is None or bool(instance.evaluate(condition)):
                for definition in definitions:
                    if isinstance(definition, ErrorEventDefinition):
                        for other in my_task.children:
                            other.cancel()
                        my_task.workflow.top_workflow.raise_error(my_task, definition.code)
                        return
                    throw(my_task, definition)
                    if my_task.id not in my_task.workflow.tasks:
                        return

    def give_out(self, my_task: Token) -> None:
        """Write the collected outputs, in the order of the items; of a mapping under its keys."""
        if not self.output:
            return
        out = sorted(my_task.internal_data["out"], key=lambda pair: pair[0])
        keys = my_task.internal_data["keys"]
        my_task.write(
            self.output, [value for _, value in out] if keys is None else {keys[index]: value for index, value in out}
        )
