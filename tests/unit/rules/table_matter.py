"""R33–R35, R40–R45: where the place lies, and what is asked of the matter."""

from __future__ import annotations

from datetime import date

from geonames.rules.around import Bearing, Known
from geonames.rules.model import Kind, Other
from tests.unit.rules.fakes import HUZHOU, ZHEJIANG
from tests.unit.rules.table import fails, passes

HOME, ROAD, UNIT, VILLAGE, FACILITY = (
    "RESIDENTIAL_BUILDING", "STREET", "ADMIN_DIVISION", "VILLAGE_COMMUNITY", "FACILITY",
)  # fmt: skip
IN_2000 = date(2000, 6, 1)
NEAR_LINGHU = {"nearby": Known((Other("菱湖镇", distance_m=800),))}


def _base(name: str, distance_m: float, azimuth_deg: float = 90) -> dict[str, Known]:
    return {"bases": Known((Other(name, distance_m=distance_m, azimuth_deg=azimuth_deg),))}


def _seen(azimuth_deg: float, distance_m: float = 4_000) -> dict[str, Bearing]:
    return {"bearing": Bearing(Other("样县建成区"), distance_m, azimuth_deg)}


PLACE = [
    *passes("R33", FACILITY, "湖州站", "湖州南站", within=HUZHOU),
    *passes("R33", FACILITY, "菱湖站", within=HUZHOU, around=NEAR_LINGHU),
    *passes("R33", FACILITY, "新湖州站", within=HUZHOU),
    *fails("R33", "other", FACILITY, "松涛站", "听泉变电站", within=HUZHOU, around=NEAR_LINGHU),
    *fails("R33", "other", FACILITY, "松涛大桥", within=HUZHOU, around=NEAR_LINGHU, as_of=IN_2000),
    *passes("R34", ROAD, "南京东路", around=_base("南京路", 400)),
    *passes("R34", ROAD, "松涛路"),
    *passes("R34", HOME, "沿河小区", around=_base("沿河路", 2_999)),
    *fails("R34", "far", ROAD, "南京东路", around=_base("南京路", 9_000)),
    *fails("R34", "far", HOME, "沿河小区", around=_base("沿河路", 3_001)),
    *fails("R34", "far", ROAD, "包头胡同东巷", around=_base("包头胡同", 5_500)),
    *passes("R35", ROAD, "北环路", around=_seen(10)),
    *passes("R35", ROAD, "北环路", around=_seen(180, distance_m=100)),
    *passes("R35", ROAD, "南京东路", around=_base("南京路", 2_000, 80)),
    *passes("R35", ROAD, "南京中路", around=_base("南京路", 500)),
    *fails("R35", "wrong", ROAD, "北环路", around=_seen(180)),
    *fails("R35", "wrong", ROAD, "西外环路", around=_seen(85)),
    *fails("R35", "wrong", ROAD, "南京东路", around=_base("南京路", 2_000, 270)),
    *fails("R35", "not_middle", ROAD, "南京中路", around=_base("南京路", 8_000)),
]

RENAMED = {"kind": Kind.RENAMING, "previous_name": "旧样村"}
LISTED = {"protection": Known((Other("旧样村", detail="样省历史地名保护名录"),))}
REPORTS = frozenset({"risk_assessment", "expert_review", "consultation"})

MATTER = [
    *passes("R40", VILLAGE, "松涛村", **RENAMED),
    *passes("R40", VILLAGE, "松涛村", **RENAMED, around={"renamings": (date(1998, 5, 1),)}),
    *passes("R40", VILLAGE, "松涛村", **RENAMED, around={"renamings": (date(2021, 11, 22),)}),
    *fails("R40", "again", VILLAGE, "松涛村", **RENAMED, around={"renamings": (date(2021, 11, 23),)}),
    *fails("R40", "again", ROAD, "松涛路", **RENAMED, around={"renamings": (date(1990, 1, 1), date(2024, 2, 29))}),
    *fails("R40", "again", UNIT, "松涛县", **RENAMED, around={"renamings": (date(2026, 11, 22),)}),
    *passes("R41", VILLAGE, "松涛村", "白鹭村", **RENAMED),
    *passes("R41", ROAD, "松涛路", **RENAMED),
    *fails("R41", "no_measures", VILLAGE, "松涛村", **RENAMED, around=LISTED),
    *fails("R41", "no_measures", ROAD, "松涛路", **RENAMED, around=LISTED, documents=frozenset()),
    *fails(
        "R41", "measures", VILLAGE, "松涛村", **RENAMED, around=LISTED, documents=frozenset({"protection_measures"})
    ),
    *passes("R42", UNIT, "松涛县", "西样市", documents=REPORTS),
    *passes("R42", ROAD, "松涛路", documents=REPORTS | {"evaluation"}),
    *fails("R42", "missing", UNIT, "松涛县", documents=frozenset()),
    *fails("R42", "missing", UNIT, "松涛县", documents=frozenset({"risk_assessment"})),
    *fails("R42", "considered", ROAD, "松涛路", documents=frozenset()),
    *passes("R43", ROAD, "松涛路", authority="county_government"),
    *passes("R43", HOME, "松涛花园", authority="housing_department"),
    *passes("R43", FACILITY, "湖州站", authority="competent_department"),
    *fails("R43", "wrong", ROAD, "松涛路", authority="civil_affairs"),
    *fails("R43", "wrong", HOME, "松涛花园", authority="city_government"),
    *fails("R43", "wrong", FACILITY, "湖州站", authority="civil_affairs"),
    *passes("R44", HOME, "松涛花园", dates={"planning_permit": date(2026, 12, 1)}),
    *passes("R44", HOME, "松涛花园", dates={"application": date(2026, 1, 1), "planning_permit": date(2026, 3, 1)}),
    *passes("R44", FACILITY, "湖州站", dates={"construction_permit": date(2027, 1, 1)}, within=ZHEJIANG),
    *fails("R44", "late", HOME, "松涛花园", dates={"planning_permit": date(2026, 3, 1)}),
    *fails(
        "R44", "late", HOME, "松涛花园", dates={"application": date(2026, 4, 1), "planning_permit": date(2026, 3, 1)}
    ),
    *fails(
        "R44",
        "late",
        FACILITY,
        "湖州站",
        within=ZHEJIANG,
        as_of=date(2024, 1, 1),
        dates={"construction_permit": date(2023, 5, 1)},
    ),
    *fails("R45", "effects", VILLAGE, "松涛村", "白鹭社区", "听泉村", **RENAMED),
]
