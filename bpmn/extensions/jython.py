"""Python scripts of Camunda 7 and Flowable, which ask the execution for variables, in the words of ours.

`execution.setVariable("x", 1)` becomes `x = 1`, `execution.getVariable("x")` becomes `x`. A script that asks the
execution for anything else stays as it is and is refused.
"""

from __future__ import annotations

import ast
import keyword

LONGEST = 20_000


def translated(script: str) -> str:
    """Give a script with variables by name; one that does not name the execution, or cannot be read, as it is."""
    if "execution" not in script or len(script) > LONGEST:
        return script
    try:
        tree = _Variables().visit(ast.parse(script))
        return ast.unparse(ast.fix_missing_locations(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return script


def asks_more(script: str) -> bool:
    """Tell whether a translated script still needs the execution, which is not there."""
    try:
        tree = ast.parse(script)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    named = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "execution"]
    return bool(named) and not any(isinstance(node.ctx, ast.Store) for node in named)


class _Variables(ast.NodeTransformer):
    """Writes calls of the execution as variables."""

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        """Write `execution.setVariable("x", value)` as an assignment."""
        self.generic_visit(node)
        call = node.value
        if isinstance(call, ast.Call) and (name := _named(call, ("setVariable",), 2)):
            return ast.Assign(targets=[ast.Name(id=name, ctx=ast.Store())], value=call.args[1], lineno=node.lineno)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Write `execution.getVariable("x")` as the variable."""
        self.generic_visit(node)
        name = _named(node, ("getVariable",), 1)
        return ast.Name(id=name, ctx=ast.Load()) if name else node


def _named(call: ast.Call, methods: tuple[str, ...], count: int) -> str | None:
    """Give the variable that a call of the execution names."""
    match call:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="execution"), attr=method),
            args=[ast.Constant(value=str(name)), *_] as arguments,
            keywords=[],
        ) if method in methods and len(arguments) == count:
            return name if name.isidentifier() and not keyword.iskeyword(name) else None
    return None
