"""`./diming archive place|retention|log`: archives of names (地名档案)."""

from __future__ import annotations

import getpass
import tempfile
from pathlib import Path
from typing import Annotated, BinaryIO, cast

import typer

from api.cli import output
from api.cli.boundary_lines import print_line
from api.cli.query import _parsed as parsed

group = typer.Typer(
    help="Archives of names (地名档案): packages of places, periods, who took them.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(group, name="archive")


@group.command("place")
def place(
    identity: Annotated[str, typer.Argument(metavar="ID", help="The place.")],
    out: Annotated[Path, typer.Option("--out", metavar="F", help="The ZIP to write.")],
    purpose: Annotated[str, typer.Option(help="What it is taken for; it is written down.")],
    as_json: output.AsJson = False,
) -> None:
    """Write the archive of a place: a BagIt package (RFC 8493). Cases are for their offices: they are counted only."""
    from api.casework import make_casework
    from api.cli.environment import environment
    from api.documents import make_workshop
    from api.v1.params import parse_id
    from data.access.model import operator
    from data.clock import system_clock
    from data.db import make_engine
    from data.documents.model import Documents
    from geonames.archives.service import place_archive

    engine = make_engine(environment().database_url, pooled=False)
    casework = make_casework(engine, system_clock)
    workshop = make_workshop(engine, casework.documents or Documents(()), system_clock)
    actor, asked = operator(f"cli:{getpass.getuser()}"), (parsed(parse_id, identity), purpose)
    with tempfile.NamedTemporaryFile(dir=out.resolve().parent, prefix=".archive-", delete=False) as file:
        try:
            made = place_archive(workshop, casework, actor, asked, cast(BinaryIO, file))
        except BaseException:
            Path(file.name).unlink()
            raise
    Path(file.name).replace(out)
    report = {"file": str(out), "files": made.files, "bytes": out.stat().st_size, "sha256": made.sha256}
    if as_json:
        output.print_json(report)
    else:
        print_line(f"{report['file']}  {report['files']} files  {report['sha256']}")


@group.command("retention")
def retention(as_json: output.AsJson = False) -> None:
    """How long archives of names are kept, with the sources."""
    from geonames.archives.service import schedule

    if as_json:
        output.print_json(schedule())
        return
    for one in schedule()["items"]:
        what = ", ".join(one["procedures"]) or "places"
        print_line(f"{one['key']}  {what}  {one['label']['en']}  {one['source']} {one['mark']}")


@group.command("log")
def log(
    cursor: Annotated[str | None, typer.Option(help="Go on after a page.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """Who took which archive what for, the latest first."""
    from api.casework import make_casework
    from api.cli.environment import environment
    from data.access.model import operator
    from data.clock import system_clock
    from data.db import make_engine
    from geonames.archives.service import access_log

    casework = make_casework(make_engine(environment().database_url, pooled=False), system_clock)
    found = access_log(casework, operator(f"cli:{getpass.getuser()}"), cursor=cursor)
    if as_json:
        output.print_json(found)
        return
    for one in found["items"]:
        print_line(f"{one['taken_at']}  {one['by'] or 'operator'}  {one['kind']}  {one['called']}  {one['purpose']}")
    if found["next"]:
        output.say(f"More: --cursor {found['next']}")
