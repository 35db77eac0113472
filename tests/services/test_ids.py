"""Ids: short, one after the other, never the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from services import ids

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_later_id_sorts_behind() -> None:
    given = [ids.new(NOON + timedelta(milliseconds=10 * number)) for number in range(500)]
    given.append(ids.new(NOON.replace(year=2290)))
    assert given == sorted(given)
    assert {len(one) for one in given} == {ids.LENGTH}


def test_ids_of_one_moment_differ() -> None:
    given = {ids.new(NOON) for _ in range(5000)}
    assert len(given) == 5000
    assert set("".join(given)) == set(ids.LETTERS)


def test_the_letters_are_sorted_as_databases_sort_them() -> None:
    assert sorted(ids.LETTERS) == list(ids.LETTERS)
