"""Many dossiers of one: the rows of a dossier that was played, with other ids, codes, numbers, people and goods.

Its moments stay, so that what the clock computed of them stays right; of its log each hash is computed anew, over data
that name the copy. A copy differs in nothing from a dossier that was played (tests/services/test_demo_copies.py).
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from engine.state import COMPRESSED
from services import dossiers, ids, log, papers, snapshots
from services.demo import courses
from services.demo.crew import Crew
from services.demo.plan import Planned
from services.demo.play import legal_of
from services.folding import fold
from services.permissions import Viewer
from storage.database import verb
from storage.rows import demo as rows
from storage.rows.demo import Row, Rows

SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
TEXTS = (str, list, dict)
STATES = {("instance", "state"), ("task", "snapshot")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mould:
    """A dossier that was played, ready to be copied."""

    one: Planned
    agency: str
    fixed: Mapping[str, Sequence[Row]]
    """What every copy has as well: moments, numbers."""
    text: str
    """All the rest, as JSON."""
    own: Mapping[str, str]
    """What is its own -> what that is: "instance", "dossier", "code", …; copies have others in its place."""
    pattern: re.Pattern[str]


def mould(one: Planned) -> Mould:
    """Read a dossier that was played."""
    found = _read(one)
    dossier, instance = found["dossier"][0], found["instance"][0]
    own = {
        instance["id"]: "instance",
        dossier["id"]: "dossier",
        dossier["code"]: "code",
        fold(dossier["code"]): "folded code",
        dossier["check_code"]: "check code",
        dossier["applicant"]: "applicant",
        _quoted(dossier["applicant_name"]): "applicant's name",
    }
    for document in found["document"]:
        own[document["id"]] = "document"
        if document["origin"] == "issued" and document["number"] not in _typed(one).values():
            own[_quoted(document["number"])] = f"number {document['kind']}"
    own |= {_quoted(value): f"typed {where}" for where, value in _typed(one).items()}
    fixed = {name: [_fixed(row) for row in found[name]] for name in rows.COPIED}
    texts = {name: [_texts(name, row) for row in found[name]] for name in rows.COPIED}
    return Mould(
        one=one,
        agency=legal_of(one.course.slug).agency_code,
        fixed=fixed,
        text=orjson.dumps(texts).decode(),
        own=own,
        pattern=re.compile("|".join(re.escape(each) for each in sorted(own, key=len, reverse=True))),
    )


@verb
def write(each: Mould, numbers: Sequence[int], crew: Crew) -> None:
    """Write the copies with these numbers in one transaction."""
    rows.write([copied(each, number, crew) for number in numbers])


def copy_id(one: Planned, number: int) -> str:
    """Give the id of a copy: the same each time, so that it is known whether it is there."""
    return hashlib.sha256(f"{one.id}:{number}".encode()).hexdigest()[:32]


def copied(each: Mould, number: int, crew: Crew) -> Rows:
    """Give the rows of a copy; takes the next code and numbers in the present transaction."""
    one = replace(each.one, number=number)
    applicant = crew.applicant(one.chance("play"))
    new = _new(each, one, applicant)
    texts = orjson.loads(each.pattern.sub(lambda found: new[found[0]], each.text))
    found = {
        name: [{**fixed, **text} for fixed, text in zip(each.fixed[name], texts[name], strict=True)]
        for name in rows.COPIED
    }
    _finish(found, each, new)
    return found


def _new(each: Mould, one: Planned, applicant: Viewer) -> dict[str, str]:
    """Give what a copy has in the place of what is the mould's own."""
    filed_at = each.fixed["dossier"][0]["filed_at"]
    code = dossiers.next_code(each.agency, filed_at)
    said = {
        "instance": ids.new(filed_at),
        "dossier": copy_id(each.one, one.number),
        "code": code,
        "folded code": fold(code),
        "check code": dossiers.new_check_code(),
        "applicant": applicant.username,
        "applicant's name": _quoted(applicant.name),
    }
    typed, new = _typed(one), {}
    for number, (old, what) in enumerate(each.own.items()):
        if what == "document":
            new[old] = hashlib.sha256(f"{said['dossier']}:{number}".encode()).hexdigest()[:32]
        elif what.startswith("number "):
            issued = next(row for row in each.fixed["document"] if _quoted(row["was"]) == old)
            new[old] = _quoted(papers.next_number(each.agency, what.removeprefix("number "), issued["created_at"]))
        elif what.startswith("typed "):
            new[old] = _quoted(typed[what.removeprefix("typed ")])
        else:
            new[old] = said[what]
    return new


