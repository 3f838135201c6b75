"""What a route is: by class, kind and region, who applies, who approves, files and announces. Values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from data.workflow.model import DayKind, Label


class Kind(StrEnum):
    """What is applied for."""

    NAMING = "naming"  # 命名
    RENAMING = "renaming"  # 更名
    CORRECTION = "correction"  # 更正
    ABOLITION = "abolition"  # 销名


class Body(StrEnum):
    """Which sort of authority: which of them, the route's level says."""

    STATE_COUNCIL = "state_council"  # 国务院
    STATE_COUNCIL_DEPARTMENT = "state_council_department"  # 国务院有关部门
    GOVERNMENT = "government"  # 人民政府
    PLACE_NAME_DEPARTMENT = "place_name_department"  # 地名行政主管部门
    HOUSING_DEPARTMENT = "housing_department"  # 住房和城乡建设主管部门
    COMPETENT_DEPARTMENT = "competent_department"  # 有关主管部门
    #: the province rules on it and its rule is not known here: a person names the authority, with the article
    PROVINCE_RULES = "province_rules"


class Seat(StrEnum):
    """Whose authority it is, found from the units in which the place lies."""

    COUNTRY = "country"
    PROVINCE = "province"
    CITY = "city"  # the municipality or the city above the county
    CITY_OR_COUNTY = "city_or_county"  # 直辖市、市、县: no urban district, no agency of a province
    COUNTY = "county"  # the unit of county level, an urban district too


class Need(StrEnum):
    """Whether something must be done before the decision."""

    COMPULSORY = "compulsory"
    WEIGHED = "weighed"  # the office weighs it and says why where it is left out (Art. 11)
    NONE = "none"


class Hearing(StrEnum):
    """What is heard before a decision (Art. 11)."""

    EVALUATION = "evaluation"  # 综合评估
    EXPERTS = "experts"  # 专家论证
    PUBLIC = "public"  # 征求社会公众意见


class Since(StrEnum):
    """From when a term is counted."""

    ACCEPTANCE = "acceptance"
    APPROVAL = "approval"
    FILING = "filing"


class Circumstance(StrEnum):
    """What about a place sends it on another route; answered in the application."""

    FAMOUS = "famous"  # 国内著名，或者具有重要历史文化价值、体现中华历史文脉、有重大社会影响
    SPANS_PROVINCES = "spans_provinces"  # 涉及两个省级行政区域以上
    BORDER = "border"  # 涉及国界线走向、海上归属界线，或者条约中的
    SEA = "sea"  # 无居民海岛、海域、海底地理实体
    RAIL_TRANSIT = "rail_transit"  # 轨道交通
    CITY_STREET = "city_street"  # 城镇道路、桥梁、隧道


@dataclass(frozen=True, slots=True)
class DueIn:
    """A term that the law sets: so many days since something, under an article."""

    amount: int
    unit: DayKind
    since: Since
    article: Label


@dataclass(frozen=True, slots=True)
class Consulted:
    """Who is asked for a view: a body at the approving authority's seat or at another."""

    body: Body
    seat: Seat | None
    need: Need
    article: Label


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that an application carries. `key` is a word of data/rules/routes/words.toml."""

    key: str
    need: Need
    article: Label


@dataclass(frozen=True, slots=True)
class Route:
    """One row. `region`: division code, empty for the country. `circumstances`: all must be given.

    `hearings` say what is heard before the decision; `decision`: within which term; None: the law sets none.
    `mark`: V seen in its source, M from memory, I inferred.
    """

    id: str
    title: Label
    region: str
    classes: frozenset[str]
    type_codes: tuple[str, ...]
    kinds: frozenset[Kind]
    circumstances: frozenset[Circumstance]
    body: Body
    seat: Seat
    article: Label
    applicants: tuple[str, ...]
    hearings: Mapping[Hearing, Need]
    consulted: tuple[Consulted, ...]
    decision: DueIn | None
    signs: DueIn | None
    valid_from: date
    valid_to: date | None
    mark: str
    source: str
    note: Label | None

    def holds_on(self, day: date) -> bool:
        """Whether the row is valid on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Filing:
    """To whom an approval is filed (备案): a body `above` the approver's seat or at the same one."""

    of: frozenset[Body]
    to: Body
    above: bool
    #: whose hands the papers go to, where that is another body
    through: Body | None
    term: DueIn
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Announcing:
    """Who announces (公告) what which body has approved, and by when."""

    of: frozenset[Body]
    by: Body
    term: DueIn
    valid_from: date
    valid_to: date | None
