"""`./diming boundary log`: what became law of a line or around a unit, and the versions of a segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from api.cli import output
from api.cli.boundary import group
from api.cli.boundary_lines import _asked as asked
from api.cli.boundary_lines import _cited as cited
from api.cli.boundary_lines import _print_changeset as print_changeset
from api.cli.boundary_lines import line_of, print_line
from data.errors import BadRequest

if TYPE_CHECKING:
    from sqlalchemy import Connection


def register(_app: typer.Typer) -> None:
    """The command is in the group `boundary`, to which it adds itself."""


@group.command("log")
def log(
    line: Annotated[str | None, typer.Argument(metavar="[LINE]", help="Name of the line, or its id.")] = None,
    unit: Annotated[str | None, typer.Option(metavar="CODE", help="What changed around a unit and within it.")] = None,
    segment: Annotated[str | None, typer.Option(metavar="ID", help="The versions of one segment.")] = None,
    cursor: Annotated[str | None, typer.Option(help="Go on after a page of a unit's changesets.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """The changesets of a line or around a unit, or the versions of a segment, the latest first."""
    if [line, unit, segment].count(None) != 2:
        raise BadRequest("Name a line, or --unit, or --segment: one of them.", code="bad_parameter")
    if unit is not None:
        _print_unit(unit, cursor, as_json)
    elif segment is not None:
        _print_segment(segment, as_json)
    else:
        _print_of_line(str(line), as_json)


def _print_of_line(line: str, as_json: bool) -> None:
    """The changesets and versions of a line, by name or id."""
    from boundaries.network.service import line_log, line_versions

    def ask(connection: Connection) -> dict[str, Any]:
        identity = line_of(connection, line, None)
        return {**line_log(connection, identity), "versions": line_versions(connection, identity)["items"]}

    found = asked(ask)
    if as_json:
        output.print_json(found)
        return
    for item in found["items"]:
        print_changeset(item)
    for version in found["versions"]:
        print_line(f"{version['from']}  {version['segments_changed']} segments by {cited(version['decisions'])}")


def _print_unit(code: str, cursor: str | None, as_json: bool) -> None:
    """The changesets around a unit, a page."""
    from boundaries.network.history import unit_log

    found = asked(lambda connection: unit_log(connection, code, cursor=cursor))
    if as_json:
        output.print_json(found)
        return
    for item in found["items"]:
        print_changeset(item)
    if not found["items"]:
        print_line(f"nothing has changed around {found['name']} ({found['code']}) since the network was built")
    if found["next"]:
        print_line(f"more: --cursor {found['next']}")


def _print_segment(segment: str, as_json: bool) -> None:
    """The versions of a segment."""
    from boundaries.network.history import segment_log

    found = asked(lambda connection: segment_log(connection, _identifier(segment)))
    if as_json:
        output.print_json(found)
        return
    print_line(f"{found['id']}  {', '.join(line['name'] or line['level'] for line in found['lines'])}")
    decisions = {decision["id"]: decision for decision in found["decisions"]}
    for item in found["items"]:
        _print_version(item, decisions)


def _print_version(item: dict[str, Any], decisions: dict[UUID, Any]) -> None:
    left, right = ((item[side] or {"name": "—"})["name"] for side in ("left", "right"))
    until, by = item["valid"]["to"] or "", decisions.get(item["opened_by"], {"title": "not known"})
    came = f", {item['kind']} by changeset {item['changeset']}" if item["changeset"] else ""
    print_line(
        f"{item['valid']['from']} – {until}  {left} | {right}  {item['length_m'] / 1000:,.3f} km  "
        f"{item['legal_status']}, by {cited([by])}{came}"
    )


def _identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise BadRequest("A segment is named by its id, as `boundary show LINE` lists it.", code="bad_id") from error
