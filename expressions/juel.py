"""The JUEL of diagrams made for Camunda 7 and Flowable, as far as it can be followed to the letter.

Names, `a.b`, `a['b']`, text, number, true, false and null; comparisons, && || ! and their words, empty, `a ? b : c`,
arithmetic; the methods and functions of juel_methods.py; `execution.getVariable('x')` and, where a diagram may assign,
`execution.setVariable('x', 1)`; Flowable's `vars:get(x)`.
Values are coerced as Unified EL 2.2 (sections 1.7, 1.8 and 1.23) says (juel_values.py): `'5' == 5` is true, a
comparison with null is false, `!''` is true, `'a' + 'b'` fails. Anything else (beans, lambdas) is refused: never a
guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from expressions.failures import Missing, Refusal
from expressions.juel_methods import FUNCTIONS, METHODS, VARIABLE_FUNCTIONS
from expressions.juel_values import ORDER, arithmetic, empty, equal, member, negative, ordered, truth

LONGEST = 4_000
MOST_TOKENS = 400
DEEPEST = 20
"""Limits that keep reading and evaluating far from Python's recursion limit, however deep the caller stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an expression is evaluated with."""

    variables: Mapping[str, Any]
    now: datetime | None = None
    """None: the moment is not known, and asking for it fails."""
    assigned: dict[str, Any] | None = None
    """What the expression assigns is put here."""


Evaluate = Callable[[Given], Any]

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)
    |(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<name>[^\W\d]\w*)
    |(?P<sign>&&|\|\||[=!<>]=|[!<>?:()\[\].,+*/%-])
    |(?P<other>\S))""",
    re.VERBOSE | re.DOTALL,
)
_WORDS: Final = {
    "and": "&&",
    "or": "||",
    "not": "!",
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "gt": ">",
    "le": "<=",
    "ge": ">=",
    "div": "/",
    "mod": "%",
}
_LITERALS: Final[dict[str, Any]] = {"true": True, "false": False, "null": None}
_RESERVED: Final = frozenset(("instanceof", "empty"))
_VARIABLES: Final = ("vars", "var", "variables")
"""Prefixes of Flowable's functions on variables."""


@lru_cache(maxsize=4_096)
def compiled(source: str, assigns: bool = False) -> Evaluate:
    """Read the inside of one `${…}`; give what evaluates it. Raises Refusal, and so does what it gives.

    `assigns`: `execution.setVariable` may stand in it.
    """
    if len(source) > LONGEST:
        raise Refusal(f"dài quá {LONGEST} ký tự", f"it is longer than {LONGEST} characters")
    return _Parser(source, assigns).whole()


