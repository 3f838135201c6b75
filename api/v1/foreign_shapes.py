"""The shapes of foreign names in answers, with an example of a town that never was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from api.v1.case_shapes import Label
from api.v1.inspection_shapes import Sent
from api.v1.params import Day
from api.v1.schemas import DecisionBrief, Shape

ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60c1"
NAME: dict[str, Any] = {
    "id": ID,
    "code": "WY-0001",
    "original": "Épinay-le-Vieux",
    "roman": None,
    "language": "fr",
    "country": "FR",
    "region": "",
    "kind": "settlement",
    "translation": "埃皮奈勒维约",
    "rule": "gbt17693-2",
    "status": "provisional",
    "note": "虚构",
    "source": "为示例虚构",
    "since": "2026-01-01",
    "until": None,
    "decision": ID,
    "demonstration": False,
    "language_name": {"zh": "法语", "en": "French"},
    "country_name": {"zh": "法国", "en": "France"},
    "rule_name": {"zh": "GB/T 17693.2—1999 法语", "en": "GB/T 17693.2-1999 French"},
    "point": [2.0, 48.0],
}
BRIEF = {"id": ID, "doc_no": None, "title": "外语地名汉字译写表（虚构）"}
WHOLE: dict[str, Any] = {
    **NAME,
    "by": BRIEF,
    "history": [
        {name: NAME[name] for name in ("original", "translation", "rule", "status", "since", "until", "source")}
        | {"told_from": "2026-03-11T08:00:00Z", "told_until": None, "by": BRIEF}
    ],
}
REPORT: dict[str, Any] = {
    "counts": {"new": 1},
    "written": 1,
    "rows": [{"line": 1, "code": "WY-0001", "id": ID, "outcome": "new", "faults": [], "warnings": []}],
}


class ForeignName(Shape):
    """A foreign place with its name in the original and in Chinese characters."""

    id: UUID
    code: str = Field(description="Number under which the office keeps the name.")
    original: str
    roman: str | None = Field(description="The original in Latin letters; null: it is written in them, or not known.")
    language: str = Field(description="ISO 639.")
    country: str | None = Field(description="ISO 3166-1; null: it lies in none.")
    region: str
    kind: str = Field(description="A key of `kinds` of `/v1/foreign-names/words`.")
    translation: str = Field(description="The name in Chinese characters.")
    rule: str = Field(description="A key of `rules` of `/v1/foreign-names/words`.")
    status: str = Field(description="A key of `statuses` of `/v1/foreign-names/words`.")
    note: str
    source: str
    since: date | None = Field(description="First day of the translation; null: not known.")
    until: date | None = Field(description="Last day of the translation; null: it stands.")
    decision: UUID
    demonstration: bool
    language_name: Label | None
    country_name: Label | None
    rule_name: Label | None
    point: Sequence[float] | None = Field(description="Longitude and latitude in degrees; null: not known.")


class ForeignNames(Shape):
    """A page of foreign names, by the letters of the original."""

    items: list[ForeignName]
    next: str | None
    as_of: date


class Telling(Shape):
    """What was told of a name in a time of this register."""

    original: str
    translation: str
    rule: str
    status: str
    since: date | None
    until: date | None
    source: str
    told_from: datetime
    told_until: datetime | None
    by: DecisionBrief | None


class ForeignNameInFull(ForeignName):
    """A foreign name with what was told of it before, the latest first."""

    by: DecisionBrief | None
    history: list[Telling]


class Principle(Shape):
    """What holds for every language."""

    label: Label
    source: str
    mark: str = Field(description="[V] read in a source, [M] remembered, to be confirmed, [I] inferred.")


class WordShape(Principle):
    """A word of a vocabulary."""

    key: str


class RuleShape(WordShape):
    """A rule of translation: a citation. Dates that were not read are null."""

    language: str | None = Field(description="The only language that it is for (ISO 639); null: any.")
    language_name: Label | None
    issued: date | None
    in_force: date | None
    replaces: str
    note: str


class CountryShape(Shape):
    """A foreign country or territory."""

    code: str
    zh: str
    en: str


class Words(Shape):
    """The rules and the other words of foreign names."""

    principles: list[Principle]
    rules: list[RuleShape]
    statuses: list[WordShape]
    kinds: list[WordShape]
    countries: list[CountryShape]


class NewForeign(Sent):
    """A foreign name to be recorded. `language`, `country`, `kind`, `rule`, `status`: keys, or their Chinese words."""

    code: Annotated[str, Field(min_length=1, max_length=60)]
    original: Annotated[str, Field(min_length=1, max_length=200)]
    language: Annotated[str, Field(max_length=40)]
    kind: Annotated[str, Field(max_length=40)]
    translation: Annotated[str, Field(min_length=1, max_length=100)]
    rule: Annotated[str, Field(max_length=60)]
    status: Annotated[str, Field(max_length=40)]
    source: Annotated[str, Field(min_length=1, max_length=500)]
    roman: Annotated[str, Field(max_length=200)] = ""
    country: Annotated[str, Field(max_length=40)] = ""
    region: Annotated[str, Field(max_length=200)] = ""
    since: Day | None = None
    until: Day | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    note: Annotated[str, Field(max_length=2000)] = ""


class NewForeignNames(Sent):
    """Names to be recorded by one document, all or none."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    authority: Annotated[str, Field(min_length=1, max_length=200)]
    doc_no: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    names: Annotated[list[NewForeign], Field(min_length=1, max_length=1000)]


class ForeignRow(Shape):
    """What became of a row."""

    line: int
    code: str
    id: UUID | None
    outcome: Literal["new", "changed", "unchanged", "faulty"]
    faults: list[str]
    warnings: list[str]


class ForeignReport(Shape):
    """What became of every row; a faulty one keeps all of them out."""

    counts: dict[str, int]
    written: int
    rows: list[ForeignRow]
