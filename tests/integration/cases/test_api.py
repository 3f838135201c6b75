"""Cases over HTTP: with a token of each person, on the sample procedure."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.integration.cases.conftest import Desk


def test_a_case_is_read_and_moved(desk: Desk, opened: dict[str, Any]) -> None:
    path = f"/v1/cases/{opened['id']}"
    assert desk.client.get(path).json()["code"] == "sign_in_needed"
    assert desk.get("elsewhere", path).json()["code"] == "no_such_case"
    seen = desk.get("clerk", path)
    assert seen.headers["cache-control"] == "no-store"
    assert [way["action"] for way in seen.json()["next"] if way["yours"]] == ["accept", "ask_corrections"]
    done = desk.act("clerk", f"{path}/actions/accept", {}, version=1)
    assert (done.status_code, done.json()["state"], done.json()["version"]) == (200, "review", 2)
    assert desk.act("clerk", f"{path}/actions/accept", {}, version=1).json() == done.json()


@pytest.mark.parametrize(
    ("who", "action", "body", "params", "status", "code"),
    [
        ("applicant", "accept", {}, {}, 403, "not_permitted"),
        ("clerk", "approve", {"number": "1"}, {}, 409, "action_not_possible"),
        ("clerk", "ask_corrections", {}, {}, 409, "not_ready"),
        ("clerk", "accept", {}, {"version": 9}, 409, "case_changed"),
        ("clerk", "assign", {"to": "me"}, {}, 422, "bad_fields"),
        ("clerk", "assign", {"to": 1}, {}, 422, "bad_body"),
        ("clerk", "Accept", {}, {}, 400, "bad_parameter"),
        ("clerk", "accept", {}, {"version": 0}, 400, "bad_parameter"),
        ("neighbour", "accept", {}, {}, 404, "no_such_case"),
    ],
)
def test_a_refusal_is_a_problem_with_its_code(
    desk: Desk,
    opened: dict[str, Any],
    who: str,
    action: str,
    body: dict[str, Any],
    params: dict[str, int],
    status: int,
    code: str,
) -> None:
    answer = desk.act(who, f"/v1/cases/{opened['id']}/actions/{action}", body, **params)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert desk.get("clerk", f"/v1/cases/{opened['id']}").json()["version"] == 1


def test_without_a_key_nothing_is_done(desk: Desk, opened: dict[str, Any]) -> None:
    path = f"/v1/cases/{opened['id']}/actions/accept"
    answer = desk.client.post(path, json={}, headers=desk.headers("clerk"))
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_parameter")


def test_another_web_site_cannot_act(desk: Desk, opened: dict[str, Any]) -> None:
    headers = {**desk.headers("clerk"), "Idempotency-Key": "k", "Origin": "https://elsewhere.example"}
    answer = desk.client.post(f"/v1/cases/{opened['id']}/actions/accept", json={}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_write")


def test_lists_and_many_at_once(desk: Desk, opened: dict[str, Any]) -> None:
    listed = desk.get("clerk", "/v1/cases?state=submitted&open=true").json()
    assert [item["id"] for item in listed["items"]] == [opened["id"]]
    assert desk.get("neighbour", "/v1/cases").json() == {"items": [], "next": None}
    body = {"cases": [opened["id"], str(UUID(int=4))]}
    results = desk.act("clerk", "/v1/cases/actions/accept", body).json()["results"]
    assert [(r["done"], r["answer"].get("code")) for r in results] == [(True, None), (False, "no_such_case")]
    assert desk.client.post("/v1/cases/actions/accept", json=body, headers={"Idempotency-Key": "k"}).status_code == 401
