"""What the seven operations take and answer, for the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.v1.params import MAX_TEXT
from data.governing import GOVERNING

#: As the national interface is addressed.
PREFIX = "/9095"
_STRING: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": MAX_TEXT}
#: What clients send for a parameter that they leave out.
_EMPTY: dict[str, Any] = {"type": "string", "maxLength": 0}
_CODE = {"type": "string", "pattern": "^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12}|0|)$"}
_YEAR = {"type": "integer", "minimum": 1, "maximum": 9999}
#: Whole numbers as text, as clients put them into JSON too; no larger ones than the numbers themselves.
_DIGITS = {
    "year": "^[1-9][0-9]{0,3}$",
    "maxLevel": "^[0-4]$",
    "page": "^([1-9][0-9]{0,3}|10000)$",
    "size": "^([1-9][0-9]?|100)$",
}
#: Description and schema of each parameter.
PARAMETERS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "year": ("The edition: the state at the end of this year; default: the last day known.", _YEAR),
    "code": ("Division code of 2 to 12 digits; left out: the whole country.", _CODE),
    "distCode": ("Division code of 2 to 12 digits; left out: the whole country.", _CODE),
    "maxLevel": ("How many levels below are shown.", {"type": "integer", "minimum": 0, "maximum": 4, "default": 1}),
    "stName": ("The name, or a part of it.", _STRING),
    "placeTypeCode": ("Class of GB/T 18521.", {"type": "string", "pattern": "^[0-9]{5}$"}),
    "searchType": ("精确: the name itself; 模糊: names that hold it.", {"type": "string", "enum": ["精确", "模糊"]}),
    "page": ("Number of the page, from 1.", {"type": "integer", "minimum": 1, "maximum": 10000, "default": 1}),
    "size": ("Records of a page.", {"type": "integer", "minimum": 1, "maximum": 100, "default": 10}),
    "id": ("`id` of a record.", {"type": "string", "format": "uuid"}),
    "governed_by": (
        "Ours: which date of a decision the answer goes by; default: that of its effect.",
        {"type": "string", "enum": list(GOVERNING)},
    ),
    "name": ("The name; of the questions about sound its spelling in Latin letters.", _STRING),
}
_RECORD: dict[str, Any] = {
    "id": "44422e86-00c9-5a69-8e54-457a50855f4e",
    "place_code": "",
    "standard_name": "襄阳市",
    "ethnic_minorities_writing": "",
    "roman_alphabet_spelling": "Xiāngyáng Shì",
    "place_type": "地级",
    "place_type_code": "21300",
    "province_name": "湖北省",
    "province": "420000",
    "city_name": "襄阳市",
    "city": "420600",
    "area_name": "",
    "area": "",
    "gdm": {"type": "MultiPoint", "coordinates": [[112.0, 32.0]]},
    "name_kind": "standard",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One address: its parameters (`needed` ones first), the codes of its refusals and an answer by example."""

    path: str
    summary: str
    description: str
    needed: tuple[str, ...]
    optional: tuple[str, ...]
    codes: tuple[str, ...]
    answer: Mapping[str, Any]

    @property
    def parameters(self) -> tuple[str, ...]:
        """All names."""
        return (*self.needed, *self.optional, "governed_by")

    def openapi(self, method: str) -> dict[str, Any]:
        """The parameters as OpenAPI describes them: by GET in the address, by POST in the body (or the address)."""
        if method == "GET":
            return {"parameters": [self._parameter(name) for name in self.parameters]}
        form = {"type": "object", "required": list(self.needed), "properties": self._properties(as_json=False)}
        body = {**form, "properties": self._properties(as_json=True)}
        content = {"application/x-www-form-urlencoded": {"schema": form}, "application/json": {"schema": body}}
        return {"requestBody": {"required": bool(self.needed), "content": content}}

    def _properties(self, *, as_json: bool) -> dict[str, Any]:
        return {name: self._property(name, as_json) for name in self.parameters}

    def _property(self, name: str, as_json: bool) -> dict[str, Any]:
        description, schema = PARAMETERS[name]
        forms = [schema, {"type": "string", "pattern": _DIGITS[name]}] if as_json and name in _DIGITS else [schema]
        none = [] if name in self.needed else [_EMPTY, {"type": "null"}] if as_json else [_EMPTY]
        return {"anyOf": [*forms, *none], "description": description}

    def _parameter(self, name: str) -> dict[str, Any]:
        description, schema = PARAMETERS[name]
        return {
            "name": name,
            "in": "query",
            "required": name in self.needed,
            "description": description,
            "schema": schema if name in self.needed else {"anyOf": [schema, _EMPTY]},
        }

    def example(self) -> dict[str, Any]:
        """The answer by example."""
        return {"content": {"application/json": {"example": dict(self.answer)}}}


