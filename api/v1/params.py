"""The parameters of version 1: one type for each, with its bounds, its schema and its stable code.

A value that is not of the form asked for is refused with that code; nothing
is cut to size, rounded or guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Path, Query
from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from data.crs import BBox, check_bbox, check_position
from data.errors import BadRequest
from data.governing import GOVERNING

#: GB/T 2260: six digits to the county, nine to the township, twelve to the village (GB/T 10114).
CODE_PATTERN = r"^[0-9]{6}([0-9]{3}([0-9]{3})?)?$"
MAX_TEXT = 200
MAX_CURSOR = 2000
MAX_LIMIT = 1000
#: A change number fits PostgreSQL's bigint.
MAX_SEQ = 2**63 - 1

_CODE = re.compile(CODE_PATTERN.removesuffix("$"))
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: A JSON number (RFC 8259 section 6); NaN and infinity are none.
_DECIMAL = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,3})?")
_DIGITS = re.compile(r"[0-9]{1,19}")


def stable_error(code: str, message: str) -> PydanticCustomError:
    """A refusal with the stable `code`; `message` is for the person who asked."""
    return PydanticCustomError(code, "{message}", {"message": message, "stable": True})


def _unless_none(check: Callable[[str], Any]) -> Callable[[Any], Any]:
    def checked(value: Any) -> Any:
        return check(value) if isinstance(value, str) else value

    return checked


def in_words(value: Any) -> Any:
    """Days and moments are texts: a number would be taken for seconds since 1970, which nobody meant."""
    if isinstance(value, int | float):
        raise ValueError("a text is wanted, such as 2024-06-01, and not a number")
    return value


def parse_date(text: str) -> date:
    """A whole ISO 8601 date; a partial one is refused, because it would have to be guessed."""
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise stable_error("bad_date", f"{_shown(text)} is not a date of the form YYYY-MM-DD (ISO 8601).")


def asked_day(text: str) -> date:
    """The same outside of the framework's reading of parameters: BadRequest `bad_date`."""
    try:
        return parse_date(text)
    except ValueError as error:
        raise BadRequest(str(error), code="bad_date") from error


def _written_day(value: Any) -> Any:
    """A day as it is written; ValueError for a number, a moment or a part of a date."""
    value = in_words(value)
    if isinstance(value, str) and not _DATE.fullmatch(value):
        raise ValueError("a day is written YYYY-MM-DD (ISO 8601)")
    return value


def parse_moment(text: str) -> datetime:
    """A moment with its offset from UTC (RFC 3339)."""
    try:
        moment = datetime.fromisoformat(text)
        if len(text) > len("2024-12-31") and moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise stable_error(
        "bad_moment", f"{_shown(text)} is not a moment with its offset, such as 2024-06-01T08:00:00Z (RFC 3339)."
    )


def parse_code(text: str) -> str:
    """A division code of 6, 9 or 12 digits."""
    if _CODE.fullmatch(text):
        return text
    raise stable_error("bad_code", f"{_shown(text)} is not a division code: 6, 9 or 12 digits.")


def parse_text(text: str) -> str:
    """A search text of 1 to 200 characters without control characters."""
    if len(text) > MAX_TEXT:
        raise stable_error("query_too_long", f"the text has {len(text)} characters; at most {MAX_TEXT} are searched.")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise stable_error("query_control_characters", "the text contains control characters.")
    if not text.strip():
        raise stable_error("query_empty", "the text is empty; leave the parameter out to ask without it.")
    return text


def parse_id(text: str) -> UUID:
    """An identifier as answers give it: 32 hexadecimal digits in five groups."""
    try:
        if len(text) == len("00000000-0000-0000-0000-000000000000"):
            return UUID(text)
    except ValueError:
        pass
    raise stable_error("bad_id", f"{_shown(text)} is not an identifier (UUID) such as answers give as `id`.")


