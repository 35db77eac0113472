"""The same schema, the same variables, the same answers: form-js and our validator say the same, field by field."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from tests.forms.parity.allowed import ALLOWED, documented, judged
from tests.forms.parity.compare import Difference, differences, ours, possible, theirs
from tests.forms.parity.pairs import Pair, pairs
from tests.forms.parity.viewer import Viewer, running
from tests.soak import SOAK, examples

RESTLESS = "the form never comes to rest"
PAIRS = examples(300, soak=6000)


@pytest.fixture(scope="module")
def viewer() -> Iterator[Viewer]:
    with running() as viewer:
        yield viewer


def unexplained(viewer: Viewer, pair: Pair, counts: Counter[str]) -> list[Difference]:
    """Compare one pair; give the differences that the table does not name."""
    pair = possible(pair)
    one, other = theirs(viewer, pair), ours(pair)
    if isinstance(one, str):
        assert RESTLESS in one, f"form-js fails: {one}"
        counts["pairs that never come to rest"] += 1
        return []
    counts["pairs"] += 1
    counts["fields in sight"] += len(one.visible)
    counts["fields with errors"] += len(one.errors)
    left = []
    for difference, name in judged(pair, other, differences(one, other)):
        counts[name or "disagreements"] += 1
        if name is None:
            left.append(difference)
    return left


def test_form_js_and_we_say_the_same_of_any_answers(
    viewer: Viewer, record_property: Callable[[str, object], None]
) -> None:
    counts: Counter[str] = Counter()

    @settings(max_examples=PAIRS, derandomize=not SOAK, deadline=None, suppress_health_check=list(HealthCheck))
    @given(pairs())
    def compare(pair: Pair) -> None:
        left = unexplained(viewer, pair, counts)
        assert not left, "\n".join([*map(str, left), json.dumps(pair.schema), str(pair.variables), str(pair.answers)])

    compare()
    for name, count in counts.items():
        record_property(name, count)
    print("; ".join(f"{name}: {count}" for name, count in counts.most_common()))
    assert counts["pairs"] >= PAIRS * 0.9
    assert counts["fields with errors"] > PAIRS / 10


def test_what_may_differ_is_what_the_page_says() -> None:
    assert documented() == set(ALLOWED)
