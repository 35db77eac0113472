"""Dossiers are found by their words, by whoever may read them, from the commit on that says them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete

from services import searching
from services.permissions import Viewer, scope_of
from storage.database import session, unit_of_work
from storage.queries import search
from storage.queries.search import Narrowed
from storage.tables import Dossier, DossierSearch
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import procedure

KEY, NAME = "found", "Cấp giấy phép Đường bộ"
PARTS = (
    start("s"),
    user("ask", motcua__assignee="${applicant}"),
    user("look", motcua__candidateGroups="one_door"),
    end("e"),
    "s -> ask -> look -> e",
)


@pytest.fixture
def filed(office: Office) -> Office:
    files = procedure(KEY, *PARTS, unit="prevention", limit="20 working_days")
    files = {name: data.replace(f"Thủ tục {KEY}".encode(), NAME.encode()) for name, data in files.items()}
    office.deploy(files)
    return office


def found(office: Office, text: str, viewer: Viewer | str = "motcua", **more: object) -> list[str]:
    session().rollback()
    who = office.viewer(viewer) if isinstance(viewer, str) else viewer
    page = search.found(scope_of(who), searching.sought(text), **more)  # type: ignore[arg-type]
    return [row.id for row in page.rows]


def test_a_dossier_is_found_by_code_applicant_and_procedure_without_marks(filed: Office) -> None:
    dossier = filed.file_in(KEY)
    for text in ("cấp giấy", "CAP GIAY PHEP ĐƯỜNG", "duong bo", "duo", "đươ", dossier.code, dossier.code.lower()):
        assert found(filed, text) == [dossier.id], text
    assert found(filed, dossier.code[-11:]) == [dossier.id]
    assert found(filed, f"{dossier.applicant_name.split()[0]} giay") == [dossier.id]
    assert found(filed, "giay phe") == [dossier.id]
    assert found(filed, "phe giay") == []


def test_the_answers_of_a_filing_find_it_and_what_its_check_code_is_does_not(office: Office) -> None:
    dossier = office.file()
    assert dossier.id in found(office, "benh vien sao mai") or dossier.id in found(office, "sao mai")
    assert found(office, dossier.check_code) == []


def test_what_the_applicant_answers_later_finds_the_dossier_and_what_officers_write_does_not(filed: Office) -> None:
    dossier = filed.file_in(KEY)
    assert found(filed, "thuan thanh") == []
    filed.step(dossier, "nguoinop", "ask", answers={"place": {"street": ["Phường Thuận Thành", 4711]}})
    assert found(filed, "thuan than") == found(filed, "4711") == found(filed, "duong bo") == [dossier.id]
    filed.step(dossier, "motcua", "look", answers={"note": "nghi vấn"})
    assert found(filed, "nghi van") == []


def test_the_latest_filed_come_first_page_by_page_and_the_very_code_before_all(filed: Office) -> None:
    ids = [filed.file_in(KEY).id for _ in range(7)]
    scope = scope_of(filed.viewer("motcua"))
    pages, after = [], None
    while True:
        page = search.found(scope, searching.sought("duong"), after=after, limit=3)
        pages.append([row.id for row in page.rows])
        after = page.next
        if after is None:
            break
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [each for page in pages for each in page] == ids[::-1]
    first = session().get(Dossier, ids[0])
    assert first is not None
    assert found(filed, first.code)[0] == ids[0]
    assert found(filed, first.code).count(ids[0]) == 1


def test_a_page_is_narrowed_and_says_where_it_is_only_a_part(filed: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [filed.file_in(KEY).id for _ in range(6)]
    with unit_of_work():
        oldest = session().get(Dossier, ids[0])
        assert oldest is not None
        oldest.clock_state = "paused"
    assert found(filed, "duong", narrowed=Narrowed(clock_state="paused")) == [ids[0]]
    assert found(filed, "duong", narrowed=Narrowed(key=KEY, unit="prevention", status=1)) == ids[::-1]
    assert found(filed, "duong", narrowed=Narrowed(key="other")) == []
    monkeypatch.setattr(search, "STEPS", (1, 3))
    scope, sought = scope_of(filed.viewer("motcua")), searching.sought("duong")
    page = search.found(scope, sought, Narrowed(clock_state="paused"))
    assert (page.rows, page.is_part) == ((), True)
    rest = search.found(scope, sought, Narrowed(clock_state="paused"), after=page.next)
    assert ([row.id for row in rest.rows], rest.next, rest.is_part) == ([ids[0]], None, False)


def test_nobody_finds_what_they_may_not_read(filed: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = filed.file_in(KEY), filed.file_in(KEY)
    prevention = filed.hire("an", "officer", groups=(), unit="prevention")
    drug = filed.hire("binh", "officer", groups=("one_door",), unit="drug")
    outside = replace(drug, sees_all_units=False)
    applicant = filed.hire("chi", "applicant")
    both = [other.id, one.id]
    assert found(filed, "duong", prevention) == found(filed, "duong", "nguoinop") == both
    assert found(filed, "duong", applicant) == found(filed, one.code, applicant) == []
    assert found(filed, "duong", outside) == found(filed, one.code, outside) == []
    filed.step(one, "nguoinop", "ask", answers={})
    assert found(filed, "duong", outside) == found(filed, one.code, outside) == [one.id]  # it is offered to the group
    filed.step(one, "binh", "look", answers={})
    assert found(filed, "duong", outside) == [one.id]  # and was done
    assert found(filed, "bo", outside, after=-5) == []
    monkeypatch.setattr(search, "FEW", 0)
    assert found(filed, "duong", outside) == found(filed, "duong bo", outside) == [one.id]
    assert found(filed, "duong", prevention) == both


HOSTILE = (
    '"', "'", '" OR "', "a* OR b", "NEAR(a b)", "words:x", "^a", "a AND NOT b", "-a", "(", ")(", "a:*", "a & !b",
    "'; DROP TABLE dossier_search; --", "\\", "%", "_", "__unit_prevention", "_duo", "\x00", "\ud800", "\ud7ff",
    "😀", "漢字", "х" * 5000, "a " * 5000, "NULL", "<->", "|", "*", "{words}: duong",
)  # fmt: skip


def test_whatever_is_typed_is_only_words(filed: Office) -> None:
    filed.file_in(KEY)
    for text in HOSTILE:
        assert found(filed, text) in ([], found(filed, "duong")), text
        assert len(found(filed, f"duong {text}", "nguoinop")) <= 1, text


@given(st.text(max_size=300))
def test_words_hold_no_sign_of_any_query_language(text: str) -> None:
    for word in searching.words(text):
        assert word.isalnum()
        assert searching.words(word) == [word]


def test_dossiers_of_before_are_indexed_latest_first_and_the_next_run_goes_on(
    filed: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "PORTION", 2)
    ids = [filed.file_in(KEY, username="nguoinop").id for _ in range(5)]
    answered = session().get(Dossier, ids[1])
    assert answered is not None
    filed.step(answered, "nguoinop", "ask", answers={"place": "Thuận Thành"})
    with unit_of_work():
        session().execute(delete(DossierSearch).where(DossierSearch.dossier_id.in_(ids)))
    assert found(filed, "duong") == []
    run = searching.index()
    assert next(run) == 2
    newest = filed.file_in(KEY).id
    assert len(found(filed, "duong")) == 3
    assert sum(searching.index()) >= 3
    assert found(filed, "duong") == [newest, *sorted(ids, reverse=True)]  # of one moment: in the order of their ids
    assert found(filed, "thuan thanh") == [ids[1]]
    assert list(searching.index()) == []


def test_the_index_is_written_anew_where_it_went_wrong(filed: Office) -> None:
    dossier = filed.file_in(KEY)
    with unit_of_work():
        session().execute(delete(DossierSearch).where(DossierSearch.dossier_id == dossier.id))
        session().add(DossierSearch(dossier_id=dossier.id, words=" _wrong "))
    assert found(filed, "wrong") == [dossier.id]
    assert sum(searching.index(again=True)) >= 1
    assert (found(filed, "wrong"), found(filed, "duong")) == ([], [dossier.id])
