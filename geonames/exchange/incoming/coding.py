"""Place codes that a file brings: taken with a new place where a document stands behind the file, never overwritten.

Whoever issued them counts the numbers; a series goes on here after the highest number that was taken over
(data/migrations/sql/80_names.sql), so that no number is given twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.errors import BadRequest
from geonames.exchange.incoming import import_sql as sql
from geonames.exchange.incoming.model import ImportAsked, Outcome, Place
from geonames.places.codes import parse_place_code

#: Digits of the county in the code of a division, and in a place code.
_COUNTY = 6


def check_codes(connection: Connection, piece: Sequence[Place], asked: ImportAsked) -> None:
    """Say what becomes of the code of each place; `place_code` stays only where it is taken."""
    coded = [place for place in piece if place.place_code and place.outcome is not Outcome.ERROR]
    if coded:
        given = {row.code: row for row in connection.execute(sql.CODES, _asked_of(coded))}
        borne = {row.subject_id: row.code for row in given.values() if row.retired_at is None}
        for place in coded:
            _check_code(place, given, borne, asked)
    for place in piece:
        if place.outcome is not Outcome.NEW:
            place.place_code = None


def _asked_of(coded: Sequence[Place]) -> dict[str, Any]:
    subjects = sorted({place.subject for place in coded if place.subject is not None})
    return {"codes": sorted({str(place.place_code) for place in coded}), "subjects": subjects}


def _check_code(place: Place, given: dict[str, Any], borne: dict[UUID, str], asked: ImportAsked) -> None:
    code = str(place.place_code)
    if place.outcome is not Outcome.NEW:
        if place.outcome is not Outcome.LEFT_OUT and place.subject is not None and borne.get(place.subject) != code:
            has = borne.get(place.subject, "no code")
            why = f"The register has the place with {has}: nothing is overwritten."
            place.find("place_code", "place_code_differs", why, "warning")
    elif asked.names != "as_stated":
        why = "A code is taken where a document stands behind the file (names=as_stated); here the place gets none."
        place.find("place_code", "place_code_not_taken", why, "info")
        place.place_code = None
    else:
        _check_taken(place, code, given.get(code))


def _check_taken(place: Place, code: str, given: Any) -> None:
    try:
        parts = parse_place_code(code)
    except BadRequest as error:
        place.find("place_code", "bad_place_code", error.detail)
        return
    if given is not None and given.retired_at is None:
        place.find("place_code", "place_code_taken", f"The register has given this code to {given.subject_id}.")
    elif given is not None:
        why = "A place bore this code before; a code is given once, and the place gets none."
        place.find("place_code", "place_code_retired", why, "warning")
        place.place_code = None
    elif parts.type_code != place.type_code or not _same_county(parts.division, place.unit_code):
        why = f"The code is of division {parts.division} and type {parts.type_code}; the row says otherwise."
        place.find("place_code", "place_code_disagrees", why, "warning")


def _same_county(division: str, unit_code: str | None) -> bool:
    return unit_code is None or division[:_COUNTY] == unit_code[:_COUNTY]
