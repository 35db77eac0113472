"""One filing in two tabs, on two devices, by a script, pressed twice: nothing typed is lost, nothing is filed twice."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.web.filing import begun, filled, on_page, sent_off
from tests.web.test_applicant_filing import KEY, LABORATORY, PARTS, PATH, answers, count, files, kept, states
from tests.web.visitor import Visitor


@pytest.fixture
def visitor(shared_app: Flask, tries: None) -> Visitor:
    visitor = Visitor(shared_app)
    visitor.sign_in("nguoinop2")
    return visitor


@pytest.fixture
def draft(visitor: Visitor) -> str:
    """A draft that was just begun: its address."""
    return begun(visitor, KEY)


def test_files_from_two_tabs_are_all_kept(visitor: Visitor, draft: str):
    visitor.get(f"{draft}/papers")
    first = [*visitor.hidden(), *files("floor_plan"), ("step", "upload")]
    second = [*visitor.hidden(), *files("staff_list"), ("step", "upload")]
    assert [visitor.post(f"{draft}/papers", sent).status_code for sent in (first, second)] == [303, 303]
    assert len(kept(visitor.get(f"{draft}/papers").text)) == 2


def test_what_changed_since_the_last_look_is_looked_at_again(shared_app: Flask, visitor: Visitor, draft: str):
    before = count(shared_app)
    filled(visitor, draft, answers(), files(*PARTS))
    visitor.get(f"{draft}/check")
    looked = [*visitor.hidden(), *answers(), ("step", "send")]
    on_page(visitor, f"{draft}/{LABORATORY}", answers(laboratory_name="Phòng khác"))
    answer = visitor.post(f"{draft}/check", looked)
    assert answer.status_code == 409
    assert "được sửa ở nơi khác nên chưa gửi" in answer.text
    assert "Phòng khác" in answer.text
    assert count(shared_app) == before
    assert sent_off(visitor, draft, answers()).status_code == 303


def test_two_tabs_with_different_pages_do_not_stand_in_each_others_way(visitor: Visitor, draft: str):
    visitor.get(f"{draft}/{LABORATORY}")
    first = [*visitor.hidden(), *answers(), ("step", "next")]
    visitor.get(f"{draft}/Group_applicant")
    second = [*visitor.hidden(), *answers(), ("step", "next")]
    assert visitor.post(f"{draft}/{LABORATORY}", first).status_code == 303
    assert visitor.post(f"{draft}/Group_applicant", second).status_code == 303
    assert states(visitor, draft)[:2] == ["Đã xong", "Đã xong"]


def conflict(visitor: Visitor, draft: str) -> TestResponse:
    """Change one page in two tabs; give what the second one is told."""
    visitor.get(f"{draft}/{LABORATORY}")
    stale = [pair for pair in visitor.hidden() if not pair[0].startswith("answers.")]
    assert on_page(visitor, f"{draft}/{LABORATORY}", answers(laboratory_name="Bản một")).status_code == 303
    return visitor.post(f"{draft}/{LABORATORY}", [*stale, *answers(laboratory_name="Bản hai"), ("step", "next")])


@pytest.mark.parametrize(("keep", "stays", "aside"), [("mine", "Bản hai", "Bản một"), ("theirs", "Bản một", "Bản hai")])
def test_the_same_page_changed_in_two_tabs_asks_which_to_keep(
    visitor: Visitor, draft: str, keep: str, stays: str, aside: str
):
    asked = conflict(visitor, draft)
    assert asked.status_code == 409
    assert "Bạn đã lưu bản nháp này ở nơi khác" in asked.text
    assert "Giữ bản của tôi" in asked.text
    assert 'value="Bản hai"' in asked.text  # still in the form
    hidden = [pair for pair in visitor.hidden() if not pair[0].startswith("answers.")]
    chosen = visitor.post(f"{draft}/{LABORATORY}", [*hidden, *answers(laboratory_name="Bản hai"), ("draft", keep)])
    assert chosen.headers["Location"] == f"{draft}/{LABORATORY}"
    assert f'value="{stays}"' in visitor.get(f"{draft}/{LABORATORY}").text
    page = visitor.get(draft).text
    assert "để riêng" in page
    assert aside in page
    version = re.search(r'name="draft_version" value="(\d+)"', page)
    assert version is not None
    assert visitor.post(f"{draft}/swap", {"draft_version": version[1]}).status_code == 303
    assert f'value="{aside}"' in visitor.get(f"{draft}/{LABORATORY}").text


def test_the_script_of_a_page_saves_it_and_is_told_of_a_change_elsewhere(visitor: Visitor, draft: str):
    visitor.get(f"{draft}/{LABORATORY}")
    mark = dict(visitor.hidden())["draft_version"]
    typed = [("draft_version", mark), ("answers.laboratory_name", "Sao")]
    told = visitor.post(f"{draft}/{LABORATORY}", typed, headers={"X-Draft": "1"})
    said: Any = told.json
    assert "Đã lưu nháp lúc" in said["words"]
    assert said["version"] != mark
    more = [("draft_version", said["version"]), ("answers.laboratory_name", "Sao Mai")]
    assert visitor.post(f"{draft}/{LABORATORY}", more, headers={"X-Draft": "1"}).status_code == 200
    visitor.get(f"{draft}/{LABORATORY}")
    fresh = visitor.hidden()
    stale = [("draft_version", mark), ("answers.laboratory_name", "Khác")]
    asked = visitor.post(f"{draft}/{LABORATORY}", stale, headers={"X-Draft": "1"})
    assert asked.status_code == 409
    assert "Sao Mai" in asked.text
    assert "<html" not in asked.text
    long = [*fresh, ("answers.laboratory_name", "x" * 300_000)]
    refused = visitor.post(f"{draft}/{LABORATORY}", long, headers={"X-Draft": "1"})
    assert refused.status_code == 413
    said = refused.json
    assert "dài quá" in said["words"]


def test_a_draft_thrown_away_is_taken_back_by_what_is_typed_in_another_tab(visitor: Visitor, draft: str):
    visitor.get(f"{draft}/{LABORATORY}")
    typed = [*visitor.hidden(), ("answers.laboratory_name", "Sao Mai"), ("step", "later")]
    visitor.post(f"{draft}/drop")
    assert visitor.get(draft).status_code == 404
    assert visitor.post(f"{draft}/{LABORATORY}", typed).status_code == 303
    assert 'value="Sao Mai"' in visitor.get(f"{draft}/{LABORATORY}").text


def test_a_button_pressed_twice_begins_one_draft(visitor: Visitor):
    visitor.get(PATH)
    hidden = visitor.hidden()
    places = {visitor.post(PATH, hidden).headers["Location"] for _ in range(2)}
    assert len(places) == 1
    visitor.get(PATH)
    assert visitor.post(PATH, visitor.hidden()).headers["Location"] not in places
