"""The Python subset: which constructs may be written at all. Default deny, by walking the tree before it is rewritten.

Not offered: import, def, class, lambda, try, with, del, global, assert, walrus, stars, async, match, slices as targets.
A script may raise one thing, `raise BpmnError("CODE", "message")`, which the diagram catches.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator

from expressions.budget import MOST_BITS
from expressions.failures import Refusal
from expressions.functions import FUNCTIONS
from expressions.guards import FIELDS
from expressions.methods import METHODS

LONGEST_EXPRESSION = 4_000
LONGEST_SCRIPT = 20_000
"""Characters of a source."""
MOST_EXPRESSION_NODES = 1_500
MOST_SCRIPT_NODES = 8_000
DEEPEST = 80
"""Levels of constructs inside each other: what Python's own compiler takes without reaching its recursion limit."""

FORMAT = re.compile(r"[<>^]?0?\d{0,2},?(\.\d{1,2})?[dfs%]?")
"""What may stand behind the colon in an f-string: `,` `.2f` `>10` `05d`."""

CONSTANTS = (str, int, float, bool, type(None))
_OPERATORS: tuple[type[ast.AST], ...] = (
    *(ast.And, ast.Or, ast.Not, ast.USub, ast.UAdd, ast.Invert),
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.LShift, ast.RShift),
    *(ast.BitOr, ast.BitAnd, ast.BitXor),
    *(ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Is, ast.IsNot, ast.In, ast.NotIn),
)
EXPRESSIONS: frozenset[type[ast.AST]] = frozenset(
    (
        *_OPERATORS,
        *(ast.Expression, ast.Constant, ast.Name, ast.Load, ast.Store, ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Compare),
        *(ast.IfExp, ast.Call, ast.keyword, ast.Attribute, ast.Subscript, ast.Slice),
        *(ast.List, ast.Tuple, ast.Dict, ast.Set, ast.JoinedStr, ast.FormattedValue),
        *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension),
    )
)
STATEMENTS: frozenset[type[ast.AST]] = (
    EXPRESSIONS
    | frozenset(
        (ast.Module, ast.Assign, ast.AugAssign, ast.Expr, ast.If, ast.For, ast.While, ast.Pass, ast.Break, ast.Continue)
    )
    | {ast.Raise}
)
RAISED = "BpmnError"
"""The one thing that a script may raise."""
CHANGING_METHODS = frozenset(
    ("append", "extend", "insert", "pop", "popitem", "remove", "clear", "sort", "reverse", "update", "setdefault")
) | frozenset(("add", "discard"))
"""Methods that change their object: only in scripts, which work on copies."""
_WITHHELD = frozenset(dir(builtins)) - frozenset(FUNCTIONS)
"""Python's own functions that are refused by name at upload; other unknown names may be functions of the caller."""
_RESERVED = frozenset(("print", "printed", "breakpoint", "builtins"))
"""Names that RestrictedPython keeps for itself."""
_FIELDS = frozenset(name for fields in FIELDS.values() for name in fields)
_METHODS = frozenset(name for methods in METHODS.values() for name in methods)


def parse(source: str, *, script: bool) -> ast.Module | ast.Expression:
    """Parse `source` and check that it stays inside the subset. Raises Refusal."""
    longest = LONGEST_SCRIPT if script else LONGEST_EXPRESSION
    if len(source) > longest:
        raise Refusal(f"dài quá {longest} ký tự", f"it is longer than {longest} characters")
    try:
        tree = ast.parse(source if script else source.strip(), "<script>", "exec" if script else "eval")
    except SyntaxError as error:
        line = f"dòng {error.lineno}: " if script else ""
        where = f"line {error.lineno}: " if script else ""
        raise Refusal(f"{line}sai cú pháp ({error.msg})", f"{where}syntax error ({error.msg})") from None
    except (ValueError, RecursionError, MemoryError, UnicodeError):
        raise Refusal("không đọc được", "it cannot be read (too deep, or characters that are not text)") from None
    assert isinstance(tree, ast.Module | ast.Expression)
    _check(tree, script=script)
    return tree


def _check(tree: ast.AST, *, script: bool) -> None:
    allowed = STATEMENTS if script else EXPRESSIONS
    most = MOST_SCRIPT_NODES if script else MOST_EXPRESSION_NODES
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    raised = {id(name) for node in ast.walk(tree) if (name := _raised(node)) is not None}
    for count, (node, depth) in enumerate(_levels(tree)):
        if count > most:
            raise Refusal(f"có quá {most} thành phần", f"it has more than {most} parts")
        if depth > DEEPEST:
            raise Refusal(f"lồng nhau quá {DEEPEST} mức", f"it is nested more than {DEEPEST} levels deep")
        if type(node) not in allowed:
            _refuse(node, f"không dùng được {type(node).__name__}", f"{type(node).__name__} is not offered")
        if isinstance(node, ast.Raise | ast.Name):
            _check_raise(node, is_raised=id(node) in raised)
        _check_node(node, script=script, is_called=id(node) in called)


def _levels(tree: ast.AST) -> Iterator[tuple[ast.AST, int]]:
    waiting = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        waiting.extend((child, depth + 1) for child in ast.iter_child_nodes(node))


