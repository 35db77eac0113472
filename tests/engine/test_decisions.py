"""Decision tables by every hit policy, decisions that need others, and what is refused by name."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from engine import decisions
from errors import ExpressionFailed, Malformed, TooLarge
from findings import Finding, Severity
from tests.engine.tables import decision, definitions, literal, table

PROCEDURES = Path(__file__).parents[2] / "bpmn" / "procedures"
GRADES = ([">= 50", '"a"'], [">= 30", '"b"'], [">= 10", '"c"'])


def decide(file: bytes, variables: dict[str, Any], key: str = "d", now: datetime | None = None) -> decisions.Decided:
    read = decisions.read(file)
    assert [finding for finding in read.findings if finding.severity is Severity.ERROR] == []
    return decisions.evaluate(read, key, variables, now=now)


def grades(policy: str, **more: Any) -> bytes:
    return definitions(decision("d", table(["score"], ["grade"], GRADES, policy=policy, **more)))


def errors(*parts: str, **more: Any) -> list[Finding]:
    found = decisions.read(definitions(*parts, **more), file="x.dmn").findings
    return [finding for finding in found if finding.severity is Severity.ERROR]


# One rule


@pytest.mark.parametrize(
    ("form", "size", "fee", "note"),
    [
        ("new", 5, 100, "small"),
        ("new", 50, 200, "large"),
        ("renewal", 5, 50, None),
        ("other", 5, None, None),
    ],
)
def test_a_unique_table_gives_the_outputs_of_its_one_rule(form: str, size: int, fee: int | None, note: Any) -> None:
    rules = [['"new"', "< 10", "100", '"small"'], ['"new"', ">= 10", "200", '"large"'], ['"renewal"', "-", "50", ""]]
    given = decide(
        definitions(decision("d", table(["form", "size"], ["fee", "note"], rules))), {"form": form, "size": size}
    )
    assert given.outputs == ({"fee": fee, "note": note} if fee else None)
    assert given.variables == {"fee": fee, "note": note}


def test_two_rules_of_a_unique_table_contradict_each_other() -> None:
    with pytest.raises(ExpressionFailed) as failure:
        decide(grades("UNIQUE"), {"score": 60})
    assert (failure.value.element_id, failure.value.reason) == ("table", "more than one rule of a UNIQUE table matches")
    assert decide(grades("UNIQUE"), {"score": 15}).outputs == "c"


def test_the_policy_that_is_not_written_is_unique() -> None:
    assert decide(grades(""), {"score": 15}).outputs == "c"


def test_first_takes_the_first_rule_that_matches() -> None:
    assert [decide(grades("FIRST"), {"score": score}).outputs for score in (60, 35, 10, 5)] == ["a", "b", "c", None]


def test_any_takes_one_of_rules_that_agree_and_no_others() -> None:
    rules = [["> 0", '"yes"'], ["> 5", '"yes"'], ["> 9", '"no"']]
    file = definitions(decision("d", table(["n"], ["answer"], rules, policy="ANY")))
    assert decide(file, {"n": 7}).outputs == "yes"
    with pytest.raises(ExpressionFailed, match="do not agree"):
        decide(file, {"n": 10})


def test_priority_takes_the_output_that_stands_first_in_the_list_of_values() -> None:
    file = grades("PRIORITY", values=['"c", "b", "a"'])
    assert [decide(file, {"score": score}).outputs for score in (60, 35, 5)] == ["c", "c", None]


def test_priority_of_several_outputs_goes_column_by_column() -> None:
    rules = [["-", '"low"', "1"], ["-", '"high"', "2"], ["-", '"high"', "1"]]
    columns = ["risk", "level"]
    file = definitions(decision("d", table(["n"], columns, rules, policy="PRIORITY", values=['"high", "low"', "1, 2"])))
    assert decide(file, {}).outputs == {"risk": "high", "level": 1}


def test_an_output_outside_the_list_of_values_has_no_priority() -> None:
    with pytest.raises(ExpressionFailed) as failure:
        decide(grades("PRIORITY", values=['"b", "c"']), {"score": 60})
    assert failure.value.element_id == "values0"


def test_a_default_answers_where_no_rule_matches() -> None:
    file = grades("FIRST", defaults=['"none"'])
    assert [decide(file, {"score": score}).outputs for score in (60, 5)] == ["a", "none"]
    rules = [["> 0", "1", "2"]]
    both = definitions(decision("d", table(["n"], ["a", "b"], rules, defaults=["n * 2", "null"])))
    assert decide(both, {"n": -1}).outputs == {"a": -2, "b": None}


# Several rules


def test_collect_gives_all_that_match() -> None:
    assert decide(grades("COLLECT"), {"score": 35}).outputs == ["b", "c"]
    assert decide(grades("COLLECT"), {"score": 5}).outputs == []
    assert decide(grades("COLLECT"), {"score": 35}).variables == {"grade": ["b", "c"]}


@pytest.mark.parametrize(
    ("aggregation", "some", "none"), [("SUM", 30.5, None), ("MIN", 10, None), ("MAX", 20.5, None), ("COUNT", 2, 0)]
)
def test_collect_may_make_one_value_of_them(aggregation: str, some: float, none: int | None) -> None:
    rules = [["> 0", "10"], ["> 5", "20.5"], ["> 9", "40"]]
    file = definitions(decision("d", table(["n"], ["fee"], rules, policy="COLLECT", aggregation=aggregation)))
    assert (decide(file, {"n": 7}).outputs, decide(file, {"n": 0}).outputs) == (some, none)
    assert decide(file, {"n": 7}).variables == {"fee": some}


def test_what_is_no_number_cannot_be_summed() -> None:
    with pytest.raises(ExpressionFailed, match="numbers"):
        decide(grades("COLLECT", aggregation="SUM"), {"score": 35})


def test_rule_order_gives_all_that_match_in_the_order_of_the_rules() -> None:
    assert decide(grades("RULE ORDER"), {"score": 60}).outputs == ["a", "b", "c"]


def test_output_order_gives_all_that_match_in_the_order_of_the_values() -> None:
    assert decide(grades("OUTPUT ORDER", values=['"b", "a", "c"']), {"score": 60}).outputs == ["b", "a", "c"]


def test_lists_of_several_outputs_are_lists_of_dicts() -> None:
    rules = [["> 0", "1", '"x"'], ["> 5", "2", '"y"']]
    given = decide(definitions(decision("d", table(["n"], ["a", "b"], rules, policy="RULE ORDER"))), {"n": 7})
    assert given.outputs == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]
    assert given.variables == {"a": [1, 2], "b": ["x", "y"]}


# What rules see


def test_a_matched_rule_shows_what_it_saw_and_said() -> None:
    rules = [['"x"', "> 3", '"small"', "Điều 5"], ["-", "<= 3", '"none"']]
    file = definitions(decision("d", table(["kind", "n + 1"], ["route"], rules)))
    assert decide(file, {"kind": "x", "n": 7}).matched == (
        decisions.MatchedRule(
            decision="d",
            table="table",
            rule_id="r1",
            number=1,
            inputs={"kind": "x", "n + 1": 8},
            outputs={"route": "small"},
            annotation="Điều 5",
        ),
    )


def test_columns_of_one_label_are_told_apart() -> None:
    given = decide(definitions(decision("d", table(["n", "n"], ["a"], [["> 1", "< 9", "1"]]))), {"n": 5})
    assert given.matched[0].inputs == {"n (1)": 5, "n (2)": 5}


@pytest.mark.parametrize(
    ("cell", "value", "matches"),
    [
        ('"a", "b"', "b", True),
        ('not("a", "b")', "b", False),
        ("[1..5[", 5, False),
        ("null", None, True),
        ("true", None, False),
        ("true", True, True),
        ("> limit", 11, True),
        ('contains(?, "x")', "axb", True),
        ("list contains(?, 2)", [1, 2], True),
        ("-", None, True),
        ("", "anything", True),
    ],
)
def test_input_cells_are_unary_tests(cell: str, value: Any, matches: bool) -> None:
    file = definitions(decision("d", table(["v"], ["a"], [[cell, "1"]])))
    assert decide(file, {"v": value, "limit": 10}).outputs == (1 if matches else None)


@pytest.mark.parametrize("value", ["2026-01-31", "2026-01-30T20:00:00+00:00", date(2026, 1, 31)])
def test_a_date_column_reads_iso_texts(value: Any) -> None:
    rules = [['< date("2026-02-01")', "v"]]
    file = definitions(decision("d", table(["v"], ["day"], rules, types=["date"])))
    assert decide(file, {"v": value}).outputs == value
    assert decide(file, {"v": "2026-02-01"}).outputs is None


def test_a_moment_column_reads_iso_texts() -> None:
    rules = [['< date and time("2026-01-31T08:00:00")', "1"]]
    file = definitions(decision("d", table(["v"], ["a"], rules, types=["dateTime"])))
    assert decide(file, {"v": "2026-01-31T00:59:00+00:00"}).outputs == 1
    assert decide(file, {"v": "2026-01-31T01:00:00Z"}).outputs is None


def test_outputs_are_expressions() -> None:
    file = definitions(decision("d", table(["n"], ["fee"], [["> 0", "n * rate"]])))
    assert decide(file, {"n": 3, "rate": 1000}).outputs == 3000


def test_today_is_the_moment_given() -> None:
    file = definitions(decision("d", table(["today() > until"], ["expired"], [["true", "true"], ["false", "false"]])))
    now = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)
    assert [decide(file, {"until": date(2026, 11, day)}, now=now).outputs for day in (21, 22)] == [True, False]


# Decisions that need others


def test_a_decision_gets_the_results_of_those_it_needs() -> None:
    file = definitions(
        decision("final", table(["Hạng", "base fee"], ["fee"], [['"a"', "> 0", "base fee * 2"], ["-", "-", "0"]],
                                policy="FIRST"), needs=["rank", "base"]),
        decision("rank", table(["score"], ["grade"], GRADES, policy="FIRST"), name="Hạng"),
        decision("base", literal("score + 1"), name="Base", variable="base fee", needs=["unit"]),
        decision("unit", literal("1")),
    )  # fmt: skip
    given = decide(file, {"score": 60}, "final")
    assert given.outputs == 122
    assert [(rule.decision, rule.number) for rule in given.matched] == [("rank", 1), ("final", 1)]
    assert decide(file, {"score": 60}, "rank").outputs == "a"
    assert decide(file, {"score": 60}, "base").variables == {"base fee": 61}


def test_the_result_of_several_outputs_is_read_by_name() -> None:
    first = decision("first", table(["n"], ["a", "b"], [["-", "n", "n + 1"]]))
    assert decide(definitions(first, decision("d", literal("first.b * 2"), needs=["first"])), {"n": 4}).outputs == 10


def test_cells_see_camundas_input_variable() -> None:
    logic = table(["n"], ["a"], [["? > 3 and asked < 9", "asked * 2"]])
    given = 'xmlns:c="http://camunda.org/schema/1.0/dmn" c:inputVariable="asked" id="in0"'
    assert decide(definitions(decision("d", logic.replace('id="in0"', given))), {"n": 5}).outputs == 10


# Refused


@pytest.mark.parametrize(
    ("logic", "rule", "element"),
    [
        (table(["n"], ["a"], [["> ", "1"]]), "decision-expression", "r1i0"),
        (table(["n"], ["a"], [["> 1", "1 +"]]), "decision-expression", "r1o0"),
        (table(["n +"], ["a"], [["> 1", "1"]]), "decision-expression", "ask0"),
        (table([""], ["a"], [["> 1", "1"]]), "decision-expression", "ask0"),
        (table(["n"], ["a"], [["> 1"]]), "decision-rule", "r1"),
        (table(["n"], [], [["> 1"]]), "decision-outputs", "table"),
        (table(["n"], ["a", "a"], [["> 1", "1", "2"]]), "decision-outputs", "table"),
        (table(["n"], ["a"], [["> 1", "1"]], policy="BEST"), "decision-hit-policy", "table"),
        (table(["n"], ["a"], [["> 1", "1"]], policy="COLLECT", aggregation="MEAN"), "decision-hit-policy", "table"),
        (table(["n"], ["a"], [["> 1", "1"]], aggregation="SUM"), "decision-aggregation", "table"),
        (
            table(["n"], ["a", "b"], [["> 1", "1", "2"]], policy="COLLECT", aggregation="SUM"),
            "decision-aggregation",
            "table",
        ),
        (table(["n"], ["a"], [["> 1", "1"]], policy="PRIORITY"), "decision-priority", "table"),
        (table(["n"], ["a"], [["> 1", "1"]], policy="COLLECT", defaults=["0"]), "decision-default", "table"),
        (literal("a", 'expressionLanguage="groovy"'), "decision-language", "literal"),
        (literal("a +"), "decision-expression", "literal"),
        (literal(""), "decision-expression", "literal"),
        ('<invocation id="box"/>', "decision-expression", "box"),
        ("", "decision-empty", "d"),
    ],
)
def test_what_is_not_evaluated_as_drawn_is_refused_by_name(logic: str, rule: str, element: str) -> None:
    found = errors(decision("d", logic, name="Phí"))
    assert [(finding.rule, finding.element_id, finding.file) for finding in found] == [(rule, element, "x.dmn")]
    assert found[0].message.vi
    assert found[0].message.en
    assert found[0].element_name == "Phí"
    with pytest.raises(ExpressionFailed):
        decisions.evaluate(decisions.read(definitions(decision("d", logic, name="Phí"))), "d", {"n": 5, "a": 1})


def test_what_a_decision_needs_must_be_there_and_not_itself() -> None:
    assert [f.rule for f in errors(decision("d", literal("1"), needs=["gone"]))] == ["decision-requirement"]
    cycle = [decision("a", literal("b"), needs=["b"]), decision("b", literal("a"), needs=["a"])]
    assert [f.rule for f in errors(*cycle)] == ["decision-cycle", "decision-cycle"]
    with pytest.raises(ExpressionFailed):
        decisions.evaluate(decisions.read(definitions(*cycle)), "a", {})
    with pytest.raises(ExpressionFailed):
        decisions.evaluate(decisions.read(definitions(decision("d", literal("1"), needs=["gone"]))), "d", {})


def test_a_whole_file_in_another_language_is_refused() -> None:
    assert [f.rule for f in errors(decision("d", literal("1")), attributes='expressionLanguage="juel"')] == [
        "decision-language"
    ]


def test_imports_are_refused() -> None:
    assert [f.rule for f in errors('<import namespace="x"/>', decision("d", literal("1")))] == ["decision-import"]


def test_sizes_are_limited() -> None:
    many = [decision(f"d{n}", literal("1")) for n in range(201)]
    assert [f.rule for f in errors(*many)] == ["decision-size"]
    rows = [["-", "1"]] * 5001
    assert [f.rule for f in errors(decision("d", table(["n"], ["a"], rows)))] == ["decision-size"]


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_every_version_of_the_format_is_read(namespace: str) -> None:
    assert decide(definitions(decision("d", literal("1 + 1")), namespace=namespace), {}).outputs == 2


def test_what_is_no_decision_file_is_refused() -> None:
    assert [f.rule for f in decisions.read(b"<definitions/>").findings] == ["decision-file"]
    with pytest.raises(Malformed):
        decisions.read(b"no xml")
    with pytest.raises(Malformed):
        decisions.read(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    with pytest.raises(TooLarge):
        decisions.read(b"<a>" + b" " * 2_000_001 + b"</a>")


def test_a_decision_that_is_not_there_is_not_found() -> None:
    with pytest.raises(LookupError):
        decisions.evaluate(decisions.read(definitions()), "d", {})


def test_a_cell_that_fails_is_named() -> None:
    with pytest.raises(ExpressionFailed) as failure:
        decide(definitions(decision("d", table(["n"], ["a"], [["-", "now()"]]))), {"n": 1})
    assert failure.value.element_id == "r1o0"


def test_a_file_is_read_once() -> None:
    assert decisions.read(grades("FIRST")) is decisions.read(grades("FIRST"))


@pytest.mark.parametrize("path", sorted(PROCEDURES.rglob("*.dmn")), ids=lambda path: path.name)
def test_the_shipped_tables_have_no_findings(path: Path) -> None:
    read = decisions.read(path.read_bytes())
    assert read.keys
    assert read.findings == ()
