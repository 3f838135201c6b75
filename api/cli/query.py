"""Questions to the register: `unit`, `translate-code`, `decisions`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from api.cli import output
from data.errors import BadRequest

if TYPE_CHECKING:
    from sqlalchemy import Connection

AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="The date asked about; default: the last one covered.")
]
KnownAt = Annotated[
    str | None,
    typer.Option("--known-at", metavar="MOMENT", help="Answer from what had been recorded then (RFC 3339)."),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command("unit")(unit)
    app.command("translate-code")(translate_code)
    app.command("decisions")(decisions)


def unit(
    code: Annotated[str, typer.Argument(help="Division code (6, 9 or 12 digits).")],
    as_of: AsOf = None,
    known_at: KnownAt = None,
    history: Annotated[bool, typer.Option("--history", help="All versions, and what it came from and became.")] = False,
    annals: Annotated[bool, typer.Option("--annals", help="What happened to it, in Chinese, a line each.")] = False,
    seats: Annotated[bool, typer.Option("--seats", help="Where its government sat, first to last.")] = False,
    as_json: output.AsJson = False,
) -> None:
    """Print the unit that has a code on a date: name, level, chain, validity, decisions."""
    from api.v1.params import parse_moment
    from boundaries.units import service
    from boundaries.units.seats.service import unit_seats
    from boundaries.units.telling import unit_annals

    ask = unit_annals if annals else unit_seats if seats else service.unit_history if history else service.find_unit
    day, moment = day_of(as_of), _parsed(parse_moment, known_at)
    with asking() as connection:
        found = ask(connection, code, day, moment)
    if as_json:
        output.print_json(found)
    elif annals:
        _print_annals(found)
    elif seats:
        _print_seats(found)
    elif history:
        _print_history(found)
    else:
        _print_unit(found)


def _print_seats(found: dict[str, Any]) -> None:
    output.plain.print(f"{found['code']} {found['name']}", markup=False, soft_wrap=True)
    for one in found["items"]:
        by = one["by"]["doc_no"] or one["by"]["title"] if one["by"] else ""
        said = f"  {one['valid']['from']} – {one['valid']['to'] or ''}  {one['place']}  {by}"
        output.plain.print(said, markup=False, soft_wrap=True)
    if not found["items"]:
        output.plain.print("  no decision in the register says where its government sits", markup=False)


def translate_code(
    code: Annotated[str, typer.Argument(help="Division code (6, 9 or 12 digits).")],
    from_: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="Date of the code; default: the last day it stood.")
    ] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Default: the last date covered.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """Print what the code of one date is at another, and by which decisions."""
    from boundaries.units import service

    first, last = day_of(from_), day_of(to)
    with asking() as connection:
        found = service.translate_code(connection, code, from_=first, to=last)
    if as_json:
        output.print_json(found)
        return
    output.plain.print(
        f"{found['code']} {found['name']}  {found['from']} → {found['to']}{_doubt(found)}", markup=False, soft_wrap=True
    )
    for result in found["results"]:
        share = "all of it" if result["whole"] else "part of it"
        output.plain.print(
            f"  {result['code']} {result['name']}  {result['kind']}, {share}", markup=False, soft_wrap=True
        )
        for step in result["via"]:
            output.plain.print(
                f"      {step['date']} {step['doc_no'] or ''} {step['title']}", markup=False, soft_wrap=True
            )
    if not found["results"]:
        output.plain.print("  no unit that the register knows holds its land on that date")


def decisions(
    decision: Annotated[str | None, typer.Argument(metavar="[ID]", help="One decision in full.")] = None,
    year: Annotated[int | None, typer.Option("--year", help="Only of this year.")] = None,
    q: Annotated[
        str | None, typer.Option("--q", metavar="TEXT", help="Only with this in number, title or text.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", help="How many at most (1 to 1000).")] = 20,
    cursor: Annotated[str | None, typer.Option("--cursor", help="`next` of the page before.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """Print the decisions of a year or with a text, latest first; or one in full."""
    from api.v1.params import parse_id
    from data.decisions import find_decision, list_decisions

    identifier: UUID | None = _parsed(parse_id, decision)
    with asking() as connection:
        if identifier is not None:
            found = find_decision(connection, identifier)
        else:
            found = list_decisions(connection, year=year, q=q, limit=limit, cursor=cursor)
    if as_json:
        output.print_json(found)
    elif identifier is not None:
        _print_decision(found)
    else:
        _print_decisions(found)


def asking() -> AbstractContextManager[Connection]:
    """A connection with the public's rights: the command line answers as the API does."""
    from api.settings import settings_from_environment
    from data.db import make_engine, reading

    return reading(make_engine(settings_from_environment().database_url, pooled=False, reader=True))


