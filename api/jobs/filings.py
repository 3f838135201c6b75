"""The job of the outbox of filings: every few minutes what is due goes out."""

from __future__ import annotations

import structlog

from api.filings import make_outbox
from api.settings import settings_from_environment
from data.clock import system_clock
from data.db import make_engine
from geonames.filings.outbox import Outbox, deliver_waiting


def deliver_filings(timestamp: int) -> None:
    """Send what is due; done twice it sends nothing twice."""
    engine = make_engine(settings_from_environment().database_url, pooled=False)
    deliver(make_outbox(engine, system_clock), timestamp)


def deliver(outbox: Outbox, scheduled_at: int) -> None:
    """Send what is due and say how it went."""
    told = deliver_waiting(outbox)
    if told.sent or told.put_off or told.refused:
        structlog.get_logger().info(
            "filings", sent=told.sent, put_off=told.put_off, refused=told.refused, scheduled_at=scheduled_at
        )
