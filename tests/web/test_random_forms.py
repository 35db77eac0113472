"""Whatever is posted to a form, by a browser or a program: an answer below 500; 10,000 of them with MOTCUA_SOAK=1."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from services import people
from services.permissions import SYSTEM
from tests.api.program import Program, form, one_task, unique
from tests.forms.schemas import EVERYTHING
from tests.forms.test_fuzz import ANYTHING, PAIRS, SCHEMA, TEXT, WILD
from tests.soak import examples
from tests.web.edge import Edge
from tests.web.visitor import TOKEN, Visitor

ROUNDS = examples(20, soak=1000)
"""Of each of the ten ways; twice, on each database."""
SHIPPED = ("biosafety-level-3", "medical-devices", "imported-cosmetics")
OFFICER = "truongphong"
many = settings(max_examples=ROUNDS, deadline=None, suppress_health_check=list(HealthCheck))

KEYS = [component.get("key") or component.get("path") for component in EVERYTHING["components"]]
KEYS = [key for key in KEYS if key] + [
    "laboratory_name",
    "equipment",
    "case",
    "act",
    "reason",
    "step",
    "document",
    "seen",
]
BUTTONS = ["refresh", "submit", "add answers.giay_to", "remove answers.giay_to[0]", "add " + "a." * 50, "x"]
STEPS = st.sampled_from(
    ["", "[0]", "[0].ten", "[9999]", "[0][0]", ".x", "..", "[", "]", ".a" * 45, "[-1]", ".0", "%5B0%5D"]
)
NAMES = st.tuples(st.sampled_from(["answers.", ""]), st.sampled_from(KEYS) | TEXT, STEPS).map("".join)
LONG = st.sampled_from([2, 300, 60_000]).map("x".__mul__) | st.sampled_from(
    ["9" * 400, "1e999", "-", "NaN", "2026-02-30"]
)
VALUES = (
    TEXT | LONG | st.sampled_from(["true", "a", "2026-09-30", "17:30", "1.500", "1,5", "0" * 32, "<script>", *BUTTONS])
)
POSTED = st.lists(st.tuples(NAMES, VALUES) | st.tuples(st.just("answers-do"), st.sampled_from(BUTTONS)), max_size=12)
FILES = st.lists(st.tuples(NAMES, TEXT | st.just("a.pdf"), st.binary(max_size=40) | st.just(b"%PDF-1.4\n")), max_size=3)
ODD = st.tuples(
    st.binary(max_size=200),
    st.sampled_from(
        [
            "application/x-www-form-urlencoded; charset=utf-16",
            "multipart/form-data; boundary=x",
            "multipart/form-data",
            "application/json",
            "text/plain; charset=shift_jis",
            "",
        ]
    ),
)
TREES = ANYTHING | st.integers(1, 2000).map(
    lambda depth: json.loads("[" * depth + "]" * depth) if depth < 900 else depth
)
BODIES = st.dictionaries(st.sampled_from(KEYS) | TEXT, TREES, max_size=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """Where things are posted to."""

    desk: Visitor
    applicant: Visitor
    designer: Visitor
    program: Program
    officer: Program
    task: str
    preview: str


@pytest.fixture(scope="module")
def counters(edge: Edge) -> Counters:
    """An officer with a task whose form has every component, an applicant, a designer with a draft, a program."""
    app = edge.app
    with app.app_context():
        token = people.issue_token(SYSTEM, "thietke", now=datetime.now(UTC))
        mine = people.issue_token(SYSTEM, OFFICER, now=datetime.now(UTC))
    designer = Program(app=app, username="thietke", token=token)
    key = unique("random")
    schema = {**EVERYTHING, "id": key}
    task = one_task(key, motcua__form=f"{key}.form", motcua__assignee=OFFICER)
    designer.deploy(task, (f"{key}.form", json.dumps(schema).encode()))
    instance = designer.start(key)
    officer = Program(app=app, username=OFFICER, token=mine)
    (opened,) = officer.tasks(instance)
    drafts = edge.desk("thietke")
    drafts.get("/designer/drafts")
    draft = drafts.post("/designer/drafts", {"name": key}).headers["Location"]
    drafts.get(draft)
    name, content = form("wild")
    drafts.post(f"{draft}/files", [("files", (BytesIO(content), name))])
    return Counters(
        desk=edge.desk(OFFICER),
        applicant=edge.desk("nguoinop"),
        designer=drafts,
        program=designer,
        officer=officer,
        task=opened["id"],
        preview=f"{draft}/forms/{name}/preview",
    )


def encode(text: str) -> bytes:
    """Encode whatever Python calls a text: what is no Unicode makes bytes that are no UTF-8."""
    return text.encode("utf-8", "surrogatepass")


def encoded(text: str) -> str:
    return quote_from_bytes(encode(text))


def urlencoded(visitor: Visitor, path: str, pairs: list[tuple[str, str]]) -> TestResponse:
    token = TOKEN.search(visitor.page)
    sent = [*pairs, ("csrf_token", token[1] if token else "")]
    body = "&".join(f"{encoded(name)}={encoded(value)}" for name, value in sent)
    kind = "application/x-www-form-urlencoded"
    answer: TestResponse = visitor.client.post(path, data=body, content_type=kind)
    return answer


def multipart(
    visitor: Visitor, path: str, pairs: list[tuple[str, str]], files: list[tuple[str, str, bytes]]
) -> TestResponse:
    """Post texts and files as parts, the names and file names as raw as they come."""
    token = TOKEN.search(visitor.page)
    sent = [*pairs, ("csrf_token", token[1] if token else "")]
    parts: list[tuple[str, str | None, bytes]] = [(name, None, encode(value)) for name, value in sent]
    parts += files
    body = BytesIO()
    for name, file, content in parts:
        file_name = "" if file is None else f'; filename="{file}"'
        head = f'--x\r\nContent-Disposition: form-data; name="{name}"{file_name}\r\n\r\n'
        body.write(encode(head) + content + b"\r\n")
    body.write(b"--x--\r\n")
    kind = "multipart/form-data; boundary=x"
    answer: TestResponse = visitor.client.post(path, data=body.getvalue(), content_type=kind)
    return answer


def page(visitor: Visitor, path: str) -> None:
    """Open a page once, for its token."""
    if not TOKEN.search(visitor.page):
        assert visitor.get(path).status_code == 200


def go(check: Callable[..., int], *strategies: st.SearchStrategy[Any]) -> Counter[int]:
    """Post as often as asked; give how often each status came."""
    counts: Counter[int] = Counter()

    @many
    @given(st.tuples(*strategies))
    def run(drawn: tuple[Any, ...]) -> None:
        status = check(*drawn)
        counts[status] += 1
        assert status < 500

    run()
    return counts


@pytest.mark.parametrize("key", SHIPPED)
def test_shipped_filing_forms_take_any_post(counters: Counters, key: str):
    visitor, path = counters.applicant, f"/procedures/{key}/file"
    page(visitor, path)
    steps = st.sampled_from([("step", "check"), ("step", "send"), ("step", "upload"), ("case", "x")])

    def check(pairs: list[tuple[str, str]], step: tuple[str, str]) -> int:
        return urlencoded(visitor, path, [*pairs, step, step]).status_code

    assert go(check, POSTED, steps)


def test_a_task_form_of_every_component_takes_any_post(counters: Counters):
    path = f"/tasks/{counters.task}"
    page(counters.desk, path)
    acts = st.sampled_from(["", "complete", "x" * 500, "\0"])

    def check(pairs: list[tuple[str, str]], act: str) -> int:
        return urlencoded(counters.desk, f"{path}/submit", [*pairs, ("act", act)]).status_code

    assert 422 in go(check, POSTED, acts)


def test_files_where_text_is_expected_and_text_where_files_are(counters: Counters):
    path = f"/tasks/{counters.task}"
    page(counters.desk, path)

    def check(pairs: list[tuple[str, str]], files: list[tuple[str, str, bytes]]) -> int:
        return multipart(counters.desk, f"{path}/submit", pairs, files).status_code

    assert go(check, POSTED, FILES)


def test_bytes_in_wrong_encodings(counters: Counters):
    path = f"/tasks/{counters.task}/submit"

    def check(odd: tuple[bytes, str]) -> int:
        posted = counters.desk.client.post(path, data=odd[0], content_type=odd[1]).status_code
        headers = {"Authorization": f"Bearer {counters.program.token}"}
        client = counters.program.app.test_client()
        api = client.post("/api/v1/forms/validate", data=odd[0], content_type=odd[1], headers=headers).status_code
        return max(posted, api)

    assert go(check, ODD)


def test_generated_forms_are_shown_and_judged_with_any_answers(counters: Counters):
    visitor = counters.designer
    assert visitor.get(counters.preview.rpartition("/forms/")[0]).status_code == 200

    def check(schema: Any, pairs: list[tuple[str, str]], sample: Any) -> int:
        sent = [("source", json.dumps(schema)), ("sample", json.dumps(sample)), ("validate", "1"), ("typed", "1")]
        return urlencoded(visitor, counters.preview, [*sent, *pairs]).status_code

    assert go(check, SCHEMA | WILD | ANYTHING, PAIRS, ANYTHING)


def test_programs_may_validate_anything_by_anything(counters: Counters):
    def check(schema: Any, data: Any) -> int:
        return counters.program.call("POST", "/forms/validate", {"schema": schema, "data": data}).status_code

    assert {200, 422} & set(go(check, SCHEMA | WILD | ANYTHING, BODIES | ANYTHING))


def test_json_with_names_given_twice(counters: Counters):
    def check(schema: Any, names: list[str]) -> int:
        inner = ",".join(f"{json.dumps(name)}:{json.dumps(name)}" for name in [*names, *names])
        body = f'{{"schema":{json.dumps(schema)},"schema":{json.dumps(schema)},"data":{{{inner}}}}}'
        call = counters.program.call("POST", "/forms/validate", data=body.encode(), content_type="application/json")
        return call.status_code

    assert go(check, SCHEMA, st.lists(TEXT | st.sampled_from(["k0", "k1"]), max_size=5))


def test_programs_may_complete_a_task_with_anything(counters: Counters):
    def check(variables: Any) -> int:
        return counters.officer.call("POST", f"/tasks/{counters.task}/complete", {"variables": variables}).status_code

    assert go(check, BODIES | ANYTHING)
