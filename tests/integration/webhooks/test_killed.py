"""A receiver that fails at random and a sender, both killed again and again: everything arrives, in order."""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from api.jobs import schema
from data.db import unit_of_work
from data.webhooks import service
from tests.integration.feed.conftest import Writer
from tests.integration.webhooks.conftest import LOOPBACK, Office
from tests.samples.webhook_receiver import receiver
from tests.scale import LONG

#: Kills of each side.
MANY, FEW = 50, 3
ENTRIES = 40
SECONDS = 90


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def environment(fresh_database_url: str, office: Office, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    home = office.keys.folder.parent
    return {
        **os.environ, "DIMING_DATABASE_URL": fresh_database_url, "DIMING_HOME": str(home),
        "DIMING_WEBHOOK_NETWORKS": '["127.0.0.0/8"]',
    }  # fmt: skip


def add(office: Office, port: int) -> tuple[UUID, str]:
    with unit_of_work(office.engine) as connection:
        desk = service.Desk(connection, office.actor(), office.keys, office.moment, LOOPBACK)
        new = service.NewWebhook(f"http://127.0.0.1:{port}/hook", since=0)
        found, secret = service.add_webhook(desk, office.account, new)
    return found["id"], secret


def ids_in(file: Path) -> list[int]:
    whole = file.read_text("utf-8").split("\n")[:-1] if file.exists() else []
    return [int(json.loads(line)["id"]) for line in whole]


@contextmanager
def running(*command: str, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", *command], env=environment)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def wait_until(file: Path, last: int) -> None:
    deadline = time.monotonic() + SECONDS
    while last not in ids_in(file):
        assert time.monotonic() < deadline, ids_in(file)[-3:]
        time.sleep(0.05)


def test_both_sides_killed_again_and_again_and_every_entry_arrives_in_order(
    office: Office, writer: Writer, environment: dict[str, str], tmp_path: Path
) -> None:
    port, file, chance = free_port(), tmp_path / "kept.jsonl", random.Random(11)
    webhook, secret = add(office, port)
    for kill in range(MANY if LONG else FEW):
        writer.publish(ENTRIES)
        receiving = ("tests.samples.webhook_receiver", str(port), str(file), secret, str(kill))
        sending = ("tests.samples.webhook_sender", str(webhook))
        with running(*receiving, environment=environment), running(*sending, environment=environment):
            wait_until(file, kill * ENTRIES + 1 + chance.randrange(ENTRIES - 5))
    last = (MANY if LONG else FEW) * ENTRIES
    with running(*receiving, environment=environment), running(*sending, environment=environment):
        wait_until(file, last)
    found = ids_in(file)
    assert list(dict.fromkeys(found)) == list(range(1, last + 1)), "first arrivals: each, in order, no gap"
    assert all(now - before <= 1 for before, now in itertools.pairwise(found)), "nothing was passed over"


def test_the_worker_begins_a_run_when_the_feed_moves(
    office: Office, writer: Writer, environment: dict[str, str], tmp_path: Path
) -> None:
    schema.prepare(office.engine)
    file = tmp_path / "kept.jsonl"
    kept = type("Always", (random.Random,), {"choice": lambda _self, _fates: "kept"})()
    webhook, secret = add(office, 9)
    server = receiver(file, secret, kept)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _move(office.engine, webhook, server.server_address[1])
    try:
        with running("api.jobs", environment=environment):
            writer.publish(5)
            wait_until(file, 5)
            writer.publish(5)
            wait_until(file, 10)
    finally:
        server.shutdown()
        server.server_close()
    assert ids_in(file) == list(range(1, 11))


def _move(engine: Engine, webhook: UUID, port: int) -> None:
    with unit_of_work(engine) as connection:
        values = {"id": webhook, "url": f"http://127.0.0.1:{port}/hook"}
        connection.execute(text("UPDATE diming.webhook SET url = :url WHERE id = :id"), values)
