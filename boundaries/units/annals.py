"""The annals of a unit (区划沿革记述): what happened to it, day by day and document by document, as facts. Pure.

Made from the answer of `boundaries.units.service.unit_history` and from the graph of the register, so that they can
say nothing that the history does not hold. Words for people are made by the callers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any, Literal
from uuid import UUID

from boundaries.units.lineage import Graph

Event = Literal["start", "established", "renamed", "retyped", "recoded", "moved", "ended"]
#: What of a version may change, and the event that it is.
ASPECTS: Mapping[str, Event] = {"name": "renamed", "type": "retyped", "code": "recoded", "parent": "moved"}


@dataclass(slots=True)
class Entry:
    """What one document did to the unit on one day.

    `within`: first and last day between which it may have happened, where no document says the day. `before` and
    `after`: the unit as it stood (None: it did not). `land`: land that came from or went to other units, as
    `unit_history` says it, each with its `side` (`from` or `into`).
    """

    on: date
    decision: UUID
    events: list[Event] = field(default_factory=list)
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    within: Sequence[date] | None = None
    land: list[Mapping[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As the API shows it."""
        return {
            "date": self.on,
            "date_within": self.within,
            "events": self.events,
            "before": _shown(self.before),
            "after": _shown(self.after),
            "land": [_land(edge) for edge in self.land],
            "decision": self.decision,
        }


def annals_of(history: Mapping[str, Any]) -> list[Entry]:
    """The entries of a unit's history (as `unit_history` answers it), the earliest first."""
    found: dict[tuple[date, UUID], Entry] = {}
    for entry in (*_of_versions(history), *_of_land(history)):
        known = found.setdefault((entry.on, entry.decision), entry)
        if known is not entry:
            _join(known, entry)
    return sorted(found.values(), key=lambda entry: entry.on)


def _join(known: Entry, other: Entry) -> None:
    known.events += other.events
    known.land += other.land
    known.before, known.after = known.before or other.before, known.after or other.after
    known.within = known.within or other.within


def _of_versions(history: Mapping[str, Any]) -> Iterator[Entry]:
    versions = history["versions"]
    if not versions:
        return
    yield _begun(versions[0])
    for before, after in pairwise(versions):
        if before["valid"]["to"] == after["valid"]["from"]:
            changed = [ASPECTS[aspect] for aspect in changed_aspects(before, after)]
            within = after["valid"].get("from_within")
            yield Entry(after["valid"]["from"], after["opened_by"], changed, before, after, within)
        else:  # it stood again after a time in which it did not
            yield _ended(before)
            yield _begun(after)
    last = versions[-1]
    if last["valid"]["to"] is not None and last["closed_by"] is not None:
        yield _ended(last)


def changed_aspects(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Which of `ASPECTS` two versions differ in. A superior that only changed its name or code is the same one."""
    return [aspect for aspect in ASPECTS if _told(before, aspect) != _told(after, aspect)]


def _told(version: Mapping[str, Any], aspect: str) -> Any:
    if aspect != "parent":
        return version[aspect]
    return version["parent"] and version["parent"]["id"]


def _begun(version: Mapping[str, Any]) -> Entry:
    event: Event = "start" if version["valid"]["precision"] == "before" else "established"
    valid = version["valid"]
    return Entry(valid["from"], version["opened_by"], [event], None, version, valid.get("from_within"))


def _ended(version: Mapping[str, Any]) -> Entry:
    valid = version["valid"]
    return Entry(valid["to"], version["closed_by"], ["ended"], version, None, valid.get("to_within"))


def _of_land(history: Mapping[str, Any]) -> Iterator[Entry]:
    """Land that passed; `derived` where it passed because units below did."""
    for side in ("from", "into"):
        for edge in history["lineage"][side]:
            yield Entry(edge["date"], edge["decision"], land=[{**edge, "side": side}], within=edge["date_within"])


def _shown(version: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {key: version[key] for key in ("code", "name", "type", "parent")} if version else None


def _land(edge: Mapping[str, Any]) -> dict[str, Any]:
    unit = {key: edge["unit"][key] for key in ("id", "code", "name", "level")}
    kept = {key: edge[key] for key in ("side", "kind", "whole_from", "whole_to", "attested", "derived")}
    return {**kept, "unit": unit}


@dataclass(frozen=True, slots=True)
class Stage:
    """A time in which the unit and the units directly below it stood unchanged: what a map of it shows.

    `on`: its first day. `code`, `name`, `level`: the unit's then. `below`: how many units stood below it, `level_below`
    the level of most of them (None: there were none).
    """

    on: date
    code: str
    name: str
    level: str
    below: int
    level_below: str | None


def stages_of(graph: Graph, unit: UUID, first: date, last: date) -> list[Stage]:
    """The stages from `first` to `last`, the earliest first; none for days on which the unit did not stand.

    `last` is a stage of its own: polygons are of the present, not of the day on which its stage began.
    """
    known = (*graph.by_unit.get(unit, ()), *graph.by_parent.get(unit, ()))
    days = sorted({first, last, *(day for v in known for day in (v.begin, v.end) if day and first < day <= last)})
    return [stage for day in days if (stage := _stage(graph, unit, day)) is not None]


def _stage(graph: Graph, unit: UUID, on: date) -> Stage | None:
    version = graph.version_of(unit, on)
    if version is None:
        return None
    levels = [v.level for v in graph.by_parent.get(unit, ()) if v.stands(on)]
    most = Counter(sorted(levels)).most_common(1)
    return Stage(on, version.code, version.name, version.level, len(levels), most[0][0] if most else None)
