"""`/v1/romanize` answers without a database."""

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings


@pytest.fixture(scope="module")
def client() -> TestClient:
    """The application as it is served, never asking its database."""
    return TestClient(create_app(Settings(database_url="postgresql:///never-asked", pages=False)))


def test_a_name_is_answered_and_may_be_cached(client: TestClient) -> None:
    answer = client.get("/v1/romanize", params={"name": "六合路", "class": "STREET", "within": "320100"})
    assert answer.status_code == 200
    assert (answer.json()["roman"], answer.json()["segments"]) == ("Luhe Lu", "六合|路")
    again = client.get(
        "/v1/romanize",
        params={"name": "六合路", "class": "STREET", "within": "320100"},
        headers={"If-None-Match": answer.headers["ETag"]},
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, "missing_parameter"),
        ({"name": " "}, "name_empty"),
        ({"name": "\x07"}, "name_control_characters"),
        ({"name": "地" * 501}, "name_too_long"),
        ({"name": "六安", "class": "CASTLE"}, "bad_class"),
        ({"name": "六安", "class": "221"}, "bad_type"),
        ({"name": "六安", "within": "34"}, "bad_code"),
        ({"name": "六安", "lang": "en"}, "unknown_parameter"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_code(client: TestClient, params: dict[str, str], code: str) -> None:
    answer = client.get("/v1/romanize", params=params)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_many_names_are_answered_in_order_each_with_its_own_problem(client: TestClient) -> None:
    asked = [
        {"name": "解放路南小街", "class": "STREET"},
        {"name": ""},
        {"name": "王村", "class": "CASTLE"},
        {"name": "呼和浩特市"},
    ]
    items = client.post("/v1/romanize", json={"items": asked}).json()["items"]
    assert [item.get("roman") or item["code"] for item in items] == [
        "Jiefanglu Nanxiaojie",
        "name_empty",
        "bad_class",
        "Hohhot Shi",
    ]


def test_a_method_that_is_not_there_is_refused_with_those_that_are(client: TestClient) -> None:
    answer = client.options("/v1/romanize")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"items": [{"name": "六安"}] * 2_001}, "too_many_names"),
        ({"items": []}, "bad_body"),
        ({"names": ["六安"]}, "bad_body"),
        ({"items": [{"name": "地" * 501}]}, "bad_body"),
    ],
)
def test_a_body_that_cannot_be_taken_is_refused(client: TestClient, body: dict[str, object], code: str) -> None:
    answer = client.post("/v1/romanize", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
