"""`/v1/romanize`: the Latin spelling of names. Asks no database."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from api.deps import v1_router
from api.v1.answers import PUBLIC_CACHE, conditional, encode
from api.v1.documentation import question
from api.v1.params import CodeText, stable_error
from api.v1.schemas import Shape
from data.errors import BadRequest
from geonames.romanize.asking import MAX_NAME, spelling_of
from geonames.romanize.model import CLASS_SHAPES

router = v1_router("names", "/romanize")

#: With a class and a code each they fit the megabyte that a body may have.
MAX_NAMES = 2_000
#: Longer than any class; what is longer cannot be echoed in a problem of its own.
MAX_CLASS_LENGTH = 24
CLASS_PATTERN = rf"^({'|'.join(CLASS_SHAPES)}|[12][0-9]{{4}})$"
CLASS_HELP = "What is named: one of the eight classes of 地名管理条例 Art. 3, or a five-digit code of GB/T 18521."
NAME_PROBLEMS = ("name_empty", "name_too_long", "name_control_characters", "bad_class", "bad_type", "bad_code")

Name = Annotated[
    str,
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": MAX_NAME}),
    Query(description="The name in Chinese characters.", examples=["六安市"]),
]
ClassOrType = Annotated[
    Annotated[str, WithJsonSchema({"type": "string", "pattern": CLASS_PATTERN, "maxLength": MAX_CLASS_LENGTH})] | None,
    Query(alias="class", description=CLASS_HELP, examples=["ADMIN_DIVISION"]),
]
Where = Annotated[CodeText | None, Query(description="The unit in which the place lies.", examples=["341500"])]


class Syllable(BaseModel):
    """How a stretch of the name is read, and which layer of the readings says so."""

    text: str
    toned: str
    layer: str
    doubtful: bool


class Alternative(BaseModel):
    """Another spelling, what it is (`local-language`, `by-characters`, `other-source`), and who has it."""

    roman: str
    kind: str
    source: str = ""


class Characters(BaseModel):
    """The name in simplified and traditional characters (OpenCC), and the forms that single characters leave open."""

    simplified: str
    simplified_alternatives: list[str]
    traditional: str
    traditional_alternatives: list[str]


class Spelling(Shape):
    """A name in Latin letters: without tones (the official form) and with, and where each reading comes from."""

    name: str
    class_: str | None = Field(alias="class")
    within: str | None
    roman: str
    roman_toned: str
    segments: str = Field(description="The words of the name, divided by `|`.")
    source: str = Field(description="The weakest source of the specific part.")
    ambiguous: bool = Field(description="A reading was left to the default, or sources disagree: ask a person.")
    alternatives: list[Alternative]
    syllables: list[Syllable]
    capitals: str
    keys: list[str]
    characters: Characters


class SpellingList(Shape):
    """One spelling or one problem document for each name, in the order asked."""

    items: list[dict[str, Any]]


class NameAsked(BaseModel):
    """A name, and what is known of the place."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=MAX_NAME)
    class_: str | None = Field(default=None, alias="class", max_length=MAX_CLASS_LENGTH)
    within: str | None = Field(default=None, max_length=12)


def _within_bounds(value: Any) -> Any:
    if isinstance(value, list) and len(value) > MAX_NAMES:
        raise stable_error(
            "too_many_names",
            f"{len(value)} names were sent; one question takes at most {MAX_NAMES}. None was romanized.",
        )
    return value


class Names(BaseModel):
    """The names to romanize."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"items": [{"name": "六安市"}, {"name": "解放路南小街", "class": "STREET"}]}},
    )

    items: Annotated[
        list[NameAsked], BeforeValidator(_within_bounds), Field(min_length=1, json_schema_extra={"maxItems": MAX_NAMES})
    ]


@router.get(
    "",
    summary="A name in Latin letters",
    response_model=Spelling,
    responses=question("romanization", "missing_parameter", *NAME_PROBLEMS),
)
def romanize(request: Request, name: Name, class_: ClassOrType = None, within: Where = None) -> Response:
    """The spelling by the rules of 1984, and by the sources of readings, with the reason for each syllable."""
    return _answer(request, spelling_of(name, class_, within))


@router.post(
    "",
    summary="Up to 2,000 names in Latin letters",
    response_model=SpellingList,
    responses=question("romanizations", "bad_body", "bad_json", "too_many_names", "body_too_large"),
)
def romanize_many(request: Request, body: Names) -> Response:
    """A question asked by POST because it is long; it changes nothing.

    Each item is a spelling, or the problem document of that name alone.
    """
    return _answer(request, {"items": [_each(item) for item in body.items]})


def _each(item: NameAsked) -> dict[str, Any]:
    try:
        return spelling_of(item.name, item.class_, item.within)
    except BadRequest as error:
        return error.problem()


def _answer(request: Request, found: dict[str, Any]) -> Response:
    return conditional(request, encode(found), PUBLIC_CACHE, "application/json")