_CODES = ("bad_code", "code_never_existed", "code_not_standing")
_DAYS = ("bad_year", "as_of_before_register", "as_of_after_register")
_TEXTS = ("missing_parameter", "query_too_long", "query_control_characters", "query_empty")
_BY_CODE = {
    "data": [{"name": "北京市", "code": "110000", "count": 1}, {"name": "吉林省", "code": "220000", "count": 1}],
    "message": "成功",
    "status": 200,
    "total": 2,
}
_BY_TYPE = {
    "data": [{"type": "县级", "typeCode": "21400", "count": 2}],
    "message": "成功",
    "status": 200,
    "total": 2,
}


def _statistics(name: str, summary: str, answer: Mapping[str, Any]) -> Operation:
    codes = (*_CODES, *_TEXTS, *(("bad_spelling_text",) if "Pinyin" in name else ()), "bad_body")
    description = "Standing names; names of sources that nobody has verified are counted with them."
    return Operation(f"datastatis/{name}", summary, description, ("name",), ("distCode",), codes, answer)


OPERATIONS = (
    Operation(
        "xzqh/getList",
        "行政区划搜索: divisions as a tree",
        "A division and those below it, in the form of the national interface.",
        (),
        ("code", "maxLevel", "year"),
        (*_CODES, *_DAYS, "bad_depth", "bad_body"),
        {
            "data": {"code": "420600000000", "name": "襄阳市", "level": 2, "type": "地级市", "children": []},
            "message": "成功",
            "status": 200,
            "total": 1,
        },
    ),
    Operation(
        "stname/listPub",
        "地名搜索: places by name",
        "Standing places and units by name, in the form of the national interface; `total` counts to ten thousand.",
        ("stName",),
        ("searchType", "placeTypeCode", "code", "year", "page", "size"),
        (*_CODES, *_DAYS, *_TEXTS, "bad_type", "bad_search_type", "limit_out_of_range", "bad_page", "bad_body"),
        {"records": [_RECORD], "total": 1},
    ),
    Operation(
        "stname/detailsPub",
        "地名详情获取: one place",
        "All that is held of one place, in the form of the national interface; what is not held is empty.",
        ("id",),
        (),
        ("missing_parameter", "bad_id", "place_not_found", "bad_body"),
        {
            **_RECORD,
            "old_name": "襄樊市",
            "place_origin": "",
            "place_meaning": "",
            "place_history": "",
            "government_history": "2010-11-26起 襄阳市：襄樊市更名为襄阳市",
        },
    ),
    _statistics("GroupCountNameByCode", "同名区划统计: the same name by division", _BY_CODE),
    _statistics("GroupCountNameByType", "同名类别统计: the same name by class", _BY_TYPE),
    _statistics("GroupCountPinyinByCode", "同音区划统计: the same sound by division", _BY_CODE),
    _statistics("GroupCountPinyinByType", "同音类别统计: the same sound by class", _BY_TYPE),
)

#: Questions by POST that another site may ask too: they change nothing.
PATHS = frozenset(f"{PREFIX}/{operation.path}" for operation in OPERATIONS)
