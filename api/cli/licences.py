"""`./diming licences`: what Diming is made of, under which licences, and as a bill of materials."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import output

if TYPE_CHECKING:
    from api.supply import Component


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("licences")(licences)


def licences(
    sbom: Annotated[bool, typer.Option("--sbom", help="A bill of materials in CycloneDX 1.6 (JSON).")] = False,
    page: Annotated[bool, typer.Option("--page", help="The page docs/licences.md.")] = False,
    advisories: Annotated[
        Path | None, typer.Option(help="Hold them against the advisories of this file (OSV: JSON or ZIP).")
    ] = None,
    as_json: output.AsJson = False,
) -> int:
    """List the libraries that the locks name, each with its version and licence."""
    from api import supply

    found = supply.components()
    if advisories:
        return _held_against(found, advisories, as_json)
    if sbom:
        output.print_json(supply.bill(found))
    elif page:
        typer.echo(supply.page(found), nl=False)
    elif as_json:
        output.print_json([{"purl": one.purl, "scope": one.scope, "licence": one.licence} for one in found])
    else:
        for one in found:
            typer.echo(f"{one.purl}  {one.licence or '?'}  {one.scope}")
        counted = Counter(one.licence or "unknown" for one in found)
        output.say("; ".join(f"{licence}: {number}" for licence, number in counted.most_common()))
    return 0


def _held_against(components: list[Component], path: Path, as_json: bool) -> int:
    """1 where an advisory holds for a library."""
    from api.advisories import hold_against, read_advisories

    known = read_advisories(path)
    found = hold_against(components, known)
    if as_json:
        output.print_json({"advisories": len(known), "libraries": len(components), "found": [asdict(x) for x in found]})
    else:
        for one in found:
            fixed = f"fixed in {', '.join(one.fixed)}" if one.fixed else "no fixed version is named"
            typer.echo(f"{one.purl}  {one.advisory}  {fixed}  {one.summary}")
        output.say(f"{len(components)} libraries held against {len(known)} advisories: {len(found)} found.")
    return 1 if found else 0
