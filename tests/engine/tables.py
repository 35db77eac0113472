"""Decision files written down shortly, for the tests of engine.decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def needs(*keys: str) -> str:
    """Require decisions; a key that begins with `in:` is input data, with `fn:` a function; `ns#id` is elsewhere."""
    return "".join(_requirement(key) for key in keys)


def _requirement(key: str) -> str:
    kind, _, rest = key.rpartition(":") if key[:3] in ("in:", "fn:") else ("", "", key)
    href = rest if "#" in rest else f"#{rest}"
    if kind == "fn":
        return f'<knowledgeRequirement><requiredKnowledge href="{href}"/></knowledgeRequirement>'
    element = "requiredInput" if kind == "in" else "requiredDecision"
    return f'<informationRequirement><{element} href="{href}"/></informationRequirement>'


def decide(key: str, logic: str, *required: str, type: str = "", name: str = "") -> str:
    """Give a decision as the specification draws it: with what it requires, and a typed variable."""
    named = quoteattr(name or key)
    return f'<decision id="{key}" name={named}>{_variable(name or key, type)}{needs(*required)}{logic}</decision>'


def given(key: str, type: str = "", name: str = "") -> str:
    """Give input data."""
    return f'<inputData id="{key}" name={quoteattr(name or key)}>{_variable(name or key, type)}</inputData>'


def knows(key: str, parameters: str, logic: str, *required: str, type: str = "", name: str = "", kind: str = "") -> str:
    """Give a business knowledge model; parameters as in `a, b: number`."""
    shape = f' kind="{kind}"' if kind else ""
    inside = f"<encapsulatedLogic{shape}>{_parameters(parameters)}{logic}</encapsulatedLogic>"
    opening = f'<businessKnowledgeModel id="{key}" name={quoteattr(name or key)}>{_variable(name or key, type)}'
    return f"{opening}{inside}{needs(*required)}</businessKnowledgeModel>"


def service(key: str, *, outputs: str, inputs: str = "", data: str = "", inside: str = "", type: str = "") -> str:
    """Give a decision service; the keys of each kind with blanks between."""
    kinds = {"outputDecision": outputs, "encapsulatedDecision": inside, "inputDecision": inputs, "inputData": data}
    parts = "".join(f'<{kind} href="#{one}"/>' for kind, keys in kinds.items() for one in keys.split())
    return f'<decisionService id="{key}" name="{key}">{_variable(key, type)}{parts}</decisionService>'


def context(*entries: tuple[str, str] | str, attributes: str = "") -> str:
    """Give a boxed context; `name: type` names and types an entry, a last one without name is the result."""
    parts = "".join(
        f"<contextEntry>{_variable(*_split(one[0]))}{one[1]}</contextEntry>"
        if isinstance(one, tuple)
        else f"<contextEntry>{one}</contextEntry>"
        for one in entries
    )
    return f"<context {attributes}>{parts}</context>"


def invocation(called: str, bindings: Mapping[str, str], attributes: str = "") -> str:
    """Give a boxed invocation of what an expression names."""
    bound = "".join(f"<binding><parameter name={quoteattr(n)}/>{value}</binding>" for n, value in bindings.items())
    return f"<invocation {attributes}>{literal(called)}{bound}</invocation>"


def function(parameters: str, body: str, attributes: str = "") -> str:
    """Give a boxed function."""
    return f"<functionDefinition {attributes}>{_parameters(parameters)}{body}</functionDefinition>"


def listed(*items: str, attributes: str = "") -> str:
    """Give a boxed list."""
    return f"<list {attributes}>{''.join(items)}</list>"


def relation(columns: Sequence[str], *rows: Sequence[str]) -> str:
    """Give a boxed relation of FEEL cells; `name: type` names and types a column."""
    heads = "".join(f"<column {_named(*_split(column))}/>" for column in columns)
    lines = "".join(f"<row>{''.join(literal(cell) for cell in row)}</row>" for row in rows)
    return f"<relation>{heads}{lines}</relation>"


def boxed(kind: str, attributes: str = "", **parts: str) -> str:
    """Give a conditional, filter or iterator; a part is named with an underscore (`in_`, `if_`)."""
    inside = "".join(f"<{name.rstrip('_')}>{part}</{name.rstrip('_')}>" for name, part in parts.items())
    return f"<{kind} {attributes}>{inside}</{kind}>"


def item(name: str, base: str = "", *parts: str, allowed: str = "", constraint: str = "", many: bool = False) -> str:
    """Give an item definition; `parts` are components."""
    return _item("itemDefinition", name, base, parts, allowed, constraint, many)


def component(name: str, base: str, *parts: str, many: bool = False) -> str:
    """Give a component of an item definition."""
    return _item("itemComponent", name, base, parts, "", "", many)


def _item(tag: str, name: str, base: str, parts: Sequence[str], allowed: str, constraint: str, many: bool) -> str:
    inside = f"<typeRef>{escape(base)}</typeRef>" if base else ""
    inside += f"<allowedValues><text>{escape(allowed)}</text></allowedValues>" if allowed else ""
    inside += f"<typeConstraint><text>{escape(constraint)}</text></typeConstraint>" if constraint else ""
    collection = ' isCollection="true"' if many else ""
    return f"<{tag} name={quoteattr(name)}{collection}>{inside}{''.join(parts)}</{tag}>"


def _variable(name: str, type: str = "") -> str:
    return f"<variable {_named(name, type)}/>"


def _named(name: str, type: str = "") -> str:
    return f"name={quoteattr(name)}" + (f" typeRef={quoteattr(type)}" if type else "")


def _split(text: str) -> tuple[str, str]:
    name, _, kind = text.partition(":")
    return name.strip(), kind.strip()


def _parameters(text: str) -> str:
    return "".join(f"<formalParameter {_named(*_split(one))}/>" for one in text.split(",") if one.strip())


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
