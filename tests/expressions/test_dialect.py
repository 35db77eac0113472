"""Which language an expression is in, JUEL followed to the letter, and texts with parts to fill in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from errors import ExpressionFailed
from expressions import dialect
from expressions.dialect import Language

VARIABLES: dict[str, Any] = {
    "amount": 150,
    "price": 1.5,
    "fee": Decimal("12.50"),
    "approved": True,
    "refused": False,
    "kind": "company",
    "number": "150",
    "yes": "TRUE",
    "nothing": None,
    "blank": "",
    "rows": [{"code": "a"}],
    "none": [],
    "applicant": {"name": "An", "address": {"city": "Huế"}, "phone": None},
    "day": date(2026, 1, 31),
    "later": date(2026, 2, 1),
}


@pytest.mark.parametrize(
    ("source", "language", "bare"),
    [
        ("=a > 3", Language.FEEL, "a > 3"),
        ("  = a", Language.FEEL, "a"),
        ("${a > 3}", Language.JUEL, "a > 3"),
        (" #{a} ", Language.JUEL, "a"),
        ("${a == '}'}", Language.JUEL, "a == '}'"),
        ("${a}-${b}", Language.JUEL, "${a}-${b}"),
        ("a > 3", Language.PYTHON, "a > 3"),
        ("{'a': 1}['a']", Language.PYTHON, "{'a': 1}['a']"),
    ],
)
def test_a_mark_tells_the_language(source: str, language: Language, bare: str) -> None:
    assert dialect.language_of(source) == (language, bare)


def test_without_a_mark_the_diagram_tells_the_language() -> None:
    assert dialect.language_of("a > 3", default=Language.FEEL) == (Language.FEEL, "a > 3")
    assert dialect.language_of("${a}", default=Language.FEEL) == (Language.JUEL, "a")


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("${amount > 100}", True),
        ("${approved}", True),
        ("${approved && amount > 100}", True),
        ("${approved and not refused}", True),
        ("${!approved || refused}", False),
        ("${! ! approved}", True),
        ("${amount gt 100 && amount lt 200 && amount ge 150 && amount le 150}", True),
        ("${kind eq 'company' and kind ne 'citizen'}", True),
        ('${kind == "company" ? "a" : "b"}', "a"),
        ("${refused ? 1 : approved ? 2 : 3}", 2),
        ("${amount}", 150),
        ("${-5}", -5),
        ("${1.5e2}", 150.0),
        ("${'it\\'s'}", "it's"),
        ("${null}", None),
        ("${true}", True),
        ("${applicant.name}", "An"),
        ("${applicant['name']}", "An"),
        ('${applicant["address"].city}', "Huế"),
        ("${applicant.missing}", None),
        ("${applicant.phone.number}", None),
        ("${rows[0].code}", "a"),
        ("${rows[5]}", None),
        ("${number == 150}", True),  # a number makes a text a number
        ("${number > 20}", True),
        ("${number < '20'}", True),  # two texts are compared as texts
        ("${blank == 0}", True),
        ("${price == 1.5 && fee > 12}", True),
        ("${yes == true}", True),
        ("${yes && approved}", True),
        ("${kind ? 1 : 2}", 2),  # a text other than true is false
        ("${nothing == null}", True),
        ("${amount == null}", False),
        ("${nothing > 5}", False),
        ("${nothing <= null}", True),
        ("${!nothing}", True),
        ("${empty blank && empty nothing && empty none && not empty kind && !empty rows}", True),
        ("${empty applicant.phone}", True),
        ("${day < later}", True),
        ("${applicant == applicant}", True),
        ("${(amount > 100) == approved}", True),
        ("${amount + 1 > 2}", True),
        ("${1 + 2 * 3 - 4}", 3),
        ("${7 / 2}", 3.5),
        ("${8 div 2}", 4.0),
        ("${7 % 4}", 3),
        ("${-7 mod 4}", -3),
        ("${nothing + nothing}", 0),
        ("${'1' + 1}", 2),
        ("${'1.5' + 1}", 2.5),
        ("${-amount < 0}", True),
        ("${execution.getVariable('kind') == kind}", True),
        ("${execution.getVariable('unknown')}", None),
        ("${execution.hasVariable('unknown')}", False),
        ("${vars:get(unknown)}", None),
        ("${variables:getOrDefault('unknown', 7)}", 7),
        ("${var:exists(kind) ? 'a' : 'b'}", "a"),
        ("${vars:gt(unknown, 5)}", False),
        ("${rows.size()}", 1),
        ("${rows.get(0).code}", "a"),
        ("${'Hello'.toUpperCase().concat('!')}", "HELLO!"),
        ("${'abc'.contains('b') && 'abc'.startsWith('a') && !'abc'.isEmpty()}", True),
        ("${'abc'.substring(1, 2)}", "b"),
        ("${'a'.equals('a')}", True),
        ("${S('{\"a\": [1, 2]}').prop('a').elements().size()}", 2),
        ("${applicant.prop('name').stringValue()}", "An"),
        ("${applicant.containsKey('name')}", True),
    ],
)
def test_juel_has_the_value_that_the_unified_expression_language_gives_it(source: str, value: Any) -> None:
    assert dialect.check(source) is None
    found = dialect.evaluate(source, VARIABLES)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "source",
    [
        "${f(1)}",
        "${bean.run(a)}",
        "${execution.setVariable('a', 1)}",
        "${execution.id}",
        "${execution.getVariable()}",
        "${a.matches('.*')}",
        "${rows.add(1)}",
        "${now(1)}",
        "${vars:set(a)}",
        "${vars:get(a, 1)}",
        "${vars:get(1)}",
        "${a instanceof b}",
        "${a > }",
        "${}",
        "${a b}",
        "${a = 1}",
        "${x -> x}",
        "${a; b}",
        "${'a}",
        "${a}-${b}",
        "${a} and b",
        "${a",
        "${a ? b}",
        "${(a}",
        "${a[1}",
        "${a.1}",
        "${{'a': 1}}",
        "${" + "(" * 100 + "a" + ")" * 100 + "}",
        "${a" + ".b" * 900 + "}",
        "${a" + " == a" * 600 + "}",
        "${" * 1900,
        "${" + "a ? b : " * 100 + "c}",
        "${a" + "[a" * 100 + "]" * 100 + "}",
        "${" + "a" * 5000 + "}",
        "import os",
        "",
    ],
)
def test_what_cannot_be_followed_to_the_letter_is_refused(source: str) -> None:
    assert dialect.check(source)
    with pytest.raises(ExpressionFailed):
        dialect.evaluate(source, VARIABLES)


@pytest.mark.parametrize(
    "source",
    [
        "${amount > approved}",
        "${kind + 'b'}",
        "${nothing.trim()}",
        "${amount / 0}",
        "${kind > 5}",
        "${amount ? 1 : 2}",
        "${amount.name}",
        "${day == 'a'}",
        "${rows < 5}",
    ],
)
def test_values_that_juel_cannot_coerce_are_an_error(source: str) -> None:
    assert dialect.check(source) is None
    with pytest.raises(ExpressionFailed):
        dialect.evaluate(source, VARIABLES)


@pytest.mark.parametrize("source", ["${limit > 5}", "limit > 5", "${empty limit}"])
def test_an_unset_variable_is_named(source: str) -> None:
    with pytest.raises(ExpressionFailed) as failure:
        dialect.evaluate(source, VARIABLES)
    assert failure.value.reason == 'variable "limit" has no value'


def test_what_juel_gives_shares_nothing_with_the_variables() -> None:
    variables = {"rows": [1]}
    dialect.evaluate("${rows}", variables).append(2)
    assert variables == {"rows": [1]}


@pytest.mark.usefixtures("feel_bundle")
def test_feel_is_evaluated_behind_its_mark() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert dialect.evaluate('=if amount > 100 then "a" else "b"', VARIABLES) == "a"
    assert dialect.evaluate("= today()", VARIABLES, now=now) == date(2026, 11, 22)
    assert dialect.check("=a +") == "FEEL: unexpected end at character 4"
    assert dialect.evaluate("amount > 100", VARIABLES, default=Language.FEEL) is True


def test_python_has_the_moment_given() -> None:
    now = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)
    assert dialect.evaluate("today()", {}, now=now) == date(2026, 11, 22)
    assert dialect.evaluate("now()", {}, now=now) == now
    assert dialect.evaluate("twice(2)", {}, extra={"twice": lambda n: 2 * n}) == 4
    with pytest.raises(ExpressionFailed, match="now"):
        dialect.evaluate("now()", {})


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("${kind}", "company"),
        ("Hồ sơ ${number}: ${applicant.name}", "Hồ sơ 150: An"),
        ("${applicant.phone}", ""),
        ("${amount}/#{approved}/${price}/${fee}/${day}", "150/true/1.5/12.50/2026-01-31"),
        ("plain text, $5 {a}", "plain text, $5 {a}"),
        ("\\${kind}", "${kind}"),
        ("${approved ? '}' : '{'}", "}"),
        ("", ""),
    ],
)
def test_the_parts_of_a_text_are_filled_in(source: str, text: str) -> None:
    assert dialect.check_template(source) is None
    assert dialect.template(source, VARIABLES) == text


@pytest.mark.usefixtures("feel_bundle")
def test_a_text_behind_the_mark_of_feel_is_feel() -> None:
    assert dialect.template('="Hồ sơ " + number', VARIABLES) == "Hồ sơ 150"
    assert dialect.check_template("=a +")


@pytest.mark.parametrize("source", ["${rows}", "${missing}", "a ${f(1)}"])
def test_a_part_that_cannot_be_filled_in_fails(source: str) -> None:
    with pytest.raises(ExpressionFailed):
        dialect.template(source, VARIABLES)


def test_a_text_that_is_too_long_is_refused() -> None:
    assert dialect.check_template("a" * 4_001)
    with pytest.raises(ExpressionFailed):
        dialect.template("a" * 4_001, {})
    assert dialect.template("${" * 2_000, {}) == "${" * 2_000


def test_a_wrong_part_of_a_text_is_refused_at_upload() -> None:
    assert dialect.check_template("a ${f(1)}") == "this function cannot be called in ${…}"


def test_the_moment_can_be_asked_and_counted_from():
    now = datetime(2026, 1, 31, 1, 0, tzinfo=UTC)
    assert dialect.evaluate("${now()}", {}, now=now) == now
    assert dialect.evaluate("${dateTime().plusDays(3).toDate()}", {}, now=now) == now + timedelta(days=3)
    assert dialect.evaluate("${dateTime().plusMonths(1)}", {}, now=now).isoformat() == "2026-02-28T08:00:00+07:00"
    assert dialect.evaluate("${dateTime().plusHours(1).toString()}", {}, now=now) == "2026-01-31T09:00:00.000+07:00"
    with pytest.raises(ExpressionFailed):
        dialect.evaluate("${now()}", {})


def test_an_expression_that_may_assign_says_what_it_assigns():
    value, assigned = dialect.assignments("${execution.setVariable('b', a + 1)}", {"a": 1})
    assert (value, assigned) == (None, {"b": 2})
    assert dialect.refusal("${execution.setVariable('b', 1)}", assigns=True) is None


def test_a_condition_of_feel_or_juel_must_be_true_or_false():
    assert dialect.holds("${a > 1}", {"a": 2})
    assert not dialect.holds("=a > 1", {"a": 1})
    assert dialect.holds("a", {"a": "yes"})
    for source in ("${a}", "=a", "=b > 1"):
        with pytest.raises(ExpressionFailed):
            dialect.holds(source, {"a": "true"})


def test_a_text_with_one_part_only_is_that_value():
    assert dialect.filled("${a}", {"a": [1]}) == [1]
    assert dialect.filled("${a}-${a}", {"a": 1}) == "1-1"
    assert dialect.filled("plain", {}) == "plain"
    assert dialect.filled("=a + 1", {"a": 1}) == 2
