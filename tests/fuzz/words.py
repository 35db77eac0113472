"""Hostile sentences: the words of a language put together at random, with odd characters and deep nesting between."""

from __future__ import annotations

from hypothesis import strategies as st

VALUES = [
    "0", "1", "-1", "7.5", "1e308", "99999999999999999999", "0.1", "''", "'a'", '"é𝄞"', "True", "None", "true", "null",
    "[]", "[1, 2]", "{}", "{'a': [1, {'b': 2}]}", "n", "names", "rows", "row", "text", "now()", "today()",
]  # fmt: skip
BETWEEN = ["+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "|", "^", "==", "!=", "<", ">=", "in", "not in", "is",
           "and", "or", ",", ":", ".", ";", "=", "..", "if", "else", "for", "then", "return", "?"]  # fmt: skip
AROUND = [("(", ")"), ("[", "]"), ("{", "}"), ("len(", ")"), ("str(", ")"), ("sorted(", ")"), ("sum(", ")"),
          ("range(", ")"), ("list(", ")"), ("max(", ")"), ("not (", ")"), ("[x for x in ", "]"),
          ("{x: x for x in ", "}"), ("date(", ")"), ("Decimal(", ")"), ("string(", ")"), ("count(", ")"),
          ("some x in ", " satisfies x"), ("for x in ", " return x"), ("if ", " then 1 else 2"),
          ("matches(text, ", ")"), ("${", "}"), ("#{", "}"), ("=", "")]  # fmt: skip
AFTER = [".a", ".__class__", "[0]", "[-1]", "['a']", "[1:]", "()", ".append(1)", ".upper()", ".join(names)",
         ".format(1)", ".get('a')", ".keys()", ".items()", ".year", ".replace('a', 'b')", ".split()", "[item > 1]",
         ".b.c", " * 9999",
         "._private", ".mro()", ".length()", ".size()"]  # fmt: skip
STATEMENTS = ["a = {}", "n += {}", "names.append({})", "row['a'] = {}", "for i in {}:\n    n = i", "if {}:\n    n = 1",
              "while {}:\n    n = 2", "raise BpmnError({})", "del {}", "import {}", "def f():\n    return {}",
              "try:\n    a = {}\nexcept Exception:\n    pass", "with {}:\n    pass", "global {}", "a, b = {}",
              "a = b = {}", "assert {}", "{}", "class A({}):\n    pass"]  # fmt: skip

odd = st.text(alphabet=st.sampled_from("\x00\t\n\r \\'\"`$#{}()[]<>&%…é𝄞\u202e\ufeff_"), max_size=4)


def expressions(leaves: int = 12) -> st.SearchStrategy[str]:
    """Give expressions: mostly well-formed, some not."""
    return st.recursive(
        st.sampled_from(VALUES) | odd | st.text(max_size=5),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(BETWEEN), inner).map(" ".join),
            st.tuples(st.sampled_from(AROUND), inner).map(lambda pair: pair[0][0] + pair[1] + pair[0][1]),
            st.tuples(inner, st.sampled_from(AFTER)).map("".join),
            st.tuples(st.sampled_from(AROUND), inner, st.integers(2, 60)).map(_nested),
        ),
        max_leaves=leaves,
    )


def _nested(parts: tuple[tuple[str, str], str, int]) -> str:
    (opening, closing), inner, times = parts
    return opening * times + inner + closing * times


def scripts() -> st.SearchStrategy[str]:
    """Give scripts of a few statements."""
    filled = st.tuples(st.sampled_from(STATEMENTS), expressions(5)).map(lambda pair: pair[0].format(pair[1]))
    return st.lists(filled, min_size=1, max_size=4).map("\n".join)


DATA = {
    "n": 3, "names": ["An", "Bình", None], "text": "a,b", "row": {"a": 1, "b": {"c": [1, 2]}},
    "rows": [{"a": 1}, {"a": 2.5}],
}  # fmt: skip
"""The variables that they see."""
