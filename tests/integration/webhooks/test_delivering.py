"""One webhook's runs: order, retries, switching off, filters, sending again."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from api.jobs import schema
from data.db import Row, fetch_all, fetch_one, reading, unit_of_work
from data.feed import Change, publish
from data.webhooks import service, store
from data.webhooks.delivering import Delivering, forget_attempts, run, send_again, start_due
from data.webhooks.model import WAITS, Answered, HookState, Wanted
from tests.integration.feed.conftest import Writer
from tests.integration.webhooks.conftest import LOOPBACK, Office, Post

BUSY = Answered(503, None, 1)


def numbers(line: Post) -> list[int]:
    return [int(headers["webhook-id"]) for headers, _ in line.sent]


def hook(engine: Engine, webhook: UUID) -> Row:
    with reading(engine) as connection:
        found = fetch_one(connection, store.FIND, {"id": webhook})
    assert found is not None
    return found


def change(office: Office, webhook: UUID, **what: Any) -> Row:
    with unit_of_work(office.engine) as connection:
        desk = service.Desk(connection, office.actor(), office.keys, office.moment, LOOPBACK)
        return service.change_webhook(desk, webhook, service.Change(**what))


def test_a_run_sends_everything_in_order_and_each_says_what_went_before(
    office: Office, writer: Writer, delivering: Delivering, line: Post
) -> None:
    webhook, _ = office.add()
    writer.publish(230)
    assert run(delivering, webhook) == 230
    assert numbers(line) == list(range(1, 231))
    assert [json.loads(body)["previous"] for _, body in line.sent] == [None, *range(1, 230)]
    assert run(delivering, webhook) == 0
    writer.publish(2)
    assert run(delivering, webhook) == 2
    assert numbers(line)[-2:] == [231, 232]


def test_what_does_not_arrive_is_tried_again_and_nothing_overtakes_it(
    office: Office, writer: Writer, delivering: Delivering, line: Post
) -> None:
    webhook, _ = office.add()
    writer.publish(3)
    line.answers = [Answered(204, None, 1), BUSY, BUSY, Answered(302, None, 1), Answered(None, "webhook_too_slow", 9)]
    assert run(delivering, webhook) == 1
    for failures, wait in enumerate(WAITS[:4], 1):
        assert hook(office.engine, webhook)["failures"] == failures
        office.later(wait - timedelta(seconds=1))
        assert run(delivering, webhook) == 0, "it is not time yet"
        office.later(timedelta(seconds=1))
        arrived = run(delivering, webhook)
    assert arrived == 2
    assert numbers(line) == [1, 2, 2, 2, 2, 2, 3]
    assert hook(office.engine, webhook)["failing_since"] is None


def test_after_days_of_failure_it_is_switched_off_and_its_owner_is_told(
    office: Office, writer: Writer, delivering: Delivering, line: Post
) -> None:
    webhook, _ = office.add()
    writer.publish(2)
    line.answers = [BUSY] * 200
    while hook(office.engine, webhook)["state"] == "active":
        run(delivering, webhook)
        office.later(timedelta(hours=1))
    assert hook(office.engine, webhook)["off_why"] == "status_503"
    assert 120 < len(line.sent) < 130, "some five days of an attempt an hour"
    with reading(office.engine) as connection:
        told = fetch_all(connection, text("SELECT account_id, kind, body FROM diming.notification"))
    assert [(row["account_id"], row["kind"], row["body"]["why"]) for row in told] == [
        (office.account, "webhook_off", "status_503")
    ]
    line.answers = []
    change(office, webhook, state=HookState.ACTIVE)
    assert run(delivering, webhook) == 2, "what was missed is sent"


def test_gone_switches_it_off_at_once(office: Office, writer: Writer, delivering: Delivering, line: Post) -> None:
    webhook, _ = office.add()
    writer.publish(1)
    line.answers = [Answered(410, None, 1)]
    assert run(delivering, webhook) == 0
    assert hook(office.engine, webhook)["state"] == "off"


def test_a_receiver_may_ask_for_more_time_up_to_the_longest_wait(
    office: Office, writer: Writer, delivering: Delivering, line: Post
) -> None:
    webhook, _ = office.add()
    writer.publish(1)
    line.answers = [Answered(429, None, 1, retry_after_s=90), Answered(429, None, 1, retry_after_s=10**8)]
    run(delivering, webhook)
    assert hook(office.engine, webhook)["next_at"] == office.moment + timedelta(seconds=90)
    office.later(timedelta(seconds=90))
    run(delivering, webhook)
    assert hook(office.engine, webhook)["next_at"] == office.moment + WAITS[-1]


def test_a_pause_loses_nothing_and_a_number_can_be_gone_back_to(
    office: Office, writer: Writer, delivering: Delivering, line: Post
) -> None:
    webhook, _ = office.add()
    change(office, webhook, state=HookState.PAUSED)
    writer.publish(4)
    assert run(delivering, webhook) == 0
    change(office, webhook, state=HookState.ACTIVE)
    assert run(delivering, webhook) == 4
    change(office, webhook, since=2)
    assert run(delivering, webhook) == 2
    assert numbers(line) == [1, 2, 3, 4, 3, 4]
    assert json.loads(line.sent[4][1])["previous"] is None


def test_one_entry_by_hand_leaves_the_order_alone(
    office: Office, writer: Writer, delivering: Delivering, line: Post
) -> None:
    webhook, _ = office.add()
    writer.publish(3)
    run(delivering, webhook)
    assert send_again(delivering, webhook, 2)
    assert json.loads(line.sent[-1][1])["redelivery"] is True
    assert hook(office.engine, webhook)["delivered_seq"] == 3
    assert not send_again(delivering, webhook, 99)


def test_a_disabled_account_gets_nothing(office: Office, writer: Writer, delivering: Delivering, line: Post) -> None:
    webhook, _ = office.add()
    writer.publish(1)
    with unit_of_work(office.engine) as connection:
        connection.execute(text("UPDATE diming.account SET disabled_at = now()"))
    assert run(delivering, webhook) == 0
    assert line.sent == []


def test_the_former_secret_signs_beside_the_new_one_for_a_day(
    office: Office, writer: Writer, delivering: Delivering, line: Post
) -> None:
    webhook, _ = office.add()
    with unit_of_work(office.engine) as connection:
        service.renew_secret(service.Desk(connection, office.actor(), office.keys, office.moment, LOOPBACK), webhook)
    for signatures in (2, 1):
        writer.publish(1)
        run(delivering, webhook)
        assert len(line.sent[-1][0]["webhook-signature"].split()) == signatures
        office.later(timedelta(hours=24))


def test_a_lost_key_fails_like_a_receiver_and_is_said(
    office: Office, writer: Writer, delivering: Delivering, line: Post
) -> None:
    webhook, _ = office.add()
    writer.publish(1)
    key = office.keys.folder / "webhooks.key"
    key.write_bytes(b"x" * 32)
    assert run(delivering, webhook) == 0
    assert hook(office.engine, webhook)["failures"] == 1
    assert line.sent == []


@pytest.fixture
def told(office: Office) -> dict[str, UUID]:
    """A feed with a unit, a place, its name, a line between units, a marker, a document."""
    ids = {name: UUID(int=n) for n, name in enumerate(("unit", "other", "place", "name", "line", "marker", "doc"), 1)}
    chain = [{"code": "990000"}, {"code": "990100"}]
    things: list[tuple[str, str, dict[str, Any]]] = [
        ("units", "unit", {"code": "990121", "chain": [*chain, {"code": "990121"}]}),
        ("units", "other", {"code": "980121", "chain": [{"code": "980000"}, {"code": "980121"}]}),
        ("places", "place", {"class": "STREET", "unit": {"code": "990121"}}),
        ("names", "name", {"subject": str(ids["place"]), "text": "甘棠路"}),
        ("lines", "line", {"units": [str(ids["unit"]), str(ids["other"])]}),
        ("markers", "marker", {"line": str(ids["line"])}),
        ("decisions", "doc", {"title": "演示"}),
    ]
    with unit_of_work(office.engine) as connection:
        publish(connection, [Change(c, ids[n], None, {"id": str(ids[n]), **said}, None) for c, n, said in things])
        publish(connection, [Change("lines", ids["line"], {"name": "甲乙线"}, {"name": "甲乙线"}, None)])
        publish(
            connection, [Change("places", ids["place"], {"unit": {"code": "990121"}, "class": "STREET"}, None, None)]
        )
    return ids


@pytest.mark.parametrize(
    ("wanted", "arrives"),
    [
        (Wanted(), [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (Wanted(within=("990000",)), [1, 3, 4, 5, 6, 8, 9]),
        (Wanted(within=("990100",)), [1, 3, 4, 5, 6, 8, 9]),
        (Wanted(within=("990121",)), [1, 3, 4, 5, 6, 8, 9]),
        (Wanted(within=("980000",)), [2, 5, 6, 8]),
        (Wanted(within=("990122", "970000")), []),
        (Wanted(classes=("STREET",)), [3, 4, 9]),
        (Wanted(classes=("ADMIN_DIVISION",), within=("990100",)), [1, 5, 6, 8]),
        (Wanted(kinds=("delete",)), [9]),
        (Wanted(collections=("units", "places"), kinds=("insert",)), [1, 2, 3]),
    ],
    ids=str,
)
@pytest.mark.usefixtures("told")
def test_filters(office: Office, delivering: Delivering, line: Post, wanted: Wanted, arrives: list[int]) -> None:
    webhook, _ = office.add(wanted=wanted)
    run(delivering, webhook)
    assert numbers(line) == arrives
    assert [json.loads(body)["previous"] for _, body in line.sent] == [None, *arrives][: len(arrives)]
    assert hook(office.engine, webhook)["behind"] == 0


def test_only_webhooks_that_are_behind_are_started_and_each_once(office: Office, writer: Writer) -> None:
    schema.prepare(office.engine)
    office.add()
    paused, _ = office.add()
    change(office, paused, state=HookState.PAUSED)
    assert start_due(office.engine, office.moment) == 0
    writer.publish(1)
    assert start_due(office.engine, office.moment) == 1
    assert start_due(office.engine, office.moment) == 0, "it waits already"


def test_attempts_are_forgotten_after_a_while(
    office: Office, writer: Writer, delivering: Delivering, line: Post
) -> None:
    webhook, _ = office.add()
    writer.publish(2)
    run(delivering, webhook)
    assert forget_attempts(office.engine, office.clock) == 0
    office.later(timedelta(days=15))
    assert forget_attempts(office.engine, office.clock) == 2
