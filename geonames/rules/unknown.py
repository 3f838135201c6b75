"""Why an answer cannot be given, or not wholly, in words a person can act on. Pure."""

from __future__ import annotations

from geonames.rules.model import Text

NO_PROVINCE = Text("未说明所在省级行政区域", "the province is not said")
NO_COUNTY = Text("未说明所在县级行政区域", "the county is not said")
NO_UNIT = Text("未说明所在行政区域", "the unit in which the place lies is not said")
NO_POINT = Text("未给出位置（经纬度）", "no position is given")
NO_PLACE = Text("未指明是哪一处地名更名", "which place is renamed is not said")
NO_READING = Text("该名称没有可用的读音", "the name has no reading that could be compared")
#: By the unit within which they are looked for.
NO_TOWNSHIPS = {
    None: Text("乡级区划未入库", "townships are not in the register"),
    "province": Text("本省乡级区划未入库", "the townships of this province are not in the register"),
    "county": Text("本县乡级区划未入库", "the townships of this county are not in the register"),
}
NO_VILLAGES = Text("本县村民委员会、居民委员会名称未入库", "the villages of this county are not in the register")
NO_SETTLEMENTS = Text("该范围内的自然村名称未入库", "natural villages within this reach are not in the register")
NO_BUILT_UP = Text(
    "建成区范围未入库（./diming load built-up）", "no built-up areas are loaded (./diming load built-up)"
)
OUTSIDE_BUILT_UP = Text(
    "该位置不在已入库的任何建成区内", "the position lies in none of the built-up areas that are loaded"
)
NO_DIALECT = Text("未载入当地方言词典", "no dictionary of the local dialect is loaded")
NO_NATURAL = Text("自然地理实体名称未入库", "natural features are not in the register")
NO_HERITAGE = Text("地名保护名录未入库", "no heritage list is in the register")
NO_MIDDLE = Text("所在行政区域没有位置数据", "the unit in which the place lies has no position")
#: What a place of a class is called where none of it is there.
_STREETS = Text("街路巷", "street")
_BUILDINGS = Text("住宅区、楼宇", "residential area or building")
KINDS = {"STREET": _STREETS, "RESIDENTIAL_BUILDING": _BUILDINGS}


def part_of_townships(covered: int, counties: int) -> Text:
    """Townships are there for some counties only."""
    return Text(
        f"乡级区划只入库了{counties}个县级单位中的{covered}个",
        f"townships are in the register for {covered} of {counties} county-level units only",
    )


def none_of(place_class: str) -> Text:
    """Nothing of a class is known within the reach."""
    kind = KINDS[place_class]
    return Text(f"该范围内的{kind.zh}名称未入库", f"no {kind.en} within this reach is in the register")


def empty_area(place_class: str, area: str) -> Text:
    """A built-up area in which nothing of a class is known."""
    kind = KINDS[place_class]
    return Text(
        f"建成区“{area}”内的{kind.zh}名称未入库", f"no {kind.en} of the built-up area {area} is in the register"
    )


def villages_unproved(why: Text) -> Text:
    """Villages are there, but whether all of them cannot be told."""
    return Text(
        f"不能判断本县村级名称是否齐全：{why.zh}",
        f"whether all villages of the county are there is not known: {why.en}",
    )


def more_than(most: int) -> Text:
    """The list was cut."""
    return Text(f"只列出前{most}处", f"only the first {most} are listed")
