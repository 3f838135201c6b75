"""Many points at once are answered as each alone is."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

#: Beijing, Chang'an, a corner of Sichuan, the boundary of two counties, and the far west.
POINTS = [[116.4, 39.9], [119.91, 31.0], [104.07, 30.67], [112.1, 32.0], [75.98, 39.47]]


def many(api: httpx.Client, **asked: Any) -> httpx.Response:
    return api.post("/v1/reverse", json=asked)


@pytest.mark.parametrize("as_of", ["2024-12-31", "1990-06-30"])
def test_each_point_is_answered_as_alone(api: httpx.Client, as_of: str) -> None:
    found = many(api, points=POINTS, as_of=as_of, places=5).json()["items"]
    alone = [api.get("/v1/reverse", params={"lon": x, "lat": y, "as_of": as_of}).json() for x, y in POINTS]
    assert found == alone


def test_a_point_that_cannot_be_answered_does_not_spoil_the_rest(api: httpx.Client) -> None:
    items = many(api, points=[[125, 30], [31, 119.91], POINTS[1]]).json()["items"]
    assert [item.get("code") for item in items] == ["point_outside_units", "coordinates_out_of_range", None]
    assert items[2]["units"][-1]["name"] == "长兴县"
    assert items[2]["places"] == []


def test_ten_thousand_points_are_answered(api: httpx.Client) -> None:
    points = [[105 + (n % 100) * 0.1, 26 + (n // 100) * 0.1] for n in range(10_000)]
    items = many(api, points=points).json()["items"]
    assert len(items) == 10_000
    assert all("units" in item or item["code"] == "point_outside_units" for item in items)
    assert next(item["point"] for item in items if "units" in item) in points


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"points": [[116.4, 39.9]] * 10_001}, "too_many_points"),
        ({"points": []}, "bad_body"),
        ({"points": [[1]]}, "bad_body"),
        ({"points": [["a", "b"]]}, "bad_body"),
        ({"points": [[116.4, 39.9]], "places": 6}, "bad_body"),
        ({"points": [[116.4, 39.9]], "asof": "2000-01-01"}, "bad_body"),
        ({"points": [[116.4, 39.9]], "as_of": "9999-01-01"}, "as_of_after_register"),
    ],
)
def test_a_question_that_is_none_is_refused_whole(api: httpx.Client, body: dict[str, Any], code: str) -> None:
    answer = many(api, **body)
    assert answer.status_code in (400, 422)
    assert answer.json()["code"] == code
