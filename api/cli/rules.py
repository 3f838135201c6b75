"""The naming rules: `check-name` holds a name against them, `rules` lists and shows them and writes their pages."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli import output
from api.cli.query import asking, day_of
from data.errors import BadRequest

AsOfLaw = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="The day whose law holds; default today.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.command("check-name")(check_name)
    group = typer.Typer(help="The naming rules: what they are, and their pages.", no_args_is_help=True)
    group.command("list")(list_rules)
    group.command("show")(show_rule)
    group.command("docs")(write_docs)
    app.add_typer(group, name="rules")


def check_name(
    name: Annotated[str, typer.Argument(help="The proposed name in Chinese characters.")],
    class_: Annotated[
        str, typer.Option("--class", help="One of the eight classes, or a five-digit code of GB/T 18521.")
    ],
    within: Annotated[str | None, typer.Option(metavar="CODE", help="The unit in which the place lies.")] = None,
    lon: Annotated[float | None, typer.Option(help="Longitude of the place in degrees, CGCS2000.")] = None,
    lat: Annotated[float | None, typer.Option(help="Latitude of the place in degrees, CGCS2000.")] = None,
    as_of: AsOfLaw = None,
    kind: Annotated[str, typer.Option(help="naming, renaming, or existing (shown, never flagged).")] = "naming",
    previous: Annotated[str | None, typer.Option(metavar="NAME", help="The name that is given up.")] = None,
    meaning: Annotated[str | None, typer.Option(help="What the name means.")] = None,
    roman: Annotated[str | None, typer.Option(help="The spelling in Latin letters that is proposed.")] = None,
    applicant: Annotated[str | None, typer.Option(help="Who applies for the name.")] = None,
    figure: Annotated[
        list[str] | None, typer.Option(metavar="METRIC=VALUE", help="A figure of size, such as storeys=12; repeatable.")
    ] = None,
    dated: Annotated[
        list[str] | None,
        typer.Option("--date", metavar="WHAT=DATE", help="A date such as planning_permit=2026-03-01; repeatable."),
    ] = None,
    document: Annotated[
        list[str] | None, typer.Option(metavar="KIND", help="A paper attached, such as consultation; repeatable.")
    ] = None,
    authority: Annotated[str | None, typer.Option(help="Who is to approve, such as county_government.")] = None,
    override: Annotated[
        list[str] | None,
        typer.Option(metavar="RULE:GROUND:REASON", help="Why a finding should weigh less; repeatable."),
    ] = None,
    as_json: output.AsJson = False,
) -> bool:
    """Hold a proposed name against the naming rules and the register; exit status 1 where a finding blocks it."""
    from geonames.rules.asking import NameQuestion, answer_of

    question = NameQuestion(
        name=name,
        class_=class_,
        within=within,
        point=(lon, lat),
        kind=_kind(kind),
        previous_name=previous,
        meaning=meaning,
        roman=roman,
        applicant=applicant,
        figures=dict(_figure(text) for text in figure or ()),
        dates=dict(_date(text) for text in dated or ()),
        documents=None if document is None else frozenset(document),
        authority=authority,
        overrides=tuple(_override(text) for text in override or ()),
    )
    day = day_of(as_of)
    _use_office()
    with asking() as connection:
        found = answer_of(connection, question, day)
    if as_json:
        output.print_json(found)
    else:
        _print_check(found)
    return bool(found["verdict"] != "block")


def _use_office() -> Any:
    """The rules that this installation uses."""
    from api.naming import use_office_of
    from api.settings import settings_from_environment

    return use_office_of(settings_from_environment())


def _kind(text: str) -> str:
    from geonames.rules.model import Kind

    if text not in tuple(Kind):
        raise BadRequest(f"--kind is one of {', '.join(Kind)}, not {text[:40]!r}.", code="wrong_use")
    return text


def _figure(text: str) -> tuple[str, float]:
    metric, _, value = text.partition("=")
    try:
        return metric, float(value)
    except ValueError as error:
        raise BadRequest(f"{text[:60]!r} is no figure: METRIC=VALUE.", code="wrong_use") from error


def _date(text: str) -> tuple[str, date]:
    what, _, value = text.partition("=")
    day = day_of(value or None)
    if day is None:
        raise BadRequest(f"{text[:60]!r} is no date: WHAT=YYYY-MM-DD.", code="wrong_use")
    return what, day


def _override(text: str) -> tuple[str, str, str]:
    rule, _, rest = text.partition(":")
    ground, _, reason = rest.partition(":")
    if not (rule and ground and reason):
        raise BadRequest(f"{text[:60]!r} is no override: RULE:GROUND:REASON.", code="wrong_use")
    return rule, ground, reason


def _line(text: str) -> None:
    output.plain.print(text, markup=False, soft_wrap=True)


def _print_check(found: dict[str, Any]) -> None:
    _line(f"{found['name']}  {found['roman']}  {found['verdict'].upper()}  ({found['as_of']})")
    for finding in (*found["findings"], *found["context"]):
        first, last = finding["span"]
        _line(f"  {finding['severity']:<5}  {finding['rule']}  {finding['message']}  [{found['name'][first:last]}]")
        _line(f"         {finding['article']}")
        _line(f"         → {finding['cure']}")
        if finding["lowered"]:
            _line(f"         ({finding['lowered']['before']}: {finding['lowered']['reason']})")
    _line(f"  checked: {' '.join(found['checked']) or '–'}")
    for gap in found["not_checked"]:
        _line(f"  not checked: {gap['rule']}  {gap['why']}")


def list_rules(as_of: AsOfLaw = None, as_json: output.AsJson = False) -> None:
    """List the rules in force on a day in the whole country, with their articles."""
    from geonames.rules.catalogue import rules_on

    found = {"items": rules_on(_use_office(), day_of(as_of))}
    if as_json:
        output.print_json(found)
        return
    for item in found["items"]:
        mark = "" if item["in_force"] else "  (not in force)"
        _line(f"{item['id']}  {'/'.join(item['severities']):<14}  {item['title']}  {item['article']}{mark}")


def show_rule(
    rule: Annotated[str, typer.Argument(metavar="ID", help="The id of a rule, such as R12.")],
    as_json: output.AsJson = False,
) -> None:
    """Show a rule with all its rows: periods, places, articles, parameters, sources."""
    from geonames.rules.catalogue import rule_of

    found = rule_of(_use_office(), rule)
    if as_json:
        output.print_json(found)
        return
    _line(f"{found['id']}  {found['title']}  {found['title_en']}")
    for row in found["rows"]:
        _line(f"  {row['valid']['from']} – {row['valid']['to'] or ''}  {row['region'] or '全国'}  [{row['mark']}]")
        _line(f"    {row['article']}: {row['text']}")
        for case in row["cases"]:
            _line(f"    {case['severity']:<5}  {case['message']}  → {case['cure']}")
        if row["note"]:
            _line(f"    {row['note']}")


def write_docs(
    folder: Annotated[Path, typer.Argument(help="Where to write.")] = Path("docs/rules"),
    check: Annotated[bool, typer.Option("--check", help="Only say whether the pages are current.")] = False,
) -> bool:
    """Write one page for each rule from its rows; with --check exit status 1 where a page is not current."""
    from geonames.rules.catalogue import pages
    from geonames.rules.rows import load_book

    made = pages(load_book())
    stale = [name for name, text in made.items() if _read(folder / name) != text]
    extra = sorted(p.name for p in folder.glob("*.md") if p.name not in made)
    if check:
        for name in [*stale, *extra]:
            output.say(f"{folder / name} is not current; ./diming rules docs writes it")
        return not stale and not extra
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        (folder / name).write_text(text, "utf-8")
    for name in extra:
        (folder / name).unlink()
    output.say(f"{len(made)} pages in {folder}, {len(stale)} changed")
    return True


def _read(path: Path) -> str | None:
    return path.read_text("utf-8") if path.exists() else None
