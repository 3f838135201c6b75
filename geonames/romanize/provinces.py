"""Provinces: the two digits of their codes, by name and by the codes of GeoNames. Pure."""

from __future__ import annotations

#: GB/T 2260, first two digits; short names as in the hints of the readings.
BY_NAME = {
    "北京": "11", "天津": "12", "河北": "13", "山西": "14", "内蒙古": "15",
    "辽宁": "21", "吉林": "22", "黑龙江": "23",
    "上海": "31", "江苏": "32", "浙江": "33", "安徽": "34", "福建": "35", "江西": "36", "山东": "37",
    "河南": "41", "湖北": "42", "湖南": "43", "广东": "44", "广西": "45", "海南": "46",
    "重庆": "50", "四川": "51", "贵州": "52", "云南": "53", "西藏": "54",
    "陕西": "61", "甘肃": "62", "青海": "63", "宁夏": "64", "新疆": "65",
    "台湾": "71", "香港": "81", "澳门": "82",
}  # fmt: skip
#: `admin1` of GeoNames (FIPS 10-4 codes of provinces, geonames.org admin1CodesASCII).
BY_GEONAMES = {
    "01": "34", "02": "33", "03": "36", "04": "32", "05": "22", "06": "63", "07": "35", "08": "23", "09": "41",
    "10": "13", "11": "43", "12": "42", "13": "65", "14": "54", "15": "62", "16": "45", "18": "52", "19": "21",
    "20": "15", "21": "64", "22": "11", "23": "31", "24": "14", "25": "37", "26": "61", "28": "12", "29": "53",
    "30": "44", "31": "46", "32": "51", "33": "50",
}  # fmt: skip
_LONGEST = max(map(len, BY_NAME))


def regions_of(hint: str) -> frozenset[str]:
    """The province codes that a hint names: `河北张家口`, `安徽/河南`, or codes of units, `320106/350102`."""
    parts = (part[:2] if part[:6].isdigit() else _province_at_start(part) for part in hint.split("/"))
    return frozenset(code for code in parts if code)


def _province_at_start(text: str) -> str | None:
    return next((BY_NAME[text[:n]] for n in range(_LONGEST, 1, -1) if text[:n] in BY_NAME), None)


def region_of(within: str | None) -> str | None:
    """The province of a division code; None without one."""
    return within[:2] if within else None