def _whole_number(lowest: int, highest: int, code: str) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if _DIGITS.fullmatch(text) and lowest <= int(text) <= highest:
            return int(text)
        raise stable_error(code, f"{_shown(text)} is not a whole number from {lowest} to {highest}.")

    return parse


def _degrees(bound: int) -> Callable[[str], float]:
    def parse(text: str) -> float:
        if not _DECIMAL.fullmatch(text):
            raise stable_error("bad_coordinates", f"{_shown(text)} is not a decimal number of degrees.")
        if not -bound <= float(text) <= bound:
            raise stable_error("coordinates_out_of_range", f"{text} is outside -{bound} to {bound} degrees.")
        return float(text)

    return parse


def parse_numbers(text: str, count: int, form: str) -> list[float]:
    """`count` decimal numbers separated by commas; BadRequest `bad_coordinates` otherwise."""
    parts = text.split(",")
    if len(parts) != count or not all(_DECIMAL.fullmatch(part) for part in parts):
        raise BadRequest(f"{_shown(text)} is not of the form {form}, in degrees.", code="bad_coordinates")
    return [float(part) for part in parts]


def parse_bbox(text: str | None) -> BBox | None:
    """West, south, east, north in degrees; errors of `data.crs.check_bbox` beside `bad_coordinates`."""
    if text is None:
        return None
    west, south, east, north = parse_numbers(text, 4, "west,south,east,north")
    return check_bbox((west, south, east, north))


def parse_near(text: str | None) -> tuple[float, float] | None:
    """Longitude and latitude in degrees; errors of `data.crs.check_position` beside `bad_coordinates`."""
    if text is None:
        return None
    longitude, latitude = parse_numbers(text, 2, "lon,lat")
    return check_position(longitude, latitude)


def _shown(text: str) -> str:
    """What was given, shortened and with control characters spelled out, for a message."""
    short = text if len(text) <= 40 else text[:40] + "…"
    return repr(short)


