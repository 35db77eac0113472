"""Which engine a file was drawn for: its modeler says so, and what a text without a mark means follows from it."""

from __future__ import annotations

from enum import StrEnum

from bpmn import xml

EXECUTION_PLATFORM = f"{{{xml.MODELER}}}executionPlatform"


class Platform(StrEnum):
    """The engines whose habits are known."""

    CAMUNDA_7 = "Camunda 7"
    """JUEL `${…}`; a text without is itself. Operaton and CIB seven are its forks."""
    CAMUNDA_8 = "Camunda 8"
    """FEEL `=…`; a text without is itself."""
    FLOWABLE = "Flowable"
    """As Camunda 7, whose ancestor it shares (Activiti)."""
    ANY = ""
    """Nothing is said: a text without a mark is Python (ARCHITECTURE 4.12)."""


NAMES = {
    "camunda platform": Platform.CAMUNDA_7,
    "camunda bpm": Platform.CAMUNDA_7,
    "operaton": Platform.CAMUNDA_7,
    "cib seven": Platform.CAMUNDA_7,
    "camunda cloud": Platform.CAMUNDA_8,
    "flowable": Platform.FLOWABLE,
}
"""Values of `modeler:executionPlatform`, in lower case."""
HOMES = ("http://flowable.org/", "http://www.flowable.org/", "http://activiti.org/", "http://www.activiti.org/")
"""How the targetNamespace begins that the modelers of Flowable and Activiti write."""


def platform_of(node: xml.Node) -> Platform:
    """Give the platform of the file that a node belongs to."""
    root = xml.root_of(node)
    said = (root.get(EXECUTION_PLATFORM) or "").strip().lower()
    if said:
        return NAMES.get(said, Platform.ANY)
    drawn_with = f"{root.get('exporter') or ''}".lower()
    if "flowable" in drawn_with or (root.get("targetNamespace") or "").startswith(HOMES):
        return Platform.FLOWABLE
    return Platform.ANY
