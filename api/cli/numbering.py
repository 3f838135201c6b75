"""`./diming numbering rules|check|next`: the numbers of a street's doors, held against the rule of its city."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import output
from api.cli.boundary_lines import print_line
from data.errors import BadInput, BadRequest

if TYPE_CHECKING:
    from geonames.signs.numbering import Door, NumberingRule, Ways

group = typer.Typer(help="Numbers of doors (门牌号).", no_args_is_help=True)
File = Annotated[Path, typer.Argument(help="The numbers of one street (CSV, UTF-8 or GB 18030), one a line.")]
Direction = Annotated[str, typer.Option(help="east_west or north_south: how the street runs.")]
Rule = Annotated[str | None, typer.Option(metavar="KEY", help="A rule of the list `numbering rules`.")]
Within = Annotated[str | None, typer.Option(metavar="CODE", help="The division whose rule holds.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(group, name="numbering")


@group.command("rules")
def rules(as_json: output.AsJson = False) -> None:
    """The rules of numbering that are entered, each with its source."""
    from geonames.signs.numbering import numbering_rules

    found = numbering_rules()
    if as_json:
        output.print_json({"items": [asdict(one) for one in found]})
        return
    for one in found:
        print_line(f"{one.key}  {one.zh}  {', '.join(one.regions) or '-'}  [{one.mark}] {one.source}")


@group.command("check")
def check(
    file: File, direction: Direction, rule: Rule = None, within: Within = None, as_json: output.AsJson = False
) -> bool:
    """What is wrong with a street's numbers: twice, skipped, on the wrong side; exit status 1 where anything is."""
    from geonames.signs.numbering import check_numbers

    held, ways, doors = _asked(file, direction, rule, within)
    findings = check_numbers(doors, ways, held.step)
    if as_json:
        output.print_json(
            {
                "rule": held.key,
                "mark": held.mark,
                "source": held.source,
                "begins": ways.begins,
                "numbers": len(doors),
                "not_checked": _unchecked(doors),
                "findings": [asdict(one) for one in findings],
            }
        )
        return not findings
    for one in findings:
        print_line(f"{f'line {one.line}' if one.line else '-'}  {one.kind}  {one.message}")
    print_line(f"{len(doors)} numbers from the {ways.begins} end, {len(findings)} findings; rule {held.key}")
    if unplaced := _unchecked(doors):
        output.say(f"Not checked for order, as no metres are given: {len(unplaced)} numbers.")
    return not findings


@group.command("next")
def propose_next(
    file: File,
    direction: Direction,
    side: Annotated[str, typer.Option(help="north, south, east or west side of the street.")],
    at: Annotated[float, typer.Option(metavar="METRES", min=0, help="From the end where numbering begins.")],
    rule: Rule = None,
    within: Within = None,
    as_json: output.AsJson = False,
) -> bool:
    """The number for a door at a position; exit status 1 where none is free between its neighbours."""
    from geonames.signs.numbering import propose

    held, ways, doors = _asked(file, direction, rule, within)
    found = propose(doors, ways, held.step, side, at)
    before, behind = (one.said if one else None for one in (found.before, found.behind))
    if as_json:
        told = {"rule": held.key, "number": found.number, "free": found.free, "before": before, "behind": behind}
        output.print_json(told)
    elif found.number is None:
        print_line(f"No number is free between {before or 'the beginning'} and {behind or 'the end'}.")
        output.say("The rule of the city says which number a door gets there; nothing is guessed.")
    else:
        print_line(f"{found.number}")
        output.say(f"Free there: {', '.join(map(str, found.free))}.")
    return found.number is not None


def _asked(file: Path, direction: str, key: str | None, within: str | None) -> tuple[NumberingRule, Ways, list[Door]]:
    from geonames.signs.numbering_table import read_numbers

    rule = _rule(key, within)
    if direction not in rule.ways:
        raise BadRequest(f"--direction is one of {', '.join(rule.ways)}.", code="bad_parameter")
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file.name} cannot be read: {error.strerror}.", code="file_missing") from error
    return rule, rule.ways[direction], read_numbers(raw)


def _rule(key: str | None, within: str | None) -> NumberingRule:
    from boundaries.units.coding import check_code
    from geonames.signs.numbering import rule_named, rule_of

    if key:
        return rule_named(key)
    if within:
        return rule_of(check_code(within))
    raise BadRequest("Say whose rule holds: --within CODE, or --rule KEY.", code="bad_parameter")


def _unchecked(doors: list[Door]) -> list[str]:
    """Standing numbers whose order along the street nobody can tell."""
    return [one.said for one in doors if one.metres is None and one.state == "standing"]