def _schema(kind: str, **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": kind, **more})


IsoDate = Annotated[
    date, BeforeValidator(_unless_none(parse_date)), BeforeValidator(in_words), _schema("string", format="date")
]
Moment = Annotated[
    datetime,
    BeforeValidator(_unless_none(parse_moment)),
    BeforeValidator(in_words),
    _schema("string", format="date-time"),
]
#: A day in a body: what is none is refused as the rest of a body is (`bad_body`).
Day = Annotated[date, BeforeValidator(_written_day), _schema("string", format="date")]
CodeText = Annotated[
    str, BeforeValidator(_unless_none(parse_code)), _schema("string", pattern=CODE_PATTERN, maxLength=12)
]
LevelKey = Annotated[
    str,
    BeforeValidator(
        _unless_none(lambda text: _one_of(text, ("province", "prefecture", "county", "township"), "bad_level"))
    ),
    _schema("string", enum=["province", "prefecture", "county", "township"]),
]


def _matching(text: str, pattern: str, code: str, form: str) -> str:
    if re.fullmatch(pattern, text, re.ASCII):
        return text
    raise stable_error(code, f"{_shown(text)} is not of the form asked for: {form}.")


def _one_of(text: str, allowed: tuple[str, ...], code: str) -> str:
    if text in allowed:
        return text
    raise stable_error(code, f"{_shown(text)} is none of {', '.join(allowed)}.")


def optional_id(value: Any) -> Any:
    """An identifier given as text; what is no text is left for the type to judge."""
    return _unless_none(parse_id)(value)


def optional_word(value: Any, allowed: tuple[str, ...], code: str) -> Any:
    """One of the words allowed, given as text; `code` otherwise."""
    return _unless_none(lambda text: _one_of(text, allowed, code))(value)


AS_OF_HELP = "The date that is asked about; default `register_through`. Whole dates only."

Code = Annotated[CodeText, Path(description="Division code (GB/T 2260; 6, 9 or 12 digits).", examples=["420600"])]
AsOf = Annotated[IsoDate | None, Query(description=AS_OF_HELP, examples=["1990-01-01"])]
AnyDay = Annotated[
    IsoDate | None, Query(alias="as_of", description="The day that is asked about.", examples=["2026-01-01"])
]
KnownAt = Annotated[
    Moment | None,
    Query(
        description="Answer from what the register had recorded at this moment (RFC 3339); default: now.",
        examples=["2026-01-01T00:00:00Z"],
    ),
]
From = Annotated[
    IsoDate | None,
    Query(alias="from", description="Date at which the code is read; default: the last day it stood."),
]
To = Annotated[IsoDate | None, Query(alias="to", description="Date to translate to; default `register_through`.")]
Demonstration = Annotated[
    Literal["true", "false"],
    Query(description="`true`: the made-up units and documents of the demonstration instead of the real ones."),
]
GovernedBy = Annotated[
    Annotated[
        str,
        BeforeValidator(_unless_none(lambda text: _one_of(text, GOVERNING, "bad_governing_date"))),
        _schema("string", enum=list(GOVERNING)),
    ],
    Query(
        description="Which date of a decision the answer goes by: that of its effect, its approval or its announcement."
    ),
]
EntityId = Annotated[
    UUID,
    BeforeValidator(_unless_none(parse_id)),
    _schema("string", format="uuid", maxLength=36),
    Path(description="Identifier, as answers give it."),
]
JobNumber = Annotated[
    int,
    BeforeValidator(_unless_none(_whole_number(1, MAX_SEQ, "bad_id"))),
    _schema("integer", minimum=1, maximum=MAX_SEQ),
    Path(description="Number of the job, as answers give it."),
]
Parent = Annotated[CodeText | None, Query(description="Only units directly under the unit with this code.")]
Level = Annotated[LevelKey | None, Query(description="Only units of this level.")]
Within = Annotated[CodeText | None, Query(description="Only what lies within the unit with this code.")]
Limit = Annotated[
    int,
    BeforeValidator(_unless_none(_whole_number(1, MAX_LIMIT, "limit_out_of_range"))),
    _schema("integer", minimum=1, maximum=MAX_LIMIT, default=100),
    Query(description="How many items at most."),
]
Since = Annotated[
    int,
    BeforeValidator(_unless_none(_whole_number(0, MAX_SEQ, "bad_sequence"))),
    _schema("integer", minimum=0, maximum=MAX_SEQ, default=0),
    Query(description="Number of the last change already seen; 0: from the first."),
]
Cursor = Annotated[
    str | None,
    BeforeValidator(
        _unless_none(lambda text: _cursor(text)),
    ),
    _schema("string", pattern=r"^[A-Za-z0-9_.=~-]+$", maxLength=MAX_CURSOR),
    Query(description="`next` of the page before; only with the same other parameters."),
]
SearchText = Annotated[
    str, BeforeValidator(_unless_none(parse_text)), _schema("string", minLength=1, maxLength=MAX_TEXT)
]
LineName = Annotated[
    Annotated[str, BeforeValidator(_unless_none(parse_text)), _schema("string", minLength=1, maxLength=MAX_TEXT)]
    | None,
    Query(description="Only lines of exactly this name.", examples=["长安线"]),
]
LineUnit = Annotated[CodeText | None, Query(description="Only lines beside the unit with this code.")]
LineId = Annotated[
    Annotated[UUID, BeforeValidator(_unless_none(parse_id)), _schema("string", format="uuid", maxLength=36)] | None,
    Query(description="Only markers of the line with this identifier."),
]
OneLine = Annotated[
    Annotated[UUID, BeforeValidator(parse_id), _schema("string", format="uuid", maxLength=36)],
    Query(description="The line."),
]
ExportFormat = Annotated[
    Annotated[
        str,
        BeforeValidator(_unless_none(lambda text: _one_of(text, ("shp", "gpkg", "geojson", "parquet"), "bad_format"))),
        _schema("string", enum=["shp", "gpkg", "geojson", "parquet"]),
    ],
    Query(alias="format", description="The file's format; `shp` is one zip."),
]
ExportEncoding = Annotated[
    Annotated[
        str,
        BeforeValidator(_unless_none(lambda text: _one_of(text, ("GB18030", "UTF-8"), "bad_encoding"))),
        _schema("string", enum=["GB18030", "UTF-8"]),
    ],
    Query(description="Encoding of a Shapefile's texts."),
]


def parse_crs(text: str) -> int:
    """The number of `EPSG:n`; whether there is such a system is asked where it is used."""
    return int(_matching(text, r"EPSG:[0-9]{4,5}", "bad_crs", "EPSG:4528").removeprefix("EPSG:"))


ExportCrs = Annotated[
    Annotated[
        int,
        BeforeValidator(_unless_none(parse_crs)),
        _schema("string", pattern=r"^EPSG:[0-9]{4,5}$", maxLength=10, default="EPSG:4490"),
    ],
    Query(description="A system on CGCS2000: EPSG:4490, or one of 4491 to 4554.", examples=["EPSG:4528"]),
]
Year = Annotated[
    int | None,
    BeforeValidator(_unless_none(_whole_number(1, 9999, "bad_year"))),
    _schema("integer", minimum=1, maximum=9999),
    Query(description="Year of the document, or of the list where the document has no date."),
]
#: The eight items of 地名管理条例 第三条 (State Council Order 753).
PLACE_CLASSES = (
    "NATURAL",
    "ADMIN_DIVISION",
    "VILLAGE_COMMUNITY",
    "PARK_RESERVE",
    "STREET",
    "RESIDENTIAL_BUILDING",
    "FACILITY",
    "OTHER",
)
PlaceClass = Annotated[
    Annotated[
        str,
        BeforeValidator(_unless_none(lambda text: _one_of(text, PLACE_CLASSES, "bad_class"))),
        _schema("string", enum=list(PLACE_CLASSES)),
    ]
    | None,
    Query(alias="class", description="Only places of this class (地名管理条例 Art. 3)."),
]
TypeCode = Annotated[
    Annotated[
        str,
        BeforeValidator(_unless_none(lambda text: _matching(text, r"[0-9]{5}", "bad_type", "five digits"))),
        _schema("string", pattern="^[0-9]{5}$", maxLength=5),
    ]
    | None,
    Query(alias="type", description="Only places of this class of GB/T 18521 (five digits)."),
]
#: A word by which lists are narrowed, without control characters.
Word = Annotated[str, BeforeValidator(_unless_none(parse_text)), _schema("string", minLength=1, maxLength=MAX_TEXT)]
Heritage = Annotated[
    Word | None,
    Query(description="Only places on this heritage list."),
]
# Two and four numbers stay texts here: the framework takes a tuple for a repeated parameter.
Bbox = Annotated[
    str | None,
    _schema("string", maxLength=200),
    Query(description="Only within west,south,east,north (degrees, CGCS2000).", examples=["119,30,120,31"]),
]
Near = Annotated[
    str | None,
    _schema("string", maxLength=100),
    Query(description="Nearest to lon,lat first among equal matches (degrees, CGCS2000).", examples=["119.9,31.0"]),
]
East = Annotated[float, BeforeValidator(_unless_none(_degrees(180))), _schema("number", minimum=-180, maximum=180)]
North = Annotated[float, BeforeValidator(_unless_none(_degrees(90))), _schema("number", minimum=-90, maximum=90)]
Longitude = Annotated[East, Query(description="Longitude in degrees, CGCS2000.", examples=[119.91])]
Latitude = Annotated[North, Query(description="Latitude in degrees, CGCS2000.", examples=[31.0])]


def _cursor(text: str) -> str:
    if len(text) <= MAX_CURSOR and re.fullmatch(r"[A-Za-z0-9_.=~-]+", text):
        return text
    raise stable_error("bad_cursor", "this is not a cursor that a page before gave as `next`.")
