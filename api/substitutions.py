"""Substitutions: listed, appointed, ended."""

from __future__ import annotations

from typing import Any

from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.paging import given, taken
from api.schemas.substitutions import Appoint, ListParameters, Substitution, SubstitutionPage
from api.schemas.tasks import Nothing
from services import substitutions
from storage.queries import substitutions as queries

blueprint = Blueprint("substitutions", "Colleagues who do somebody's tasks while they are away.")
COLUMNS = tuple(Substitution().fields)


@blueprint.get("/substitutions")
@blueprint.filters(ListParameters)
@blueprint.answers(SubstitutionPage)
def list_(wanted: dict[str, Any]) -> dict[str, Any]:
    """List those that the caller is part of; to heads those of their unit, to administrators all."""
    reach = substitutions.reach_of(viewer())
    rows, following = queries.listed(reach, wanted.get("state", ""), now=now(), **taken(wanted))
    return given(rows, following, wanted, _out)


@blueprint.post("/substitutions")
@blueprint.body(Appoint)
@blueprint.answers(Substitution, 201)
def appoint(sent: dict[str, Any]) -> dict[str, Any]:
    """Let somebody stand in for oneself, for one's unit's people as head, for anybody as administrator."""
    return _out(
        substitutions.appoint(
            viewer(), sent["absent"], sent["substitute"], starts_at=sent["starts_at"], ends_at=sent["ends_at"],
            now=now(), keys=sent["keys"], reason=sent["reason"],
        )
    )  # fmt: skip


@blueprint.post("/substitutions/<substitution_id>/end")
@blueprint.body(Nothing)
@blueprint.answers(Substitution)
def end(_: dict[str, Any], substitution_id: str) -> dict[str, Any]:
    """End one now; one that is over stays as it is."""
    return _out(substitutions.end(viewer(), substitution_id, now=now()))


def _out(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in COLUMNS}
