"""Webhooks as jobs: one run at a time of each, begun as soon as the feed moves."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

import psycopg
import structlog
from sqlalchemy import Engine

from api.settings import settings_from_environment
from api.v1.answers import encode
from data.clock import Clock, system_clock
from data.db import make_engine
from data.errors import Unavailable
from data.feed import CHANNEL
from data.secrets import keyring
from data.webhooks.addresses import Network
from data.webhooks.delivering import Delivering, run, send_again, start_due
from data.webhooks.transport import Line

#: Without a word from the database it is looked so often: what failed is tried again by this, too.
LOOK_EVERY_S = 5.0
#: Changes come in bursts; a run takes all that is there.
GATHER_S = 0.2


def deliver_webhook(webhook: str) -> None:
    """One run of a webhook."""
    delivering = make_delivering()
    arrived = run(delivering, UUID(webhook))
    structlog.get_logger().info("webhook", webhook=webhook, arrived=arrived)
    start_due(delivering.engine, delivering.clock())


def redeliver_webhook(webhook: str, seq: int) -> None:
    """One entry once more, as somebody asked for it."""
    arrived = send_again(make_delivering(), UUID(webhook), seq)
    structlog.get_logger().info("webhook by hand", webhook=webhook, seq=seq, arrived=arrived)


def make_delivering() -> Delivering:
    """What a run of this installation works with."""
    settings = settings_from_environment()
    engine = make_engine(settings.database_url, pooled=False)
    return delivering_with(engine, settings.webhook_networks, system_clock)


def delivering_with(engine: Engine, allowed: Sequence[Network], clock: Clock) -> Delivering:
    """A run that may go to the networks `allowed` besides the public ones."""
    return Delivering(engine, keyring(), lambda url: Line(url, allowed), encode, clock)


@contextmanager
def starting_webhooks(engine: Engine, clock: Clock) -> Iterator[None]:
    """Begin runs of webhooks as the feed moves, beside the work, until it ends."""
    ended = threading.Event()
    thread = threading.Thread(target=_keep_starting, args=(engine, clock, ended), name="webhooks", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=10)


def _keep_starting(engine: Engine, clock: Clock, ended: threading.Event) -> None:
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    while not ended.is_set():
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f"LISTEN {CHANNEL}")
                while not ended.is_set():
                    start_due(engine, clock())
                    _wait(connection, ended)
        except (psycopg.Error, Unavailable) as error:  # the database is away for a while; so is the feed
            structlog.get_logger().warning("webhooks were not started", reason=type(error).__name__)
            ended.wait(LOOK_EVERY_S)


def _wait(connection: psycopg.Connection, ended: threading.Event) -> None:
    """Until the feed moves, or it is time to look; in pieces, so that the end is not waited for."""
    for _ in range(int(LOOK_EVERY_S)):
        if ended.is_set() or list(connection.notifies(timeout=1.0, stop_after=1)):
            break
    ended.wait(GATHER_S)
    list(connection.notifies(timeout=0))
