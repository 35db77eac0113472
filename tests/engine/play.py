"""Play: drives one instance in a test, as a service would, with a clock of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bpmn.definition import Definition, load
from engine import runner
from engine.events import Ports, Step

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Outputs:
    outputs: Any

    @property
    def variables(self) -> Any:
        return self.outputs


def definition(xml: bytes, *called: bytes) -> Definition:
    """Load the first process of a file, with the files that it calls."""
    key = xml.split(b'<process id="')[1].split(b'"')[0].decode()
    return load(key, [xml, *called], id="d1", version=1)


class Play:
    """An instance and all its history."""

    def __init__(
        self,
        xml: bytes | Definition,
        *called: bytes,
        at: str | None = None,
        trigger: runner.Trigger | None = None,
        decide: Callable | None = None,
        ports: Ports | None = None,
        **variables,
    ) -> None:
        self.definition = xml if isinstance(xml, Definition) else definition(xml, *called)
        self.now = MORNING
        self.ports = ports or (Ports(decide=decide) if decide else Ports())
        self.history: list[tuple[str, str]] = []
        self.step: Step = runner.start(
            self.definition, variables, now=self.now, ports=self.ports, start_element_id=at, trigger=trigger
        )
        self._keep()

    def _keep(self) -> Play:
        self.history += [(event.kind.value, event.element_id) for event in self.step.events]
        return self

    def take(self, function: Callable[..., Step], *args, **kwargs) -> Play:
        self.step = function(self.definition, self.step.state, *args, now=self.now, ports=self.ports, **kwargs)
        return self._keep()

    @property
    def tasks(self) -> list[str]:
        """Elements of the open tasks."""
        return sorted(wait.element_id for wait in self.step.waits if wait.kind == "task")

    @property
    def works(self) -> list[tuple[str, str]]:
        """Elements and topics (or connectors) of the work that programs and the server are to do."""
        kinds = ("external_task", "job")
        return sorted((wait.element_id, wait.name) for wait in self.step.waits if wait.kind in kinds)

    @property
    def vars(self) -> dict[str, Any]:
        return self.step.variables

    @property
    def status(self) -> str:
        return self.step.status.value

    @property
    def incidents(self) -> list[tuple[str, str]]:
        """Elements and kinds of the open incidents."""
        return [(incident.element_id, incident.kind) for incident in self.step.incidents]

    def retry(self, element: str = "", **variables) -> Play:
        """Try the (first) incident again, or that of an element."""
        found = [incident.id for incident in self.step.incidents if element in ("", incident.element_id)]
        return self.take(runner.retry, found[0], variables=variables)

    @property
    def passed(self) -> list[str]:
        """Elements that were completed, in order."""
        return [element for kind, element in self.history if kind in ("passed", "completed")]

    def id_of(self, element: str, nth: int = 0) -> str:
        kinds = ("task", "external_task", "job")
        return [wait.id for wait in self.step.waits if wait.kind in kinds and wait.element_id == element][nth]

    def do(self, element: str, nth: int = 0, **answers) -> Play:
        """Complete the open task of that element."""
        return self.take(runner.complete_task, self.id_of(element, nth), answers)

    def fail(self, element: str, code: str, nth: int = 0, **variables) -> Play:
        """Let the open task or work of that element end in a modelled error."""
        return self.take(runner.throw_error, self.id_of(element, nth), code, variables)

    def sees(self, element: str, nth: int = 0) -> dict[str, Any]:
        """Give the variables that a task sees."""
        return runner.task_variables(self.definition, self.step.state, self.id_of(element, nth))

    def message(self, name: str, correlation=None, **payload) -> Play:
        return self.take(runner.deliver_message, name, payload, correlation=correlation)

    @classmethod
    def begun(cls, xml: bytes, kind: str, name: str, **payload) -> Play:
        """Start at the event of that kind and name, as a service would."""
        known = definition(xml)
        start = next(one for one in runner.starts(known) if (one.kind, one.name) == (kind, name))
        message = runner.Message(name=name, payload=payload) if kind == "message" else None
        trigger = runner.Trigger(index=start.index, payload=payload, message=message)
        return cls(known, at=start.element_id, trigger=trigger)

    def signal(self, name: str, **payload) -> Play:
        return self.take(runner.deliver_signal, name, payload)

    def later(self, **time: float) -> Play:
        """Let time go by and what is due happen."""
        self.now += timedelta(**time)
        return self.take(runner.fire_timers)