def _check_node(node: ast.AST, *, script: bool, is_called: bool) -> None:
    match node:
        case ast.Constant(value=value) if not isinstance(value, CONSTANTS):
            _refuse(
                node,
                f"không dùng được hằng {type(value).__name__}",
                f"{type(value).__name__} constants are not offered",
            )
        case ast.Constant(value=int(number)) if number.bit_length() > MOST_BITS:
            _refuse(node, "số quá lớn", "a number is too large")
        case ast.Name(id=name) | ast.keyword(arg=str(name)):
            _check_name(node, name)
        case ast.keyword(arg=None):
            _refuse(node, "không dùng được ** trong lời gọi", "** in a call is not offered")
        case ast.Attribute(attr=name):
            _check_attribute(node, name, script=script, is_called=is_called)
        case ast.Call(func=ast.Name(id=name)) if name in _WITHHELD:
            _refuse(node, f"không dùng được hàm {name}()", f"the function {name}() is not offered")
        case ast.Call(func=func) if not isinstance(func, ast.Name | ast.Attribute):
            _refuse(node, "chỉ gọi được hàm theo tên", "only a function's or method's name can be called")
        case ast.Dict(keys=keys) if None in keys:
            _refuse(node, "không dùng được ** trong từ điển", "** in a dict is not offered")
        case ast.Compare(ops=ops, comparators=others):
            _check_identity(node, ops, [node.left, *others])
        case ast.FormattedValue():
            _check_format(node)
        case ast.comprehension() | ast.For() | ast.Assign() | ast.AugAssign():
            _check_targets(node)


def _check_name(node: ast.AST, name: str) -> None:
    if (name.startswith("_") and name != "_") or name.endswith("__roles__") or name in _RESERVED:
        _refuse(node, f"không dùng được tên {name}", f"the name {name} is not available")


def _check_attribute(node: ast.AST, name: str, *, script: bool, is_called: bool) -> None:
    if name.startswith("_"):
        _refuse(node, f"không dùng được thuộc tính {name}", f"the attribute {name} is not available")
    if name not in (_METHODS if is_called else _FIELDS):
        hint = ("", "") if is_called else (f' (phần tử của từ điển: x["{name}"])', f' (an item of a dict: x["{name}"])')
        _refuse(node, f"không dùng được .{name}{hint[0]}", f".{name} is not offered{hint[1]}")
    if is_called and not script and name in CHANGING_METHODS:
        _refuse(node, f".{name}() làm thay đổi dữ liệu: hãy dùng đoạn mã", f".{name}() changes data: use a script task")


def _check_identity(node: ast.AST, ops: list[ast.cmpop], operands: list[ast.expr]) -> None:
    if not any(isinstance(op, ast.Is | ast.IsNot) for op in ops):
        return
    kinds = {type(operand.value) for operand in operands if isinstance(operand, ast.Constant)}
    if not kinds or kinds - {bool, type(None)}:
        _refuse(node, "is chỉ dùng với None, True, False", "is stands only with None, True or False")


def _check_format(node: ast.FormattedValue) -> None:
    spec = node.format_spec
    if node.conversion != -1:
        _refuse(node, "không dùng được !r, !s, !a", "!r, !s and !a are not offered")
    if spec is None:
        return
    parts = spec.values if isinstance(spec, ast.JoinedStr) else [spec]
    text = "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
    if not all(isinstance(part, ast.Constant) for part in parts) or not FORMAT.fullmatch(text):
        _refuse(node, "định dạng sau dấu : không được hỗ trợ", "the format after the colon is not offered")


def _raised(node: ast.AST) -> ast.Name | None:
    """Give the name in `raise BpmnError(…)`."""
    match node:
        case ast.Raise(exc=ast.Call(func=ast.Name(id=name) as func, args=[_] | [_, _], keywords=[]), cause=None):
            return func if name == RAISED else None
    return None


def _check_raise(node: ast.Raise | ast.Name, *, is_raised: bool) -> None:
    if (node.id == RAISED and not is_raised) if isinstance(node, ast.Name) else _raised(node) is None:
        _refuse(
            node,
            'chỉ dùng được raise BpmnError("MÃ", "lời nhắn")',
            'only raise BpmnError("CODE", "message") is offered',
        )


def _check_targets(node: ast.AST) -> None:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]  # type: ignore[attr-defined]
    items_too = isinstance(node, ast.Assign | ast.AugAssign)
    for target in targets:
        if isinstance(target, ast.Subscript) and items_too and not isinstance(target.slice, ast.Slice):
            continue
        if isinstance(node, ast.AugAssign) and not isinstance(target, ast.Name):
            _refuse(node, "không gán được vào đây", "this cannot be assigned to")
        _check_target(target)
    if isinstance(node, ast.comprehension) and node.is_async:
        _refuse(node, "không dùng được async", "async is not offered")


def _check_target(target: ast.AST) -> None:
    if isinstance(target, ast.Tuple):
        for part in target.elts:
            _check_target(part)
    elif not isinstance(target, ast.Name):
        _refuse(target, "chỉ gán được vào tên hoặc phần tử", "only names and single items can be assigned to")


def _refuse(node: ast.AST, vi: str, en: str) -> None:
    line = getattr(node, "lineno", None)
    if line and line > 1:
        vi, en = f"dòng {line}: {vi}", f"line {line}: {en}"
    raise Refusal(vi, en)
