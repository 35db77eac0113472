"""Diagrams as the modelers of other engines write them: their namespaces, and the platform they name."""

from __future__ import annotations

from findings import Severity
from tests.fidelity.uploads import findings

SPACES = (
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:flowable="http://flowable.org/bpmn" '
    'xmlns:activiti="http://activiti.org/bpmn" xmlns:operaton="http://operaton.org/schema/1.0/bpmn" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'xmlns:modeler="http://camunda.org/schema/modeler/1.0"'
)
FORM = b'{"type": "default", "id": "application", "components": []}'


def drawn(xml: bytes, platform: str = "", *, declared: str = "") -> bytes:
    """Give a file of tests/engine/diagrams.py with all namespaces; `declared` stands beside the process."""
    said = f' modeler:executionPlatform="{platform}"' if platform else ""
    whole = xml.decode().replace("<definitions ", f"<definitions {SPACES}{said} ", 1)
    return whole.replace("<process ", f"{declared}<process ", 1).encode()


def camunda(xml: bytes, *, declared: str = "") -> bytes:
    """As Camunda Modeler writes it for Camunda 7."""
    return drawn(xml, "Camunda Platform", declared=declared)


def cloud(xml: bytes, *, declared: str = "") -> bytes:
    """As Camunda Modeler writes it for Camunda 8."""
    return drawn(xml, "Camunda Cloud", declared=declared)


def flowable(xml: bytes) -> bytes:
    """As Flowable's modeler writes it."""
    return drawn(xml).replace(b'targetNamespace="urn:tests"', b'targetNamespace="http://flowable.org/test"')


def ext(inside: str) -> str:
    """Extension elements."""
    return f"<extensionElements>{inside}</extensionElements>"


def said(xml: bytes, severity: Severity = Severity.INFO, **more: bytes) -> str:
    """Give the rules and words of an upload's findings of a severity."""
    return " ".join(f"{f.rule}: {f.message.en}" for f in findings(xml, **more) if f.severity is severity)
