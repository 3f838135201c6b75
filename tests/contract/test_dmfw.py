"""A client written for the interface of the national place-name database works here unchanged.

The questions are those that public clients of the database ask: by GET, as a form, as JSON, with codes of two and
of twelve digits, with `PlaceTypeCode` in either case.
"""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.contract.test_openapi import DOCUMENT

RECORD = {
    "id", "place_code", "standard_name", "ethnic_minorities_writing", "roman_alphabet_spelling", "place_type",
    "place_type_code", "province_name", "city_name", "area_name", "province", "city", "area", "gdm",
}  # fmt: skip
DETAILS = RECORD | {"old_name", "place_origin", "place_meaning", "place_history", "government_history"}


def ask(api: httpx.Client, path: str, **parameters: Any) -> Any:
    answer = api.get(f"/9095/{path}", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(node: dict[str, Any]) -> list[str]:
    return [child["name"] for child in node["children"]]


def test_the_tree_of_the_country_has_its_provinces(api: httpx.Client) -> None:
    answer = ask(api, "xzqh/getList", code="", maxLevel=1)
    assert {"data", "message", "status", "total"} <= set(answer)
    assert (answer["data"]["code"], answer["data"]["level"], answer["total"]) == ("00", 0, 34)
    assert "湖北省" in names(answer["data"])
    assert {len(child["code"]) for child in answer["data"]["children"]} == {12}


@pytest.mark.parametrize("code", ["42", "4206", "420600", "420600000000"])
def test_codes_are_taken_in_every_length_that_clients_use(api: httpx.Client, code: str) -> None:
    top = ask(api, "xzqh/getList", code=code, maxLevel=2)["data"]
    found = names(top) if len(code) > 2 else names(next(c for c in top["children"] if c["name"] == "襄阳市"))
    assert "樊城区" in found


def test_an_edition_is_the_state_at_the_end_of_its_year(api: httpx.Client) -> None:
    of = {year: ask(api, "xzqh/getList", code="420600", maxLevel=0, year=year)["data"] for year in (2009, 2010)}
    assert (of[2009]["name"], of[2010]["name"]) == ("襄樊市", "襄阳市")
    assert of[2009]["children"] == []


def test_a_name_is_found_with_all_fields_that_clients_read(api: httpx.Client) -> None:
    answer = ask(api, "stname/listPub", stName="襄阳市", searchType="精确", page=1, size=10)
    (record,) = answer["records"]
    assert set(record) >= RECORD
    assert answer["total"] == 1
    assert (record["standard_name"], record["roman_alphabet_spelling"]) == ("襄阳市", "Xiāngyáng Shì")
    assert (record["province_name"], record["city"], record["area"]) == ("湖北省", "420600", "")
    assert record["place_code"] == ""  # none was issued, and none is made up
    longitude, latitude = record["gdm"]["coordinates"][0]
    assert (record["gdm"]["type"], round(longitude), round(latitude)) == ("MultiPoint", 112, 32)


def test_an_exact_question_does_not_take_a_part_for_the_name(api: httpx.Client) -> None:
    assert ask(api, "stname/listPub", stName="襄阳", searchType="精确")["total"] == 0
    assert ask(api, "stname/listPub", stName="襄阳", searchType="模糊")["total"] > 0


def test_pages_follow_one_another_without_gap_or_repetition(api: httpx.Client) -> None:
    whole = ask(api, "stname/listPub", stName="新", code="33", size=100)
    assert whole["total"] > 20
    numbers = range(1, whole["total"] // 7 + 2)
    pages = [
        record["id"]
        for number in numbers
        for record in ask(api, "stname/listPub", stName="新", code="33", page=number, size=7)["records"]
    ]
    assert len(pages) == whole["total"]
    assert len(set(pages)) == whole["total"]
    assert pages[:100] == [record["id"] for record in whole["records"]]
    assert {record["province"] for record in whole["records"]} == {"330000"}


def test_forms_and_json_are_read_and_names_in_either_case(api: httpx.Client) -> None:
    of_counties = {"stName": "朝阳", "PlaceTypeCode": "21400"}
    by_form = api.post("/9095/stname/listPub", data=of_counties).json()
    assert by_form == api.post("/9095/stname/listPub", json=of_counties).json()
    assert by_form == api.post("/9095/stname/listPub", files={k: (None, v) for k, v in of_counties.items()}).json()
    assert by_form == ask(api, "stname/listPub", stName="朝阳", placeTypeCode="21400")
    assert {record["place_type_code"] for record in by_form["records"]} == {"21400"}


def test_details_tell_former_names_and_documents(api: httpx.Client) -> None:
    place = ask(api, "stname/listPub", stName="襄阳市", searchType="精确")["records"][0]["id"]
    found = api.post("/9095/stname/detailsPub", json={"id": place}).json()
    assert set(found) >= DETAILS
    assert found["old_name"] == "襄樊市"
    assert "2010-11-26起 襄阳市" in found["government_history"]
    assert found["place_origin"] == ""


def test_the_same_name_and_the_same_sound_are_counted(api: httpx.Client) -> None:
    by_code = ask(api, "datastatis/GroupCountNameByCode", name="朝阳区")
    assert [(g["name"], g["count"]) for g in by_code["data"]] == [("北京市", 1), ("吉林省", 1)]
    by_sound = ask(api, "datastatis/GroupCountPinyinByCode", name="Cháoyáng Qū")
    assert by_sound["total"] > by_code["total"]
    assert ask(api, "datastatis/GroupCountPinyinByType", name="chaoyang qu", distCode="11")["total"] == 1
    (county,) = ask(api, "datastatis/GroupCountNameByType", name="朝阳区", distCode="22")["data"]
    assert (county["typeCode"], county["count"]) == ("21400", 1)


def test_a_division_of_the_counts_is_one_level_below(api: httpx.Client) -> None:
    (city,) = ask(api, "datastatis/GroupCountNameByCode", name="朝阳区", distCode="220000")["data"]
    assert (city["code"], city["name"]) == ("220100", "长春市")


def test_what_no_address_has_is_named_and_not_refused(api: httpx.Client) -> None:
    assert ask(api, "stname/listPub", stName="襄阳市", type="place")["ignored"] == ["type"]


def test_a_page_of_another_site_may_ask(api: httpx.Client) -> None:
    headers = {"Origin": "https://map.example", "Sec-Fetch-Site": "cross-site"}
    answer = api.post("/9095/stname/listPub", data={"stName": "襄阳市"}, headers=headers)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")


REFUSED = [
    ("stname/listPub", {}, "missing_parameter"),
    ("stname/listPub", {"stName": "襄阳", "size": "1000000000"}, "limit_out_of_range"),
    ("stname/listPub", {"stName": "襄阳", "size": "0"}, "limit_out_of_range"),
    ("stname/listPub", {"stName": "襄阳", "page": "10001"}, "bad_page"),
    ("stname/listPub", {"stName": "襄阳", "page": "-1"}, "bad_parameter"),
    ("stname/listPub", {"stName": "襄阳", "searchType": "like"}, "bad_search_type"),
    ("stname/listPub", {"stName": "襄阳", "placeTypeCode": "222"}, "bad_type"),
    ("stname/listPub", {"stName": "地" * 201}, "query_too_long"),
    ("stname/listPub", {"stName": "地" * 401}, "bad_parameter"),
    ("stname/listPub", {"stName": "\x07"}, "query_control_characters"),
    ("stname/listPub", {"stName": "襄阳", "code": "42'--"}, "bad_code"),
    ("xzqh/getList", {"code": "999999"}, "code_never_existed"),
    ("xzqh/getList", {"year": "9999"}, "as_of_after_register"),
    ("xzqh/getList", {"year": "1900"}, "as_of_before_register"),
    ("xzqh/getList", {"year": "0"}, "bad_year"),
    ("xzqh/getList", {"maxLevel": "5"}, "bad_depth"),
    ("stname/detailsPub", {"id": "1"}, "bad_id"),
    ("stname/detailsPub", {"id": "00000000-0000-0000-0000-000000000000"}, "place_not_found"),
    ("datastatis/GroupCountPinyinByCode", {"name": "张村"}, "bad_spelling_text"),
]


@pytest.mark.parametrize(("path", "parameters", "code"), REFUSED)
def test_a_refusal_says_why_in_both_forms(api: httpx.Client, path: str, parameters: dict[str, str], code: str) -> None:
    answer = api.get(f"/9095/{path}", params=parameters)
    problem = answer.json()
    assert (problem["code"], problem["status"]) == (code, answer.status_code)
    assert problem["message"] == problem["detail"]
    assert f"`{code}`" in str(DOCUMENT["paths"][f"/9095/{path}"]["get"]["responses"][str(answer.status_code)])


def test_a_body_that_is_nothing_is_refused(api: httpx.Client) -> None:
    answer = api.post("/9095/stname/detailsPub", content=b"[1]", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_body")
