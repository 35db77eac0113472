"""Drafts of bundles: files are saved without overwriting anybody's, kept for undo, checked, and deployed."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from errors import Duplicate, Forbidden, Invalid, InvalidBundle, NotFound, StaleVersion, TooLarge, WrongState
from services import bundle_changes, bundle_drafts, definitions, log
from services.bundle_changes import State
from services.permissions import SYSTEM
from storage.queries import bundle_drafts as queries
from storage.rows import definitions as definition_rows
from tests.office import Office
from tests.services.bundles import form, number, one_task, text

ASK = form("ask", text("name"))


def as_file(schema: dict[str, object]) -> bytes:
    return json.dumps(schema).encode()


def with_form(key: str = "one", schema: dict[str, object] = ASK) -> dict[str, bytes]:
    return {**one_task(key, motcua__form="ask.form"), "ask.form": as_file(schema)}


def kinds(draft_id: str) -> list[str]:
    found = [row.kind for row, data in log.events_of(bundle_drafts.CHAIN) if data["draft"] == draft_id]
    return [kind.removeprefix("bundle_draft.") for kind in found]


def contents(draft_id: str) -> dict[str, bytes]:
    return {file.name: queries.content(draft_id, file.name)[0] for file in queries.files(draft_id)}  # type: ignore[index]


def test_a_draft_begins_with_nothing_with_an_upload_or_with_what_is_in_force(office: Office) -> None:
    designer = office.viewer("thietke")
    empty = bundle_drafts.start(designer, name=" Bộ  mới ", now=office.now)
    assert empty.name == "Bộ mới"
    assert contents(empty.id) == {}
    files = with_form()
    first = office.deploy(files)
    newer = as_file(form("ask", text("name"), number("age")))
    office.deploy({"renamed.form": newer})
    same = bundle_drafts.start(designer, deployment_id=first.id, now=office.now)
    assert contents(same.id) == files
    office.now += timedelta(minutes=2)
    today = bundle_drafts.start(designer, deployment_id=first.id, in_force=True, now=office.now)
    assert contents(today.id) == {**files, "ask.form": newer}
    with pytest.raises(NotFound):
        bundle_drafts.start(designer, deployment_id="none", now=office.now)
    with pytest.raises(Invalid):
        bundle_drafts.start(designer, name="  ", now=office.now)


def test_who_asks_twice_gets_one_draft(office: Office) -> None:
    designer = office.viewer("thietke")
    first = bundle_drafts.start(designer, name="x", now=office.now)
    assert bundle_drafts.start(designer, name="x", now=office.now + timedelta(seconds=5)).id == first.id
    bundle_drafts.put(designer, first.id, "a.form", b"{}", seen_version=0, now=office.now + timedelta(seconds=6))
    assert bundle_drafts.start(designer, name="x", now=office.now + timedelta(seconds=7)).id != first.id


def test_a_save_over_somebody_elses_is_refused_and_says_whose(office: Office) -> None:
    designer, other = office.viewer("thietke"), office.viewer("quantri")
    draft = bundle_drafts.start(designer, name="x", now=office.now)
    put = bundle_drafts.put
    assert put(designer, draft.id, "a.form", b"1", seen_version=0, now=office.now) == 1
    assert put(other, draft.id, "a.form", b"2", seen_version=1, now=office.now) == 2
    with pytest.raises(StaleVersion) as refused:
        put(designer, draft.id, "a.form", b"3", seen_version=1, now=office.now)
    assert other.name in refused.value.text.vi
    with pytest.raises(StaleVersion):
        put(designer, draft.id, "a.form", b"3", seen_version=0, now=office.now)
    assert contents(draft.id) == {"a.form": b"2"}
    assert put(other, draft.id, "a.form", b"2", seen_version=1, now=office.now) == 2, "a save may be repeated"
    with pytest.raises(StaleVersion):
        bundle_drafts.remove(designer, draft.id, "a.form", seen_version=1, now=office.now)
    with pytest.raises(StaleVersion):
        put(designer, draft.id, "gone.form", b"3", seen_version=4, now=office.now)


def test_what_a_file_held_is_kept_for_undo(office: Office) -> None:
    designer = office.viewer("thietke")
    draft = bundle_drafts.start(designer, name="x", now=office.now)
    put = bundle_drafts.put
    for version in range(30):
        put(designer, draft.id, "a.form", b"%d" % version, seen_version=version, now=office.now)
    kept = queries.earlier(draft.id, "a.form")
    assert [one.version for one in kept] == list(range(29, 9, -1))
    version = bundle_drafts.restore(designer, draft.id, "a.form", 15, seen_version=30, now=office.now)
    assert (version, contents(draft.id)) == (31, {"a.form": b"14"})
    bundle_drafts.remove(designer, draft.id, "a.form", seen_version=31, now=office.now)
    bundle_drafts.remove(designer, draft.id, "a.form", seen_version=31, now=office.now)
    assert contents(draft.id) == {}
    assert bundle_drafts.restore(designer, draft.id, "a.form", 31, seen_version=0, now=office.now) == 32
    assert contents(draft.id) == {"a.form": b"14"}
    with pytest.raises(NotFound):
        bundle_drafts.restore(designer, draft.id, "a.form", 1, seen_version=32, now=office.now)


def test_automatic_saves_of_one_sitting_keep_what_was_there_before_it(office: Office) -> None:
    designer, other = office.viewer("thietke"), office.viewer("quantri")
    draft = bundle_drafts.start(designer, name="x", now=office.now)
    bundle_drafts.put(designer, draft.id, "a.form", b"0", seen_version=0, now=office.now)
    for version, (who, minutes) in enumerate(
        [(designer, 0), (designer, 1), (designer, 4), (designer, 6), (other, 7)], 1
    ):
        at = office.now + timedelta(minutes=minutes)
        bundle_drafts.put(who, draft.id, "a.form", b"%d" % version, seen_version=version, now=at, is_auto=True)
    assert [one.version for one in queries.earlier(draft.id, "a.form")] == [5, 4, 1]


def test_large_files_are_kept_as_far_as_there_is_room(office: Office) -> None:
    designer = office.viewer("thietke")
    draft = bundle_drafts.start(designer, name="x", now=office.now)
    for version in range(9):
        data = bytes([version]) * 2_000_000
        bundle_drafts.put(designer, draft.id, "a.dmn", data, seen_version=version, now=office.now)
    assert len(queries.earlier(draft.id, "a.dmn")) == 5
    with pytest.raises(TooLarge):
        bundle_drafts.put(designer, draft.id, "a.dmn", b"x" * 2_000_001, seen_version=9, now=office.now)


@pytest.mark.parametrize(
    "name", ["", "a", ".form", "../a.form", "a/b.form", "a\\b.form", "a\0.form", "x" * 117 + ".form"]
)
def test_a_file_name_is_a_plain_name(office: Office, name: str) -> None:
    designer = office.viewer("thietke")
    draft = bundle_drafts.start(designer, name="x", now=office.now)
    with pytest.raises(Invalid):
        bundle_drafts.put(designer, draft.id, name, b"{}", seen_version=0, now=office.now)


def test_a_file_and_a_draft_are_renamed(office: Office) -> None:
    designer = office.viewer("thietke")
    draft = bundle_drafts.start(designer, name="x", now=office.now)
    for name in ("a.form", "b.form"):
        bundle_drafts.put(designer, draft.id, name, b"{}", seen_version=0, now=office.now, sample='{"a":1}')
    with pytest.raises(Duplicate):
        bundle_drafts.rename_file(designer, draft.id, "a.form", "b.form", seen_version=1, now=office.now)
    bundle_drafts.rename_file(designer, draft.id, "a.form", "c.form", seen_version=1, now=office.now)
    assert sorted(contents(draft.id)) == ["b.form", "c.form"]
    assert queries.content(draft.id, "c.form") == (b"{}", '{"a":1}')
    bundle_drafts.rename(designer, draft.id, "y", now=office.now)
    assert [found.name for found in queries.listed()] == ["y"]


def test_a_draft_is_held_against_what_is_in_force(office: Office) -> None:
    designer = office.viewer("thietke")
    deployed = office.deploy({**with_form(), "read.md": b"# read"})
    draft = bundle_drafts.start(designer, deployment_id=deployed.id, now=office.now)
    changed = as_file(form("ask", text("name"), number("age")))
    bundle_drafts.put(designer, draft.id, "ask.form", changed, seen_version=1, now=office.now)
    bundle_drafts.put(designer, draft.id, "more.form", as_file(form("more")), seen_version=0, now=office.now)
    bundle_drafts.remove(designer, draft.id, "read.md", seen_version=1, now=office.now)
    review = bundle_changes.review(designer, draft.id)
    assert {change.file: change.state for change in review.changes} == {
        "one.bpmn": State.SAME, "ask.form": State.CHANGED, "more.form": State.NEW,
    }  # fmt: skip
    assert review.missing == ("read.md",)
    ask = next(change for change in review.changes if change.file == "ask.form")
    assert any('"age"' in line and line.startswith("+") for line in ask.lines)
    assert ask.removed <= 1
    assert review.findings == definitions.check(SYSTEM, contents(draft.id))


def test_a_draft_is_deployed_as_it_was_looked_at(office: Office) -> None:
    designer = office.viewer("thietke")
    draft = bundle_drafts.start(designer, name="Bộ thử", now=office.now)
    seen = bundle_changes.review(designer, draft.id).fingerprint
    with pytest.raises(WrongState):
        bundle_drafts.deploy(designer, draft.id, seen=seen, now=office.now)
    files = with_form("drafted")
    for name, data in files.items():
        bundle_drafts.put(designer, draft.id, name, data, seen_version=0, now=office.now)
    with pytest.raises(StaleVersion):
        bundle_drafts.deploy(designer, draft.id, seen=seen, now=office.now)
    seen = bundle_changes.review(designer, draft.id).fingerprint
    deployed = bundle_drafts.deploy(designer, draft.id, seen=seen, now=office.now)
    again = bundle_drafts.deploy(designer, draft.id, seen=seen, now=office.now)
    assert (deployed.id, deployed.is_new, again.id, again.is_new) == (deployed.id, True, deployed.id, False)
    assert definition_rows.files(deployed.id) == files
    assert {row.state for row in deployed.definitions} == {"draft"}
    assert kinds(draft.id) == ["started", "deployed"]
    listed = queries.listed()[0]
    assert (listed.deployment_id, listed.is_deployed, listed.files) == (deployed.id, True, 2)


def test_a_draft_that_cannot_run_is_not_deployed(office: Office) -> None:
    designer = office.viewer("thietke")
    draft = bundle_drafts.start(designer, name="x", now=office.now)
    bundle_drafts.put(designer, draft.id, "bad.form", b"no JSON", seen_version=0, now=office.now)
    review = bundle_changes.review(designer, draft.id)
    assert [finding.rule for finding in review.findings] == ["form-file"]
    with pytest.raises(InvalidBundle):
        bundle_drafts.deploy(designer, draft.id, seen=review.fingerprint, now=office.now)
    assert queries.draft(draft.id).deployment_id is None  # type: ignore[union-attr]


def test_a_discarded_draft_is_gone(office: Office) -> None:
    designer = office.viewer("thietke")
    draft = bundle_drafts.start(designer, name="x", now=office.now)
    bundle_drafts.put(designer, draft.id, "a.form", b"1", seen_version=0, now=office.now)
    bundle_drafts.put(designer, draft.id, "a.form", b"2", seen_version=1, now=office.now)
    bundle_drafts.discard(designer, draft.id, now=office.now)
    assert (queries.listed(), queries.files(draft.id), queries.earlier(draft.id)) == ((), (), [])
    assert kinds(draft.id) == ["started", "file_saved", "discarded"]
    with pytest.raises(NotFound):
        bundle_drafts.discard(designer, draft.id, now=office.now)


def test_drafts_are_for_designers(office: Office) -> None:
    designer, officer = office.viewer("thietke"), office.viewer("chuyenvien")
    draft = bundle_drafts.start(designer, name="x", now=office.now)
    bundle_drafts.put(designer, draft.id, "a.form", b"1", seen_version=0, now=office.now)
    now = office.now
    for verb in (
        lambda: bundle_drafts.start(officer, name="x", now=now),
        lambda: bundle_drafts.put(officer, draft.id, "a.form", b"2", seen_version=1, now=now),
        lambda: bundle_drafts.restore(officer, draft.id, "a.form", 1, seen_version=1, now=now),
        lambda: bundle_drafts.remove(officer, draft.id, "a.form", seen_version=1, now=now),
        lambda: bundle_drafts.rename_file(officer, draft.id, "a.form", "b.form", seen_version=1, now=now),
        lambda: bundle_drafts.rename(officer, draft.id, "y", now=now),
        lambda: bundle_drafts.check(officer, draft.id),
        lambda: bundle_drafts.deploy(officer, draft.id, seen="", now=now),
        lambda: bundle_drafts.discard(officer, draft.id, now=now),
        lambda: bundle_changes.review(officer, draft.id),
    ):
        with pytest.raises(Forbidden):
            verb()
