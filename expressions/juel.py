"""The JUEL of diagrams made for Camunda 7 and Flowable, as far as it can be followed to the letter.

Names, `a.b`, `a['b']`, text, number, true, false and null; comparisons, && || ! and their words, empty, `a ? b : c`.
Values are coerced as Unified EL 2.2 (sections 1.8 and 1.23) says: `'5' == 5` is true, a comparison with null is false,
`!''` is true. Anything else (methods, beans, arithmetic, lambdas) is refused: never a guess.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final

from expressions.failures import Missing, Refusal

LONGEST = 4_000
MOST_TOKENS = 400
DEEPEST = 20
"""Limits that keep reading and evaluating far from Python's recursion limit, however deep the caller stands."""
Evaluate = Callable[[Mapping[str, Any]], Any]

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)
    |(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<name>[^\W\d]\w*)
    |(?P<sign>&&|\|\||[=!<>]=|[!<>?:()\[\].-])
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
}
_LITERALS: Final[dict[str, Any]] = {"true": True, "false": False, "null": None}
_RESERVED: Final = frozenset(("div", "mod", "instanceof", "empty"))
_ORDER: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


@lru_cache(maxsize=4_096)
def compiled(source: str) -> Evaluate:
    """Read the inside of one `${…}`; give what evaluates it. Raises Refusal, and so does what it gives."""
    if len(source) > LONGEST:
        raise Refusal(f"dài quá {LONGEST} ký tự", f"it is longer than {LONGEST} characters")
    return _Parser(source).whole()


class _Parser:
    """Recursive descent; each method gives a function from variables to a value."""

    def __init__(self, source: str) -> None:
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
            return Refusal("không gọi được phương thức trong ${…}", "methods cannot be called in ${…}")
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
        left = self._unary()
        while sign := self._take("<", ">", "<=", ">="):
            left = _compared(left, sign, self._unary())
        return left

    def _unary(self) -> Evaluate:
        negations = 0
        while self._take("!"):
            negations += 1
        value = self._empty()
        if not negations:
            return value
        return lambda given: truth(value(given)) is (negations % 2 == 0)

    def _empty(self) -> Evaluate:
        if self._tokens[self._at : self._at + 1] != [("name", "empty")]:
            return self._value()
        self._at += 1
        value = self._value()
        return lambda given: value(given) in (None, "", [], {})

    def _value(self) -> Evaluate:
        value = self._primary()
        while sign := self._take(".", "["):
            if sign == ".":
                value = _member(value, _constant(self._name()))
            else:
                value = _member(value, self._choice())
                self._expect("]")
        if self._peek() == "(":
            raise self._unexpected()
        return value

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
        negative = bool(self._take("-"))
        kind, text = self._tokens[self._at] if self._at < len(self._tokens) else ("", "")
        if kind == "number":
            self._at += 1
            number = int(text) if text.isdigit() else float(text)
            return _constant(-number if negative else number)
        if negative or kind not in ("text", "name") or text in _RESERVED or text in _WORDS:
            raise self._unexpected()
        self._at += 1
        if kind == "text":
            return _constant(re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL))
        return _constant(_LITERALS[text]) if text in _LITERALS else _variable(text)


def _constant(value: Any) -> Evaluate:
    return lambda given: value


def _variable(name: str) -> Evaluate:
    def read(given: Mapping[str, Any]) -> Any:
        if name not in given:
            raise Missing(f"biến “{name}” chưa có giá trị", f'variable "{name}" has no value')
        return given[name]

    return read


def _chosen(condition: Evaluate, yes: Evaluate, no: Evaluate) -> Evaluate:
    return lambda given: yes(given) if truth(condition(given)) else no(given)


def _member(base: Evaluate, key: Evaluate) -> Evaluate:
    return lambda given: member(base(given), key(given))


def _compared(left: Evaluate, sign: str, right: Evaluate) -> Evaluate:
    if sign in _ORDER:
        return lambda given: ordered(left(given), sign, right(given))
    return lambda given: equal(left(given), right(given)) is (sign == "==")


def member(value: Any, key: Any) -> Any:
    """Give `value[key]`: null of null, and where a map or list has none of that key."""
    if value is None or key is None:
        return None
    if isinstance(value, dict):
        return value.get(key) if isinstance(key, str) else None
    if isinstance(value, list | tuple):
        index = _number(key)
        return value[int(index)] if 0 <= index < len(value) else None
    raise Refusal(f"giá trị không có thuộc tính “{key}”", f'the value has no property "{key}"')


def truth(value: Any) -> bool:
    """Coerce to a boolean: null and every text but "true" are false; a number is an error."""
    if value is None or isinstance(value, bool):
        return bool(value)
    if isinstance(value, str):
        return value.lower() == "true"
    raise Refusal("cần giá trị đúng/sai", "a true or false value is needed")


def equal(left: Any, right: Any) -> bool:
    """`==`: null equals only null; a number makes the other side a number, then a boolean, then a text."""
    if left is None or right is None:
        return left is right
    if _is_number(left) or _is_number(right):
        return bool(_number(left) == _number(right))
    if isinstance(left, bool) or isinstance(right, bool):
        return truth(left) is truth(right)
    if isinstance(left, str) or isinstance(right, str):
        return _text(left) == _text(right)
    return bool(left == right)


def ordered(left: Any, sign: str, right: Any) -> bool:
    """`<` and its like: false with null; numbers first, then texts, then dates."""
    if left is None or right is None:
        return left is right and sign in ("<=", ">=")
    if _is_number(left) or _is_number(right):
        return _ORDER[sign](_number(left), _number(right))
    if isinstance(left, str) or isinstance(right, str):
        return _ORDER[sign](_text(left), _text(right))
    if isinstance(left, date) and isinstance(right, date):
        return _ORDER[sign](left, right)
    raise Refusal("không so sánh được hai giá trị này", "these two values cannot be compared")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _number(value: Any) -> Any:
    if _is_number(value):
        return value
    if value == "" and isinstance(value, str):
        return 0
    if isinstance(value, str):
        try:
            return int(value) if re.fullmatch(r"[+-]?\d{1,30}", value) else Decimal(value[:100])
        except InvalidOperation:
            pass
    raise Refusal("cần một số", "a number is needed")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise Refusal("cần một chuỗi", "a text is needed")
