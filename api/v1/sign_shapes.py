"""The shapes of the inventory of signs in answers, with an example of an office that does not exist."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import Field

from api.v1.schemas import CodeAndName, DecisionBrief, Shape, Validity

ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60a1"
PLACE = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6098"
SIGN: dict[str, Any] = {
    "id": ID,
    "code": "LP-0001",
    "type": "street",
    "state": "standing",
    "direction": "east_west",
    "model": None,
    "maker": "示例标牌厂（虚构）",
    "set_on": "2024-05",
    "warranty_until": "2029-05-31",
    "device": None,
    "place": PLACE,
    "panel": {"han": "旧仓路", "roman": "JIUCANG LU"},
    "unit": {"code": "990121", "name": "甘棠县"},
    "point": [110.07, 30.07],
    "valid": {"from": "2024-06-01", "to": None},
    "decision": PLACE,
    "demonstration": False,
    "place_name": "砚池路",
    "should_say": {"han": "砚池路", "roman": "YANCHI LU"},
    "text": "former_name",
}
WHOLE: dict[str, Any] = {
    **SIGN,
    "as_of": "2026-03-11",
    "history": [
        {
            "valid": SIGN["valid"], "state": "standing", "panel": SIGN["panel"],
            "decision": {"id": PLACE, "doc_no": None, "title": "甘棠县地名标志普查表（虚构）"},
        }
    ],
}  # fmt: skip


ORDER: dict[str, Any] = {
    "order": "replace",
    "place": PLACE,
    "place_name": "砚池路",
    "sign": {"id": ID, "code": "LP-0001", "state": "standing"},
    "panel": SIGN["panel"],
    "should_say": SIGN["should_say"],
    "unit": SIGN["unit"],
    "point": SIGN["point"],
    "since": "2026-01-15",
    "due_on": "2026-03-16",
    "overdue": False,
    "term": {"days": 60, "mark": "I", "article": {"zh": "缺省值（虚构）", "en": "default (invented)"}},
    "decision": {"id": PLACE, "doc_no": None, "title": "更名（虚构）"},
    "demonstration": False,
}


COUNTS: dict[str, Any] = {
    "as_of": "2026-03-11",
    "within": "990121",
    "signs": 6,
    "defective": 4,
    "states": [{"key": "standing", "signs": 5}, {"key": "damaged", "signs": 1}],
    "texts": [{"key": "right", "signs": 2}, {"key": "former_name", "signs": 4}],
    "orders": [{"key": "replace", "orders": 4, "overdue": 1}],
}


class Panel(Shape):
    """Characters and Pinyin of a panel."""

    han: str
    roman: str | None


class Sign(Shape):
    """A sign as it stood on the day asked about."""

    id: UUID
    code: str = Field(description="Its number in the inventory of the division.")
    type: str = Field(description="A key of `type` in `/v1/signs/words`.")
    state: str = Field(description="A key of `state` in `/v1/signs/words`.")
    direction: str | None = Field(description="How the street runs, which its colours show; null: not known.")
    model: str | None
    maker: str | None
    set_on: str | None = Field(description="ISO 8601, partial where the source is partial.")
    warranty_until: date | None
    device: str | None = Field(description="Number of what is built in to report on it.")
    place: UUID
    place_name: str | None = Field(description="What the place is called on the day.")
    panel: Panel | None = Field(description="What it says; null: nobody has read it.")
    should_say: Panel | None = Field(description="From the standard name of the day; null: there is none.")
    text: str = Field(description="The panel beside the standard name: a key of `text` in `/v1/signs/words`.")
    unit: CodeAndName | None = Field(description="The division whose office keeps the inventory.")
    point: list[float] = Field(description="Longitude and latitude, CGCS2000.")
    valid: Validity
    decision: UUID
    demonstration: bool


class SignList(Shape):
    """A page of signs, by their numbers."""

    items: list[Sign]
    next: str | None
    as_of: date


class SignState(Shape):
    """How a sign was for a time, and by which document that was recorded."""

    valid: Validity
    state: str
    panel: Panel | None
    decision: DecisionBrief | None


class SignInFull(Sign):
    """A sign with how it was before, the latest first."""

    as_of: date
    history: list[SignState]


class SignWord(Shape):
    """A word in both languages."""

    zh: str
    en: str


class SignWords(Shape):
    """The words of the inventory by list and key."""

    type: dict[str, SignWord]
    state: dict[str, SignWord]
    text: dict[str, SignWord]
    order: dict[str, SignWord]


class SignBrief(Shape):
    """A sign that something is to be done about."""

    id: UUID
    code: str
    state: str


class OrderTerm(Shape):
    """How long there was: days after the day on which it began, and where that is written."""

    days: int
    mark: str = Field(description="V: read in its source; M: remembered; I: a default that binds nobody.")
    article: SignWord


class SignOrder(Shape):
    """What is to be done about a sign, by when and by whom."""

    order: str = Field(description="A key of `order` in `/v1/signs/words`.")
    place: UUID
    place_name: str | None
    sign: SignBrief | None = Field(description="null: the place has none, one is to be set.")
    panel: Panel | None = Field(description="What it says now.")
    should_say: Panel | None = Field(description="What it is to say; null: the register has no standard name.")
    unit: CodeAndName | None = Field(description="The division whose office is to do it.")
    point: list[float] | None = Field(description="Longitude and latitude, CGCS2000, of the sign or else of the place.")
    since: date = Field(description="The day on which the term began, which is not counted.")
    due_on: date = Field(description="Its last day.")
    overdue: bool
    term: OrderTerm
    decision: DecisionBrief | None = Field(
        description="The decision that named the place, or the record of the damage."
    )
    demonstration: bool


class SignOrders(Shape):
    """A page of orders, those due first first."""

    items: list[SignOrder]
    next: str | None
    as_of: date


class SignsOfWord(Shape):
    """How many signs are so."""

    key: str = Field(description="A key of the list in `/v1/signs/words`.")
    signs: int


class OrdersOfWord(Shape):
    """How many orders there are to do this."""

    key: str = Field(description="A key of `order` in `/v1/signs/words`.")
    orders: int
    overdue: int = Field(description="Those of them whose last day has passed.")


class SignCounts(Shape):
    """The signs of a division, or of all, in numbers."""

    as_of: date
    within: str | None
    signs: int = Field(description="Those that are there or ought to be: all but the removed.")
    defective: int = Field(description="Those of them that are broken or contradict the standard name.")
    states: list[SignsOfWord]
    texts: list[SignsOfWord] = Field(description="Without the removed.")
    orders: list[OrdersOfWord]
