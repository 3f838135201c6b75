"""`/v1/rules`: the naming rules with their articles and dates. Asks no database."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from api.deps import v1_router
from api.v1.answers import PUBLIC_CACHE, conditional, encode
from api.v1.documentation import question
from api.v1.params import Cursor, IsoDate, Limit
from api.v1.schemas import IsoDateText, Shape
from data.paging import check_limit, decode_cursor, page
from geonames.rules.catalogue import day_or_today, rule_of, rules_on
from geonames.rules.service import rule_book

router = v1_router("names", "/rules")

Severity = Literal["block", "warn", "ask"]
LawLevel = Literal["national", "ministry", "standard", "local"]
LawOf = Annotated[
    IsoDate | None, Query(description="The day whose law is listed; default today.", examples=["2024-01-01"])
]
RuleId = Annotated[str, Path(max_length=12, description="The id of a rule.", examples=["R12"])]


class Valid(BaseModel):
    """From this day to before that one; without an end: still."""

    from_: IsoDateText = Field(alias="from")
    to: IsoDateText | None


class RuleLine(Shape):
    """A rule as it holds in the whole country on the day; of one not in force its last row."""

    id: str
    title: str
    title_en: str
    text: str
    text_en: str
    article: str
    article_en: str
    level: LawLevel
    classes: list[str] = Field(description="Classes of Art. 3 whose names it looks at; empty: of all.")
    in_force: bool
    severities: list[Severity]
    valid: Valid


class RuleList(Shape):
    """Rules in the order of their ids."""

    as_of: IsoDateText
    items: list[RuleLine]
    next: str | None


class Case(Shape):
    """What a rule can find: its severity, what it says and what would cure it; `{…}` stands for what was found."""

    case: str
    severity: Severity
    message: str
    message_en: str
    cure: str
    cure_en: str


class SourceOfLaw(Shape):
    """The document that a row rests on, and how it was seen: V read, M from memory, I inferred."""

    title: str
    title_en: str
    issued: str
    seen: str
    seen_en: str
    mark: Literal["V", "M", "I"]


class RuleRow(Shape):
    """A rule as it holds in a region (null: the whole country) for a time."""

    region: str | None
    level: LawLevel
    valid: Valid
    off: bool
    text: str
    article: str
    note: str | None
    classes: list[str]
    type_codes: list[str]
    kinds: list[str]
    check: str
    parameters: dict[str, Any]
    cases: list[Case]
    grounds: dict[str, Severity]
    mark: Literal["V", "M", "I"]
    source: SourceOfLaw


class RuleInFull(Shape):
    """A rule with all its rows."""

    id: str
    title: str
    title_en: str
    rows: list[RuleRow]


@router.get(
    "",
    summary="The naming rules",
    response_model=RuleList,
    responses=question("rules", "bad_date", "limit_out_of_range", "bad_cursor"),
)
def rules(request: Request, as_of: LawOf = None, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """Every rule as it holds in the whole country on a day, with its article and severities."""
    day = day_or_today(as_of)
    query = {"as_of": day.isoformat()}
    last = decode_cursor(query, cursor, (str,))
    rest = [item for item in rules_on(rule_book(), day) if last is None or item["id"] > last[0]]
    items, following = page(rest, check_limit(limit), query, lambda item: (item["id"],))
    return _answer(request, {"as_of": day, "items": items, "next": following})


@router.get("/{id}", summary="A naming rule", response_model=RuleInFull, responses=question("rule", "no_such_rule"))
def rule(request: Request, id: RuleId) -> Response:  # noqa: A002 -- the name in the address
    """A rule with all its rows: periods, regions, parameters, sources."""
    return _answer(request, rule_of(rule_book(), id))


def _answer(request: Request, found: dict[str, Any]) -> Response:
    return conditional(request, encode(found), PUBLIC_CACHE, "application/json")
