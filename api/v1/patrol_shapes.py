"""The shapes of patrols in requests and answers, with examples from counties that do not exist."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from api.v1.params import Day, in_words
from api.v1.schemas import CodeAndName, Shape
from boundaries.patrol.assignments import MAX_REASON
from boundaries.patrol.model import Observation, Position, Walk, WitnessReading
from boundaries.patrol.plans import MAX_NOTE, MAX_TITLE
from boundaries.patrol.rules import rules
from data.errors import BadInput

_LIMITS = rules().limits
#: More than a registration has witness objects, and few enough to be read.
MOST_WITNESSES = 12
#: A moment with its offset from UTC, as a phone writes it; a number is none.
Moment = Annotated[AwareDatetime, BeforeValidator(in_words)]
_STRICT = ConfigDict(extra="forbid")


class Sent(BaseModel):
    """What a phone sends. Each observation and walk is looked at by itself: one that is refused stops no other."""

    model_config = ConfigDict(extra="forbid")

    account: Annotated[UUID | None, Field(description="Whose these are: refused where somebody else is signed in.")] = (
        None
    )
    sent_at: Annotated[Moment | None, Field(description="The phone's clock now, to tell how far it is off.")] = None
    observations: Annotated[
        list[dict[str, Any]],
        Field(description="Each as an `ObservationSent` (see the guide to patrols)."),
    ] = []
    walks: Annotated[list[dict[str, Any]], Field(description="Each as a `WalkSent`.")] = []


class PositionSent(BaseModel):
    """Where the observer stood."""

    model_config = _STRICT

    point: tuple[float, float]
    accuracy_m: float
    source: Literal["phone", "survey"] = "phone"
    method: Annotated[str | None, Field(max_length=100)] = None


class WitnessSent(BaseModel):
    """A distance to a witness object."""

    model_config = _STRICT

    name: Annotated[str, Field(min_length=1, max_length=100)]
    distance_m: float


class ObservationSent(BaseModel):
    """One marker seen once; the phone makes `id`, and those of its files."""

    model_config = _STRICT

    id: UUID
    marker: UUID
    state: Annotated[str, Field(max_length=40)]
    seen_at: Moment
    position: PositionSent | None = None
    witnesses: Annotated[list[WitnessSent], Field(max_length=MOST_WITNESSES)] = []
    note: Annotated[str, Field(max_length=_LIMITS.note_characters)] = ""
    walk: UUID | None = None
    photos: Annotated[list[UUID], Field(max_length=_LIMITS.photos)] = []
    voice: Annotated[list[UUID], Field(max_length=_LIMITS.voice_notes)] = []

    def value(self) -> Observation:
        """As the service takes it."""
        place = self.position
        position = Position(*place.point, place.accuracy_m, place.source, place.method) if place else None
        readings = tuple(WitnessReading(w.name, w.distance_m) for w in self.witnesses)
        return Observation(
            self.id, self.marker, self.state, self.seen_at, position, readings, self.note, self.walk,
            tuple(self.photos), tuple(self.voice),
        )  # fmt: skip


class WalkSent(BaseModel):
    """One going out, begun and ended on the phone."""

    model_config = _STRICT

    id: UUID
    begun_at: Moment
    ended_at: Moment
    note: Annotated[str, Field(max_length=_LIMITS.note_characters)] = ""

    def value(self) -> Walk:
        """As the service takes it."""
        return Walk(self.id, self.begun_at, self.ended_at, self.note)


def observation_of(item: dict[str, Any]) -> Observation:
    """One observation as it was sent; BadInput `bad_observation`."""
    return _read(ObservationSent, item).value()


def walk_of(item: dict[str, Any]) -> Walk:
    """One walk as it was sent; BadInput `bad_observation`."""
    return _read(WalkSent, item).value()


S = TypeVar("S", ObservationSent, WalkSent)


def _read(shape: type[S], item: dict[str, Any]) -> S:
    try:
        return shape.model_validate(item)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "it"
        raise BadInput(f"{where}: {first['msg']}. Nothing of it was stored.", code="bad_observation") from error


class NewAssignmentBody(BaseModel):
    """Markers for a keeper: one marker, a stretch from one to another, or with neither the whole line."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "keeper": "wang.wu",
                "level": "village",
                "unit": "990121",
                "line": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60a1",
                "begin_on": "2026-01-01",
            }
        },
    )

    keeper: Annotated[str, Field(min_length=1, max_length=100, description="User name of the keeper.")]
    level: Annotated[str, Field(min_length=1, max_length=40)]
    unit: Annotated[str, Field(pattern=r"^[0-9]{6}([0-9]{3})?$", max_length=9)]
    line: UUID
    begin_on: Day
    marker: UUID | None = None
    from_: Annotated[UUID | None, Field(alias="from")] = None
    to: UUID | None = None


