"""What the Python subset offers and how it behaves where nothing is wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from errors import ExpressionFailed
from expressions import python

VARIABLES: dict[str, Any] = {
    "amount": 1_500_000,
    "approved": True,
    "name": "Nguyễn Văn An",
    "items": [{"code": "a", "amount": 5}, {"code": "b", "amount": 7}],
    "applicant": {"name": "An", "age": 30, "address": None},
    "day": date(2026, 1, 31),
    "moment": datetime(2026, 1, 31, 8, 30, tzinfo=UTC),
    "fee": Decimal("12.50"),
    "tuổi": 20,
}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("amount > 1000000 and approved", True),
        ("  amount  ", 1_500_000),
        ("(amount\n > 5)", True),
        ("tuổi >= 18", True),
        ("applicant['name']", "An"),
        ("applicant.get('phone')", None),
        ("applicant.get('phone', '-')", "-"),
        ("'name' in applicant and 'phone' not in applicant", True),
        ("'An' in name", True),
        ("applicant['age'] in (20, 30)", True),
        ("18 <= applicant['age'] < 60", True),
        ("60 <= applicant['age'] < 18", False),
        ("1 < 0 < missing", False),
        ("[x for x in [1, 5, 9] if 2 < x < x + 1 < 8]", [5]),
        ("sum(row['amount'] for row in items)", 12),
        ("[row['code'] for row in items if row['amount'] > limit] if (approved and False) else 'none'", "none"),
        ("[row['amount'] * amount for row in items]", [7_500_000, 10_500_000]),
        ("{row['code']: row['amount'] for row in items}", {"a": 5, "b": 7}),
        ("{row['code'] for row in items}", ["a", "b"]),
        ("[a + b for a, b in zip([1, 2], [3, 4])]", [4, 6]),
        ("[(i, c) for i, (c, d) in enumerate([('x', 1), ('y', 2)])]", [[0, "x"], [1, "y"]]),
        ("any(row['amount'] > 6 for row in items), all(row['amount'] > 6 for row in items)", [True, False]),
        ("max(row['amount'] for row in items)", 7),
        ("min(3, 1, 2), max([], default=0)", [1, 0]),
        ("sorted([3, 1, 2], reverse=True)", [3, 2, 1]),
        ("items[0]['code'], items[-1]['code'], name[:6], [1, 2, 3][::-1]", ["a", "b", "Nguyễn", [3, 2, 1]]),
        ("f'{name}: {amount:,} đ, {fee:.1f}'", "Nguyễn Văn An: 1,500,000 đ, 12.5"),
        ("f'{{x}}{5:03d}{\"ab\":>4}'", "{x}005  ab"),
        ("name.upper().split(' ')", ["NGUYỄN", "VĂN", "AN"]),
        ("'-'.join(['a', 'b']).replace('-', '+')", "a+b"),
        ("' a '.strip(), 'ab'.startswith('a'), 'a,b'.split(',')", ["a", True, ["a", "b"]]),
        ("'7'.zfill(3), 'x'.rjust(3), '12'.isdigit()", ["007", "  x", True]),
        ("7 / 2, 7 // 2, 7 % 2, 2 ** 10, -7, 1 << 3, 6 & 3, 6 | 3, 6 ^ 3", [3.5, 3, 1, 1024, -7, 8, 2, 7, 5]),
        ("int('12') + int(3.9), float('1.5'), str(5), bool('')", [15, 1.5, "5", False]),
        ("round(2.567, 2), round(2.5), abs(-3)", [2.57, 2, 3]),
        ("fee * 2", Decimal("25.00")),
        ("Decimal('0.1') + Decimal('0.2') == Decimal('0.3')", True),
        ("day", date(2026, 1, 31)),
        ("day.year, day.isoformat(), day.strftime('%d/%m/%Y')", [2026, "2026-01-31", "31/01/2026"]),
        ("moment", datetime(2026, 1, 31, 8, 30, tzinfo=UTC)),
        ("date('2026-02-01') - day", timedelta(days=1)),
        ("day + timedelta(days=1) == date(2026, 2, 1)", True),
        ("datetime('2026-01-31T08:30:00+00:00') == moment, date(moment) == day", [True, True]),
        ("datetime(2026, 1, 31, 15, 30) == moment, datetime('2026-01-31T15:30:00') == moment", [True, True]),
        ("(date('2026-03-01') - day).days", 29),
        ("applicant['address'] is None", True),
        ("len(items) == 2 and not []", True),
        (
            "dict(a=1), list('ab'), tuple([1]), set([2, 1]), list(range(3))",
            [{"a": 1}, ["a", "b"], [1], [1, 2], [0, 1, 2]],
        ),
        ("{'a': 1} | {'b': 2}, {1, 2} & {2, 3}, {1, 2} - {2}", [{"a": 1, "b": 2}, [2], [1]]),
        ("applicant.keys(), {'a': 1}.items()", [["name", "age", "address"], [["a", 1]]]),
        ("[x for x in [1, 2, 3] if x in [2, 3]].index(3)", 1),
        ("isinstance(amount, int), isinstance(name, (int, str))", [True, True]),
        ("[y for x in [[1], [2, 3]] for y in x]", [1, 2, 3]),
    ],
)
def test_an_expression_has_the_value_python_gives_it(source: str, value: Any) -> None:
    assert python.check(source) is None
    assert python.evaluate(source, VARIABLES) == value


def test_what_an_expression_gives_shares_nothing_with_the_variables() -> None:
    variables = {"rows": [{"a": [1]}]}
    value = python.evaluate("rows", variables)
    value[0]["a"].append(2)
    assert variables == {"rows": [{"a": [1]}]}


def test_a_variable_without_value_is_named_when_it_is_needed_and_only_then() -> None:
    with pytest.raises(ExpressionFailed) as failure:
        python.evaluate("amount > limit", VARIABLES)
    assert failure.value.reason == 'variable "limit" has no value'
    assert "biến “limit” chưa có giá trị" in failure.value.text.vi
    assert python.evaluate("approved or limit > 5", VARIABLES) is True


def test_a_variable_hides_a_function_of_the_same_name() -> None:
    assert python.evaluate("date == '2026-01-01' and sum > 4", {"date": "2026-01-01", "sum": 5}) is True


def test_extra_functions_are_offered_by_name() -> None:
    assert python.evaluate("today() > day", VARIABLES, extra={"today": lambda: date(2027, 1, 1)}) is True
    assert python.execute("x = today().year", {}, extra={"today": lambda: date(2027, 1, 1)}) == {"x": 2027}


def test_a_script_gives_all_variables_and_leaves_its_input_alone() -> None:
    before = {"rows": [1, 2], "kept": {"a": [1]}, "n": 1}
    after = python.execute("rows.append(3)\nn += 1\ntotal = sum(rows)\n", before)
    assert after == {"rows": [1, 2, 3], "kept": {"a": [1]}, "n": 2, "total": 6}
    assert before == {"rows": [1, 2], "kept": {"a": [1]}, "n": 1}


def test_two_variables_that_a_script_made_of_one_list_are_two_lists_afterwards() -> None:
    after = python.execute("a = [1]\nb = a\nc = rows\nb.append(2)", {"rows": [{"x": 1}]})
    assert after["a"] == after["b"] == [1, 2]
    after["a"].append(3)
    after["c"][0]["x"] = 2
    assert (after["b"], after["rows"]) == ([1, 2], [{"x": 1}])


@pytest.mark.parametrize(
    ("source", "after"),
    [
        ("if n > 1:\n    x = 'a'\nelif n == 1:\n    x = 'b'\nelse:\n    x = 'c'", {"n": 1, "x": "b"}),
        ("x = 0\nfor i in range(3):\n    if i == 1:\n        continue\n    x += i", {"n": 1, "x": 2, "i": 2}),
        ("x = 5\nwhile x > n:\n    x -= 1\n    if x == 3:\n        break", {"n": 1, "x": 3}),
        ("a, b = 1, 2\na, b = b, a", {"n": 1, "a": 2, "b": 1}),
        ("a = b = [n]\nb += [2]", {"n": 1, "a": [1, 2], "b": [1, 2]}),
        ("d = {}\nd['k'] = 1\nd['k'] += 2\nd['l'] = d.pop('k')", {"n": 1, "d": {"l": 3}}),
        ("d = {'a': {'b': 1}}\nd['a']['b'] *= 4", {"n": 1, "d": {"a": {"b": 4}}}),
        ("l = [3, 1]\nl.sort()\nl[0] = 9\nl.extend([5])\nl.insert(0, 7)\nl.remove(3)", {"n": 1, "l": [7, 9, 5]}),
        ("x = [n * i for i in range(3)]", {"n": 1, "x": [0, 1, 2]}),
        ("for _ in range(2):\n    n += 1", {"n": 3}),
        ("d = {}\nd.update(a=1)\nd.setdefault('b', []).append(2)", {"n": 1, "d": {"a": 1, "b": [2]}}),
        ("# only a comment\npass", {"n": 1}),
        ("if n > 5:\n    len = 3", {"n": 1}),
        ("typename = {'typename': 'Foo'}", {"n": 1, "typename": {"typename": "Foo"}}),
        ("x = date('2026-01-01')\ny = Decimal('1.5')", {"n": 1, "x": date(2026, 1, 1), "y": Decimal("1.5")}),
        ("x = (1, 2)\ny = {2, 1}", {"n": 1, "x": [1, 2], "y": [1, 2]}),
    ],
)
def test_a_script_does_what_python_does(source: str, after: dict[str, Any]) -> None:
    assert python.check(source, script=True) is None
    assert python.execute(source, {"n": 1}) == after


def test_a_failing_script_tells_its_line() -> None:
    with pytest.raises(ExpressionFailed) as failure:
        python.execute("x = 1\ny = x / 0\n", {})
    assert failure.value.reason == "line 2: division by zero"
    assert "dòng 2: chia cho 0" in failure.value.text.vi


def test_a_refused_source_is_told_in_both_languages() -> None:
    reason = python.refusal("x = 1\nimport os", script=True)
    assert reason is not None
    assert (reason.vi, reason.en) == ("dòng 2: không dùng được Import", "line 2: Import is not offered")


def test_names_are_the_variables_that_a_source_reads_or_sets() -> None:
    assert python.names("sum(x['a'] for x in rows) > limit and len(name) > 2") == {"rows", "limit", "name"}
    assert python.names("total += 1\nfor row in rows: last = row", script=True) == {"total", "rows", "row", "last"}
    assert python.names("date > '2026'") == {"date"}
    with pytest.raises(ExpressionFailed):
        python.names("import os")


def test_a_large_variable_that_a_script_does_not_touch_costs_nothing() -> None:
    rows = [[0] * 1000 for _ in range(1000)]
    after = python.execute("x = 1", {"rows": rows})
    assert after["rows"] is rows


def test_a_table_of_a_thousand_rows_fits_into_the_budget() -> None:
    rows = [{"amount": number, "kind": "a" if number % 2 else "b"} for number in range(1000)]
    script = "t = {}\nfor row in rows:\n    k = row['kind']\n    t[k] = t.get(k, 0) + row['amount']\n"
    assert python.execute(script, {"rows": rows})["t"] == {"a": 250_000, "b": 249_500}


def test_the_order_of_a_set_does_not_change_from_run_to_run() -> None:
    after = python.execute("x = [c for c in {'b', 'a', 'c'}]\ny = {'b', 1, 'a'}", {})
    assert after == {"x": ["a", "b", "c"], "y": [1, "a", "b"]}
