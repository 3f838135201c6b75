"""`/v1/names/check`: is this name a good one? The findings of the naming rules, with their articles."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Body, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from sqlalchemy import Connection
from starlette.responses import Response

from api.deps import Ask, v1_router
from api.v1.documentation import question
from api.v1.params import CODE_PATTERN, CodeText, East, IsoDate, North, stable_error
from api.v1.romanize import CLASS_HELP, CLASS_PATTERN, MAX_CLASS_LENGTH
from api.v1.schemas import IsoDateText, Shape
from data.errors import DimingError
from geonames.romanize.asking import MAX_NAME
from geonames.rules.asking import NameQuestion, answer_of

router = v1_router("names", "/names")

#: Checks take milliseconds each, and a question must end before its reader's time limit.
MAX_CHECKS = 200
#: Longest free text of an application that a rule looks at.
MAX_TEXT = 4_000
MAX_OVERRIDES = 45
DATES = ("as_of_before_register",)
NAME_PROBLEMS = ("name_empty", "name_too_long", "name_control_characters", "bad_class", "bad_type")
PLACE_PROBLEMS = ("bad_coordinates", "coordinates_out_of_range", "bad_code", "code_never_existed", "code_not_standing")

ClassText = Annotated[str, WithJsonSchema({"type": "string", "pattern": CLASS_PATTERN, "maxLength": MAX_CLASS_LENGTH})]
#: A JSON number, not a text that could be read as one.
Number = Annotated[float, Field(strict=True)]
Name = Annotated[
    str,
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": MAX_NAME}),
    Query(description="The proposed name.", examples=["平山县"]),
]
ClassOrType = Annotated[ClassText, Query(alias="class", description=CLASS_HELP, examples=["ADMIN_DIVISION"])]
Within = Annotated[
    CodeText | None, Query(description="The unit in which the place lies or will lie.", examples=["511500"])
]
Longitude = Annotated[East | None, Query(alias="lon", description="Longitude of the place in degrees, CGCS2000.")]
Latitude = Annotated[North | None, Query(alias="lat", description="Latitude of the place in degrees, CGCS2000.")]
LawOf = Annotated[
    IsoDate | None,
    Query(description="The day whose law holds; default today.", examples=["2023-01-01"]),
]


class Override(BaseModel):
    """Why a finding of a rule weighs less: a ground that the rule knows, and the reason in words."""

    model_config = ConfigDict(extra="forbid")

    rule: str = Field(max_length=12)
    ground: str = Field(max_length=40)
    reason: str = Field(max_length=MAX_TEXT)


class NameToCheck(BaseModel):
    """A proposed name with whatever is known; what is left out is "not said": rules that need it are not checked."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=MAX_NAME)
    class_: str = Field(alias="class", max_length=MAX_CLASS_LENGTH, pattern=CLASS_PATTERN, description=CLASS_HELP)
    within: str | None = Field(default=None, max_length=12, pattern=CODE_PATTERN)
    lon: Number | None = Field(default=None, description="Longitude of the place in degrees, CGCS2000.")
    lat: Number | None = Field(default=None, description="Latitude of the place in degrees, CGCS2000.")
    geometry: dict[str, Any] | None = Field(default=None, description="GeoJSON geometry in longitude and latitude.")
    as_of: Annotated[IsoDate, Field(strict=True)] | None = None
    kind: Literal["naming", "renaming", "existing"] = "naming"
    place_id: UUID | None = Field(default=None, description="The place that has or gets the name.")
    previous_name: str | None = Field(default=None, max_length=MAX_NAME)
    meaning: str | None = Field(default=None, max_length=MAX_TEXT)
    reason: str | None = Field(default=None, max_length=MAX_TEXT)
    applicant: str | None = Field(default=None, max_length=MAX_NAME)
    roman: str | None = Field(default=None, max_length=MAX_NAME)
    figures: dict[Annotated[str, Field(max_length=40)], Number] = Field(default={}, max_length=40)
    dates: dict[Annotated[str, Field(max_length=40)], IsoDate] = Field(
        default={}, max_length=10, description="`application`, `planning_permit`, `construction_permit`."
    )
    documents: list[Annotated[str, Field(max_length=60)]] | None = Field(default=None, max_length=60)
    authority: str | None = Field(default=None, max_length=60)
    overrides: list[Override] = Field(default=[], max_length=MAX_OVERRIDES)


def _within_bounds(value: Any) -> Any:
    if isinstance(value, list) and len(value) > MAX_CHECKS:
        raise stable_error(
            "too_many_names",
            f"{len(value)} names were sent; one question takes at most {MAX_CHECKS}. None was checked.",
        )
    return value