class NewPlanBody(BaseModel):
    """A plan: which line, for which division, within which days, by keepers of which levels (none: all)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "title": "春季巡查",
                "unit": "990121",
                "line": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60a1",
                "begin_on": "2026-03-01",
                "due_on": "2026-03-31",
            }
        },
    )

    title: Annotated[str, Field(min_length=1, max_length=MAX_TITLE)]
    unit: Annotated[str, Field(pattern=r"^[0-9]{6}([0-9]{3})?$", max_length=9)]
    line: UUID
    begin_on: Day
    due_on: Day
    note: Annotated[str, Field(max_length=MAX_NOTE)] = ""
    levels: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=5)] = []


class Why(BaseModel):
    """Why it ends."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"reason": "管护员调离"}})

    reason: Annotated[str, Field(min_length=1, max_length=MAX_REASON)]


class Keeper(Shape):
    """Who keeps, by account and by the name that he is called."""

    account: UUID
    name: str


class LineName(Shape):
    """A line; its name is null where none is on record, and its title names its two sides then."""

    id: UUID
    name: str | None
    title: str | None


class Assignment(Shape):
    """What somebody keeps. `marker`, `from` and `to` are null where it is the whole line."""

    id: UUID
    keeper: Keeper
    level: str
    unit: CodeAndName
    line: LineName
    marker: dict[str, Any] | None
    from_: Annotated[dict[str, Any] | None, Field(alias="from")]
    to: dict[str, Any] | None
    valid: dict[str, Any]
    end_reason: str | None


class AssignmentList(Shape):
    """A page of assignments."""

    items: list[Assignment]
    next: str | None


class Plan(Shape):
    """A plan of patrols and how far it is."""

    id: UUID
    title: str
    unit: CodeAndName
    line: LineName
    begin_on: date
    due_on: date
    note: str
    keepers: int
    tasks: int
    done: int
    done_late: int
    overdue_days: int | None = Field(description="Days past the due date while tasks are open; null: not overdue.")
    cancelled_at: datetime | None
    cancel_reason: str | None


class PlanList(Shape):
    """A page of plans."""

    items: list[Plan]
    next: str | None


class PlanInFull(Plan):
    """A plan with a page of its tasks, the open ones first."""

    items: list[dict[str, Any]]
    next: str | None


class SeenObservation(Shape):
    """One marker seen once."""

    id: UUID
    keeper: Keeper
    level: str
    unit: CodeAndName
    line: LineName
    marker: dict[str, Any]
    state: str
    seen_at: datetime = Field(description="By the phone's clock.")
    received_at: datetime
    clock_off: bool = Field(description="Whether the phone's clock was off by more than is usual when it sent this.")
    position: dict[str, Any] | None
    witnesses: list[dict[str, Any]]
    note: str
    files: list[dict[str, Any]]
    findings: list[dict[str, Any]]


class ObservationList(Shape):
    """A page of observations, the latest seen first."""

    items: list[SeenObservation]
    next: str | None
    crs: str


class AttendanceList(Shape):
    """Days out of each keeper within a span of days."""

    items: list[dict[str, Any]]
    next: str | None


class KeptFile(Shape):
    """A photo or voice note that is kept."""

    id: UUID
    kind: Literal["photo", "voice"]
    media_type: str
    bytes: int
    sha256: str
    received_at: datetime


class Result(Shape):
    """What became of one thing that was sent; sent again, the same."""

    id: str | None
    outcome: Literal["kept", "refused"]
    received_at: datetime | None = None
    findings: Annotated[list[dict[str, Any]], Field(default_factory=list)]
    problem: dict[str, Any] | None = None


class Results(Shape):
    """What became of everything that was sent, in its order: observations, then walks."""

    results: list[Result]


class Extract(Shape):
    """What a keeper takes along for a day without a network."""

    account: UUID
    day: date
    crs: str
    assignments: list[Assignment]
    lines: list[dict[str, Any]]
    markers: list[dict[str, Any]]
    tasks: list[dict[str, Any]]
    states: list[dict[str, Any]]
    limits: dict[str, int]


_ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60a{}"
_KEEPER = {"account": _ID.format(0), "name": "王五"}
_UNIT = {"code": "990121", "name": "甲县"}
_LINE = {"id": _ID.format(1), "name": "甲乙线", "title": "甲乙线"}
_MARKER = {"id": _ID.format(2), "code": "9901001Q"}
EXAMPLE_ASSIGNMENT: dict[str, Any] = {
    "id": _ID.format(3), "keeper": _KEEPER, "level": "village", "unit": _UNIT, "line": _LINE, "marker": None,
    "from": None, "to": None, "valid": {"from": "2026-01-01", "to": None}, "end_reason": None,
}  # fmt: skip
EXAMPLE_PLAN: dict[str, Any] = {
    "id": _ID.format(4), "title": "春季巡查", "unit": _UNIT, "line": _LINE, "begin_on": "2026-03-01",
    "due_on": "2026-03-31", "note": "", "keepers": 1, "tasks": 5, "done": 2, "done_late": 0, "overdue_days": None,
    "cancelled_at": None, "cancel_reason": None,
}  # fmt: skip
EXAMPLE_PLAN_IN_FULL: dict[str, Any] = {
    **EXAMPLE_PLAN,
    "items": [{"id": _ID.format(5), "keeper": _KEEPER, "level": "village", "marker": _MARKER, "done": None}],
    "next": None,
}
EXAMPLE_FILE: dict[str, Any] = {
    "id": _ID.format(6), "kind": "photo", "media_type": "image/jpeg", "bytes": 412345, "sha256": "5f" * 32,
    "received_at": "2026-03-10T02:00:00+00:00",
}  # fmt: skip
EXAMPLE_OBSERVATION: dict[str, Any] = {
    "id": _ID.format(7), "keeper": _KEEPER, "level": "village", "unit": _UNIT, "line": _LINE,
    "marker": {**_MARKER, "position": [99.5098, 40.01]}, "walk": None, "state": "lost",
    "seen_at": "2026-03-10T01:20:00+00:00", "received_at": "2026-03-10T02:00:00+00:00", "clock_ahead_s": 1.2,
    "clock_off": False, "witnesses": [], "note": "只剩底座",
    "position": {"point": [99.5099, 40.0101], "accuracy_m": 8.0, "source": "phone", "method": None},
    "files": [{key: EXAMPLE_FILE[key] for key in ("id", "kind", "media_type", "bytes", "sha256")}],
    "findings": [
        {"kind": "marker_lost", "severity": "error", "measures": {}, "facts": {}, "finding": _ID.format(8)},
    ],
}  # fmt: skip
EXAMPLE_SENT: dict[str, Any] = {
    "account": _ID.format(0),
    "sent_at": "2026-03-10T02:00:00+00:00",
    "observations": [
        {
            "id": _ID.format(7), "marker": _ID.format(2), "state": "lost", "seen_at": "2026-03-10T01:20:00+00:00",
            "position": {"point": [99.5099, 40.0101], "accuracy_m": 8.0}, "note": "只剩底座",
            "photos": [_ID.format(6)],
        }
    ],
    "walks": [],
}  # fmt: skip
EXAMPLE_RESULTS: dict[str, Any] = {
    "results": [
        {
            "id": _ID.format(7), "outcome": "kept", "received_at": "2026-03-10T02:00:00+00:00",
            "findings": [{"kind": "marker_lost", "severity": "error", "finding": _ID.format(8)}],
        }
    ]
}  # fmt: skip
EXAMPLE_EXTRACT: dict[str, Any] = {
    "account": _ID.format(0), "day": "2026-03-10", "crs": "CGCS2000 (EPSG:4490)",
    "assignments": [EXAMPLE_ASSIGNMENT],
    "lines": [
        {**_LINE, "sketch": {"type": "MultiLineString", "coordinates": [[[99.5, 40.0], [99.51, 40.02]]]}},
    ],
    "markers": [
        {
            **_MARKER, "kind": "single", "part": "Q", "faces": 2, "material": "花岗岩", "place": "示例山口",
            "line": _ID.format(1), "state": "standing", "position": [99.5098, 40.01], "accuracy_m": 0.5,
            "witnesses": [{"name": "独立石", "azimuth_deg": 45.0, "distance_m": 12.0}], "last_seen": None,
        }
    ],
    "tasks": [{"marker": _ID.format(2), "plan": "春季巡查", "begin_on": "2026-03-01", "due_on": "2026-03-31"}],
    "states": [{"key": "intact", "zh": "完好", "en": "intact"}],
    "limits": {"photos": 6, "voice_notes": 1, "photo_bytes": 12582912, "voice_bytes": 4194304,
               "note_characters": 2000, "batch": 50},
}  # fmt: skip
EXAMPLE_ATTENDANCE: dict[str, Any] = {
    "items": [
        {
            "keeper": _KEEPER, "levels": ["village"], "days_out": 2, "walks": 1, "hours_out": 3.0, "observations": 2,
            "last_at": "2026-03-10T02:00:00+00:00", "open_tasks": 3, "overdue_tasks": 0,
        }
    ],
    "next": None, "from": "2026-03-01", "to": "2026-03-10",
}  # fmt: skip
