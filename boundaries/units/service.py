"""Questions to the division register. Each takes a connection and answers in public objects.

Dates: `as_of` None means the last day that the register covers. A day outside
its span is refused, not answered from the nearest one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.units import store, views
from boundaries.units.coding import check_code, check_level
from boundaries.units.graphs import current_graph
from boundaries.units.lineage import Graph, Result, VersionFact, translate
from data.db import Row, fetch_all, fetch_one
from data.decisions import brief_decisions
from data.errors import BadRequest, NotFound, Unavailable
from data.paging import check_limit, decode_cursor, page
from data.snapshot import state_of

#: Codes that one batch translation may hold.
MAX_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class RegisterSpan:
    """The first and the last day on which the register can say which units stood."""

    register_from: date
    register_through: date

    def day(self, as_of: date | None) -> date:
        """`as_of`, or the last day; BadRequest where it lies outside the span."""
        if as_of is None:
            return self.register_through
        if as_of < self.register_from:
            raise BadRequest(
                f"The register begins on {self.register_from}; it does not know {as_of}.",
                code="as_of_before_register",
                register_from=str(self.register_from),
            )
        if as_of > self.register_through:
            raise BadRequest(
                f"The register covers changes through {self.register_through}; what stood on {as_of} it cannot say.",
                code="as_of_after_register",
                register_through=str(self.register_through),
            )
        return as_of


def register_span(connection: Connection) -> RegisterSpan:
    """The span of the register; Unavailable `register_empty` before the first load."""
    state = state_of(connection)
    if state.register_from is None or state.register_through is None:
        raise _empty()
    return RegisterSpan(state.register_from, state.register_through)


def _empty() -> Unavailable:
    return Unavailable("The register holds no divisions yet. Run `./diming load divisions`.", code="register_empty")


def find_unit(
    connection: Connection,
    code: str,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> dict[str, Any]:
    """The unit that has `code` on a day, as the API shows it.

    Without `as_of` a code that no longer stands gives the last unit that had
    it, on its last day. NotFound `code_never_existed` or, with `as_of`,
    `code_not_standing` with the times at which the code stood.
    """
    check_code(code)
    found = fetch_one(connection, store.WITH_CHAIN, {"code": code, "as_of": as_of, "known_at": known_at})
    if found is None:
        raise _empty()
    span = RegisterSpan(found["register_from"], found["register_through"])
    day = span.day(as_of)
    if found["unit_id"] is not None:
        return _whole(found, day, span)
    stood = _stood(connection, code, known_at)
    if as_of is not None:
        raise _not_standing(code, day, stood)
    row = stood[0]
    return unit_of_row(connection, row, row["valid_to"] - date.resolution, span, known_at)


def _whole(found: Row, day: date, span: RegisterSpan) -> dict[str, Any]:
    """The public object of a row that came with its chain and decisions."""
    decisions = [{**said, "id": UUID(said["id"])} for said in found["decisions"] or ()]
    unit = views.unit_object(found, found["chain"], decisions, as_of=day, register_through=span.register_through)
    return {**unit, "uncertain": unit["uncertain"] or found["chain_uncertain"]}


def unit_by_id(connection: Connection, unit_id: UUID, as_of: date) -> dict[str, Any] | None:
    """The unit on a day by its identifier; None where it does not stand then."""
    span = register_span(connection)
    parameters = {"unit_id": unit_id, "as_of": as_of, "known_at": None}
    row = fetch_one(connection, store.BY_UNIT, parameters)
    return unit_of_row(connection, row, as_of, span, None) if row else None


def unit_of_row(
    connection: Connection,
    row: Row,
    day: date,
    span: RegisterSpan,
    known_at: datetime | None,
) -> dict[str, Any]:
    """The public object of a version row on a day."""
    parameters = {"unit_id": row["unit_id"], "as_of": day, "known_at": known_at}
    chain = fetch_all(connection, store.CHAIN, parameters)
    decisions = _linked(connection, [row["id"]])[row["id"]]
    return views.unit_object(row, chain, decisions, as_of=day, register_through=span.register_through)


def _at(connection: Connection, code: str, day: date, known_at: datetime | None) -> Row | None:
    parameters = {"code": code, "as_of": day, "known_at": known_at}
    return fetch_one(connection, store.BY_CODE, parameters)


def _stood(connection: Connection, code: str, known_at: datetime | None) -> Sequence[Row]:
    parameters = {"code": code, "known_at": known_at}
    rows = fetch_all(connection, store.CODE_STOOD, parameters)
    if not rows:
        raise NotFound(f"No unit in the register has ever had the code {code}.", code="code_never_existed")
    return rows


def _not_standing(code: str, day: date, stood: Sequence[Row]) -> NotFound:
    times = [
        {"name": r["name"], "from": str(r["valid_from"]), "to": str(r["valid_to"] or "") or None}
        for r in reversed(stood)
    ]
    said = "; ".join(f"{t['name']} {t['from']} – {t['to'] or 'now'}" for t in times)
    uncertain = any(views.uncertain_on(row, day) for row in stood)
    doubt = " On that day this is uncertain: the documents give no day for the change." if uncertain else ""
    return NotFound(
        f"No unit had the code {code} on {day}. It stood: {said}.{doubt}",
        code="code_not_standing",
        stood=times,
        uncertain=uncertain,
    )


def _linked(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """The decisions of several rows, each in short with its effect, in order of their day."""
    result: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in fetch_all(connection, store.LINKED, {"ids": list(ids)}):
        result[row["entity_id"]].append({**views.decision_object(row), "effect": row["effect"]})
    return result


def unit_history(
    connection: Connection, code: str, as_of: date | None = None, known_at: datetime | None = None
) -> dict[str, Any]:
    """All versions of the unit that has (or last had) `code`, its lineage, and every decision on it."""
    unit = find_unit(connection, code, as_of, known_at)
    parameters = {"unit_id": unit["id"], "known_at": known_at}
    rows = fetch_all(connection, store.VERSIONS, parameters)
    edges = fetch_all(connection, store.EDGES, parameters)
    linked = _linked(connection, [row["id"] for row in (*rows, *edges)])
    parents = _parents(connection, rows, known_at)
    decisions = {d["id"]: _without_effect(d) for found in linked.values() for d in found}
    return {
        **{key: unit[key] for key in ("id", "code", "name", "roman", "level", "type", "status", "demonstration")},
        "register_through": unit["register_through"],
        "versions": [views.version_object(row, above) for row, above in zip(rows, parents, strict=True)],
        "lineage": {
            "from": [views.edge_object(e, outgoing=False) for e in edges if e["to_unit"] == unit["id"]],
            "into": [views.edge_object(e, outgoing=True) for e in edges if e["from_unit"] == unit["id"]],
        },
        "decisions": sorted(decisions.values(), key=lambda d: (d["effective_on"] or "", str(d["id"]))),
    }


def _without_effect(decision: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in decision.items() if key != "effect"}


def _parents(connection: Connection, rows: Sequence[Row], known_at: datetime | None) -> list[Row | None]:
    """The unit above each version on its first day, where there is one."""
    asked = {"units": [row["parent_id"] for row in rows], "days": [row["valid_from"] for row in rows]}
    found = fetch_all(connection, store.BY_UNITS, {**asked, "known_at": known_at})
    above = {row["number"]: row for row in found}
    return [above.get(number) for number, _ in enumerate(rows, 1)]


def list_units(
    connection: Connection,
    *,
    parent: str | None = None,
    level: str | None = None,
    as_of: date | None = None,
    limit: int | None = None,
    cursor: str | None = None,
    known_at: datetime | None = None,
    demonstration: bool = False,
) -> dict[str, Any]:
    """A page of the units standing on a day, below `parent` and of `level` where given, by code.

    Without `parent` the country's, or with `demonstration` the made-up ones instead.
    """
    limit = check_limit(limit)
    span = register_span(connection)
    day = span.day(as_of)
    check_level(level)
    query = {
        "list": "units", "parent": parent, "level": level, "as_of": day, "known_at": known_at,
        "demonstration": demonstration,
    }  # fmt: skip
    after = decode_cursor(query, cursor, (check_code,))
    parent_id = unit_id_at(connection, parent, day, known_at) if parent else None
    rows = fetch_all(
        connection,
        store.LIST,
        {
            "as_of": day,
            "known_at": known_at,
            "parent_id": parent_id,
            "level": level,
            "demonstration": demonstration,
            "after": after[0] if after else None,
            "limit": limit + 1,
        },
    )
    shown, following = page(rows, limit, query, lambda row: (row["code"],))
    return {
        "items": [_list_item(row, day, span) for row in shown],
        "next": following,
        "as_of": day,
        "register_through": span.register_through,
    }


def _list_item(row: Row, day: date, span: RegisterSpan) -> dict[str, Any]:
    standing = row["valid_to"] is None or row["valid_to"] > span.register_through
    parent = {"code": row["parent_code"], "name": row["parent_name"]} if row["parent_code"] else None
    return {
        "id": row["unit_id"],
        "code": row["code"],
        "name": row["name"],
        "roman": row["roman"],
        "level": row["level"],
        "type": row["type"],
        "parent": parent,
        "valid": views.valid_object(row),
        "uncertain": views.uncertain_on(row, day),
        "status": "current" if standing else "former",
        "demonstration": row["demonstration"],
    }


def unit_id_at(connection: Connection, code: str, as_of: date, known_at: datetime | None = None) -> UUID:
    """The identifier of the unit that has `code` on a day; errors as `find_unit`."""
    row = _at(connection, check_code(code), as_of, known_at)
    if row is None:
        raise _not_standing(code, as_of, _stood(connection, code, known_at))
    unit: UUID = row["unit_id"]
    return unit


def translate_code(
    connection: Connection, code: str, from_: date | None = None, to: date | None = None
) -> dict[str, Any]:
    """What the code of one date is at another, with the kind of each relation and the decisions.

    `from_` defaults to the last day on which the code stood, `to` to the last
    day of the register. Errors as `find_unit`.
    """
    answers = translate_codes(connection, [code], from_, to)
    answer = answers[0]
    if isinstance(answer, BadRequest | NotFound):
        raise answer
    return answer


def translate_codes(
    connection: Connection,
    codes: Sequence[str],
    from_: date | None = None,
    to: date | None = None,
) -> list[dict[str, Any] | BadRequest | NotFound]:
    """`translate_code` for up to 10,000 codes: an answer, or the reason why not, for each in order."""
    if len(codes) > MAX_BATCH:
        raise BadRequest(
            f"One request may translate {MAX_BATCH} codes; this one has {len(codes)}. "
            "Nothing was translated: send them in parts.",
            code="too_many_codes",
        )
    span = register_span(connection)
    to_day = span.day(to)
    if from_ is not None:
        span.day(from_)
    graph = current_graph(connection)
    found = [_translate_one(graph, span, code, from_, to_day) for code in codes]
    ids = {i for f in found if isinstance(f, _Translated) for r in f.results for _, i in r.via}
    decisions = brief_decisions(connection, ids)
    return [_answer(f, decisions) if isinstance(f, _Translated) else f for f in found]


@dataclass(frozen=True, slots=True)
class _Translated:
    version: VersionFact
    from_: date
    to: date
    results: list[Result]
    register_through: date


def _translate_one(
    graph: Graph, span: RegisterSpan, code: str, from_: date | None, to: date
) -> _Translated | BadRequest | NotFound:
    try:
        check_code(code)
        version, at = _version_from(graph, span, code, from_)
    except (BadRequest, NotFound) as error:
        return error
    return _Translated(version, at, to, translate(graph, version, at, to), span.register_through)


def _version_from(graph: Graph, span: RegisterSpan, code: str, from_: date | None) -> tuple[VersionFact, date]:
    last = graph.last_coded(code)
    if last is None:
        raise NotFound(f"No unit in the register has ever had the code {code}.", code="code_never_existed")
    if from_ is None:
        stood_until = last.end - date.resolution if last.end else span.register_through
        return last, min(stood_until, span.register_through)
    version = graph.coded(code, from_)
    if version is None:
        stood = [
            {"name": v.name, "from": str(v.begin), "to": str(v.end) if v.end else None} for v in graph.by_code[code]
        ]
        raise NotFound(f"No unit had the code {code} on {from_}.", code="code_not_standing", stood=stood)
    return version, from_


def _answer(found: _Translated, decisions: Any) -> dict[str, Any]:
    return {
        "code": found.version.code,
        "name": found.version.name,
        "from": found.from_,
        "to": found.to,
        "results": [_result_object(result, decisions) for result in found.results],
        "uncertain": found.version.uncertain_on(found.from_)
        or any(r.version.uncertain_on(found.to) for r in found.results),
        "register_through": found.register_through,
        "demonstration": found.version.demonstration,
    }


def _result_object(result: Result, decisions: Any) -> dict[str, Any]:
    return {
        "code": result.version.code,
        "name": result.version.name,
        "level": result.version.level,
        "id": result.version.unit_id,
        "kind": result.kind,
        "whole": result.whole,
        "certain": result.certain,
        "via": [
            {
                "date": day,
                "doc_no": decisions[decision]["doc_no"],
                "title": decisions[decision]["title"],
                "decision": decision,
            }
            for day, decision in result.via
            if decision in decisions
        ],
    }


def holders_of(connection: Connection, unit_ids: Iterable[UUID], at: date, to: date) -> dict[UUID, list[Result]]:
    """For each unit as it stood on `at`, who held its land on `to`: how old answers reach present shapes.

    A unit that did not stand on `at` has no entry.
    """
    graph = current_graph(connection)
    return {
        unit: translate(graph, version, at, to)
        for unit in unit_ids
        if (version := graph.version_of(unit, at)) is not None
    }


def chain_of(connection: Connection, unit_id: UUID, on: date) -> list[dict[str, Any]]:
    """Code, name and level from the province down to a unit on a day; empty where it does not stand."""
    graph = current_graph(connection)
    version = graph.version_of(unit_id, on)
    if version is None:
        return []
    return [{"id": v.unit_id, "code": v.code, "name": v.name, "level": v.level} for v in graph.chain(version, on)]


def units_below(connection: Connection, unit_id: UUID, on: date) -> list[UUID]:
    """A unit and all units below it on a day."""
    return current_graph(connection).leaves_below(unit_id, on)
