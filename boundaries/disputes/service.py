"""Opening disputes, each side's own file, and asking for disputes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.disputes import store
from boundaries.disputes.matters import findings_of, require_dispute
from boundaries.disputes.model import PROCEDURES, SIDE_FILE, SIDE_KEYS, DisputeOpening, Party, Route
from boundaries.records import store as records
from boundaries.records.visibility import side_of
from boundaries.rounds.model import LineSides
from boundaries.rounds.sides import sides_of
from boundaries.units.service import chain_of, find_unit, register_span
from data.access import Actor
from data.cases.model import Casework, Opening
from data.cases.reading import id_of, load_case, may_see, require_signed_in, today_of
from data.cases.service import open_case
from data.cases.views import show
from data.db import Row, fetch_all, fetch_one, reading
from data.errors import BadInput, BadRequest, Conflict, NotPermitted
from data.paging import check_limit, decode_cursor, page


def open_dispute(casework: Casework, actor: Actor, opening: DisputeOpening) -> dict[str, Any]:
    """Open the case of a dispute on its route, with the people of every side; the case.

    Raises `NotFound` `no_such_line`; `BadInput` `party_malformed`, `bad_case`; `Conflict` `finding_state`;
    `NotPermitted`.
    """
    require_signed_in(actor)
    if opening.route not in PROCEDURES:
        raise BadInput(f"The route is one of {', '.join(PROCEDURES)}. Nothing was opened.", code="bad_case")
    with reading(casework.engine) as connection:
        day = register_span(connection).register_through
        line = sides_of(connection, opening.line, day)
        sides, above = _sides(connection, line, opening)
    facts = {
        "route": opening.route,
        "line": str(opening.line),
        "line_name": line.called,
        "sides": sides,
        "summary": opening.summary,
        "findings": [str(finding) for finding in opening.findings],
        "inspection": str(opening.inspection) if opening.inspection else None,
    }
    title = {"reading": "实地位置认定", "unclear": "边界争议", "transfer": "变更界线"}[opening.route]
    wanted = Opening(PROCEDURES[opening.route], f"{line.called}{title}", above, facts)
    return open_case(casework, actor, wanted, opening.key)


def _sides(
    connection: Connection, line: LineSides, opening: DisputeOpening
) -> tuple[dict[str, dict[str, Any]], UUID | None]:
    """The sides with their people, and the nearest unit above all of them."""
    units: list[tuple[UUID, Party]] = [(line.left, opening.left), (line.right, opening.right)]
    day = register_span(connection).register_through
    if len(opening.others) > len(SIDE_KEYS) - 2:
        raise _malformed(f"at most {len(SIDE_KEYS)} sides take part")
    units += [(find_unit(connection, party.unit or "", day)["id"], party) for party in opening.others]
    chains = [[unit["id"] for unit in chain_of(connection, unit, day)] for unit, _ in units]
    above = [group[0] for group in zip(*(chain[:-1] for chain in chains), strict=False) if len(set(group)) == 1]
    sides = {key: _side(connection, unit, party) for key, (unit, party) in zip(SIDE_KEYS, units, strict=False)}
    everybody = [account for side in sides.values() for account in side["members"]]
    if len(everybody) > len(set(everybody)):
        raise _malformed("nobody takes part for two sides")
    if len({side["unit"] for side in sides.values()}) < len(sides):
        raise _malformed("a unit takes part once")
    return sides, above[-1] if above else None


def _side(connection: Connection, unit: UUID, party: Party) -> dict[str, Any]:
    names = list(dict.fromkeys(party.members))
    found = {row["username"]: row["id"] for row in fetch_all(connection, records.BY_USERNAME, {"names": names})}
    unknown = [name for name in names if name not in found]
    if unknown or not names or not 1 <= len(party.office.strip()) <= 200:
        raise _malformed(
            f"unknown or disabled: {', '.join(unknown)[:200]}" if unknown else "each has office and people"
        )
    day = register_span(connection).register_through
    here = fetch_one(connection, records.UNIT_OF, {"id": unit, "on": day}) or {"code": "", "name": ""}
    return {
        "unit": str(unit),
        "code": here["code"],
        "name": here["name"],
        "office": party.office.strip(),
        "members": [str(found[name]) for name in names],
    }


def _malformed(why: str) -> BadInput:
    return BadInput(f"The sides cannot be so: {why}. Nothing was opened.", code="party_malformed")


# -- each side's own file --------------------------------------------------------------------------------------------


def open_side_file(casework: Casework, actor: Actor, reference: str, key: str | None = None) -> dict[str, Any]:
    """Open the file of the side of `actor` (分案): what lies in it is seen by its own office and those above it.

    Raises `NotFound` `no_such_case`; `Conflict` `already_done`; `NotPermitted`.
    """
    require_signed_in(actor)
    with reading(casework.engine) as connection:
        dossier = load_case(casework, connection, actor, id_of(connection, actor, reference))
        require_dispute(connection, dossier)
        facts = dossier.case.facts
        side = next((s for s in facts["sides"] if str(actor.account_id) in facts["sides"][s]["members"]), None)
        if side is None:
            raise NotPermitted(
                "A side's own file is opened by its people. Nothing was opened.",
                code="not_permitted",
                reason="relation",
            )
        if connection.scalar(store.SIDE_FILE, {"dispute": dossier.case.id, "side": side}) is not None:
            raise Conflict("Your side has a file of its own already. Nothing was opened.", code="already_done")
    own = {"dispute": str(dossier.case.id), "side": side, "line_name": facts["line_name"]}
    title = f"{facts['line_name']}：{facts['sides'][side]['name']}分案"
    return open_case(casework, actor, Opening(SIDE_FILE, title, UUID(facts["sides"][side]["unit"]), own), key)


# -- reading ---------------------------------------------------------------------------------------------------------


def find_dispute(casework: Casework, actor: Actor, reference: str) -> dict[str, Any]:
    """A dispute for those who may see its case: the case, its route, and the courses on the table.

    NotFound `no_such_case`, `no_such_dispute`.
    """
    require_signed_in(actor)
    with reading(casework.engine) as connection:
        dossier = load_case(casework, connection, actor, id_of(connection, actor, reference))
        row = require_dispute(connection, dossier)
        courses = [dict(c) for c in fetch_all(connection, store.COURSES, {"case": dossier.case.id})]
        own = side_of(dossier.case.facts, actor.account_id)
        return {
            "route": row["route"],
            "line": {"id": row["line_id"], "name": dossier.case.facts["line_name"]},
            "inspection": row["inspection_id"],
            "your_side": own,
            "findings": findings_of(connection, dossier),
            "courses": courses,
            "case": show(casework, dossier, actor, today_of(casework)),
        }


def list_disputes(
    casework: Casework,
    actor: Actor,
    *,
    route: Route | None = None,
    line: UUID | None = None,
    open_only: bool = False,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of the disputes that `actor` may see, the latest first; a page may be short and still have a next one."""
    require_signed_in(actor)
    if route is not None and route not in PROCEDURES:
        raise BadRequest(f"route is one of {', '.join(PROCEDURES)}.", code="bad_dispute_filter")
    limit = check_limit(limit)
    query = {"list": "disputes", "for": actor.name, "route": route, "line": line, "open": open_only}
    after = decode_cursor(query, cursor, (UUID,))
    values = {"line": line, "route": route, "open": open_only, "after": after[0] if after else None}
    with reading(casework.engine) as connection:
        rows = fetch_all(connection, store.LIST, {**values, "limit": limit + 1})
        shown, following = page(rows, limit, query, lambda row: (row["case_id"],))
        visible = [row for row in shown if may_see(casework, connection, actor, row["case_id"])]
        items = [_brief(casework, connection, actor, row) for row in visible]
    return {"items": items, "next": following}


def _brief(casework: Casework, connection: Connection, actor: Actor, row: Row) -> dict[str, Any]:
    case = load_case(casework, connection, actor, row["case_id"]).case
    state = case.procedure.states[case.state]
    return {
        "id": case.id,
        "number": case.number,
        "title": case.title,
        "route": row["route"],
        "line": {"id": row["line_id"], "name": case.facts["line_name"]},
        "state": case.state,
        "state_label": {"zh": state.label.zh, "en": state.label.en},
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
    }