class _Parser:
    """Recursive descent; each method gives a function from variables to a value."""

    def __init__(self, source: str, assigns: bool) -> None:
        self._assigns = assigns
        self._tokens = [(str(found.lastgroup), found[0].strip()) for found in _TOKEN.finditer(source)]
        if len(self._tokens) > MOST_TOKENS:
            raise Refusal(f"có quá {MOST_TOKENS} thành phần", f"it has more than {MOST_TOKENS} parts")
        self._at = 0
        self._depth = 0

    def whole(self) -> Evaluate:
        if not self._tokens:
            raise Refusal("biểu thức trống", "it is empty")
        value = self._choice()
        if self._at < len(self._tokens):
            raise self._unexpected()
        return value

    def _peek(self) -> str:
        """Give the next sign, with words such as `and` as their sign; an empty string for anything else."""
        if self._at >= len(self._tokens):
            return ""
        kind, text = self._tokens[self._at]
        return text if kind == "sign" else _WORDS.get(text, "") if kind == "name" else ""

    def _take(self, *signs: str) -> str:
        sign = self._peek()
        if sign not in signs:
            return ""
        self._at += 1
        return sign

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise self._unexpected()

    def _unexpected(self) -> Refusal:
        if self._at >= len(self._tokens):
            return Refusal("biểu thức chưa hết", "it ends too early")
        text = self._tokens[self._at][1][:30]
        if text == "(":
            return Refusal("không gọi được hàm này trong ${…}", "this function cannot be called in ${…}")
        return Refusal(f"không dùng được {text} trong ${{…}}", f"{text} cannot be used in ${{…}}")

    def _choice(self) -> Evaluate:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Refusal(f"lồng nhau quá {DEEPEST} mức", f"it is nested more than {DEEPEST} levels deep")
        condition = self._either()
        if self._take("?"):
            yes = self._choice()
            self._expect(":")
            no = self._choice()
            condition = _chosen(condition, yes, no)
        self._depth -= 1
        return condition

    def _either(self) -> Evaluate:
        parts = [self._both()]
        while self._take("||"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else lambda given: any(truth(part(given)) for part in parts)

    def _both(self) -> Evaluate:
        parts = [self._equality()]
        while self._take("&&"):
            parts.append(self._equality())
        return parts[0] if len(parts) == 1 else lambda given: all(truth(part(given)) for part in parts)

    def _equality(self) -> Evaluate:
        left = self._order()
        while sign := self._take("==", "!="):
            left = _compared(left, sign, self._order())
        return left

    def _order(self) -> Evaluate:
        left = self._sum()
        while sign := self._take("<", ">", "<=", ">="):
            left = _compared(left, sign, self._sum())
        return left

    def _sum(self) -> Evaluate:
        left = self._product()
        while sign := self._take("+", "-"):
            left = _computed(left, sign, self._product())
        return left

    def _product(self) -> Evaluate:
        left = self._unary()
        while sign := self._take("*", "/", "%"):
            left = _computed(left, sign, self._unary())
        return left

    def _unary(self) -> Evaluate:
        signs = []
        while sign := self._take("!", "-") or self._take_empty():
            signs.append(sign)
        value = self._value()
        for sign in reversed(signs):
            value = _changed(sign, value)
        return value

    def _take_empty(self) -> str:
        if self._tokens[self._at : self._at + 1] != [("name", "empty")]:
            return ""
        self._at += 1
        return "empty"

    def _value(self) -> Evaluate:
        value = self._primary()
        while sign := self._take(".", "["):
            if sign == "[":
                value = _member(value, self._choice())
                self._expect("]")
                continue
            name = self._name()
            value = self._method(value, name) if self._peek() == "(" else _member(value, _constant(name))
        if self._peek() == "(":
            raise self._unexpected()
        return value

    def _method(self, base: Evaluate, name: str) -> Evaluate:
        arguments = self._arguments()
        method = METHODS.get((name, len(arguments)))
        if method is None:
            raise Refusal(
                f"không gọi được phương thức {name}() trong ${{…}}: hãy để một bước trước đó gán biến",
                f"the method {name}() cannot be called in ${{…}}: let a step before it set a variable",
            )
        return lambda given: method(_base(base(given), name), *(argument(given) for argument in arguments))

    def _arguments(self) -> list[Evaluate]:
        self._expect("(")
        found: list[Evaluate] = []
        if self._take(")"):
            return found
        while True:
            found.append(self._choice())
            if self._take(")"):
                return found
            self._expect(",")

    def _name(self) -> str:
        if self._at >= len(self._tokens) or self._tokens[self._at][0] != "name":
            raise self._unexpected()
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _primary(self) -> Evaluate:
        if self._take("("):
            inner = self._choice()
            self._expect(")")
            return inner
        kind, text = self._tokens[self._at] if self._at < len(self._tokens) else ("", "")
        if kind == "number":
            self._at += 1
            return _constant(int(text) if text.isdigit() else float(text))
        if kind not in ("text", "name") or text in _RESERVED or text in _WORDS:
            raise self._unexpected()
        self._at += 1
        if kind == "text":
            return _constant(_unquoted(text))
        if text in _LITERALS:
            return _constant(_LITERALS[text])
        return self._named(text)

    def _named(self, name: str) -> Evaluate:
        """Read what begins with a name: a variable, a function, or the execution."""
        following = [text for _, text in self._tokens[self._at : self._at + 3]]
        if name in _VARIABLES and len(following) == 3 and following[0] == ":" and following[2] == "(":
            return self._of_variable(following[1])
        if name == "execution" and following[:1] == ["."]:
            return self._of_execution()
        if self._peek() != "(":
            return _variable(name)
        function = FUNCTIONS.get(name)
        if function is None:
            raise self._unexpected()
        arguments = self._arguments()
        if len(arguments) not in function.counts:
            raise Refusal(f"{name}() có số đối số lạ", f"{name}() does not take so many arguments")
        return lambda given: function.call(given.now, *(argument(given) for argument in arguments))

    def _of_variable(self, name: str) -> Evaluate:
        """Read `vars:get(x)` and its like, whose first argument is the name of a variable, in quotes or not."""
        function = VARIABLE_FUNCTIONS.get(name)
        if function is None:
            raise Refusal(f"không có hàm vars:{name}", f"there is no function vars:{name}")
        self._at += 3
        kind, text = self._tokens[self._at] if self._at < len(self._tokens) else ("", "")
        if kind not in ("name", "text"):
            raise self._unexpected()
        self._at += 1
        variable = _unquoted(text) if kind == "text" else text
        arguments: list[Evaluate] = []
        while self._take(","):
            arguments.append(self._choice())
        self._expect(")")
        if len(arguments) != function.more:
            raise Refusal(f"vars:{name} có số đối số lạ", f"vars:{name} does not take so many arguments")
        return lambda given: function.call(given.variables, variable, *(argument(given) for argument in arguments))

    def _of_execution(self) -> Evaluate:
        """Read `execution.getVariable('x')` and its like."""
        self._expect(".")
        name = self._name()
        if self._peek() != "(" or name not in ("getVariable", "hasVariable", "setVariable"):
            raise Refusal(f"không dùng được execution.{name}", f"execution.{name} cannot be used")
        arguments = self._arguments()
        if len(arguments) != (2 if name == "setVariable" else 1):
            raise self._unexpected()
        if name == "setVariable":
            if not self._assigns:
                raise Refusal(
                    "chỗ này không được gán biến: hãy dùng việc kịch bản",
                    "no variable can be assigned here: use a script task",
                )
            return _assigning(*arguments)
        if name == "hasVariable":
            return lambda given: _name_of(arguments[0](given)) in _visible(given)
        return lambda given: _visible(given).get(_name_of(arguments[0](given)))


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)


