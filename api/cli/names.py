"""`./diming name`, `spelling`, `place-code`: further names, what an office settles about spellings, codes of places."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import typer

from api.cli import output
from api.cli.changing import changing, follow
from data.errors import BadRequest

names = typer.Typer(help="Further names of units and places.", no_args_is_help=True)
spellings = typer.Typer(help="Spellings in Latin letters as they are stored.", no_args_is_help=True)
codes = typer.Typer(help="Codes of places, of twenty digits.", no_args_is_help=True)

Subject = Annotated[str, typer.Argument(help="Identifier of a place, or code of a unit.")]
UnitCode = Annotated[str, typer.Argument(help="Division code (6, 9 or 12 digits).")]
Authority = Annotated[str, typer.Option("--authority", help="Who issued the document.")]
Title = Annotated[str, typer.Option("--title", help="Title of the document.")]
DocNo = Annotated[str | None, typer.Option("--doc-no", help="Number of the document.")]
Day = Annotated[str, typer.Option("--date", metavar="DATE", help="Day of the document.")]


def register(app: typer.Typer) -> None:
    """Add the commands of these groups."""
    app.add_typer(names, name="name")
    app.add_typer(spellings, name="spelling")
    app.add_typer(codes, name="place-code")


@names.command("add")
def add_name(
    subject: Subject,
    text: Annotated[str, typer.Argument(help="The name, in its own script.")],
    language: Annotated[str, typer.Option("--language", help="ISO 639: ug, bo, mn, za …")],
    script: Annotated[str, typer.Option("--script", help="ISO 15924: Arab, Tibt, Mong, Latn …")],
    authority: Authority,
    title: Title,
    day: Day,
    doc_no: DocNo = None,
    kind: Annotated[str, typer.Option("--kind", help="minority, foreign, traditional or alias.")] = "minority",
    roman: Annotated[str | None, typer.Option("--roman", help="The name in Latin letters.")] = None,
    system: Annotated[str | None, typer.Option("--system", help="By which rules: PY84, MIN76, other.")] = None,
    valid_from: Annotated[str | None, typer.Option("--from", metavar="DATE", help="Since when it is used.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """Enter a name of a unit or place in another script, or an alias, by a document."""
    from geonames.places.assertions import NameDraft, enter_name

    since = _day(valid_from) if valid_from else None
    draft = NameDraft(text, kind, language, script, roman, system, since, authority, title, doc_no, _day(day))
    with changing() as (connection, actor):
        place = enter_name(connection, actor, _identifier(connection, subject), draft)
    follow()
    if as_json:
        output.print_json(place)
    else:
        output.say(f"The name was entered for {place['name']}.")


@spellings.command("show")
def show_spellings(code: UnitCode, as_json: output.AsJson = False) -> None:
    """Print all spellings of all names of a unit, the preferred first."""
    from api.cli.query import asking
    from geonames.spellings.service import unit_spellings

    with asking() as connection:
        found = unit_spellings(connection, code)
    _print_spellings(found, as_json)


@spellings.command("settle")
def settle_spelling(
    code: UnitCode,
    name: Annotated[str, typer.Argument(help="The name, as the unit bears or bore it.")],
    toned: Annotated[str, typer.Argument(help="Its spelling with tone marks: `Lù'ān Shì`.")],
    authority: Authority,
    title: Title,
    day: Day,
    doc_no: DocNo = None,
    as_json: output.AsJson = False,
) -> None:
    """Make a spelling the settled one, by a document; the one before is kept beside it."""
    from geonames.spellings.service import Settlement, settle, unit_spellings

    with changing() as (connection, actor):
        settle(connection, actor, code, Settlement(name, toned, authority, doc_no, title, _day(day)))
        found = unit_spellings(connection, code)
    follow()
    _print_spellings(found, as_json)


@spellings.command("review")
def review(
    reason: Annotated[str | None, typer.Option("--reason", help="sources-disagree, unconfirmed or polyphone.")] = None,
    collection: Annotated[str | None, typer.Option("--collection", help="units or places.")] = None,
    limit: Annotated[int, typer.Option("--limit", help="How many at most (1 to 1000).")] = 100,
    cursor: Annotated[str | None, typer.Option("--cursor", help="`next` of the page before.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """Print the spellings that wait for somebody who knows the place."""
    from api.cli.query import asking
    from geonames.spellings.service import waiting

    with asking() as connection:
        found = waiting(connection, reason=reason, collection=collection, limit=limit, cursor=cursor)
    if as_json:
        output.print_json(found)
        return
    for item in found["items"]:
        others = ", ".join(other["roman"] for other in item["others"])
        line = f"{item['code'] or '-'} {item['name']}  {item['roman']}  {item['reason']}"
        output.plain.print(line + (f"  also: {others}" if others else ""), markup=False, soft_wrap=True)
    if found["next"]:
        output.say(f"More: --cursor {found['next']}")


@codes.command("issue")
def issue(subject: Subject, as_json: output.AsJson = False) -> None:
    """Give a place its code; one that has a code keeps it."""
    from geonames.places.coding import issue_place_code

    with changing() as (connection, actor):
        code = issue_place_code(connection, actor, _identifier(connection, subject))
    _print_code({"code": code}, as_json)


@codes.command("retire")
def retire(subject: Subject, as_json: output.AsJson = False) -> None:
    """End the code of a place whose type or division has changed; it is never given again."""
    from geonames.places.coding import retire_place_code

    with changing() as (connection, actor):
        code = retire_place_code(connection, actor, _identifier(connection, subject))
    _print_code({"code": code}, as_json)


@codes.command("show")
def show_code(code: Annotated[str, typer.Argument(help="Twenty digits.")], as_json: output.AsJson = False) -> None:
    """Print the parts of a code, and which place bears or bore it."""
    from api.cli.query import asking
    from geonames.places.coding import place_of_code

    with asking() as connection:
        found = place_of_code(connection, code)
    _print_code(found, as_json)


def _print_code(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        output.print_json(found)
        return
    for key, value in found.items():
        output.plain.print(f"{key}: {value}", markup=False, soft_wrap=True)


def _print_spellings(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        output.print_json(found)
        return
    for group in found["names"]:
        output.plain.print(f"{found['code']} {group['name']}", markup=False, soft_wrap=True)
        for s in group["spellings"]:
            mark = "*" if s["preferred"] else " "
            doubt = f"  waits: {s['reason']}" if s["review"] == "open" else ""
            line = f" {mark} {s['roman']}  {s['toned'] or ''}  {s['form']}, {s['system']}  [{s['source']}]{doubt}"
            output.plain.print(line, markup=False, soft_wrap=True)


def _identifier(connection: Any, text: str) -> UUID:
    """The identifier itself, or that of the unit with the code."""
    from boundaries.units.service import find_unit

    try:
        return UUID(text)
    except ValueError:
        found: UUID = find_unit(connection, text)["id"]
        return found


def _day(text: str) -> date:
    from api.cli.query import day_of

    day = day_of(text)
    if day is None:
        raise BadRequest("A date is needed.", code="bad_date")
    return day
