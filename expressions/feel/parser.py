"""From tokens to a tree: FEEL's grammar (DMN 1.4, 10.3.1.2), weakest operator first.

Chains of one level (`a + b + c`, `a and b`, else-ifs) become one node, so that only real nesting makes a tree high.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from expressions.failures import Refusal
from expressions.feel import tree
from expressions.feel.cursor import DEEPEST, too_deep
from expressions.feel.lexer import text_of, unexpected
from expressions.feel.moments import moment_of
from expressions.feel.names import KEYWORDS
from expressions.feel.numeric import CONTEXT
from expressions.feel.type_reader import TypeReader
from expressions.feel.types import Type

COMPARISONS: Final = frozenset({"=", "!=", "<", "<=", ">", ">="})
LEVELS: Final = {
    "or": 1,
    "and": 2,
    **dict.fromkeys((*COMPARISONS, "between", "in"), 3),
    **dict.fromkeys("+-", 4),
    **dict.fromkeys("*/", 5),
    "**": 6,
}
MOST_DOMAINS: Final = 20
"""Loops in one `for`."""
COMPARED: Final = 3
SUM: Final = 4
LITERALS: Final = {"true": True, "false": False, "null": None}


def expression(
    source: str,
    names: Iterable[str] = (),
    functions: Iterable[str] = (),
    types: Mapping[str, Type] | None = None,
) -> tree.Node:
    """Parse an expression; `names`, `functions`: those that are not one word, `types`: the caller's. Raises Refusal."""
    parser = Parser(source, names, functions, types)
    return parser.whole(parser.expression())


def unary_tests(
    source: str,
    names: Iterable[str] = (),
    functions: Iterable[str] = (),
    types: Mapping[str, Type] | None = None,
) -> tree.Tests:
    """Parse the unary tests of a decision table's cell. Raises Refusal."""
    parser = Parser(source, names, functions, types)
    return parser.whole(parser.unary_tests())


