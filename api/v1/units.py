"""`/v1/units`: units as they stood at a date, their history, their geometry."""

from __future__ import annotations

from starlette.responses import Response

from api.deps import Ask, AskByDate, v1_router
from api.v1 import schemas
from api.v1.annals_shapes import UnitAnnals
from api.v1.answers import GeoJson
from api.v1.documentation import question
from api.v1.params import AsOf, Code, Cursor, Demonstration, KnownAt, Level, Limit, Parent
from api.v1.parts_schemas import UnitLand
from boundaries.network.parts import unit_parts
from boundaries.shapes.service import unit_geometry
from boundaries.units import service
from boundaries.units.telling import unit_annals
from geonames.spellings.service import unit_spellings

router = v1_router("units", "/units")

AS_OF_PROBLEMS = ("bad_date", "bad_moment", "as_of_before_register", "as_of_after_register")
CODE_PROBLEMS = ("bad_code", "code_never_existed", "code_not_standing")


@router.get(
    "",
    summary="Units at a date",
    response_model=schemas.UnitList,
    responses=question(
        "units", *AS_OF_PROBLEMS, *CODE_PROBLEMS, "bad_level", "limit_out_of_range", "bad_cursor", "bad_governing_date"
    ),
)
def list_units(
    ask: AskByDate,
    parent: Parent = None,
    level: Level = None,
    as_of: AsOf = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    known_at: KnownAt = None,
    demonstration: Demonstration = "false",
) -> Response:
    """The units directly under `parent`, or of the whole country, in the order of their codes."""
    return ask.answer(
        lambda connection: service.list_units(
            connection,
            parent=parent,
            level=level,
            as_of=as_of,
            limit=limit,
            cursor=cursor,
            known_at=known_at,
            demonstration=demonstration == "true",
        )
    )


@router.get(
    "/{code}",
    summary="A unit at a date",
    response_model=schemas.Unit,
    responses=question("unit", *AS_OF_PROBLEMS, *CODE_PROBLEMS, "bad_governing_date"),
)
def find_unit(ask: AskByDate, code: Code, as_of: AsOf = None, known_at: KnownAt = None) -> Response:
    """The unit that has this code at `as_of`: name, level, type, chain, validity, decisions.

    Without `as_of` a code that no longer stands gives the last unit that had it, with `status: former`.
    """
    return ask.answer(lambda connection: service.find_unit(connection, code, as_of, known_at))


@router.get(
    "/{code}/history",
    summary="All versions of a unit",
    response_model=schemas.UnitHistory,
    responses=question("unit-history", *AS_OF_PROBLEMS, *CODE_PROBLEMS, "bad_governing_date"),
)
def unit_history(ask: AskByDate, code: Code, as_of: AsOf = None, known_at: KnownAt = None) -> Response:
    """Every version of the unit that has (or last had) this code, its lineage, and the decisions.

    A code may have belonged to several units; `as_of` says which is meant.
    """
    return ask.answer(lambda connection: service.unit_history(connection, code, as_of, known_at))


@router.get(
    "/{code}/annals",
    summary="What happened to a unit",
    response_model=UnitAnnals,
    responses=question("unit-annals", *AS_OF_PROBLEMS, *CODE_PROBLEMS, "bad_governing_date"),
)
def annals(ask: AskByDate, code: Code, as_of: AsOf = None, known_at: KnownAt = None) -> Response:
    """The annals (区划沿革) of the unit that has (or last had) this code: by day and document what it did to the unit.

    Each entry has the unit before and after, and the land that came from or went to other units. Where no document
    says the day, `date_within` gives the first and the last on which it may have been.
    """
    return ask.answer(lambda connection: unit_annals(connection, code, as_of, known_at))


@router.get(
    "/{code}/spellings",
    summary="All spellings of a unit's names",
    response_model=schemas.UnitSpellings,
    responses=question("unit-spellings", *AS_OF_PROBLEMS, *CODE_PROBLEMS),
)
def spellings(ask: Ask, code: Code, as_of: AsOf = None, known_at: KnownAt = None) -> Response:
    """Every spelling in Latin letters of every name that the unit has borne, with its source and review mark.

    Of each name one is `preferred`: what an office has settled, else by the order of sources; conflicts are kept.
    """
    return ask.answer(lambda connection: unit_spellings(connection, code, as_of, known_at))


@router.get(
    "/{code}/geometry",
    summary="Where a unit lies",
    response_model=schemas.Feature,
    response_class=GeoJson,
    responses=question(None, *AS_OF_PROBLEMS, *CODE_PROBLEMS, "map_not_approved", "no_geometry"),
)
def geometry(ask: Ask, code: Code, as_of: AsOf = None) -> Response:
    """The unit's boundary, or its point where no boundary of that date is known.

    Boundary geometry is public only under a map-approval number (审图号). The
    feature's properties carry source, licence, date and provenance.
    """
    return ask.answer_for_audience(
        lambda connection, audience: unit_geometry(connection, code, as_of, audience),
        GeoJson.media_type,
    )


@router.get(
    "/{code}/parts",
    summary="The land of a unit",
    response_model=UnitLand,
    responses=question(None, *AS_OF_PROBLEMS, *CODE_PROBLEMS, "map_not_approved"),
)
def parts(ask: Ask, code: Code, as_of: AsOf = None) -> Response:
    """The parts of a unit's land from the segments around it: exclaves, enclaves of others, condominiums, open ends.

    A unit whose ring is open says where, and which segment is nearest. Shown to the public only under a
    map-approval number (审图号).
    """
    return ask.answer_for_audience(lambda connection, audience: unit_parts(connection, code, as_of, audience))
