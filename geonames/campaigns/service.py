"""Which campaigns there are, and how far each is on a day, counted from the register. Everybody asks."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.units.service import units_below
from data.cells import harmless
from data.db import Row, fetch_all, fetch_one
from data.decisions import brief_decisions
from data.errors import NotFound
from data.paging import check_limit, decode_cursor, page
from geonames.campaigns import store
from geonames.campaigns.plan import TARGETS

STATES = ("planned", "running", "ended")
#: Columns of the table of progress.
COLUMNS = ("unit_code", "unit_name", *(f"{name}_{what}" for name in TARGETS for what in ("target", "done")),
           "names_in_batches", "share")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which campaigns. `within`: beginning of the leading division's code; `state`: on the day asked about."""

    within: str | None = None
    state: str | None = None


def list_campaigns(
    connection: Connection, day: date, wanted: Wanted | None = None, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """A page of the campaigns, the latest first."""
    limit, asked = check_limit(limit), wanted or Wanted()
    query = {"list_of": "campaigns", "day": day.isoformat(), **asdict(asked)}
    after = decode_cursor(query, cursor, (date.fromisoformat, UUID)) or (None, None)
    values = {**asdict(asked), "day": day, "after_start": after[0], "after": after[1], "limit": limit + 1}
    rows = fetch_all(connection, store.PUBLIC_LIST, values)
    shown, following = page(rows, limit, query, lambda row: (row["starts_on"].isoformat(), row["id"]))
    return {"items": [campaign_item(row, day) for row in shown], "next": following, "as_of": day}


def campaign_item(row: Row | Mapping[str, Any], day: date) -> dict[str, Any]:
    """A campaign as lists show it, with its state on a day."""
    named = ("id", "code", "title", "aims", "starts_on", "ends_on", "decision", "demonstration")
    return {
        **{name: row[name] for name in named},
        "classes": list(row["classes"]),
        "unit": {"code": row["unit_code"], "name": row["unit_name"]},
        "state": "planned" if row["starts_on"] > day else "ended" if row["ends_on"] < day else "running",
    }


def as_told(connection: Connection, campaign: UUID) -> dict[str, Any] | None:
    """A campaign as the feed tells it: the plan without what was done; None where it is not public."""
    row = fetch_one(connection, store.PUBLIC_FIND, {"id": campaign})
    if row is None:
        return None
    item = campaign_item(row, row["starts_on"])
    parts = fetch_all(connection, store.PUBLIC_PARTS, {"version": row["version"]})
    told = [{"unit": {"code": one["code"], "name": one["name"]}, "target": _target(one)} for one in parts]
    return {**{name: value for name, value in item.items() if name != "state"}, "parts": told}


def find_campaign(connection: Connection, campaign: UUID, day: date) -> dict[str, Any]:
    """One campaign with what each division was to do and had done by the end of `day`. NotFound `no_such_campaign`.

    Nothing after its last day counts.
    """
    row = fetch_one(connection, store.PUBLIC_FIND, {"id": campaign})
    if row is None:
        raise NotFound("No campaign has this id. /v1/campaigns lists them.", code="no_such_campaign")
    parts = fetch_all(connection, store.PUBLIC_PARTS, {"version": row["version"]})
    until = min(day, row["ends_on"])
    done = _done(connection, row, parts, until)
    shown = [_part(part, done.get(n)) for n, part in enumerate(parts)]
    decision = brief_decisions(connection, [row["decision"]]).get(row["decision"])
    return {**campaign_item(row, day), "as_of": day, "counted_until": until, "by": decision, "total": _total(shown),
            "parts": shown}  # fmt: skip


def _done(connection: Connection, row: Row, parts: Sequence[Row], until: date) -> dict[int, Row]:
    if until < row["starts_on"]:
        return {}
    below = [(n, unit) for n, part in enumerate(parts) for unit in units_below(connection, part["unit_id"], until)]
    asked = {
        "parts": [n for n, _ in below], "units": [unit for _, unit in below], "classes": list(row["classes"]),
        "starts": row["starts_on"], "until": until,
    }  # fmt: skip
    return {one["part"]: one for one in fetch_all(connection, store.PUBLIC_DONE, asked)}


def _target(part: Row) -> dict[str, int]:
    return {name: part[name] for name in TARGETS}


def _part(part: Row, done: Row | None) -> dict[str, Any]:
    counts = {name: done[name] if done else 0 for name in TARGETS}
    return {
        "unit": {"code": part["code"], "name": part["name"]},
        "point": [part["longitude"], part["latitude"]] if part["longitude"] is not None else None,
        "target": _target(part),
        "done": counts,
        "names_in_batches": done["batched"] if done else 0,
        "share": share(_target(part), counts),
    }


def _total(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    target, done = ({name: sum(part[what][name] for part in parts) for name in TARGETS} for what in ("target", "done"))
    return {"target": target, "done": done, "names_in_batches": sum(part["names_in_batches"] for part in parts),
            "share": share(target, done)}  # fmt: skip


def share(target: Mapping[str, int], done: Mapping[str, int]) -> float | None:
    """How much of its targets is reached, 0 to 1: the mean over those that there are, none above 1; None without one.

    More names than were asked for do not stand for signs that are lacking.
    """
    reached = [min(done[name] / target[name], 1.0) for name in TARGETS if target[name]]
    return round(sum(reached) / len(reached), 4) if reached else None


def as_csv(found: Mapping[str, Any]) -> str:
    """The progress of a campaign as CSV for a spreadsheet program."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for part in found["parts"]:
        counts = [part[what][name] for name in TARGETS for what in ("target", "done")]
        share_told = "" if part["share"] is None else part["share"]
        cells = [part["unit"]["code"], part["unit"]["name"], *counts, part["names_in_batches"], share_told]
        writer.writerow(harmless([str(cell) for cell in cells]))
    return "\ufeff" + out.getvalue()
