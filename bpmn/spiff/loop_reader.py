"""Reading the loop around an activity, in BPMN's words and in those of other vocabularies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bpmn.extensions import parts_of
from bpmn.extensions.parts import Each
from bpmn.extensions.platform import Platform, platform_of
from bpmn.items import Item, variable_of
from bpmn.spiff import loops
from bpmn.spiff.associations import apart
from bpmn.spiff.nodes import Node
from bpmn.xml import bare, local, root_of, tag, text_of


def is_true(node: Any, name: str, *, default: bool = False) -> bool:
    """Read a boolean attribute."""
    value = node.get(name)
    return default if value is None else value.strip() in ("true", "1")


def child_text(node: Any, name: str) -> str | None:
    """Give the text of a child element, or None where there is none."""
    return text_of(node.find(tag(name))) or None


class LoopReader:
    """The part of the reader of a node that reads its loop."""

    node: Any
    spec: Any

    @property
    def items(self) -> Mapping[str, Item]:
        """What has data, by id."""
        raise NotImplementedError

    def definition(self, node: Any) -> Any:
        """Read one event definition."""
        raise NotImplementedError

    def definitions(self, node: Any) -> tuple[Any, ...]:
        """Read the event definitions of an event, in their order."""
        raise NotImplementedError

    def looped(self, node: Node) -> Node:
        """Put the loop around a node that has one; the loop takes its name, as in the library."""
        multiple = self.node.find(tag("multiInstanceLoopCharacteristics"))
        standard = self.node.find(tag("standardLoopCharacteristics"))
        if multiple is None and standard is None:
            return node
        del self.spec.task_specs[node.name]
        outer = loops.StandardLoop if multiple is None else loops.MultiInstance
        loop: Any = outer(self.spec, node.name, bpmn_name=node.bpmn_name)
        node.name = f"{node.name} [each]"
        self.spec.task_specs[node.name] = node
        loop.bpmn_id, loop.is_reported, loop.element_type = node.bpmn_id, node.is_reported, node.element_type
        loop.inner = node.name
        loop.is_for_compensation = getattr(node, "is_for_compensation", False)
        if multiple is None:
            maximum = standard.get("loopMaximum")
            loop.maximum = int(maximum) if maximum else None
            loop.condition = child_text(standard, "loopCondition")
            loop.tests_before = is_true(standard, "testBefore")
        else:
            self.multiple(loop, multiple)
        return loop  # type: ignore[no-any-return]

    def multiple(self, loop: loops.MultiInstance, node: Any) -> None:
        """Read the loop characteristics of a multi-instance activity."""

        def named(name: str) -> str | None:
            item = node.find(tag(name))
            return None if item is None else variable_of(item) or None

        def referred(name: str) -> str | None:
            text = child_text(node, name)
            item = self.items.get(bare(text)) if text else None
            return item.variable if item else text

        loop.is_sequential = is_true(node, "isSequential")
        loop.cardinality = child_text(node, "loopCardinality")
        said = parts_of(self.node).each or Each()
        loop.collection = referred("loopDataInputRef") or said.collection
        loop.item = named("inputDataItem") or said.item
        loop.index, loop.collected = said.index, said.output_item
        loop.output = referred("loopDataOutputRef") or said.output
        loop.output_item = named("outputDataItem") or collected_variable(said.output_item)
        loop.is_of_cloud = platform_of(self.node) is Platform.CAMUNDA_8
        loop.condition = child_text(node, "completionCondition")
        inner = self.spec.task_specs[loop.inner]
        inner.collects = loop.output_item
        if inner.io is not None:
            loop.io, inner.io = apart(inner.io, loop.collection or "", loop.output or "")
        loop.behavior = node.get("behavior") or "All"
        loop.behavior_events = tuple(self.behavior_events(loop.behavior, node))

    def behavior_events(self, behavior: str, node: Any) -> Iterator[tuple[str | None, tuple[Any, ...]]]:
        """Read what a multi-instance activity throws when its instances complete (10.3.8)."""
        if behavior == "Complex":
            for rule in node.findall(tag("complexBehaviorDefinition")):
                events_ = rule.findall(tag("event"))
                yield child_text(rule, "condition"), tuple(d for event in events_ for d in self.definitions(event))
        wanted = bare(node.get(f"{behavior.lower()}BehaviorEventRef"))
        found = [child for child in root_of(node) if wanted and child.get("id") == wanted]
        found = [child for child in found if local(child).endswith("EventDefinition")]
        if found and behavior in ("None", "One"):
            yield None, tuple(map(self.definition, found))


def collected_variable(expression: str | None) -> str | None:
    """Give the variable that each instance has for itself because the loop collects it (Camunda 8: `=x` or `=x.y`)."""
    name = re.fullmatch(r"=\s*([^\W\d]\w*)(\.\w+)*", expression or "")
    return name[1] if name else None
