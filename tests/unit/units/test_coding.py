"""What a code says by its form, and the type that a name says."""

from __future__ import annotations

import pytest

from boundaries.units.coding import check_code, level_of, parent_code, type_of
from data.errors import BadRequest


@pytest.mark.parametrize(
    ("code", "level"),
    [("420000", "province"), ("420600", "prefecture"), ("420607", "county"), ("420607101", "township")],
)
def test_the_form_of_a_code_gives_its_level(code: str, level: str) -> None:
    assert level_of(code) == level


@pytest.mark.parametrize("code", ["", "42", "42060", "4206000", "42060a", "４２０６００", "420600 ", "-20600"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(BadRequest) as refused:
        check_code(code)
    assert refused.value.code == "bad_code"


def test_a_county_without_prefecture_lies_directly_below_its_province() -> None:
    standing = {"420000", "420600", "429004"}
    assert parent_code("420607", standing) == "420600"
    assert parent_code("429004", standing) == "420000"
    assert parent_code("420000", standing) is None
    assert parent_code("430100", standing) is None


def test_a_code_ending_in_the_provinces_digits_is_not_its_own_prefecture() -> None:
    assert parent_code("460001", {"460000", "460001"}) == "460000"


@pytest.mark.parametrize(
    ("name", "level", "kind"),
    [
        ("重庆市", "province", "直辖市"),
        ("内蒙古自治区", "province", "自治区"),
        ("香港特别行政区", "province", "特别行政区"),
        ("襄阳市", "prefecture", "地级市"),
        ("襄阳地区", "prefecture", "地区"),
        ("哲里木盟", "prefecture", "盟"),
        ("延边朝鲜族自治州", "prefecture", "自治州"),
        ("枣阳市", "county", "县级市"),
        ("碑林区", "county", "市辖区"),
        ("神农架林区", "county", "林区"),
        ("六枝特区", "county", "特区"),
        ("鄂伦春自治旗", "county", "自治旗"),
        ("松桃苗族自治县", "county", "自治县"),
        ("西市区", "county", "市辖区"),
        ("市区", "county", "市区"),
        ("南沙群岛", "county", "其他"),
    ],
)
def test_the_generic_term_gives_the_type(name: str, level: str, kind: str) -> None:
    assert type_of(name, level) == kind  # type: ignore[arg-type]  # parametrized as text
