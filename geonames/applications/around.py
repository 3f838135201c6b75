"""What stands around a proposed name: places and other applications of the same or a similar name, sound or writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.db import Row, fetch_all
from geonames.applications import store
from geonames.applications.draft import Draft, position_of
from geonames.likeness.confusables import mistakes
from geonames.likeness.forms import forms

#: How far around the proposal is looked, in metres: a built-up area and what borders on it.
REACH_M = 20_000.0
#: Degrees that hold the reach at any latitude of the country (cosine of 54° is 0.59).
REACH_DEGREES = 0.35
MOST = 100


def around(connection: Connection, case_id: UUID, draft: Draft, position: tuple[float, float] | None) -> dict[str, Any]:
    """By candidate name what is alike within `REACH_M`, the nearest first. `position`: of a place that stands.

    `{"reach_m", "candidates": [{"name", "alike": [...]}]}`; no candidates where nobody knows where it lies.
    """
    where = position_of(draft.geometry) if draft.geometry else position
    if where is None:
        return {"reach_m": REACH_M, "candidates": []}
    found = [{"name": name, "alike": _alike(connection, case_id, draft, name, where)} for name in draft.names]
    return {"reach_m": REACH_M, "candidates": found}


def _alike(
    connection: Connection, case_id: UUID, draft: Draft, name: str, where: tuple[float, float]
) -> list[Mapping[str, Any]]:
    form = forms(name, draft.class_, draft.within)
    values: Row = {
        "own": draft.place_id, "case_id": case_id, "whole": form.whole, "toned": form.sound.toned,
        "toneless": form.sound.toneless, "specific": form.specific, "specific_toneless": form.specific_sound.toneless,
        "written": list(mistakes(form.whole)), "specific_written": list(mistakes(form.specific)),
        "longitude": where[0], "latitude": where[1], "degrees": REACH_DEGREES, "reach": REACH_M, "most": MOST,
    }  # fmt: skip
    return fetch_all(connection, store.ALIKE, values)