def _visible(given: Given) -> Mapping[str, Any]:
    return {**given.variables, **given.assigned} if given.assigned else given.variables


def _name_of(value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= 200:
        raise Refusal("tên biến phải là chuỗi", "a variable's name must be a text")
    return value


def _assigning(name: Evaluate, value: Evaluate) -> Evaluate:
    def assign(given: Given) -> None:
        if given.assigned is None:
            raise Refusal("chỗ này không được gán biến", "no variable can be assigned here")
        given.assigned[_name_of(name(given))] = value(given)

    return assign


def _base(value: Any, method: str) -> Any:
    if value is None:
        raise Refusal(f"gọi {method}() trên giá trị rỗng", f"{method}() is called on null")
    return value


def _constant(value: Any) -> Evaluate:
    return lambda given: value


def _variable(name: str) -> Evaluate:
    def read(given: Given) -> Any:
        if given.assigned and name in given.assigned:
            return given.assigned[name]
        if name not in given.variables:
            raise Missing(f"biến “{name}” chưa có giá trị", f'variable "{name}" has no value')
        return given.variables[name]

    return read


def _chosen(condition: Evaluate, yes: Evaluate, no: Evaluate) -> Evaluate:
    return lambda given: yes(given) if truth(condition(given)) else no(given)


def _member(base: Evaluate, key: Evaluate) -> Evaluate:
    return lambda given: member(base(given), key(given))


def _compared(left: Evaluate, sign: str, right: Evaluate) -> Evaluate:
    if sign in ORDER:
        return lambda given: ordered(left(given), sign, right(given))
    return lambda given: equal(left(given), right(given)) is (sign == "==")


def _computed(left: Evaluate, sign: str, right: Evaluate) -> Evaluate:
    return lambda given: arithmetic(left(given), sign, right(given))


def _changed(sign: str, value: Evaluate) -> Evaluate:
    if sign == "!":
        return lambda given: not truth(value(given))
    if sign == "-":
        return lambda given: negative(value(given))
    return lambda given: empty(value(given))
