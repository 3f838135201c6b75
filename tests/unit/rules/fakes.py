"""A small register in memory that answers what rules ask, and a table's row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from geonames.romanize.engine import romanize
from geonames.rules.around import Answer, Bearing, Known, NotKnown, Pool, Reach
from geonames.rules.engine import check
from geonames.rules.model import CheckResult, Other, Proposal, Text, UnitRef
from geonames.rules.rows import RuleBook, load_book
from geonames.rules.subject import subject_of

TODAY = date(2026, 11, 22)
OFFICE = Path(__file__).parents[2] / "samples" / "naming"
DIGITS = {Reach.NATION: 0, Reach.PROVINCE: 2, Reach.COUNTY: 6, Reach.TOWNSHIP: 9}
#: Division names that really stand, for the rules whose examples they are.
REAL = (
    ("鼓楼区", "鼓楼", Pool.DIVISION, "320106", "南京市"),
    ("鼓楼区", "鼓楼", Pool.DIVISION, "350102", "福州市"),
    ("平山县", "平山", Pool.DIVISION, "130131", "石家庄市"),
    ("歙县", "歙", Pool.DIVISION, "341021", "黄山市"),
    ("阜平县", "阜平", Pool.DIVISION, "130624", "保定市"),
    ("亳州市", "亳州", Pool.DIVISION, "341600", "安徽省"),
    ("横溪镇", "横溪", Pool.TOWNSHIP, "330212104", "鄞州区"),
    ("城关街道", "城关", Pool.TOWNSHIP, "330212001", "鄞州区"),
)
#: Streets, villages and estates of an invented county, 990101, in built-up area 990101.
INVENTED = (
    ("沿河路", "沿河", Pool.STREET, "990101", "样县"),
    ("晨光路", "晨光", Pool.STREET, "990101", "样县"),
    ("柳湾村", "柳湾", Pool.VILLAGE, "990101201", "样县"),
    ("白塔村", "白塔", Pool.VILLAGE, "990101201", "样县"),
    ("松涛花园", "松涛", Pool.BUILDING, "990101", "样县"),
    ("听泉小区", "听泉", Pool.BUILDING, "990101", "样县"),
)


class Entry(NamedTuple):
    """A name that stands."""

    name: str
    specific: str
    pool: Pool
    code: str
    unit: str

    @property
    def other(self) -> Other:
        return Other(self.name, id=f"id-{self.code}-{self.name}", code=self.code, unit=self.unit)


ENTRIES = tuple(Entry(*row) for row in (*REAL, *INVENTED))
#: Characters that the fake takes for each other.
LOOKS = {"毫": "亳", "未": "末", "日": "曰"}


def _sound(name: str) -> tuple[str, str]:
    spelled = romanize(name, None, None)
    return spelled.roman.lower().replace(" ", ""), spelled.roman_toned.lower().replace(" ", "")


@dataclass
class Around:
    """The register around a proposal. `answers` replaces the answer to a question by its name."""

    proposal: Proposal
    answers: Mapping[str, Any] = field(default_factory=dict)

    def _names(self, pool: Pool, reach: Reach) -> list[Entry]:
        code = self.proposal.within[-1].code if self.proposal.within else ""
        prefix = code[: DIGITS.get(reach, 6)]
        return [e for e in ENTRIES if e.pool is pool and e.code.startswith(prefix)]

    def _specific(self) -> str:
        return subject_of(self.proposal).specific

    def _answer(self, question: str, otherwise: Answer) -> Answer:
        answer: Answer = self.answers.get(question, otherwise)
        return answer

    def same_name(self, pool: Pool, reach: Reach) -> Answer:
        own = self.proposal.name
        found = [e.other for e in self._names(pool, reach) if e.name == own]
        return self._answer("same_name", Known(tuple(found)))

    def same_specific(self, pool: Pool, reach: Reach) -> Answer:
        own, specific = self.proposal.name, self._specific()
        found = [e.other for e in self._names(pool, reach) if e.specific == specific and e.name != own]
        return self._answer("same_specific", Known(tuple(found)))

    def same_sound(self, pool: Pool, reach: Reach) -> Answer:
        toneless, toned = _sound(self._specific())
        found = []
        for entry in self._names(pool, reach):
            theirs = _sound(entry.specific)
            if theirs[0] == toneless and entry.specific != self._specific():
                found.append(entry.other._replace(toned_equal=theirs[1] == toned, detail=theirs[1]))
        return self._answer("same_sound", Known(tuple(found)))

    def similar_form(self, pool: Pool, reach: Reach) -> Answer:
        own = self.proposal.name
        corrected = "".join(LOOKS.get(c, c) for c in own)
        pairs = "、".join(f"{LOOKS[c]}/{c}" for c in own if c in LOOKS)
        found = [e.other._replace(detail=pairs) for e in self._names(pool, reach) if e.name == corrected != own]
        return self._answer("similar_form", Known(tuple(found)))

    def dialect_sound(self, pool: Pool, reach: Reach) -> Answer:
        return self._answer("dialect_sound", Known())

    def other_uses(self, pool: Pool, reach: Reach) -> Answer:
        return self._answer("other_uses", Known())

    def bases(self) -> Answer:
        return self._answer("bases", Known())

    def nearby(self) -> Answer:
        return self._answer("nearby", Known())

    def bearing(self) -> Bearing | NotKnown:
        seen: Bearing | NotKnown = self.answers.get("bearing", NotKnown(Text("未给出位置", "no position")))
        return seen

    def outside_entities(self) -> Answer:
        return self._answer("outside_entities", Known())

    def heritage(self) -> Answer:
        return self._answer("heritage", Known())

    def protection(self) -> Answer:
        return self._answer("protection", Known())

    def renamings(self) -> tuple[date, ...] | NotKnown:
        days: tuple[date, ...] | NotKnown = self.answers.get("renamings", ())
        return days


ZHEJIANG = (UnitRef("330000", "浙江省", "province"), UnitRef("330200", "宁波市", "prefecture"))
NANCHANG = (UnitRef("360000", "江西省", "province"), UnitRef("360100", "南昌市", "prefecture"))
ANHUI = (UnitRef("340000", "安徽省", "province"),)
TIANJIN = (UnitRef("120000", "天津市", "province"),)
SHANGHAI = (UnitRef("310000", "上海市", "province"),)
HUZHOU = (UnitRef("330000", "浙江省", "province"), UnitRef("330500", "湖州市", "prefecture"))
SAMPLE = (UnitRef("990000", "样省", "province"), UnitRef("990101", "样县", "county"))


@cache
def book(office: bool = True) -> RuleBook:
    """The rules, with the invented lists of an office or without."""
    return load_book(OFFICE) if office else load_book()


def judged(
    name: str,
    class_: str,
    *,
    as_of: date = TODAY,
    around: Mapping[str, Any] | None = None,
    office: bool = True,
    **said: Any,
) -> CheckResult:
    """What the rules say of a name among the names of the fake register."""
    proposal = Proposal(name, class_, **{"within": SAMPLE, **said})
    return check(subject_of(proposal), book(office), Around(proposal, around or {}), as_of)
