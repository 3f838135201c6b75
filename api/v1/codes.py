"""`/v1/codes`: what a code of one date is at another."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from sqlalchemy import Connection
from starlette.responses import Response

from api.deps import AskByDate, v1_router
from api.v1 import schemas
from api.v1.documentation import question
from api.v1.params import Code, From, IsoDate, To, stable_error
from boundaries.units import service
from data.errors import DimingError

router = v1_router("codes", "/codes")

MAX_CODES = service.MAX_BATCH
#: Longer than any code; what is longer cannot be echoed in a problem of its own.
MAX_CODE_LENGTH = 32

RANGE_PROBLEMS = ("bad_date", "as_of_before_register", "as_of_after_register")


def _within_bounds(value: Any) -> Any:
    if isinstance(value, list) and len(value) > MAX_CODES:
        raise stable_error(
            "too_many_codes",
            f"{len(value)} codes were sent; one question takes at most {MAX_CODES}. None was translated.",
        )
    return value


class Codes(BaseModel):
    """The codes to translate and the two dates."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"codes": ["420600", "330522"], "from": "1990-01-01", "to": "2020-12-31"}},
    )

    codes: Annotated[
        list[Annotated[str, Field(max_length=MAX_CODE_LENGTH)]],
        BeforeValidator(_within_bounds),
        WithJsonSchema(
            {
                "type": "array",
                "minItems": 1,
                "maxItems": MAX_CODES,
                "items": {"type": "string", "maxLength": MAX_CODE_LENGTH},
            }
        ),
        Field(min_length=1),
    ]
    from_: IsoDate | None = Field(default=None, alias="from")
    to: IsoDate | None = None


@router.get(
    "/{code}/translate",
    summary="What a code is at another date",
    response_model=schemas.Translation,
    responses=question(
        "translation", *RANGE_PROBLEMS, "bad_governing_date", "bad_code", "code_never_existed", "code_not_standing"
    ),
)
def translate(ask: AskByDate, code: Code, from_: From = None, to: To = None) -> Response:
    """The units standing at `to` that hold land of the unit that had `code` at `from`.

    `from` defaults to the last day on which the code stood. Works forwards and backwards.
    """
    return ask.answer(lambda connection: service.translate_code(connection, code, from_=from_, to=to))


@router.post(
    "/translate",
    summary="What up to 10,000 codes are at another date",
    response_model=schemas.TranslationList,
    responses=question(
        "translations",
        *RANGE_PROBLEMS,
        "bad_governing_date",
        "bad_body",
        "bad_json",
        "too_many_codes",
        "body_too_large",
    ),
)
def translate_many(ask: AskByDate, body: Codes) -> Response:
    """A question asked by POST because it is long; it changes nothing.

    Each item is a translation, or the problem document of that code alone.
    """
    return ask.answer(lambda connection: _translations(connection, body.codes, body.from_, body.to))


def _translations(connection: Connection, codes: list[str], from_: date | None, to: date | None) -> dict[str, Any]:
    found = service.translate_codes(connection, codes, from_=from_, to=to)
    return {
        "items": [item.problem() if isinstance(item, DimingError) else item for item in found],
        "register_through": service.register_span(connection).register_through,
    }
