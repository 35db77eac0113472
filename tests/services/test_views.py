"""Saved views: what somebody looks for again and again, for oneself and for those it is shared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from errors import Duplicate, Forbidden, Invalid, NotFound, StaleVersion, TooLarge
from services import log, tasks, views
from services.permissions import scope_of
from services.viewconditions import check
from services.views import Content
from storage.database import session
from storage.queries import conditions
from storage.queries import views as queries
from storage.queries.conditions import COMPARISONS, FIELDS, WITHOUT_VALUE, Kind
from storage.tables import LogEvent
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import procedure
from tests.services.test_statements import counted

EXAMPLES: Mapping[Kind, Sequence[str]] = {
    Kind.CHOICE: ("a",), Kind.NUMBER: ("4",), Kind.MOMENT: ("+3d",), Kind.FLAG: (), Kind.WORDS: ("Nguyễn Văn",),
}  # fmt: skip


def condition(field: str, comparison: str, *values: str) -> dict[str, Any]:
    return {"field": field, "comparison": comparison, "values": list(values)}


@pytest.fixture
def work(office: Office) -> Office:
    """Three tasks of two procedures for the group of the one-door desk."""
    for key in ("first", "second"):
        task = user("do", motcua__candidateGroups="one_door", motcua__dueDate="P2D" if key == "first" else "P9D")
        office.deploy(procedure(key, start("s"), task, end("e"), "s -> do -> e"))
    for key in ("first", "second", "first"):
        office.file_in(key)
        office.later(minutes=1)
    return office


def shown(office: Office, content: Content, username: str = "motcua", **more: Any) -> list[str]:
    """Give the codes that a view shows, each as its last figure."""
    view = views.save(office.viewer(username), content, now=office.now)
    page = views.opened(office.viewer(username), view, now=office.now, **more)
    return [str(line.code)[-1] for line in page.rows]


def only(*conditions: dict[str, Any], **more: Any) -> Content:
    return Content(name=f"view {conditions} {more}"[:80], conditions=conditions, **more)


def test_a_view_shows_what_its_conditions_say(work: Office) -> None:
    (first, *_), motcua = views_of(work), work.viewer("motcua")
    tasks.claim(motcua, first, now=work.now)
    assert shown(work, only(condition("procedure", "is", "first"))) == ["1", "3"]
    assert shown(work, only(condition("procedure", "is_not", "first", "third"))) == ["2"]
    assert shown(work, only(condition("assignee", "is", "@me"))) == ["1"]
    assert sorted(shown(work, only(condition("assignee", "is", "@nobody")))) == ["2", "3"]
    assert shown(work, only(condition("assignee", "is_not", "@nobody"))) == ["1"]
    assert sorted(shown(work, only(condition("assignee", "is_not", "@me")))) == ["2", "3"]
    assert len(shown(work, only(condition("assignee", "is", "@me", "@nobody")))) == 3
    assert shown(work, only(condition("status", "is", "2", "3"))) == []
    assert len(shown(work, only(condition("status", "at_most", "2"), condition("breached", "no")))) == 3
    assert shown(work, only(condition("text", "holds", "Thủ tục SECOND"))) == ["2"]
    assert shown(work, only(condition("filed", "before", "2001-01-01"))) == []
    assert len(shown(work, only(condition("filed", "after", "-1d"), condition("unit", "is", "prevention")))) == 3
    assert shown(work, only(condition("dossier", "no"))) == shown(work, only(condition("breached", "yes"))) == []


def views_of(office: Office) -> list[str]:
    """Give the ids of the open tasks, in the order of filing."""
    page = queries.page(scope_of(office.viewer("motcua")), queries.Question(order="filed"), now=office.now)
    return [line.id for line in page.rows]


def test_every_field_with_every_comparison_is_a_statement_that_runs(work: Office) -> None:
    viewer = work.viewer("motcua")
    for field, kind in FIELDS.items():
        for comparison in COMPARISONS[kind]:
            given = condition(field, comparison, *(() if comparison in WITHOUT_VALUE else EXAMPLES[kind]))
            view = views.save(viewer, only(given), now=work.now)
            page = views.opened(viewer, view, now=work.now)
            counted_so = views.counts(viewer, [view], now=work.now)[view.id]
            assert (len(page.rows), False) == (counted_so.number, counted_so.is_part), given
            views.drop(viewer, view.id, now=work.now)


def test_a_flag_and_its_opposite_are_all(work: Office) -> None:
    for field, kind in FIELDS.items():
        if kind is Kind.FLAG:
            so, not_so = (shown(work, only(condition(field, each))) for each in ("yes", "no"))
            assert sorted(so + not_so) == ["1", "2", "3"], field


def test_a_view_is_sorted_and_paged(work: Office) -> None:
    viewer = work.viewer("motcua")
    for order in queries.ORDERS:
        for descending in (False, True):
            view = views.save(viewer, only(order=order, descending=descending), now=work.now)
            whole = views.opened(viewer, view, now=work.now)
            paged, after = [], None
            for _ in range(3):
                page = views.opened(viewer, view, now=work.now, after=after, limit=1)
                paged += [line.id for line in page.rows]
                after = page.next
            assert after is None
            assert paged == [line.id for line in whole.rows], order
            if order in ("filed", "opened", "code"):
                codes = [line.code for line in whole.rows]
                assert codes == sorted(codes, key=str, reverse=descending), order


def test_nobody_sees_more_by_a_shared_view_than_before(work: Office) -> None:
    owner, other = work.viewer("motcua"), work.hire("an", "officer", groups=("specialist_prevention",))
    mate = work.hire("binh", "officer", groups=("one_door",))
    view = views.save(owner, only(), now=work.now)
    for stranger in (other, mate):
        with pytest.raises(NotFound):
            views.one(stranger, view.id)
    views.share(owner, view.id, "g:one_door", now=work.now)
    assert [known.view.id for known in views.of(mate)] == [view.id]
    assert views.of(other) == ()
    with pytest.raises(NotFound):
        views.one(other, view.id)
    assert len(views.opened(mate, views.one(mate, view.id), now=work.now).rows) == 3
    assert views.opened(other, view, now=work.now).rows == ()
    assert views.counts(other, [view], now=work.now)[view.id].number == 0
    for act in (
        lambda: views.change(mate, view.id, only(), seen_version=1, now=work.now),
        lambda: views.share(mate, view.id, "", now=work.now),
        lambda: views.drop(mate, view.id, now=work.now),
    ):
        with pytest.raises(Forbidden):
            act()
    views.share(owner, view.id, "", now=work.now)
    assert views.of(mate) == ()


def test_one_shares_with_ones_own_groups_and_unit_only(work: Office) -> None:
    owner = work.hire("an", "officer", groups=("one_door",), unit="drug")
    view = views.save(owner, only(), now=work.now)
    for wrong in ("g:leader", "n:prevention", "g:none", "x", "u:an", "g:"):
        with pytest.raises(Invalid) as refused:
            views.share(owner, view.id, wrong, now=work.now)
        assert [detail.field for detail in refused.value.details] == ["shared_with"]
    assert views.share(owner, view.id, "n:drug", now=work.now).shared_with == "n:drug"


def test_a_change_names_the_version_that_was_seen_and_the_same_again_changes_nothing(work: Office) -> None:
    viewer = work.viewer("motcua")
    view = views.save(viewer, Content(name="  của   tôi "), now=work.now)
    assert (view.name, view.version) == ("của tôi", 1)
    assert views.save(viewer, Content(name="của tôi"), now=work.now).id == view.id
    changed = Content(name="của tôi", order="filed", columns=("code", "code", "filed"))
    with pytest.raises(Duplicate):
        views.save(viewer, changed, now=work.now)
    assert views.change(viewer, view.id, changed, seen_version=1, now=work.now).version == 2
    assert views.change(viewer, view.id, changed, seen_version=1, now=work.now).version == 2
    assert views.one(viewer, view.id).columns == ["code", "filed"]
    with pytest.raises(StaleVersion):
        views.change(viewer, view.id, Content(name="khác"), seen_version=1, now=work.now)
    other = views.save(viewer, Content(name="khác"), now=work.now)
    with pytest.raises(Duplicate):
        views.change(viewer, other.id, Content(name="của tôi"), seen_version=1, now=work.now)
    views.drop(viewer, other.id, now=work.now)
    with pytest.raises(NotFound):
        views.drop(viewer, other.id, now=work.now)
    kinds = session().scalars(select(LogEvent.kind).where(LogEvent.chain == "views").order_by(LogEvent.seq)).all()
    assert kinds == ["view.saved", "view.changed", "view.saved", "view.dropped"]
    assert log.verify().breaks == ()


def test_all_that_is_wrong_is_said_at_once(work: Office) -> None:
    content = Content(
        name="", base="everything", order="id; DROP TABLE task", columns=("code", "password_hash"),
        conditions=(
            condition("password_hash", "is", "x"), condition("due", "is", "x"), condition("due", "before", "soon"),
            condition("status", "is", "1 OR 1=1"), condition("breached", "yes", "x"), condition("text", "holds", "  "),
            {"field": ["due"], "comparison": {}}, condition("procedure", "is"),
            condition("filed", "after", "2026-02-30"),
        ),
    )  # fmt: skip
    with pytest.raises(Invalid) as refused:
        views.save(work.viewer("motcua"), content, now=work.now)
    assert [detail.field for detail in refused.value.details] == [
        "name", "base", "order", "columns", "conditions.0.field", "conditions.1.comparison", "conditions.2.values",
        "conditions.3.values", "conditions.4.values", "conditions.5.values", "conditions.6.field",
        "conditions.7.values", "conditions.8.values",
    ]  # fmt: skip


def test_what_are_no_conditions_is_said_so() -> None:
    given: Any
    for given in ("text", None, 4, {"field": "due"}, [condition("due", "empty")] * 21, [[]], ["due"]):
        assert check(given)[1], given


def test_applicants_have_no_views_and_officers_a_bounded_number(work: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for act in (views.of, lambda who: views.save(who, Content(name="x"), now=work.now)):
        with pytest.raises(Forbidden):
            act(work.viewer("nguoinop"))
    monkeypatch.setattr(views, "MOST", 1)
    views.save(work.viewer("motcua"), Content(name="x"), now=work.now)
    with pytest.raises(TooLarge):
        views.save(work.viewer("motcua"), Content(name="y"), now=work.now)


def test_counts_of_many_views_are_one_statement_and_bounded(work: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer = work.viewer("motcua")
    saved = [views.save(viewer, only(condition("priority", "at_least", str(n))), now=work.now) for n in range(9)]
    with counted() as sent:
        found = views.counts(viewer, [known.view for known in views.of(viewer)], now=work.now)
    assert len(sent) == 2  # which there are, and how many tasks each has
    assert {each.number for each in found.values()} == {3}
    monkeypatch.setattr(queries, "MOST_COUNTED", 2)
    assert {(each.number, each.is_part) for each in views.counts(viewer, saved, now=work.now).values()} == {(2, True)}
    assert views.counts(viewer, [], now=work.now) == {}


def test_a_page_says_where_not_all_was_looked_at(work: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer = work.viewer("motcua")
    for limit in ("LOOKED", "SORTED"):
        monkeypatch.setattr(queries, limit, 2)
    by_due = views.opened(viewer, views.save(viewer, Content(name="a"), now=work.now), now=work.now)
    assert (len(by_due.rows), by_due.is_part, by_due.next is not None) == (2, True, True)
    by_filing = views.save(viewer, Content(name="b", order="filed"), now=work.now)
    page = views.opened(viewer, by_filing, now=work.now)
    assert (len(page.rows), page.is_part, page.next) == (2, True, None)


def test_a_relative_moment_moves_on_with_the_day(work: Office) -> None:
    view = views.save(work.viewer("motcua"), only(condition("due", "before", "+3d")), now=work.now)
    one, later = (views.question(view, now=work.now + timedelta(days=n)).conditions[0].values[0] for n in (0, 1))
    assert later - one == timedelta(days=1)


def test_only_fields_of_the_closed_set_are_written_as_sql() -> None:
    assert set(conditions._VALUES) | {f for f, kind in FIELDS.items() if kind in (Kind.FLAG, Kind.WORDS)} == set(FIELDS)
