"""Searching from the command line: `search` by name, code or sound, `reverse` by position."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from api.cli import output
from api.cli.query import AsOf, asking, day_of


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command("search")(search)
    app.command("reverse")(reverse)


def search(
    q: Annotated[str, typer.Argument(help="A name (former names too), a code, pinyin, initials.")],
    within: Annotated[str | None, typer.Option(help="Only in the unit with this code.")] = None,
    class_: Annotated[str | None, typer.Option("--class", help="Only places of this class.")] = None,
    type_code: Annotated[str | None, typer.Option("--type", help="Only this class of GB/T 18521.")] = None,
    as_of: AsOf = None,
    limit: Annotated[int, typer.Option(help="How many at most.")] = 20,
    cursor: Annotated[str | None, typer.Option(help="Go on after an earlier page.")] = None,
    as_json: output.AsJson = False,
) -> bool:
    """Find places and units; exit status 1 where there are none."""
    from geonames.search.service import search_places

    day = day_of(as_of)
    with asking() as connection:
        found = search_places(
            connection,
            q=q,
            within=within,
            class_=class_,
            type_code=type_code,
            as_of=day,
            limit=limit,
            cursor=cursor,
        )
    if as_json:
        output.print_json(found)
    else:
        for item in found["items"]:
            output.plain.print(_line(item), markup=False, soft_wrap=True)
        if found["next"]:
            output.say(f"More: --cursor {found['next']}")
    return bool(found["items"])


def _line(item: dict[str, Any]) -> str:
    chain = " ".join(item["unit"]["chain"]) if item["unit"] else ""
    matched = item["matched"]
    met = "" if matched["name"] == item["name"] else f"  ← {matched['name']} ({matched['kind']}{_until(matched)})"
    ended = "" if item["status"] == "current" else "  [former]"
    return f"{item['code'] or '':<6}  {item['name']}  {item['roman'] or ''}  {chain}{ended}{met}"


def _until(matched: dict[str, Any]) -> str:
    end = matched["valid"]["to"]
    return f", until {end}" if end and matched["of"] == "former" else ""


def reverse(
    lon: Annotated[float, typer.Argument(help="Longitude in degrees, CGCS2000.")],
    lat: Annotated[float, typer.Argument(help="Latitude in degrees, CGCS2000.")],
    as_of: AsOf = None,
    as_json: output.AsJson = False,
) -> None:
    """The units that held a position on a day, and the nearest places."""
    from geonames.search import nearby

    day = day_of(as_of)
    with asking() as connection:
        found = nearby.reverse(connection, lon, lat, day)
    if as_json:
        output.print_json(found)
        return
    output.plain.print(
        f"{found['as_of']}: {' '.join(unit['name'] for unit in found['units'])} ({found['basis']})",
        markup=False,
        soft_wrap=True,
    )
    for unit in found["candidates"]:
        output.plain.print(f"  ? {unit['code']} {unit['name']}", markup=False, soft_wrap=True)
    output.say(found["note"])
    for place in found["places"]:
        output.plain.print(f"  {place['distance_m']:>7,} m  {place['name']}", markup=False, soft_wrap=True)
