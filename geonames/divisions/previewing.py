"""The preview of a division change: everything that it will do, asked of the register, nothing written.

Units and lineage come from the one engine that executes; beside them stand the codes, the approval, the standards,
and what lies in the units: names, heritage entries, lines and markers. What the register has no table of is named.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from boundaries.changes.approval import highest, needed, unsaid
from boundaries.changes.coding_rules import coding_rules
from boundaries.changes.lines import after_list, outcome_of
from boundaries.changes.model import Act, Named
from boundaries.changes.service import change_on
from boundaries.changes.standards import founded, judge, standard_for
from boundaries.units import entering
from boundaries.units.coding import level_of, parent_code, type_of
from boundaries.units.seats import store as seat_store
from boundaries.units.service import register_span
from data.db import fetch_all
from geonames.divisions import store
from geonames.divisions.following import Line, followings

#: How many names and heritage entries a preview lists; the whole number is said.
MOST_LISTED = 50
#: What a division change touches in life and this register has no table of.
NOT_HELD = ("addresses",)


def preview_of(
    connection: Connection, act: Act, figures: Mapping[str, Mapping[str, Mapping[str, Any]]] | None = None
) -> dict[str, Any]:
    """Everything that `act` will do, as JSON; nothing is written. Errors as `boundaries.changes.service.change_on`.

    `figures`: by the code of a town set up and the indicator, as a case keeps them.
    """
    change = change_on(connection, act, b"", "preview", preview=True)
    approvals = needed(act)
    top = highest(approvals)
    standing = {version.code: version.name for version in entering.open_versions(connection)}
    codes = sorted({unit.code for part in act.parts for unit in (*part.before, *part.after)} & standing.keys())
    return {
        **change.as_json(),
        "findings": [f.as_json() for f in (*change.findings, *unsaid(act))],
        "approvals": [one.as_json() for one in approvals],
        "approver": top.as_json() if top else None,
        "codes": _codes(act, standing),
        "tree": _tree(act, standing),
        "seats": _seats(connection, act),
        "standards": [one.as_json() for one in judge(act, figures or {})],
        "no_standard": [str(u) for u in founded(act) if standard_for(u, act.effective_on) is None],
        "names": _names(connection, act, codes),
        "heritage": _listed(connection, store.HERITAGE, {"codes": codes}),
        "listed_given_up": _given_up(connection, act),
        "following": [f.as_json() for f in followings(act, _lines(connection, codes), standing)],
        "not_held": list(NOT_HELD),
    }


def _codes(act: Act, standing: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every code that the act names, with the unit before and after and the article.

    Kept, retired or new; `unknown` where it stands neither before nor after, as in a plan that cannot pass.
    """
    outcome = outcome_of(act, standing)
    after = after_list(standing, outcome)
    named = dict.fromkeys(unit.code for part in act.parts for unit in (*part.before, *part.after))
    return [
        {
            "code": code,
            "before": standing.get(code),
            "after": after.get(code),
            "what": _what(code, standing, after),
            "article": coding_rules().kept_article,
        }
        for code in sorted(named)
    ]


def _seats(connection: Connection, act: Act) -> list[dict[str, Any]]:
    """The seats that the act gives, each with the one held until then as far as a decision says it."""
    parts = [(part, unit) for part in act.parts for unit in part.after if part.kind == "seat"]
    units = {version.code: version.unit_id for version in entering.open_versions(connection)}
    codes = {unit.code for _, unit in parts} & units.keys()
    rows = fetch_all(connection, seat_store.OF_UNITS, {"units": [units[code] for code in codes]}) if codes else []
    held = {row["unit_id"]: row["place"] for row in rows if row["valid_to"] is None}
    return [
        {"code": unit.code, "name": unit.name, "before": held.get(units.get(unit.code)), "after": part.seat}
        for part, unit in parts
    ]


def _what(code: str, standing: Mapping[str, str], after: Mapping[str, str]) -> str:
    if code in standing:
        return "kept" if code in after else "retired"
    return "new" if code in after else "unknown"


def _tree(act: Act, standing: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    """The units below the superiors concerned, before and after, in the order of their codes."""
    after = after_list(standing, outcome_of(act, standing))
    named = [unit.code for part in act.parts for unit in (*part.before, *part.after)]
    tops = {top for code in named for units in (standing, after) if code in units if (top := parent_code(code, units))}
    tops |= {code for code in named if level_of(code) == "prefecture"}
    return {"before": _branch(tops, standing, after), "after": _branch(tops, after, standing)}


def _branch(tops: set[str], units: Mapping[str, str], other: Mapping[str, str]) -> list[dict[str, Any]]:
    rows = [code for code in units if code in tops or parent_code(code, units) in tops]
    return [
        {
            "code": code,
            "name": units[code],
            "type": type_of(units[code], level_of(code)),
            "below": parent_code(code, units) in tops,
            "same": other.get(code) == units[code],
            "renamed": code in other and other[code] != units[code],
        }
        for code in sorted(rows)
    ]


def _names(connection: Connection, act: Act, codes: list[str]) -> dict[str, Any]:
    """Names of places in the units that begin with the own part of a name that ends."""
    ended = [u for part in act.parts for u in part.before if u not in part.after]
    stems = sorted({_stem(unit) + "%" for unit in ended if len(_stem(unit)) > 1})
    return _listed(connection, store.NAMES, {"codes": codes, "stems": stems})


def _stem(unit: Named) -> str:
    """The specific part (专名) of a unit's name: without the generic term of its type."""
    kind = type_of(unit.name, level_of(unit.code))
    generic = next((g for g in (kind, "自治县", "市", "区", "县", "旗", "镇", "乡") if unit.name.endswith(g)), "")
    return unit.name[: len(unit.name) - len(generic)].replace("%", "").replace("_", "")


def _given_up(connection: Connection, act: Act) -> list[dict[str, Any]]:
    """Entries of heritage lists that are units of the act whose names no unit bears after it."""
    kept = {unit.name for part in act.parts for unit in part.after}
    codes = sorted({unit.code for part in act.parts for unit in part.before if unit.name not in kept})
    return [dict(row) for row in fetch_all(connection, store.LISTED_UNITS, {"codes": codes})]


def _listed(connection: Connection, statement: Any, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Rows as `items`, at most `MOST_LISTED`, and how many there are."""
    rows = fetch_all(connection, statement, {**parameters, "limit": MOST_LISTED})
    return {
        "total": rows[0]["total"] if rows else 0,
        "items": [{name: value for name, value in row.items() if name != "total"} for row in rows],
    }


def _lines(connection: Connection, codes: list[str]) -> list[Line]:
    day = register_span(connection).register_through
    rows = fetch_all(connection, store.LINES, {"codes": codes, "day": day})
    return [Line(str(row["id"]), row["name"], frozenset((row["first"], row["second"])), row["markers"]) for row in rows]


def outlines(connection: Connection, act: Act) -> list[dict[str, Any]]:
    """The outlines of the units that stand now and that the act names, as GeoJSON for a small map."""
    codes = sorted({unit.code for part in act.parts for unit in part.before})
    return [json.loads(row["shape"]) for row in fetch_all(connection, store.SHAPES, {"codes": codes})]