def day_of(text: str | None) -> date | None:
    """A whole ISO 8601 date; BadRequest `bad_date` otherwise."""
    from api.v1.params import parse_date

    found: date | None = _parsed(parse_date, text)
    return found


def _parsed(parse: Callable[[str], Any], text: str | None) -> Any:
    from pydantic_core import PydanticCustomError

    try:
        return None if text is None else parse(text)
    except PydanticCustomError as error:
        raise BadRequest(error.message(), code=error.type) from error


def _print_unit(found: dict[str, Any]) -> None:
    output.plain.print(
        f"{found['code']} {found['name']}  {found['type']}, {found['status']}", markup=False, soft_wrap=True
    )
    output.plain.print("  " + " › ".join(link["name"] for link in found["chain"]), markup=False, soft_wrap=True)
    output.plain.print(f"  on {found['as_of']}{_doubt(found)}; {_span(found['valid'])}", markup=False, soft_wrap=True)
    for decision in found["decisions"]:
        output.plain.print(f"  {decision['effect']} by {_cited(decision)}", markup=False, soft_wrap=True)
    output.plain.print(f"  The register covers changes through {found['register_through']}.")


def _print_history(found: dict[str, Any]) -> None:
    output.plain.print(f"{found['code']} {found['name']}", markup=False, soft_wrap=True)
    for version in found["versions"]:
        parent = version["parent"]["name"] if version["parent"] else ""
        words = f"  {_span(version['valid'])}  {version['code']} {version['name']} {version['type']} {parent}"
        output.plain.print(words, markup=False, soft_wrap=True)
    for side, edges in found["lineage"].items():
        for edge in edges:
            other = edge["unit"]
            output.plain.print(
                f"  {edge['date']} {edge['kind']} {side} {other['code']} {other['name']}", markup=False, soft_wrap=True
            )
    for decision in found["decisions"]:
        output.plain.print(f"  {_cited(decision)}", markup=False, soft_wrap=True)


def _print_annals(found: dict[str, Any]) -> None:
    from api.web.annals import rows, told
    from api.web.i18n import DEFAULT_LANGUAGE, Translator

    t = Translator(DEFAULT_LANGUAGE)
    output.plain.print(t("annals.title", name=found["name"]), markup=False, soft_wrap=True)
    for row in rows(t, found):
        output.plain.print(told(t, row), markup=False, soft_wrap=True)


def _print_decisions(found: dict[str, Any]) -> None:
    for decision in found["items"]:
        output.plain.print(f"{decision['id']}  {_cited(decision)}", markup=False, soft_wrap=True)
    if found["next"]:
        output.say(f"More: --cursor {found['next']}")


def _print_decision(found: dict[str, Any]) -> None:
    output.plain.print(_cited(found), markup=False, soft_wrap=True)
    for name in ("authority", "approved_on", "announced_on", "effective_on", "basis", "source", "licence"):
        output.plain.print(f"  {name}: {found[name] or 'not known'}", markup=False, soft_wrap=True)
    output.plain.print(found["text"], markup=False, soft_wrap=True)
    for effect in ("opened", "closed"):
        output.plain.print(f"  {effect}: {len(found[effect])} rows")


def _cited(decision: dict[str, Any]) -> str:
    day = decision["effective_on"] or decision["approved_on"] or "date not known"
    return " ".join(part for part in (day, decision["doc_no"], decision["title"]) if part)


def _span(valid: dict[str, Any]) -> str:
    begin = f"before {valid['from']}" if valid["precision"] == "before" else str(valid["from"])
    return f"{begin} – {valid['to'] or 'now'}"


def _doubt(found: dict[str, Any]) -> str:
    return " (uncertain: the change may have come on another day)" if found["uncertain"] else ""
