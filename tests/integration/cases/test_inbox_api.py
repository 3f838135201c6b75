"""The inbox over HTTP."""

from __future__ import annotations

from typing import Any

from tests.integration.cases.conftest import Desk, Do


def test_notices_are_listed_in_words_and_marked_as_read(desk: Desk, opened: dict[str, Any], do: Do) -> None:
    do("clerk", "accept")
    seen = desk.get("applicant", "/v1/inbox")
    assert seen.headers["cache-control"] == "no-store"
    assert seen.json()["unread"] == 1
    notice = seen.json()["items"][0]
    assert notice["text"] == {"zh": "受理，现在是“审查中”。", "en": "accept; it is now “under review”."}
    assert notice["case"] == {
        "id": opened["id"], "number": opened["number"], "title": opened["title"], "kind": "sample.lamp_post"
    }  # fmt: skip
    headers = desk.headers("applicant")
    assert desk.client.post(f"/v1/inbox/{notice['id']}/read", headers=headers).json()["read_at"]
    assert desk.client.post("/v1/inbox/read", json={"through": notice["id"]}, headers=headers).json() == {"marked": 0}
    assert desk.get("applicant", "/v1/inbox?unread=true").json() == {"items": [], "next": None, "unread": 0}


def test_an_assignment_and_a_deadline_have_sentences_of_their_own(desk: Desk, opened: dict[str, Any], do: Do) -> None:
    from data.cases.deadlines import look_at_clocks

    do("clerk", "assign", to=str(desk.office["reviewer"].account_id))
    desk.office.clock.forward(days=6)
    look_at_clocks(desk.office.casework)
    desk.office.clock.forward(days=4)
    look_at_clocks(desk.office.casework)
    told = [item["text"]["zh"] for item in desk.get("reviewer", "/v1/inbox").json()["items"]]
    assert told == [
        "“受理期限”已于2026年3月9日届满。",
        "“受理期限”将于2026年3月9日届满。",
        "指派给您办理。",
    ]


def test_the_public_and_other_sites_have_no_inbox(desk: Desk) -> None:
    assert desk.client.get("/v1/inbox").json()["code"] == "sign_in_needed"
    headers = {**desk.headers("clerk"), "Origin": "https://elsewhere.example"}
    through = {"through": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6080"}
    assert desk.client.post("/v1/inbox/read", json=through, headers=headers).json()["code"] == "cross_site_write"
    assert desk.client.post(f"/v1/inbox/{through['through']}/read", headers=headers).status_code == 403


def test_another_persons_notice_cannot_be_guessed(desk: Desk, do: Do) -> None:
    do("clerk", "accept")
    theirs = desk.get("applicant", "/v1/inbox").json()["items"][0]["id"]
    answer = desk.client.post(f"/v1/inbox/{theirs}/read", headers=desk.headers("neighbour"))
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_notice")


def test_mail_is_not_promised_where_none_is_sent(desk: Desk) -> None:
    headers = desk.headers("clerk")
    assert desk.get("clerk", "/v1/inbox/preference").json() == {"channel": "inbox", "language": "zh"}
    answer = desk.client.put("/v1/inbox/preference", json={"channel": "each"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "mail_not_configured")
    kept = desk.client.put("/v1/inbox/preference", json={"channel": "inbox", "language": "en"}, headers=headers)
    assert kept.json() == {"channel": "inbox", "language": "en"}
    assert desk.get("clerk", "/v1/inbox/preference").json() == {"channel": "inbox", "language": "en"}
