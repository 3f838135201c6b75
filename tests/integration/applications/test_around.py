"""The reviewer sees what of the same or a similar name stands around the proposal, applications too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from data.db import reading
from geonames.applications.around import REACH_M, around
from geonames.applications.draft import draft_of
from tests.integration.cases.pages import Browser
from tests.samples.applicants import NamingOffice


def seen(office: NamingOffice, case: dict[str, Any]) -> list[tuple[str, str, bool]]:
    with reading(office.engine) as connection:
        found = around(connection, UUID(str(case["id"])), draft_of(case["facts"]), None)
    rows = found["candidates"][0]["alike"]
    distances = [row["distance_m"] for row in rows]
    assert distances == sorted(distances)
    assert all(distance <= REACH_M for distance in distances)
    return [(row["name"], row["alike"], row["case_number"] is not None) for row in rows]


def test_names_and_applications_of_the_same_name_or_sound(office: NamingOffice) -> None:
    other = office.apply("rival", names=["延河路"])
    case = office.apply(names=["沿河路"])
    found = seen(office, case)
    assert ("沿河路", "same", False) in found
    assert ("延河路", "toneless", True) in found
    assert "延河路" not in {name for name, _, applied in seen(office, other) if applied}


def test_names_that_are_written_alike(office: NamingOffice) -> None:
    office.apply("rival", names=["毫河路"])
    found = seen(office, office.apply(names=["亳河路"]))
    assert ("毫河路", "written", True) in found


def test_the_case_page_shows_the_map_to_the_office_alone(
    office: NamingOffice, visit: Callable[[str | None], Browser]
) -> None:
    other = office.apply("rival", names=["延河路"])
    case = office.apply(names=["沿河路"])
    page = visit("reviewer").get(f"/cases/{case['number']}")
    assert page.all(".around svg")
    assert "沿河路" in page.text(".around table")
    assert "延河路" in page.text(".around table")
    assert not visit("developer").get(f"/cases/{case['number']}").all(".around")
    assert other["number"] not in visit("developer").get(f"/cases/{case['number']}/around").response.text


def test_far_away_nothing_is_alike(office: NamingOffice) -> None:
    line = {"type": "LineString", "coordinates": [[111.04, 30.54], [111.06, 30.55]]}
    assert seen(office, office.apply(names=["沿河路"], geometry=line)) == []


def test_the_page_is_for_those_who_see_the_case(office: NamingOffice, visit: Callable[[str | None], Browser]) -> None:
    case = office.apply(names=["沿河路"])
    address = f"/cases/{case['number']}/around"
    page = visit("reviewer").get(address)
    assert page.status == 200
    assert "同名" in page.text("main")
    assert visit("rival").get(address).status == 404
