"""Which evaluations there are, and what one comes to: each indicator before and after, and what is lacking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.db import Row, fetch_all, fetch_one
from data.decisions import brief_decisions
from data.errors import NotFound
from data.paging import check_limit, decode_cursor, page
from geonames.evaluations import store
from geonames.evaluations.plan import indicators


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which evaluations. `within`: beginning of the evaluating division's code; `change`: of this decision's change."""

    within: str | None = None
    change: UUID | None = None
    overdue: bool = False


def list_evaluations(
    connection: Connection, day: date, wanted: Wanted | None = None, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """A page of the evaluations as they stand now, those of the latest changes first; overdue: on `day`."""
    limit, asked = check_limit(limit), wanted or Wanted()
    query = {"list_of": "evaluations", "day": day.isoformat(), "within": asked.within, "change": str(asked.change),
             "overdue": asked.overdue}  # fmt: skip
    after = decode_cursor(query, cursor, (date.fromisoformat, UUID)) or (None, None)
    values = {**asdict(asked), "day": day, "known_at": None, "after_day": after[0], "after": after[1],
              "limit": limit + 1}  # fmt: skip
    rows = fetch_all(connection, store.PUBLIC_LIST, values)
    shown, following = page(rows, limit, query, lambda row: (row["changed_on"].isoformat(), row["id"]))
    known = brief_decisions(connection, [row["change_id"] for row in shown])
    items = [_item(row, known) for row in shown]
    return {"items": items, "next": following, "as_of": day}


def _item(row: Row, known: Mapping[UUID, Mapping[str, Any]]) -> dict[str, Any]:
    named = ("id", "code", "title", "changed_on", "decision", "demonstration", "overdue", "next_due")
    after, filled = row["after"], row["after_filled"]
    return {
        **{name: row[name] for name in named},
        "unit": {"code": row["unit_code"], "name": row["unit_name"]},
        "change": known.get(row["change_id"]),
        "periods": row["periods"],
        "state": "complete" if after and filled == after else "underway" if filled else "planned",
    }


def find_evaluation(
    connection: Connection, evaluation: UUID, day: date, known_at: datetime | None = None
) -> dict[str, Any]:
    """One evaluation with every indicator before and after. NotFound `no_such_evaluation`.

    Of each unit and indicator the last value before the change is held against the last one after it.
    """
    row = fetch_one(connection, store.PUBLIC_FIND, {"id": evaluation, "day": day, "known_at": known_at})
    if row is None:
        raise NotFound("No evaluation has this id. /v1/evaluations lists them.", code="no_such_evaluation")
    periods = [_period(one, row["changed_on"]) for one in _read(connection, store.PUBLIC_PERIODS, row)]
    rows = [_series(periods, list(values)) for values in _by_series(_read(connection, store.PUBLIC_VALUES, row))]
    known = brief_decisions(connection, [row["change_id"], row["decision"]])
    verdicts = [one["verdict"] for one in rows]
    return {
        **_item(row, known),
        "by": known.get(row["decision"]),
        "method": row["method"],
        "conclusion": row["conclusion"],
        "as_of": day,
        "times": periods,
        "rows": rows,
        "verdicts": {name: verdicts.count(name) for name in VERDICTS},
    }


#: Better and worse by the direction of the indicator; neutral: it has none; incomplete: one side is lacking.
VERDICTS = ("better", "worse", "same", "neutral", "incomplete")


def _read(connection: Connection, statement: Any, row: Row) -> list[Row]:
    return fetch_all(connection, statement, {"version": row["version"]})


def _period(row: Row, changed_on: date) -> dict[str, Any]:
    return {"label": row["label"], "until": row["until"], "due": row["due"], "after": row["until"] >= changed_on}


def _by_series(values: Sequence[Row]) -> list[list[Row]]:
    order = {key: number for number, key in enumerate(indicators())}

    def place(row: Row) -> tuple[Any, ...]:
        return row["code"] or "", order.get(row["indicator"], len(order)), row["indicator"], str(row["unit_id"])

    return [list(those) for _, those in groupby(sorted(values, key=place), key=place)]


def _series(periods: Sequence[Mapping[str, Any]], values: Sequence[Row]) -> dict[str, Any]:
    """One indicator of one unit: its values in the order of the periods (null where lacking), and what came of it."""
    first, known = values[0], {row["place"]: row for row in values}
    told = [_value(known.get(number)) for number in range(len(periods))]
    sides = ([v for v, p in zip(told, periods, strict=True) if v and p["after"] is after] for after in (False, True))
    before, after = ((side[-1]["value"] if side else None) for side in sides)
    one = indicators().get(first["indicator"])
    label = {"zh": one.label.zh, "en": one.label.en} if one else {"zh": first["indicator"], "en": first["indicator"]}
    group = {"zh": one.group.zh, "en": one.group.en} if one else None
    return {
        "unit": {"code": first["code"], "name": first["name"]},
        "indicator": first["indicator"],
        "label": label,
        "group": group,
        "measure": first["measure"],
        "better": first["better"],
        "values": told,
        "before": before,
        "after": after,
        **compared(before, after, first["better"]),
    }


def _value(row: Row | None) -> dict[str, Any] | None:
    return None if row is None else {"value": _number(row["value"]), "source": row["source"]}


def _number(value: Decimal) -> float | int:
    whole = value == value.to_integral_value()
    return int(value) if whole else float(value)


def compared(before: float | None, after: float | None, better: str) -> dict[str, Any]:
    """The difference, its share of the value before (null where that is 0), and the verdict."""
    if before is None or after is None:
        return {"difference": None, "share": None, "verdict": "incomplete"}
    difference = round(after - before, 9)
    verdict = "same" if difference == 0 else "neutral" if better == "none" else _direction(difference, better)
    return {"difference": difference, "share": round(difference / abs(before), 6) if before else None,
            "verdict": verdict}  # fmt: skip


def _direction(difference: float, better: str) -> str:
    return "better" if (difference > 0) is (better == "up") else "worse"


def as_told(connection: Connection, evaluation: UUID) -> dict[str, Any] | None:
    """An evaluation as the feed tells it; None where it is not public."""
    day = date.min
    row = fetch_one(connection, store.PUBLIC_FIND, {"id": evaluation, "day": day, "known_at": None})
    if row is None:
        return None
    found = find_evaluation(connection, evaluation, day)
    return {name: value for name, value in found.items() if name not in ("as_of", "overdue", "next_due", "by")}
