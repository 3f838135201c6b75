"""What is done for cases every morning: deadlines are looked at, answers that nobody asks for again forgotten."""

from __future__ import annotations

import structlog

from api.casework import make_casework
from api.settings import settings_from_environment
from data.cases.deadlines import look_at_clocks
from data.cases.model import Casework
from data.cases.requests import forget_answers
from data.cases.set_days import look_at_set_days
from data.clock import system_clock
from data.db import make_engine


def look_at_cases(timestamp: int) -> None:
    """Look at the deadlines of all cases, before the offices open."""
    engine = make_engine(settings_from_environment().database_url, pooled=False)
    tend(make_casework(engine, system_clock), scheduled_at=timestamp)


def tend(casework: Casework, scheduled_at: int) -> None:
    """Warn of what is near, tell upwards what is past, forget old answers; done twice it does nothing more."""
    looked, days, forgotten = look_at_clocks(casework), look_at_set_days(casework), forget_answers(casework)
    structlog.get_logger().info(
        "deadlines looked at",
        scheduled_at=scheduled_at,
        warned=looked.warned + days.warned,
        escalated=looked.escalated + days.escalated,
        answers_forgotten=forgotten,
    )
