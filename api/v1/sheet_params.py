"""The parameters of printed sheets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import BeforeValidator, WithJsonSchema

from api.sheets import DEFAULT_PAPER, parse_scale
from api.v1.params import IsoDate, optional_id, stable_error
from boundaries.sheets.model import KINDS, check_kind
from boundaries.sheets.settings import check_paper, check_scale, papers, scales
from data.errors import BadRequest


def _checked(check: Callable[[str], Any]) -> BeforeValidator:
    """The subject's own check, its refusal under its own code."""

    def validate(value: Any) -> Any:
        try:
            return check(value) if isinstance(value, str) else value
        except BadRequest as error:
            raise stable_error(error.code, error.detail) from error

    return BeforeValidator(validate)


SheetKind = Annotated[
    str,
    _checked(check_kind),
    WithJsonSchema({"type": "string", "enum": list(KINDS), "default": "agreement"}),
    Query(description="Sheets to the agreement, two versions compared, claims of both sides, working map, atlas."),
]
SheetScale = Annotated[
    int | None,
    _checked(lambda text: check_scale(parse_scale(text) or 0)),
    WithJsonSchema({"type": "integer", "enum": scales(), "minimum": min(scales()), "maximum": max(scales())}),
    Query(description="The denominator of the scale; without it the usual one of the line's level.", examples=[10000]),
]
SheetPaper = Annotated[
    str,
    _checked(check_paper),
    WithJsonSchema({"type": "string", "enum": list(papers()), "default": DEFAULT_PAPER}),
    Query(description="The paper, laid crosswise."),
]
SheetOther = Annotated[
    IsoDate | None,
    Query(alias="with", description="For `diff`: a day of the other version.", examples=["2020-01-01"]),
]


def _claim(side: str) -> Any:
    return Query(
        alias=f"claim_{side}",
        description=f"For `claims`, and for staff: the submission that the unit on the {side} handed in.",
    )


_Submission = Annotated[
    UUID, BeforeValidator(optional_id), WithJsonSchema({"type": "string", "format": "uuid", "maxLength": 36})
]
ClaimLeft = Annotated[_Submission | None, _claim("left")]
ClaimRight = Annotated[_Submission | None, _claim("right")]
