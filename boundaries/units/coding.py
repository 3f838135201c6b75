"""What a division code (行政区划代码, GB/T 2260 and GB/T 10114) says by its form.

Six digits: province, prefecture, county; three more for a township, three
more for a village. The parent of a code is the longest standing code above
it: counties under direct rule of a province have no prefecture between.
"""

from __future__ import annotations

import re
from collections.abc import Container
from functools import lru_cache
from typing import Literal

from data.errors import BadRequest

Level = Literal["province", "prefecture", "county", "township"]
LEVELS: tuple[Level, ...] = ("province", "prefecture", "county", "township")
LEVEL_ZH: dict[Level, str] = {
    "province": "省级",
    "prefecture": "地级",
    "county": "县级",
    "township": "乡级",
}

_CODE = re.compile(r"^[0-9]{6}(?:[0-9]{3}(?:[0-9]{3})?)?$")
#: Province-level municipalities (直辖市); 50 since 1997.
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
#: Generic terms of division names, longest first within a level, with the type they mean.
_TYPES: dict[Level, tuple[tuple[str, str], ...]] = {
    "province": (("特别行政区", "特别行政区"), ("自治区", "自治区"), ("市", "直辖市"), ("省", "省")),
    "prefecture": (
        ("自治州", "自治州"),
        ("行政区", "行政区"),
        ("地区", "地区"),
        ("盟", "盟"),
        ("市", "地级市"),
    ),
    "county": (
        ("自治县", "自治县"),
        ("自治旗", "自治旗"),
        ("特区", "特区"),
        ("镇", "镇"),
        ("旗", "旗"),
        ("县", "县"),
        ("市", "县级市"),
        ("区", "市辖区"),
    ),
    "township": (
        ("民族乡", "民族乡"),
        ("街道", "街道"),
        ("苏木", "苏木"),
        ("镇", "镇"),
        ("乡", "乡"),
    ),
}
#: Names whose type their ending does not tell: the one forest district (林区), and the codes ending in 20
#: that GB 2260-82 gave to the urban area (市区) of a city before its districts had codes.
_TYPE_BY_NAME = {"神农架林区": "林区", "市区": "市区"}
OTHER_TYPE = "其他"


def check_level(level: str | None) -> str | None:
    """`level` itself, None for any; BadRequest `bad_level` where it is no level."""
    if level is not None and level not in LEVELS:
        raise BadRequest(f"level must be one of {', '.join(LEVELS)}.", code="bad_level")
    return level


def check_code(code: str) -> str:
    """`code` itself where it has the form of a division code; BadRequest `bad_code` otherwise."""
    if not _CODE.match(code):
        raise BadRequest(
            f"{code[:20]!r} is not a division code: six digits such as 330522, nine for a township.",
            code="bad_code",
        )
    return code


@lru_cache(maxsize=1 << 16)
def level_of(code: str) -> Level:
    """The level that the form of `code` gives."""
    if len(code) > 6:
        return "township"
    if code.endswith("0000"):
        return "province"
    return "prefecture" if code.endswith("00") else "county"


def parent_code(code: str, standing: Container[str]) -> str | None:
    """The code directly above `code` among those standing; None for a province."""
    level = level_of(code)
    if level == "province":
        return None
    above = {"prefecture": (), "county": (code[:4] + "00",), "township": (code[:6], code[:4] + "00")}
    for candidate in above[level]:
        if candidate in standing and candidate != code:
            return candidate
    province = code[:2] + "0000"
    return province if province in standing else None


def type_of(name: str, level: Level) -> str:
    """The type (建制类型) that the generic term of `name` says at `level`; 其他 where none does."""
    if name in _TYPE_BY_NAME:
        return _TYPE_BY_NAME[name]
    return next(
        (kind for generic, kind in _TYPES[level] if name.endswith(generic) and name != generic),
        OTHER_TYPE,
    )
