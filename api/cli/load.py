"""`./diming load`: what comes into the registers, with its report."""

from __future__ import annotations

import getpass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli import output

group = typer.Typer(help="Load registers; every load is all or nothing and says what it found.", no_args_is_help=True)

#: Findings shown in full; the rest are counted, and all are in the JSON report.
SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(group, name="load")


@group.command("divisions")
def load_divisions(
    report_to: Annotated[Path | None, typer.Option("--report", help="Write what was found as Markdown.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """Load the national division register from 1981 on."""
    from api import loads
    from boundaries.units.report import markdown

    found = loads.divisions(engine(), actor(), output.say)
    if report_to is not None:
        report_to.write_text(markdown(found), encoding="utf-8")
    report = found.as_json()
    print_report(report, as_json, report["remarks"] if not as_json else [])


@group.command("seats")
def load_seats(as_json: output.AsJson = False) -> None:
    """Read the seats of governments out of the texts of the decisions in the register."""
    from api import loads

    print_report(loads.seats(engine(), actor(), output.say).as_json(), as_json, [])


@group.command("places")
def load_places(as_json: output.AsJson = False) -> None:
    """Load the populated places of GeoNames."""
    from api import loads

    report = loads.places(engine(), actor(), output.say).as_json()
    print_report(report, as_json, report["ambiguous"])


@group.command("decision")
def load_decision(
    file: Annotated[Path, typer.Argument(help="One decision in the notation of docs/guide/enter-a-decision.md.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "--preview", help="Say what would happen; change nothing.")
    ] = False,
    as_json: output.AsJson = False,
) -> None:
    """Enter one later change of divisions, all or nothing."""
    from api import loads

    entered = loads.decision(engine(), file, actor(), preview=dry_run)
    plan = entered.plan.as_json()
    if as_json:
        output.print_json({**plan, "changed": entered.changed, "preview": dry_run})
        return
    outcome = "entered" if entered.changed else "preview" if dry_run else "entered before; nothing changed"
    output.plain.print(f"{plan['title']} ({plan['effective_on']}): {outcome}", markup=False, soft_wrap=True)
    for sign, key in (("-", "closes"), ("+", "opens")):
        for version in plan[key]:
            output.plain.print(
                f"  {sign} {version['code']} {version['name']} ({version['type']})", markup=False, soft_wrap=True
            )


@group.command("division-change")
def load_division_change(
    file: Annotated[Path, typer.Argument(help="One act in the form of docs/guide/change-divisions.md.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "--preview", help="Check it and say what would happen; change nothing.")
    ] = False,
    as_json: output.AsJson = False,
) -> None:
    """Check a division change and execute it, all or nothing; with --preview only say what it would do."""
    from api import loads

    change = loads.division_change(engine(), file, actor(), preview=dry_run)
    if as_json:
        output.print_json({**change.as_json(), "preview": dry_run})
    else:
        _print_change(change.as_json())
    if change.entered is None:
        raise typer.Exit(1)


def _print_change(change: dict[str, Any]) -> None:
    said = [f"{change['title']} ({change['effective_on']}): {'executed' if change['changed'] else 'nothing changed'}"]
    for finding in change["findings"]:
        part = f"part {finding['part']}: " if finding["part"] else ""
        said.append(f"  {finding['severity']}: {part}{finding['message']} [{finding['article']}]")
    for sign, key in (("-", "closes"), ("+", "opens")):
        said += [f"  {sign} {v['code']} {v['name']} ({v['type']})" for v in change.get(key, [])]
    for line in said:
        output.plain.print(line, markup=False, soft_wrap=True)


@group.command("units")
def load_units(
    file: Annotated[Path, typer.Argument(help="Shapefile (zip or .shp), GeoPackage or GeoJSON.")],
    code_field: Annotated[str, typer.Option(help="Field with the division code.")],
    name_field: Annotated[str, typer.Option(help="Field with the unit's name.")],
    valid_from: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day on which the polygons hold.")],
    source: Annotated[str, typer.Option(help="Where the polygons come from.")],
    licence: Annotated[str, typer.Option(help="Under which licence.")],
    layer: Annotated[str | None, typer.Option(help="Key of the layer; else the file's name and date.")] = None,
    title_zh: Annotated[str | None, typer.Option(help="Chinese title of the layer.")] = None,
    title_en: Annotated[str | None, typer.Option(help="English title of the layer.")] = None,
    dated: Annotated[str | None, typer.Option(help="Date of the data (1986, 1986-05, 1986-05-21).")] = None,
    provenance: Annotated[str, typer.Option(help="documented or undocumented.")] = "documented",
    code_prefix: Annotated[str, typer.Option(help="What precedes the code in the field, e.g. 156.")] = "",
    level: Annotated[str | None, typer.Option(help="Take units of this level only.")] = None,
    code_map: Annotated[Path | None, typer.Option(help="CSV: file_code, register_code, reason.")] = None,
    source_layer: Annotated[str | None, typer.Option(help="Layer of a file that has several.")] = None,
    crs: Annotated[str | None, typer.Option(help="Coordinate system of a file that declares none.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of a Shapefile's texts.")] = None,
    split_self_touching: Annotated[
        bool, typer.Option("--split-self-touching", help="Split rings that touch themselves; same area.")
    ] = False,
    leave_out_invalid: Annotated[bool, typer.Option("--leave-out-invalid", help="Load the rest.")] = False,
    accept_other_names: Annotated[
        bool, typer.Option("--accept-other-names", help="Take polygons whose name is not the unit's.")
    ] = False,
    display_lines: Annotated[
        bool, typer.Option("--display-lines", help="Keep lines without a code for the map.")
    ] = False,
    national: Annotated[
        bool, typer.Option("--national", help="The map of the country must be complete after this load.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "--preview", help="Say what would happen; change nothing.")
    ] = False,
    as_json: output.AsJson = False,
) -> bool:
    """Load polygons of units: a report of codes that match, do not match, or match with another name."""
    from api import loads
    from boundaries.shapes.model import ImportOptions

    begin = valid_from.date()
    options = ImportOptions(
        code_field=code_field,
        name_field=name_field,
        valid_from=begin,
        layer=described(layer or f"{file.stem}-{begin}", title_zh, title_en, source, licence, dated, provenance, begin),
        code_prefix=code_prefix,
        level=_checked_level(level),
        source_layer=source_layer,
        crs=crs,
        encoding=encoding,
        code_map=loads.read_code_map(code_map) if code_map else {},
        split_self_touching=split_self_touching,
        leave_out_invalid=leave_out_invalid,
        accept_other_names=accept_other_names,
        display_lines=display_lines,
    )
    report = loads.units(engine(), file, options, actor(), output.say, preview=dry_run, national=national)
    print_report(report.as_json(), as_json, [finding.as_json() for finding in report.findings])
    return report.outcome != "returned"


def described(
    key: str,
    title_zh: str | None,
    title_en: str | None,
    source: str,
    licence: str,
    dated: str | None,
    provenance: str,
    begin: date,
) -> Any:
    """The layer that options describe. Raises `BadRequest` `bad_provenance` or `bad_date`."""
    from boundaries.shapes.model import LayerDescription
    from data.errors import BadRequest
    from data.partial_date import parse_iso

    if provenance not in ("documented", "undocumented"):
        raise BadRequest("--provenance is documented or undocumented.", code="bad_provenance")
    try:
        known = str(parse_iso(dated)) if dated else begin.isoformat()
    except ValueError as error:
        raise BadRequest(f"--dated {dated!r} is no date: 1986, 1986-05 or 1986-05-21.", code="bad_date") from error
    return LayerDescription(
        key,
        title_zh or key,
        title_en or key,
        source,
        licence,
        known,
        "documented" if provenance == "documented" else "undocumented",
    )


def _checked_level(level: str | None) -> str | None:
    from boundaries.units.coding import LEVELS
    from data.errors import BadRequest

    if level is not None and level not in LEVELS:
        raise BadRequest(f"--level is one of {', '.join(LEVELS)}.", code="bad_level")
    return level


def print_report(report: dict[str, Any], as_json: bool, findings: list[dict[str, Any]]) -> None:
    """Print a report as JSON, or its facts, counts and first findings."""
    if as_json:
        output.print_json(report)
        return
    for key, value in report.items():
        if key == "counts":
            for name, number in value.items():
                output.plain.print(f"  {name}: {number:,}", markup=False, soft_wrap=True)
        elif isinstance(value, str | int | bool):
            output.plain.print(f"{key}: {value}", markup=False, soft_wrap=True)
    for finding in findings[:SHOWN]:
        output.plain.print(
            "  - " + "; ".join(f"{key}: {value}" for key, value in finding.items() if value),
            markup=False,
            soft_wrap=True,
        )
    if len(findings) > SHOWN:
        output.plain.print(f"  … and {len(findings) - SHOWN:,} more (--json shows all)", markup=False, soft_wrap=True)


def actor() -> str:
    """Who loads, as the audit names it."""
    return f"cli:{getpass.getuser()}"


def engine() -> Any:
    """An engine on the register of the environment."""
    from api.cli.environment import environment
    from data.db import make_engine

    return make_engine(environment().database_url, pooled=False)
