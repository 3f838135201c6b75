"""甲乙线 in the field: keepers of both counties, a plan half done, and what they saw; all of it invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, text

from api.auth.jurisdiction import chain_finder, unit_of_code
from api.demo_accounts import PREFIX
from api.demo_office.line import JIA, YI
from api.demo_office.model import Stage, Step
from boundaries.markers.model import Marker
from boundaries.network.sample import line_id
from boundaries.patrol.assignments import NewAssignment, assign
from boundaries.patrol.model import Observation, Position, WitnessReading
from boundaries.patrol.observations import keep_observation
from boundaries.patrol.plans import NewPlan, make_plan
from boundaries.patrol.stretches import standing_markers
from data.access import Role
from data.access.model import account_actor
from data.accounts.people import NewAccount, add_account
from data.accounts.roles import NewGrant
from data.clock import civil_date
from data.db import reading, unit_of_work
from data.ids import derived_id

NOTE = "演示数据·非公文。"
ACCOUNT = text("SELECT id FROM diming.account WHERE username = :name AND disabled_at IS NULL")
ASSIGNED = text("SELECT EXISTS (SELECT FROM diming.patrol_assignment WHERE line_id = :line)")
#: Metres of a degree of latitude, near enough to place an observer.
DEGREE_M = 111_000.0


@dataclass(frozen=True, slots=True)
class Seen:
    """One observation of the sample: which marker of the line (from its start), by whom, how long ago."""

    marker: int
    county: str
    days_ago: int
    state: str
    note: str = ""
    off_m: float = 4.0
    witnesses_off_m: float | None = None


SEEN: Sequence[Seen] = (
    Seen(0, JIA, 6, "intact"),
    Seen(1, JIA, 6, "intact"),
    Seen(2, YI, 5, "overgrown", "灌木高约两米，已清理一半。"),
    Seen(3, JIA, 5, "tilted", "向东倾斜约十度。"),
    Seen(4, YI, 4, "intact", off_m=35.0),
    Seen(5, JIA, 3, "moved", "像是被挪动过，量了方位物。", witnesses_off_m=3.5),
    Seen(6, YI, 2, "lost", "只剩基坑。"),
    Seen(7, JIA, 1, "intact"),
)


def keeper_name(county: str) -> str:
    """User name of the sample's keeper of a county."""
    return f"{PREFIX}patrol-{county}"


def load(stage: Stage) -> None:
    """Add the keepers, assign the line to each for his own county, plan a patrol, and let them see some of it."""
    now, line = stage.clock(), line_id(JIA, YI)
    for county, name in ((JIA, "演示·甲县管护员"), (YI, "演示·乙县管护员")):
        _add_keeper(stage, keeper_name(county), name, county, now)
        begin = civil_date(now) - timedelta(days=60)
        assign(stage.engine, stage.actor, NewAssignment(keeper_name(county), "village", county, line, begin), now)
        plan = NewPlan(f"{NOTE}季度巡查", county, line, begin + timedelta(days=50), begin + timedelta(days=75), NOTE)
        make_plan(stage.engine, stage.actor, plan, now)
    with reading(stage.engine) as connection:
        markers = standing_markers(connection, lines=[line])
    for seen in SEEN:
        if seen.marker < len(markers):
            _see(stage, seen, markers[seen.marker], now)


def _add_keeper(stage: Stage, username: str, display_name: str, county: str, now: datetime) -> None:
    """An account without a password, so that nobody signs in with it; a keeper needs no role, an account has one."""
    with unit_of_work(stage.engine) as connection:
        if _account(connection, username) is not None:
            return
        grant = NewGrant(Role.APPLICANT, unit_of_code(connection, county), civil_date(now))
        add_account(connection, stage.actor, NewAccount(username, display_name), [grant], chain_finder(connection))


def _account(connection: Connection, username: str) -> UUID | None:
    found: UUID | None = connection.scalar(ACCOUNT, {"name": username})
    return found


def _see(stage: Stage, seen: Seen, marker: Marker, now: datetime) -> None:
    with reading(stage.engine) as connection:
        account = _account(connection, keeper_name(seen.county))
    if account is None:
        raise LookupError(keeper_name(seen.county))
    at = now - timedelta(days=seen.days_ago)
    observation = Observation(
        derived_id("demonstration-patrol", marker.id, at.isoformat()), marker.id, seen.state, at,
        Position(marker.longitude, marker.latitude + seen.off_m / DEGREE_M, 6.0), note=NOTE + seen.note,
    )  # fmt: skip
    if seen.witnesses_off_m is not None:
        off = seen.witnesses_off_m
        readings = tuple(WitnessReading(w.name, round(w.distance_m + off, 1)) for w in marker.witnesses)
        observation = replace(observation, witnesses=readings)
    keep_observation(stage.engine, account_actor(account, (), "job"), observation, now)


def done(connection: Connection) -> bool:
    """Whether somebody keeps the line."""
    return bool(connection.scalar(ASSIGNED, {"line": line_id(JIA, YI)}))


def wanted(stage: Stage) -> bool:
    """Only where the line has markers, and where accounts of the demonstration may be."""
    with reading(stage.engine) as connection:
        return stage.with_accounts and bool(standing_markers(connection, lines=[line_id(JIA, YI)]))


STEP = Step("patrol", "patrols of the made-up line", load, done, wanted=wanted)
