"""How an accepted tree is rewritten so that every operation whose cost or reach depends on data asks a guard first.

RestrictedPython's transformer is the frame: it refuses node types and names that it does not know (a second net below
grammar.py). Ours replaces its rewritings, because its hooks limit reach but not size: see guards.py for each guard.
"""

from __future__ import annotations

import ast
from typing import cast

from RestrictedPython.transformer import RestrictingNodeTransformer

OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "_add_",
    ast.Sub: "_subtract_",
    ast.Mult: "_multiply_",
    ast.Mod: "_remainder_",
    ast.Pow: "_power_",
    ast.LShift: "_shift_",
    ast.BitOr: "_or_",
    ast.BitAnd: "_and_",
    ast.BitXor: "_xor_",
}
"""Operators whose result can be much larger than their operands, or slow; / // >> stay Python's own."""
CHEAP_AGAINST_CONSTANT = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Is, ast.IsNot)
LOOPS = (ast.For, ast.While)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def size(tree: ast.AST) -> int:
    """Give the number of nodes: the steps that running a tree once costs."""
    return sum(1 for _ in ast.walk(tree))


class Policy(RestrictingNodeTransformer):
    """Rewrites one tree; `errors` holds what RestrictedPython still refuses."""

    def __init__(self, tree: ast.AST) -> None:
        super().__init__()
        self._turns: dict[int, int] = {}
        for node in ast.walk(tree):
            if isinstance(node, LOOPS):
                self._turns[id(node)] = size(node)
            elif isinstance(node, COMPREHENSIONS):
                self._turns.update((id(part), size(node)) for part in node.generators)

    # Names and attributes

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """`a.b` -> `_field_(a, "b")`"""
        return self._call(node, "_field_", self._visited(node.value), ast.Constant(node.attr))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """`a.b(c)` -> `_method_(a, "b", c)`, so that no method exists without its call; `f(c)` stays."""
        arguments = [self._visited(argument) for argument in node.args]
        keywords = [ast.keyword(part.arg, self._visited(part.value)) for part in node.keywords]
        if isinstance(node.func, ast.Attribute):
            target = self._visited(node.func.value)
            return self._call(node, "_method_", target, ast.Constant(node.func.attr), *arguments, keywords=keywords)
        return ast.copy_location(ast.Call(self._visited(node.func), arguments, keywords), node)

    # Items

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """`a[b]` -> `_item_(a, b)`; `a[b:c]` -> `_slice_(a, b, c, None)`; `a[b] = c` -> `_target_(a)[_key_(b)] = c`"""
        value = self._visited(node.value)
        if isinstance(node.ctx, ast.Store):
            target = self._call(node, "_target_", value)
            key = self._call(node, "_key_", self._visited(node.slice))
            return ast.copy_location(ast.Subscript(target, key, ast.Store()), node)
        if isinstance(node.slice, ast.Slice):
            ends = (node.slice.lower, node.slice.upper, node.slice.step)
            return self._call(
                node, "_slice_", value, *(self._visited(end) if end else ast.Constant(None) for end in ends)
            )
        return self._call(node, "_item_", value, self._visited(node.slice))

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        """`{a: b}` -> `{_key_(a): b}`"""
        keys = [self._key(key) for key in node.keys if key is not None]
        return ast.copy_location(ast.Dict(list(keys), [self._visited(value) for value in node.values]), node)

    def visit_Set(self, node: ast.Set) -> ast.AST:
        """`{a}` -> `{_key_(a)}`"""
        return ast.copy_location(ast.Set([self._key(part) for part in node.elts]), node)

    def _key(self, node: ast.expr) -> ast.expr:
        return node if isinstance(node, ast.Constant) else self._call(node, "_key_", self._visited(node))

    # Operators

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """`a + b` -> `_add_(a, b)`"""
        left, right = self._visited(node.left), self._visited(node.right)
        guard = OPERATORS.get(type(node.op))
        if guard is None:
            return ast.copy_location(ast.BinOp(left, node.op, right), node)
        return self._call(node, guard, left, right)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """`a in b` -> `_compare_(a, "In", b)`; `a < b in c` -> `_chain_(a, "Lt", b, "In", lambda: c)`, lazy too.

        A comparison of order or equality with a literal stays.
        """
        operands = [node.left, *node.comparators]
        literal = any(isinstance(operand, ast.Constant) for operand in operands)
        if len(node.ops) == 1 and literal and isinstance(node.ops[0], CHEAP_AGAINST_CONSTANT):
            return self.node_contents_visit(node)
        arguments: list[ast.expr] = [self._visited(node.left)]
        for number, (op, operand) in enumerate(zip(node.ops, node.comparators, strict=True)):
            visited = self._visited(operand)
            arguments += [ast.Constant(type(op).__name__), self._later(visited) if number else visited]
        return self._call(node, "_chain_" if len(node.ops) > 1 else "_compare_", *arguments)

    def _later(self, node: ast.expr) -> ast.Lambda:
        nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
        return ast.copy_location(ast.Lambda(nothing, node), node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """`f"a{b:.2f}"` -> `_text_("a", _format_(b, ".2f"))`"""
        return self._call(node, "_text_", *(self._visited(part) for part in node.values))

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.AST:
        """See visit_JoinedStr."""
        parts = node.format_spec.values if isinstance(node.format_spec, ast.JoinedStr) else []
        spec = "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
        return self._call(node, "_format_", self._visited(node.value), ast.Constant(spec))

    # Loops

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        """`(a for b in c)` -> `[a for b in c]`: a generator would carry a frame, and its pace."""
        return self.visit_ListComp(ast.copy_location(ast.ListComp(node.elt, node.generators), node))

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        """Only the generators are rewritten, see guard_iter."""
        return self.node_contents_visit(node)

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        """`{a for b in c}` -> `{_key_(a) for b in c}`"""
        generators = [cast(ast.comprehension, self.visit(part)) for part in node.generators]
        return ast.copy_location(ast.SetComp(self._key(node.elt), generators), node)

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        """`{a: b for c in d}` -> `{_key_(a): b for c in d}`"""
        generators = [cast(ast.comprehension, self.visit(part)) for part in node.generators]
        return ast.copy_location(ast.DictComp(self._key(node.key), self._visited(node.value), generators), node)

    def guard_iter(self, node: ast.For | ast.comprehension) -> ast.AST:
        """`for a in b` -> `for a in _each_(b, turn)`, where `turn` is what one turn costs."""
        turn = self._turns[id(node)]
        node = self.node_contents_visit(node)
        node.iter = self._call(node.iter, "_each_", node.iter, ast.Constant(turn))
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        """`while a: b` -> `while a: _step_(turn); b`"""
        turn = self._turns[id(node)]
        node = self.node_contents_visit(node)
        node.body.insert(0, ast.copy_location(ast.Expr(self._call(node, "_step_", ast.Constant(turn))), node))
        return node

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        """`raise BpmnError(a, b)` -> `_raise_(a, b)`"""
        assert isinstance(node.exc, ast.Call)
        arguments = [self._visited(argument) for argument in node.exc.args]
        return ast.copy_location(ast.Expr(self._call(node, "_raise_", *arguments)), node)

    # Assignments

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """Unpacking stays Python's own: it takes no more elements than there are names."""
        return self.node_contents_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        """`a += b` -> `a = _inplace_("Add", a, b)`; `a[b] += c` -> `_inplace_item_("Add", a, b, c)`"""
        op, value = ast.Constant(type(node.op).__name__), self._visited(node.value)
        if isinstance(node.target, ast.Subscript):
            where = self._visited(node.target.value), self._visited(node.target.slice)
            return ast.copy_location(ast.Expr(self._call(node, "_inplace_item_", op, *where, value)), node)
        assert isinstance(node.target, ast.Name)
        before = ast.copy_location(ast.Name(node.target.id, ast.Load()), node)
        return ast.copy_location(ast.Assign([node.target], self._call(node, "_inplace_", op, before, value)), node)

    def _visited(self, node: ast.expr) -> ast.expr:
        return cast(ast.expr, self.visit(node))

    def _call(
        self, at: ast.AST, guard: str, *arguments: ast.expr, keywords: list[ast.keyword] | None = None
    ) -> ast.Call:
        call = ast.Call(ast.Name(guard, ast.Load()), list(arguments), keywords or [])
        return ast.copy_location(call, at)
