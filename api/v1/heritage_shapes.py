"""The shapes of place-name heritage in answers, with examples of an office that does not exist."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from api.v1.case_shapes import Label
from api.v1.inspection_shapes import Sent
from api.v1.schemas import CodeAndName, DecisionBrief, Shape, Validity

ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6097"
PLACE = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6098"
LIST = "甘棠县地名文化遗产保护名录（虚构）"
DATED: dict[str, Any] = {
    "edtf": "1735~", "earliest_year": 1735, "latest_year": 1735, "zh": "约1735年", "en": "about 1735",
}  # fmt: skip
ENTRY: dict[str, Any] = {
    "id": ID,
    "name": "砚池路",
    "roman": "Yànchí Lù",
    "list": LIST,
    "level": "county",
    "category": "local_historic",
    "subject": PLACE,
    "is_unit": False,
    "decision": PLACE,
    "demonstration": False,
    "unit": {"code": "990121100", "name": "石桥镇"},
    "point": [110.07, 30.07],
    "valid": {"from": "2026-03-11", "to": None},
    "first_attested": DATED,
}
BOOK: dict[str, Any] = {
    "grade": "gazetteer", "title": "示例县志（虚构）", "passage": "卷三", "quote": "晴日临池", "dated": DATED,
}  # fmt: skip
DOSSIER: dict[str, Any] = {
    "meaning": "临砚池（虚构）。",
    "origin": "",
    "history": "",
    "protection": "",
    "continuity": "unbroken",
    "continuity_note": "",
    "evidence": [BOOK],
    "periods": [{"name": "旧仓路", "dated": DATED, "note": ""}],
    "review": [
        {
            "criterion": "value", "answer": "yes", "points": None, "most": 0, "why": "见县志（虚构）",
            "label": {"zh": "有历史文化价值", "en": "of historic value"},
        }
    ],
}  # fmt: skip
WHOLE: dict[str, Any] = {
    **{key: value for key, value in ENTRY.items() if key != "decision"},
    "as_of": "2026-03-11",
    "listed": True,
    "decisions": {
        "opened": {"id": PLACE, "doc_no": "示例〔2026〕1号", "title": "关于将砚池路列入名录的决定"},
        "closed": None,
    },
    "dossier": DOSSIER,
    "care": [{"kind": "measure", "on_day": "2026-03-12", "what": "立碑", "responsible": "石桥镇", "next_on": None}],
    "also": [],
}

LevelOfList = Literal["national", "province", "city", "county"]


class Dated(Shape):
    """A date in EDTF (ISO 8601-2): what it may mean, and in words. Years are astronomical; null: an open side."""

    edtf: str
    earliest_year: int | None
    latest_year: int | None
    zh: str
    en: str


class Entry(Shape):
    """A name on a list of place-name heritage."""

    id: UUID
    name: str = Field(description="The name as it was listed.")
    roman: str | None
    list: str
    level: LevelOfList
    category: str = Field(description="A key of `/v1/heritage/sheet`; of tags that were imported, their own word.")
    subject: UUID = Field(description="The place or unit: `/v1/places/{id}`.")
    is_unit: bool
    demonstration: bool = Field(description="Invented for the demonstration.")
    unit: CodeAndName | None = Field(description="The division in which it lies.")
    point: Sequence[float] | None = Field(description="Longitude and latitude, CGCS2000.")
    valid: Validity = Field(description="While it is on the list.")
    first_attested: Dated | None = Field(description="The oldest source; null: not known.")


class EntryList(Shape):
    """A page of listed names."""

    items: list[Entry]
    next: str | None
    as_of: date


class EvidenceShape(Shape):
    """A source that speaks of the name."""

    grade: str = Field(description="official_history, gazetteer, inscription, archive or oral, the strongest first.")
    title: str
    passage: str
    quote: str
    dated: Dated | None


class PeriodShape(Shape):
    """A name that the place had for a time."""

    name: str
    dated: Dated
    note: str


class AnswerShape(Shape):
    """What the review answered to one question."""

    criterion: str
    answer: Literal["yes", "no", "unclear"]
    points: float | None
    most: int | None = Field(description="The points of the question; 0: none are given; null: no longer asked.")
    why: str
    label: Label | None


class DossierShape(Shape):
    """What is told of a listed name."""

    meaning: str
    origin: str
    history: str
    protection: str
    continuity: str
    continuity_note: str
    evidence: list[EvidenceShape]
    periods: list[PeriodShape]
    review: list[AnswerShape]


class CareShape(Shape):
    """A measure of protection, or a periodic review."""

    kind: Literal["measure", "review"]
    on_day: date
    what: str
    responsible: str
    next_on: date | None


class Decisions(Shape):
    """By which decisions the name came to its list and left it."""

    opened: DecisionBrief | None
    closed: DecisionBrief | None


class OtherList(Shape):
    """The same place on another list."""

    id: UUID
    list: str
    level: LevelOfList


class EntryInFull(Entry):
    """A listed name with everything that is told of it."""

    as_of: date
    listed: bool = Field(description="Whether it is on the list on `as_of`.")
    decisions: Decisions
    dossier: DossierShape | None = Field(description="Null: only the listing is known.")
    care: Sequence[CareShape]
    also: Sequence[OtherList]


class CategoryShape(Shape):
    """A category of the lists."""

    key: str
    label: Label
    years: int = Field(description="How old the name must be at the least; 0: age is no condition.")
    source: str
    mark: str = Field(description="[V] read in a source, [M] remembered, to be confirmed, [I] inferred.")


class CriterionShape(Shape):
    """A question of the review."""

    key: str
    category: str = Field(description="Of which category alone; empty: of all.")
    label: Label
    required: bool
    most: int
    source: str
    mark: str


class SheetShape(Shape):
    """Categories and questions, and the words of dossiers."""

    categories: list[CategoryShape]
    criteria: list[CriterionShape]
    levels: dict[str, Label]
    grades: dict[str, Label]
    continuity: dict[str, Label]


Words = Annotated[str, Field(max_length=4000)]


class NewEvidence(Sent):
    """A source that speaks of the name. `dated`: EDTF; empty: not known."""

    grade: Annotated[str, Field(max_length=40)]
    title: Annotated[str, Field(min_length=1, max_length=300)]
    passage: Annotated[str, Field(max_length=200)] = ""
    quote: Annotated[str, Field(max_length=1000)] = ""
    dated: Annotated[str, Field(max_length=40)] = ""


class NewPeriod(Sent):
    """A name that the place had for a time, in EDTF."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    dated: Annotated[str, Field(min_length=4, max_length=40)]
    note: Annotated[str, Field(max_length=500)] = ""


class NewScore(Sent):
    """An answer to a question of the sheet."""

    criterion: Annotated[str, Field(max_length=40)]
    answer: Literal["yes", "no", "unclear"]
    why: Annotated[str, Field(min_length=1, max_length=1000)]
    points: Annotated[float, Field(ge=0, le=99999)] | None = None


class NewDossier(Sent):
    """A name of which a dossier is begun; what is not known yet is left out and added by steps of the case."""

    subject: UUID
    list: Annotated[str, Field(min_length=1, max_length=200)]
    level: LevelOfList
    category: Annotated[str, Field(max_length=40)]
    meaning: Words = ""
    origin: Words = ""
    history: Words = ""
    protection: Words = ""
    first_attested: Annotated[str, Field(max_length=40)] = ""
    continuity: Annotated[str, Field(max_length=40)] = "not_known"
    continuity_note: Annotated[str, Field(max_length=1000)] = ""
    # bounded as the dossier is
    evidence: Annotated[Sequence[NewEvidence], Field(max_length=60)] = ()
    periods: Annotated[Sequence[NewPeriod], Field(max_length=60)] = ()
    scores: Annotated[Sequence[NewScore], Field(max_length=60)] = ()