class NamesToCheck(BaseModel):
    """Several names, each by itself."""

    model_config = ConfigDict(extra="forbid")

    items: Annotated[
        list[NameToCheck],
        BeforeValidator(_within_bounds),
        Field(min_length=1, json_schema_extra={"maxItems": MAX_CHECKS}),
    ]


class Other(Shape):
    """A name of the register that the proposed one meets."""

    id: str | None
    name: str
    code: str | None


class Finding(Shape):
    """One thing that a rule says of the name; `span` counts characters from 0."""

    rule: str
    severity: Literal["block", "warn", "ask"]
    article: str
    message: str
    span: list[int] = Field(min_length=2, max_length=2)
    collides_with: list[Other]
    cure: str


class NotChecked(Shape):
    """A rule in force that could not be checked, and why."""

    rule: str
    why: str


class Check(Shape):
    """The verdict (the most severe finding), the findings, and what was and was not checked."""

    name: str
    class_: str = Field(alias="class")
    within: str | None
    as_of: IsoDateText
    register_day: IsoDateText = Field(description="The day for which the register was asked.")
    roman: str
    verdict: Literal["pass", "ask", "warn", "block"]
    findings: list[Finding]
    context: list[Finding] = Field(description="What the rules would say of a name that stands already.")
    checked: list[str]
    not_checked: list[NotChecked]
    existing: dict[str, list[Other]] = Field(description="Names that are, or sound, the same; never flagged.")


class CheckList(Shape):
    """One check or one problem document for each name, in the order asked."""

    items: list[dict[str, Any]]


@router.get(
    "/check",
    summary="Is this name a good one?",
    response_model=Check,
    responses=question("name-check", "missing_parameter", "bad_date", *NAME_PROBLEMS, *PLACE_PROBLEMS, *DATES),
)
def check(
    ask: Ask,
    name: Name,
    class_: ClassOrType,
    within: Within = None,
    longitude: Longitude = None,
    latitude: Latitude = None,
    as_of: LawOf = None,
) -> Response:
    """A proposed name against the rules of a day and the register: every rule it breaks, with the article."""
    asked = NameQuestion(name=name, class_=class_, within=within, point=(longitude, latitude))
    return ask.answer(lambda connection: answer_of(connection, asked, as_of))


@router.post(
    "/check",
    summary="Are these names good ones?",
    response_model=Check | CheckList,
    responses=question(
        "name-checks",
        *("bad_body", "bad_json", "too_many_names", "body_too_large", "bad_override", "bad_proposal", "bad_geometry"),
        "bad_date",
        *NAME_PROBLEMS,
        *PLACE_PROBLEMS,
        *DATES,
    ),
)
def check_many(
    ask: Ask,
    body: Annotated[
        NamesToCheck | NameToCheck,
        Body(
            openapi_examples={
                "one": {"value": {"name": "平山县", "class": "ADMIN_DIVISION", "within": "511500"}},
                "several": {"value": {"items": [{"name": "平山县", "class": "ADMIN_DIVISION"}]}},
            }
        ),
    ],
) -> Response:
    """One name with everything that an application says of it, or up to 200 as `items`; it changes nothing.

    Of several, each item is a check, or the problem document of that name alone.
    """
    if isinstance(body, NameToCheck):
        return ask.answer(lambda connection: _one(connection, body))
    return ask.answer(lambda connection: {"items": [_each(connection, item) for item in body.items]})


def _each(connection: Connection, item: NameToCheck) -> dict[str, Any]:
    try:
        return _one(connection, item)
    except DimingError as error:
        if error.status >= 500:
            raise
        return error.problem()


def _one(connection: Connection, item: NameToCheck) -> dict[str, Any]:
    return answer_of(connection, _question(item), item.as_of)


def _question(item: NameToCheck) -> NameQuestion:
    return NameQuestion(
        name=item.name,
        class_=item.class_,
        within=item.within,
        point=(item.lon, item.lat),
        geometry=item.geometry,
        kind=item.kind,
        place_id=str(item.place_id) if item.place_id else None,
        previous_name=item.previous_name,
        meaning=item.meaning,
        reason=item.reason,
        applicant=item.applicant,
        roman=item.roman,
        figures=item.figures,
        dates=item.dates,
        documents=None if item.documents is None else frozenset(item.documents),
        authority=item.authority,
        overrides=tuple((o.rule, o.ground, o.reason) for o in item.overrides),
    )
