"""`/v1/lines/{id}/description`: a line in words (走向说明), and a given text held against it; for staff."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.deps import v1_router
from api.v1.answers import encode
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.lines import AS_OF_PROBLEMS, LINE_PROBLEMS
from api.v1.params import AsOf, EntityId
from api.v1.schemas import Shape
from boundaries.network.course_check import KINDS, compare
from boundaries.network.description import Leg
from boundaries.network.telling import as_disagreement, as_told, line_description
from data.access import Matter, require
from data.db import reading
from geonames.search.along import features_within

router = v1_router("lines", "/lines")

#: Descriptions of a provincial line run to some tens of thousands of characters.
MOST_TEXT = 200_000


class PassedFeature(Shape):
    """A named feature beside a leg: metres along it, the side as it runs, metres from it."""

    name: str
    along_m: float
    side: str
    off_m: float


class DescribedLeg(Shape):
    """From one named point to the next."""

    from_: str = Field(alias="from")
    to: str
    direction: str = Field(description="One of sixteen from true north: `N`, `NNE` …")
    azimuth_deg: float = Field(description="From true north.")
    grid_azimuth_deg: float | None = Field(description="In its zone of three degrees: by the convergence apart.")
    length_m: float
    features: list[PassedFeature]
    text: str


class Disagreement(Shape):
    """A leg of which the text says otherwise."""

    leg: int
    kind: str = Field(json_schema_extra={"enum": list(KINDS)}, description="What it is about.")
    said: str
    is_: str = Field(alias="is")


class Description(Shape):
    """The legs of a line, and where a given text parts from them."""

    legs: list[DescribedLeg]
    disagreements: list[Disagreement]


class GivenText(BaseModel):
    """A description, worded leg by leg as ours are."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"text": "从1号界桩起，界线向北方向行85米，至2号界桩。"}}
    )

    text: Annotated[str, Field(min_length=1, max_length=MOST_TEXT)]


EXAMPLE: dict[str, Any] = {
    "legs": [
        {
            "from": "1号界桩",
            "to": "2号界桩",
            "direction": "N",
            "azimuth_deg": 3.412,
            "grid_azimuth_deg": 3.091,
            "length_m": 11085.664,
            "features": [{"name": "示例山", "along_m": 5210.3, "side": "left", "off_m": 120.4}],
            "text": "从1号界桩起，界线向北方向行11086米，途经示例山（左侧120米），至2号界桩。",
        }
    ],
    "disagreements": [{"leg": 1, "kind": "direction", "said": "南", "is": "北"}],
}
ASKED = ("sign_in_needed", "not_permitted", "register_empty", *AS_OF_PROBLEMS, *LINE_PROBLEMS)


def _answers(*codes: str) -> Responses:
    return {200: {"content": {"application/json": {"example": EXAMPLE}}}, **problems_for(*codes, *EVERYWHERE)}


@router.get(
    "/{entity_id}/description", summary="A line in words", response_model=Description, responses=_answers(*ASKED)
)
def describe(request: Request, entity_id: EntityId, as_of: AsOf = None) -> Response:
    """走向说明 from node to node and marker to marker, with the named features that it passes; for staff."""
    return _answer(described(request, entity_id, as_of), None)


@router.post(
    "/{entity_id}/description/check",
    summary="Hold a given description against a line",
    response_model=Description,
    responses=_answers(*ASKED, "cross_site_write", "bad_body", "bad_json", "body_too_large"),
)
def check(request: Request, entity_id: EntityId, body: GivenText, as_of: AsOf = None) -> Response:
    """Each leg that disagrees in point, direction or distance (2 %) is named. Nothing is stored."""
    return _answer(described(request, entity_id, as_of), body.text)


def described(request: Request, line: UUID, as_of: date | None) -> list[Leg]:
    """The legs of a line, for whoever may see where markers stand."""
    require(actor_of(request), "geometry.read", Matter())
    with reading(request.app.state.databases.office) as connection:
        return line_description(connection, line, as_of, features_within)


def _answer(legs: list[Leg], text: str | None) -> Response:
    found = compare(text, legs) if text is not None else []
    told = {"legs": [as_told(leg) for leg in legs], "disagreements": [as_disagreement(one) for one in found]}
    return Response(encode(told), media_type="application/json", headers={"Cache-Control": "private, no-cache"})