class Parser(TypeReader):
    """One source while it is read."""

    # Levels

    def unary_tests(self) -> tree.Tests:
        """`-`, `not(…)`, or tests with commas between."""
        if self._next_is("-") and self._tokens[self._at + 1].kind == "end":
            self._at += 1
            return self._made(tree.Tests([], False))
        if self._next_is("not") and self._tokens[self._at + 1].text == "(":
            start = self._at
            self._at += 2
            tests = self._tests(")")
            if self._token.kind == "end":
                return self._made(tree.Tests(tests, True), tests)
            self._at = start  # `not(a) and b`
        tests = self._tests("")
        return self._made(tree.Tests(tests, False), tests)

    def _tests(self, closing: str) -> list[tree.Node]:
        tests = [self._test()]
        while self._skip(","):
            tests.append(self._test())
        if closing:
            self._need(closing)
        return tests

    def _test(self) -> tree.Node:
        if self._next_is(*COMPARISONS):
            sign = self._need(*COMPARISONS)
            value = self._binary(SUM)
            return self._made(tree.Test(sign, value), [value])
        return self.expression()

    def expression(self) -> tree.Node:
        """Any expression."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise too_deep()
        interval, self._in_interval = self._in_interval, 0
        token = self._token
        node: tree.Node
        if token.text == "if" and token.kind == "word":
            node = self._if()
        elif token.text in ("for", "some", "every") and self._tokens[self._at + 1].kind == "word":
            node = self._loop()
        elif token.text == "function" and self._tokens[self._at + 1].text == "(":
            node = self._definition()
        else:
            self._in_interval = interval
            node = self._binary(1)
        self._in_interval = interval
        self._depth -= 1
        return node

    def _if(self) -> tree.Node:
        branches = []
        other: tree.Node
        while True:
            self._need("if")
            condition = self.expression()
            self._need("then")
            branches.append((condition, self.expression()))
            self._need("else")
            if not self._next_is("if"):
                other = self.expression()
                break
        return self._made(tree.If(branches, other), [node for pair in branches for node in pair] + [other])

    def _loop(self) -> tree.Node:
        word = self._need("for", "some", "every")
        domains = [self._domain()]
        while self._skip(","):
            domains.append(self._domain())
            if len(domains) > MOST_DOMAINS:
                raise too_deep()
        self._need("return" if word == "for" else "satisfies")
        body = self.expression()
        parts = [node for _, start, end in domains for node in (start, end) if node is not None]
        return self._made(tree.Loop(word, domains, body), [*parts, body])

    def _domain(self) -> tuple[str, tree.Node, tree.Node | None]:
        name = self._new_name("in")
        self._need("in")
        start = self.expression()
        return name, start, self.expression() if self._skip("..") else None

    def _definition(self) -> tree.Node:
        self._need("function")
        self._need("(")
        names: list[str] = []
        types: list[Type] = []
        while not self._next_is(")"):
            names.append(self._new_name(":", ",", ")"))
            types.append(self._type() if self._skip(":") else Type("Any"))
            if not self._skip(","):
                break
        self._need(")")
        if self._next_is("external"):
            raise Refusal("FEEL: không gọi hàm bên ngoài", "FEEL: external functions are not called")
        body = self.expression()
        return self._made(tree.Definition(tuple(names), tuple(types), body), [body])

    def _binary(self, least: int) -> tree.Node:
        """Read operands with operators of level `least` and stronger between them."""
        left = self._signed()
        while True:
            token = self._token
            level = LEVELS.get(token.text, 0)
            if level < least or level == 0:
                return left
            if level == COMPARED:
                left = self._compared(left)
            elif level < COMPARED:
                parts = [left]
                while self._skip(token.text):
                    parts.append(self._binary(level + 1))
                left = self._made(tree.Logic(token.text, parts), parts)
            else:
                left = self._arithmetic(left, level)

    def _arithmetic(self, first: tree.Node, level: int) -> tree.Node:
        rest: list[tuple[str, tree.Node]] = []
        while LEVELS.get(self._token.text) == level:
            sign = self._need(self._token.text)
            rest.append((sign, self._binary(level + 1)))
        return self._made(tree.Arithmetic(first, rest), [first, *(node for _, node in rest)])

    def _compared(self, left: tree.Node) -> tree.Node:
        if self._next_is(*COMPARISONS):
            sign = self._need(*COMPARISONS)
            right = self._binary(SUM)
            return self._made(tree.Comparison(sign, left, right), [left, right])
        if self._skip("between"):
            low = self._binary(SUM)
            self._need("and")
            high = self._binary(SUM)
            return self._made(tree.Between(left, low, high), [left, low, high])
        self._need("in")
        tests = self._in_tests()
        return self._made(tree.In(left, tests), [left, *tests])

    def _in_tests(self) -> list[tree.Node]:
        if self._next_is("("):
            start = self._at
            self._at += 1
            tests = self._tests("")
            if self._skip(")") and not self._next_is(".", "[", "(", "+", "-", "*", "/", "**"):
                return tests
            self._at = start  # an interval, or brackets that go on
        if self._next_is(*COMPARISONS):
            return [self._test()]
        return [self._binary(SUM)]

    def _signed(self) -> tree.Node:
        minus = 0
        while self._skip("-"):
            minus += 1
        value = self._typed()
        if minus and isinstance(value, tree.Const) and isinstance(value.value, Decimal):
            value.value = value.value if minus % 2 == 0 else CONTEXT.minus(value.value)
            return value
        for _ in range(minus if minus < 3 else 2 + minus % 2):
            value = self._made(tree.Negation(value), [value])
        return value

    def _typed(self) -> tree.Node:
        value = self._steps()
        while self._next_is("instance") and self._tokens[self._at + 1].text == "of":
            self._at += 2
            value = self._made(tree.InstanceOf(value, self._type()), [value])
        return value

    def _steps(self) -> tree.Node:
        value = self._primary()
        while True:
            if self._next_is("."):
                self._at += 1
                value = self._made(tree.Path(value, self._name(after_point=True)), [value])
            elif self._next_is("[") and not self._is_open_end():
                self._at += 1
                condition = self._inside()
                self._need("]")
                value = self._made(tree.Filter(value, condition), [value, condition])
            elif self._next_is("("):
                value = self._call(value)
            else:
                return value

    def _is_open_end(self) -> bool:
        """Say whether `[` closes an interval: `]1..5[`."""
        after = self._tokens[self._at + 1]
        starts = after.kind in ("number", "string") or (after.kind == "word" and after.text not in KEYWORDS - {"true"})
        return self._in_interval > 0 and not starts and after.text not in ("-", "(", "[", "@")

    def _inside(self) -> tree.Node:
        interval, self._in_interval = self._in_interval, 0
        node = self.expression()
        self._in_interval = interval
        return node

    def _call(self, function: tree.Node) -> tree.Node:
        self._need("(")
        arguments: list[tree.Node] = []
        names: list[str] = []
        while not self._next_is(")"):
            named = self._label()
            if named is not None:
                names.append(named)
            arguments.append(self._inside())
            if not self._skip(","):
                break
        place = self._token
        self._need(")")
        if names and len(names) != len(arguments):
            raise unexpected(place.text, place.start)
        return self._made(tree.Call(function, arguments, names or None), [function, *arguments])

    # Primaries

    def _primary(self) -> tree.Node:
        token = self._token
        if token.kind == "number":
            self._at += 1
            try:
                return self._made(tree.Const(CONTEXT.create_decimal(token.text)))
            except ArithmeticError:
                raise unexpected(token.text, token.start) from None
        if token.kind == "string":
            self._at += 1
            return self._made(tree.Const(text_of(token)))
        if token.kind == "word":
            return self._word()
        match token.text:
            case "@":
                self._at += 1
                literal = self._token
                if literal.kind != "string":
                    raise unexpected(literal.text or "@", literal.start)
                self._at += 1
                return self._made(tree.Const(moment_of(text_of(literal))))
            case "(":
                return self._brackets()
            case "[" | "]":
                return self._list()
            case "{":
                return self._context()
        raise unexpected(token.text, token.start)

    def _word(self) -> tree.Node:
        token = self._token
        known = self._names.at(self._tokens, self._at)
        if known is None and token.text in LITERALS:
            self._at += 1
            return self._made(tree.Const(LITERALS[token.text]))
        return self._made(tree.Name(self._name()))

    def _brackets(self) -> tree.Node:
        self._need("(")
        if self._next_is(*COMPARISONS):
            test = self._test()
            self._need(")")
            return test
        value = self._inside()
        if self._skip(".."):
            return self._interval(value, False)
        self._need(")")
        return value

    def _list(self) -> tree.Node:
        opening = self._need("[", "]")
        if opening == "[" and self._skip("]"):
            return self._made(tree.Items([]))
        first = self._inside()
        if self._skip(".."):
            return self._interval(first, opening == "[")
        if opening == "]":
            raise unexpected(self._token.text, self._token.start)
        items = [first]
        while self._skip(","):
            items.append(self._inside())
        self._need("]")
        return self._made(tree.Items(items), items)

    def _interval(self, start: tree.Node, included: bool) -> tree.Node:
        self._in_interval += 1
        end = self.expression()
        self._in_interval -= 1
        closing = self._need("]", ")", "[")
        return self._made(tree.Interval(start, end, included, closing == "]"), [start, end])

    def _context(self) -> tree.Node:
        self._need("{")
        entries: list[tuple[str, tree.Node]] = []
        while not self._next_is("}"):
            token = self._token
            name = self._label()
            if name is None:
                raise unexpected(token.text, token.start)
            self._names.add(name)
            entries.append((name, self._inside()))
            if not self._skip(","):
                break
        self._need("}")
        return self._made(tree.Entries(entries), [node for _, node in entries])