def _finish(found: dict[str, list[Row]], each: Mould, new: Mapping[str, str]) -> None:
    """Put bytes back, and compute what is computed: the words to search for, the hashes."""
    dossier, instance = found["dossier"][0], found["instance"][0]
    for name, column in STATES:
        for row in found[name]:
            if row[column] is not None:
                row[column] = _packed(*row[column])
    for old, value in new.items():
        if old.startswith('"'):
            dossier["search_text"] = dossier["search_text"].replace(fold(old[1:-1]), fold(value[1:-1]))
    for row in found["document"]:
        del row["was"]
    _chain(found["log_event"], dossier, {row["id"]: row["answers"] for row in found["task"]})
    instance["log_hash"] = found["log_event"][-1]["hash"]


def _chain(events: Sequence[Row], dossier: Row, answers: Mapping[str, Any]) -> None:
    previous = b""
    for row in events:
        data = row["data"]
        if "answers_sha256" in data:
            given = dossier["answers"] if row["seq"] == 1 else answers[row["chain"] + data["task"]]
            data["answers_sha256"] = hashlib.sha256(orjson.dumps(given, option=orjson.OPT_SORT_KEYS)).hexdigest()
        row["data"] = orjson.dumps(data, option=SORTED).decode()
        row["hash"] = previous = log.digest(
            previous, row["chain"], row["seq"], row["at"], row["kind"], row["actor"], row["data"]
        )


def _read(one: Planned) -> Rows:
    found = rows.of(one.id)
    return {**found, "document": [{**row, "was": row["number"]} for row in found["document"]]}


def _texts(name: str, row: Row) -> Row:
    """Give what a copy may have otherwise, as JSON can have it."""
    found: Row = {column: value for column, value in row.items() if isinstance(value, TEXTS) and column != "was"}
    if name == "log_event":
        found["data"] = orjson.loads(row["data"])
    for table, column in STATES:
        if name == table and row[column] is not None:
            found[column] = _unpacked(row[column], is_state=column == "state")
    return found


def _fixed(row: Row) -> Row:
    return {column: value for column, value in row.items() if not isinstance(value, TEXTS) or column == "was"}


def _unpacked(kept: bytes, *, is_state: bool) -> tuple[bool, bool, str, Any]:
    """Give whether it is a state and packed, its mark and its content."""
    packed = kept.startswith(COMPRESSED)
    whole = (zlib.decompress(kept) if is_state else snapshots.opened(kept)) if packed else kept
    start = whole.index(b"{")
    return is_state, packed, whole[:start].decode(), orjson.loads(whole[start:])


def _packed(is_state: bool, packed: bool, mark: str, content: Any) -> bytes | None:
    whole = mark.encode() + orjson.dumps(content)
    if not is_state:
        return snapshots.taken(whole)
    return zlib.compress(whole) if packed else whole


def _typed(one: Planned) -> dict[str, str]:
    """Give what is typed in this dossier and in no other: where -> what."""
    found: dict[str, str] = {}
    sets = {"filing": one.course.answers} | {f"{n}": act.answers for n, act in enumerate(one.course.acts)}
    facts = one.facts
    for where, answers in sets.items():
        _walk(where, answers, facts, found)
    return found


def _walk(where: str, value: Any, facts: courses.Facts, found: dict[str, str]) -> None:
    if isinstance(value, Mapping):
        for name, item in value.items():
            if isinstance(item, str):
                if name in courses.OWN:
                    found[f"{where}.{name}"] = facts.of(name, item)
            else:
                _walk(f"{where}.{name}", item, facts, found)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            _walk(f"{where}.{number}", item, facts, found)


def _quoted(text: str) -> str:
    """Give a text as JSON has it, so that only the whole of a value is meant."""
    return orjson.dumps(text).decode()
