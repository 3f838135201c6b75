"""What one process works on at once is bounded: more is refused at once, and nobody takes a place by being slow."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest
import structlog.testing
from starlette.types import Message, Receive, Scope, Send

from api.middleware import security_headers
from api.settings import Settings
from api.shedding import REFUSED, Door, Places, Shedding
from tests.threads import alone

SETTINGS = Settings(database_url="postgresql:///never-asked", pages=False)


class House:
    """A process of two places before an application that answers when it is told."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.bodies: list[str] = []
        self.places = Places(2)
        self.shedding = Shedding(self._application, self.places)
        self.door = Door(self.shedding, self.places, security_headers(SETTINGS))

    async def _application(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["headers"]:  # without a body nobody asks for one
            self.bodies.append((await receive())["type"])
        await self.go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    async def ask(
        self, path: str = "/v1/units", method: str = "GET", body: asyncio.Event | None = None, *, door: bool = False
    ) -> list[Message]:
        """One request; with `body` it has one, which ends when that is set."""
        said: list[Message] = []

        async def receive() -> Message:
            if body is not None:
                await body.wait()
            return {"type": "http.request", "body": b"{}" if body else b"", "more_body": False}

        async def send(message: Message) -> None:
            said.append(message)

        headers = [(b"content-length", b"2")] if body else []
        scope: dict[str, Any] = {
            "type": "http", "path": path, "method": method, "headers": headers, "query_string": b"",
            "server": ("localhost", 1), "scheme": "http", "http_version": "1.1", "app": SimpleNamespace(state=None),
        }  # fmt: skip
        await (self.door if door else self.shedding)(scope, receive, send)
        return said


def status(said: list[Message]) -> int:
    return int(said[0]["status"])


def test_what_is_too_much_is_refused_at_once_and_the_rest_is_answered() -> None:
    async def told() -> None:
        house = House()
        inside = [asyncio.create_task(house.ask()) for _ in range(2)]
        await asyncio.sleep(0)
        refused = await asyncio.wait_for(house.ask(), 1)
        assert status(refused) == 503
        assert json.loads(refused[1]["body"])["code"] == "overloaded"
        assert dict(refused[0]["headers"])[b"retry-after"] == b"2"
        house.go.set()
        assert [status(said) for said in await asyncio.gather(*inside)] == [200, 200]
        assert status(await house.ask()) == 200
        assert house.places.working == 0

    alone(lambda: asyncio.run(told()))


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/v1/changes", "/v1/changes/stream"])
def test_health_and_those_who_wait_for_changes_take_no_place(path: str) -> None:
    async def told() -> None:
        house = House()
        inside = [asyncio.create_task(house.ask(path)) for _ in range(3)]
        await asyncio.sleep(0)
        assert house.places.working == 0
        house.go.set()
        assert [status(said) for said in await asyncio.gather(*inside)] == [200] * 3

    alone(lambda: asyncio.run(told()))


def test_a_body_that_comes_slowly_takes_no_place_before_it_is_here() -> None:
    async def told() -> None:
        house, body = House(), asyncio.Event()
        slow = [asyncio.create_task(house.ask(method="POST", body=body)) for _ in range(2)]
        await asyncio.sleep(0)
        assert house.places.working == 0
        quick = asyncio.create_task(house.ask())
        await asyncio.sleep(0)
        house.go.set()
        assert status(await quick) == 200
        body.set()
        assert [status(said) for said in await asyncio.gather(*slow)] == [200] * 2
        assert house.places.working == 0

    alone(lambda: asyncio.run(told()))


def test_bodies_that_are_here_all_at_once_are_bounded_too_and_what_is_refused_is_not_done() -> None:
    async def told() -> None:
        house, body = House(), asyncio.Event()
        slow = [asyncio.create_task(house.ask(method="POST", body=body)) for _ in range(5)]
        await asyncio.sleep(0)
        body.set()
        for _ in range(3):
            await asyncio.sleep(0)
        assert house.places.working == 2
        house.go.set()
        said = await asyncio.gather(*slow)
        assert sorted(status(one) for one in said) == [200, 200, 503, 503, 503]
        refused = next(one for one in said if status(one) == 503)
        assert json.loads(refused[1]["body"])["code"] == "overloaded"
        assert len(refused) == 2
        assert sorted(house.bodies) == ["http.disconnect"] * 3 + ["http.request"] * 2
        assert house.places.working == 0

    alone(lambda: asyncio.run(told()))


def test_a_body_that_nobody_reads_lets_nobody_in() -> None:
    async def told() -> None:
        house = House()
        inside = [asyncio.create_task(house.ask(body=asyncio.Event())) for _ in range(2)]
        await asyncio.sleep(0)
        assert house.places.working == 2
        assert status(await asyncio.wait_for(house.ask(), 1)) == 503
        for one in inside:
            one.cancel()

    alone(lambda: asyncio.run(told()))


def test_a_write_without_a_body_takes_its_place_at_once() -> None:
    async def told() -> None:
        house = House()
        inside = [asyncio.create_task(house.ask(method="POST")) for _ in range(2)]
        await asyncio.sleep(0)
        assert house.places.working == 2
        assert status(await asyncio.wait_for(house.ask(method="POST"), 1)) == 503
        house.go.set()
        assert [status(said) for said in await asyncio.gather(*inside)] == [200] * 2

    alone(lambda: asyncio.run(told()))


def test_a_failure_and_a_client_that_goes_give_the_place_free() -> None:
    async def told() -> None:
        house = House()
        gone = asyncio.create_task(house.ask())
        await asyncio.sleep(0)
        assert house.places.working == 1
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        assert house.places.working == 0

    alone(lambda: asyncio.run(told()))


def test_at_the_door_the_answer_is_the_one_of_further_in_and_stands_ready() -> None:
    async def told() -> None:
        house = House()
        inside = [asyncio.create_task(house.ask(door=True)) for _ in range(2)]
        await asyncio.sleep(0)
        within, at_door = await house.ask(), await house.ask(door=True)
        first, second = json.loads(within[1]["body"]), json.loads(at_door[1]["body"])
        headers = dict(at_door[0]["headers"])
        assert {**first, "request_id": None} == {**second, "request_id": None}
        assert headers[b"x-request-id"].decode() == second["request_id"] != "-" * 32
        assert int(headers[b"content-length"]) == len(at_door[1]["body"])
        kept = {name: value for name, value in within[0]["headers"] if name != b"content-length"}
        assert kept.items() <= headers.items()
        assert headers[b"access-control-allow-origin"] == b"*"
        assert headers[b"x-content-type-options"] == b"nosniff"
        other = dict((await house.ask("/ogc/collections", door=True))[0]["headers"])
        assert b"access-control-allow-origin" not in other
        assert (await house.ask(method="HEAD", door=True))[1]["body"] == b""
        house.go.set()
        assert [status(said) for said in await asyncio.gather(*inside)] == [200, 200]

    alone(lambda: asyncio.run(told()))


@pytest.mark.parametrize(
    ("path", "method", "body"),
    [("/", "GET", False), ("/healthz", "GET", False), ("/v1/changes", "GET", False), ("/v1/units", "OPTIONS", False),
     ("/v1/codes/translate", "POST", True)],
)  # fmt: skip
def test_browsers_health_and_bodies_go_in_past_the_door(path: str, method: str, body: bool) -> None:
    async def told() -> None:
        house = House()
        seen: list[str] = []

        async def inner(scope: Scope, _receive: Receive, send: Send) -> None:
            seen.append(scope["path"])
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        house.places.working = 2
        house.door.app = inner
        await house.ask(path, method, asyncio.Event() if body else None, door=True)
        assert seen == [path]

    alone(lambda: asyncio.run(told()))


def test_what_is_refused_at_the_door_is_counted_and_told_in_one_line() -> None:
    async def told() -> None:
        house = House()
        house.places.working = 2
        for _ in range(50):
            assert status(await house.ask(door=True)) == 503

    before = refused_so_far()
    with structlog.testing.capture_logs() as lines:
        alone(lambda: asyncio.run(told()))
    assert refused_so_far() - before == 50
    assert [line["event"] for line in lines] == ["refused at the door"]


def refused_so_far() -> float:
    samples = [sample for metric in REFUSED.collect() for sample in metric.samples]
    return float(next(sample.value for sample in samples if sample.name == "diming_refused_total"))
