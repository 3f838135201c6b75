"""Patrols of 甲丙线, the line whose inspection is in the field: keepers on five levels, plans half done, what they saw.

All of it is invented.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, text

from api.auth.jurisdiction import chain_finder, unit_of_code
from api.demo_accounts import PREFIX
from api.demo_office.line import JIA
from api.demo_office.markers import BING, LINES
from api.demo_office.model import CITY, Stage, Step
from boundaries.markers.model import Marker
from boundaries.markers.sample import JIA_BING
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
LINE = LINES[JIA_BING]
#: 松林乡 of 甲县.
TOWNSHIP = "990121200"
#: Metres of a degree of latitude, near enough to place an observer.
DEGREE_M = 111_000.0


@dataclass(frozen=True, slots=True)
class Keeper:
    """A keeper of the sample: of which level, for which unit, of which markers of the line (None: all of it)."""

    called: str
    level: str
    unit: str
    markers: tuple[int, int] | None = None


KEEPERS: Mapping[str, Keeper] = {
    "city": Keeper("演示·云溪市管护员", "city", CITY),
    "jia": Keeper("演示·甲县管护员", "county", JIA),
    "bing": Keeper("演示·丙县管护员", "county", BING),
    "township": Keeper("演示·松林乡管护员", "township", TOWNSHIP, (0, 5)),
    "village": Keeper("演示·松林乡护界村管护员", "village", TOWNSHIP, (2, 5)),
    "point": Keeper("演示·001号界桩看护员", "point", TOWNSHIP, (0, 0)),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """One observation of the sample: which marker of the line (from its start), by whom, how long ago."""

    marker: int
    keeper: str
    days_ago: int
    state: str
    note: str = ""
    off_m: float = 4.0
    witnesses_off_m: float | None = None


SEEN: Sequence[Seen] = (
    Seen(0, "point", 6, "intact"),
    Seen(1, "township", 6, "intact"),
    Seen(2, "bing", 5, "overgrown", "灌木高约两米，已清理一半。"),
    Seen(3, "village", 5, "tilted", "向东倾斜约十度。"),
    Seen(4, "bing", 4, "intact", off_m=35.0),
    Seen(5, "jia", 3, "moved", "像是被挪动过，量了方位物。", witnesses_off_m=3.5),
    Seen(6, "bing", 2, "lost", "只剩基坑。"),
    Seen(7, "jia", 1, "intact"),
)


def keeper_name(key: str) -> str:
    """User name of one of the sample's keepers."""
    return f"{PREFIX}patrol-{key}"


def load(stage: Stage) -> None:
    """Add the keepers, assign to each his markers, plan a patrol of either county, and let them see some of it."""
    now = stage.clock()
    begin = civil_date(now) - timedelta(days=60)
    with reading(stage.engine) as connection:
        markers = standing_markers(connection, lines=[LINE])
    for key, keeper in KEEPERS.items():
        _add_keeper(stage, keeper_name(key), keeper.called, keeper.unit, now)
        assign(stage.engine, stage.actor, _assignment(key, keeper, markers, begin), now)
    for county in (JIA, BING):
        plan = NewPlan(f"{NOTE}季度巡查", county, LINE, begin + timedelta(days=50), begin + timedelta(days=75), NOTE)
        make_plan(stage.engine, stage.actor, plan, now)
    for seen in SEEN:
        _see(stage, seen, markers[seen.marker], now)


def _assignment(key: str, keeper: Keeper, markers: Sequence[Marker], begin: date) -> NewAssignment:
    """The whole line, a stretch between two markers, or one marker."""
    wanted = NewAssignment(keeper_name(key), keeper.level, keeper.unit, LINE, begin)
    if keeper.markers is None:
        return wanted
    first, last = (markers[n].id for n in keeper.markers)
    return replace(wanted, marker=first) if first == last else replace(wanted, from_marker=first, to_marker=last)


def _add_keeper(stage: Stage, username: str, display_name: str, unit: str, now: datetime) -> None:
    """An account without a password, so that nobody signs in with it; a keeper needs no role, an account has one."""
    with unit_of_work(stage.engine) as connection:
        if _account(connection, username) is not None:
            return
        grant = NewGrant(Role.APPLICANT, unit_of_code(connection, unit), civil_date(now))
        add_account(connection, stage.actor, NewAccount(username, display_name), [grant], chain_finder(connection))


def _account(connection: Connection, username: str) -> UUID | None:
    found: UUID | None = connection.scalar(ACCOUNT, {"name": username})
    return found


def _see(stage: Stage, seen: Seen, marker: Marker, now: datetime) -> None:
    with reading(stage.engine) as connection:
        account = _account(connection, keeper_name(seen.keeper))
    if account is None:
        raise LookupError(keeper_name(seen.keeper))
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
    return bool(connection.scalar(ASSIGNED, {"line": LINE}))


def wanted(stage: Stage) -> bool:
    """Only where the line has markers, and where accounts of the demonstration may be."""
    with reading(stage.engine) as connection:
        return stage.with_accounts and bool(standing_markers(connection, lines=[LINE]))


STEP = Step("patrol", "patrols of the line in the field", load, done, wanted=wanted)
