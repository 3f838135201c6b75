"""The feed over HTTP: pages, waiting, events, and the state after a change."""

from __future__ import annotations

import threading
import time
from typing import Any

import httpx

from tests.integration.feed.conftest import Writer


def get(feed: httpx.Client, path: str, **asked: Any) -> Any:
    answer = feed.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def whole_snapshot(feed: httpx.Client, **asked: Any) -> tuple[int, dict[tuple[str, str], Any]]:
    found: dict[tuple[str, str], Any] = {}
    page = get(feed, "/v1/snapshot", **asked)
    seq = page["seq"]
    while True:
        for item in page["items"]:
            assert (item["collection"], item["id"]) not in found
            found[item["collection"], item["id"]] = item["after"]
        if page["next"] is None:
            return seq, found
        page = get(feed, "/v1/snapshot", **{**asked, "seq": seq, "cursor": page["next"]})


def test_the_state_after_a_change_is_the_same_whenever_it_is_asked_for(feed: httpx.Client, writer: Writer) -> None:
    writer.publish(300)
    stood = dict(writer.stands)
    seq, found = whole_snapshot(feed, limit=7)
    assert (seq, found) == (300, stood)
    writer.publish(200)
    assert whole_snapshot(feed, limit=1000, seq=300) == (300, stood)
    assert whole_snapshot(feed)[1] == writer.stands


def test_a_filter_tells_how_far_everything_is_told(feed: httpx.Client, writer: Writer) -> None:
    writer.publish(120)
    since, seen = 0, []
    while True:
        page = get(feed, "/v1/changes", since=since, collection="places", limit=9)
        seen += page["items"]
        assert page["through"] >= since
        since = page["through"]
        if not page["items"]:
            break
    assert since == 120
    assert {item["collection"] for item in seen} == {"places"}
    units = {key: value for key, value in writer.stands.items() if key[0] == "units"}
    assert whole_snapshot(feed, collection="units", limit=5)[1] == units


def test_waiting_ends_with_the_commit(feed: httpx.Client, writer: Writer) -> None:
    writer.publish(1)
    assert get(feed, "/v1/changes", since=1, wait=1)["items"] == []  # and from now on the server listens
    answers: list[Any] = []
    asking = threading.Thread(target=lambda: answers.append(get(feed, "/v1/changes", since=1, wait=25)))
    asking.start()
    begun = time.monotonic()
    writer.publish(2)
    asking.join()
    assert next(item["seq"] for item in answers[0]["items"]) == 2
    assert time.monotonic() - begun < 20


def test_events_go_on_where_they_stopped(feed: httpx.Client, writer: Writer) -> None:
    writer.publish(5)
    assert numbers(feed, 3) == [1, 2, 3]
    assert numbers(feed, 2, **{"Last-Event-ID": "3"}) == [4, 5]


def test_a_client_that_goes_gives_its_place_back(feed: httpx.Client, writer: Writer) -> None:
    writer.publish(1)
    for _ in range(8):  # more, one after another, than may wait at once
        assert numbers(feed, 1) == [1]


def numbers(feed: httpx.Client, many: int, **headers: str) -> list[int]:
    """The ids of the first events. A place is given back when the server sees that the client has gone."""
    for _ in range(100):
        with feed.stream("GET", "/v1/changes/stream", headers=headers) as answer:
            if answer.status_code == 503:
                answer.read()
                time.sleep(0.1)
                continue
            assert answer.headers["content-type"].startswith("text/event-stream")
            found: list[int] = []
            for line in answer.iter_lines():
                if line.startswith("id: "):
                    found.append(int(line[4:]))
                if len(found) == many:
                    return found
    raise AssertionError("no place became free")


def test_what_cannot_be_answered_is_refused(feed: httpx.Client, writer: Writer) -> None:
    writer.publish(1)
    for asked, code in (
        ({"collection": "secrets"}, "bad_collection"),
        ({"collection": "units,units"}, "bad_collection"),
        ({"wait": "600"}, "bad_wait"),
    ):
        assert feed.get("/v1/changes", params=asked).json()["code"] == code
    assert feed.get("/v1/snapshot", params={"seq": 2}).json()["code"] == "seq_ahead"
    page = feed.get("/v1/snapshot", params={"seq": 1, "limit": 1}).json()
    other = feed.get("/v1/snapshot", params={"seq": 0, "cursor": page["next"]})
    assert other.json()["code"] == "bad_cursor"
