"""Decision files written down shortly, for the tests of engine.decisions."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

DMN13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def definitions(*decisions: str, namespace: str = DMN13, attributes: str = "") -> bytes:
    """Give a DMN file."""
    opening = f'<definitions xmlns="{namespace}" id="defs" name="d" namespace="n" {attributes}>'
    return f"{opening}{''.join(decisions)}</definitions>".encode()


def decision(key: str, logic: str, *, name: str = "", needs: Sequence[str] = (), variable: str = "") -> str:
    """Give a decision around its logic."""
    requirements = "".join(
        f'<informationRequirement id="{key}_{n}"><requiredDecision href="#{n}"/></informationRequirement>'
        for n in needs
    )
    named = f"<variable name={quoteattr(variable)}/>" if variable else ""
    return f'<decision id="{key}" name={quoteattr(name or key)}>{named}{requirements}{logic}</decision>'


def literal(source: str, attributes: str = "") -> str:
    """Give a literal expression."""
    return f'<literalExpression id="literal" {attributes}><text>{escape(source)}</text></literalExpression>'


def table(
    inputs: Sequence[str],
    outputs: Sequence[str],
    rules: Sequence[Sequence[str]],
    *,
    policy: str = "",
    aggregation: str = "",
    types: Sequence[str] = (),
    values: Sequence[str] = (),
    defaults: Sequence[str] = (),
) -> str:
    """Give a decision table; a rule is its input cells, its output cells and, if there is one more, its annotation."""
    columns = "".join(
        f'<input id="in{n}" label={quoteattr(source)}><inputExpression id="ask{n}" typeRef="{(types or [""] * 99)[n]}">'
        f"<text>{escape(source)}</text></inputExpression></input>"
        for n, source in enumerate(inputs)
    )
    columns += "".join(_output(n, name, values, defaults) for n, name in enumerate(outputs))
    attributes = (f' hitPolicy="{policy}"' if policy else "") + (f' aggregation="{aggregation}"' if aggregation else "")
    rows = "".join(_rule(n, rule, len(inputs), len(outputs)) for n, rule in enumerate(rules, 1))
    return f'<decisionTable id="table"{attributes}>{columns}{rows}</decisionTable>'


def _output(number: int, name: str, values: Sequence[str], defaults: Sequence[str]) -> str:
    allowed = (
        f'<outputValues id="values{number}"><text>{escape(values[number])}</text></outputValues>' if values else ""
    )
    default = f"<defaultOutputEntry><text>{escape(defaults[number])}</text></defaultOutputEntry>" if defaults else ""
    return f'<output id="out{number}" name="{name}">{allowed}{default}</output>'


def _rule(number: int, cells: Sequence[str], inputs: int, outputs: int) -> str:
    asked = "".join(_entry("inputEntry", f"r{number}i{n}", cell) for n, cell in enumerate(cells[:inputs]))
    answered = "".join(
        _entry("outputEntry", f"r{number}o{n}", c) for n, c in enumerate(cells[inputs : inputs + outputs])
    )
    note = "".join(f"<description>{escape(cell)}</description>" for cell in cells[inputs + outputs :])
    return f'<rule id="r{number}">{note}{asked}{answered}</rule>'


def _entry(kind: str, identifier: str, source: str) -> str:
    return f'<{kind} id="{identifier}"><text>{escape(source)}</text></{kind}>'
