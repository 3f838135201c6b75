"""`./diming licences`: what Diming is made of, under which licences, and as a bill of materials."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from api.cli import output


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("licences")(licences)


def licences(
    sbom: Annotated[bool, typer.Option("--sbom", help="A bill of materials in CycloneDX 1.6 (JSON).")] = False,
    page: Annotated[bool, typer.Option("--page", help="The page docs/licences.md.")] = False,
    as_json: output.AsJson = False,
) -> None:
    """List the libraries that the locks name, each with its version and licence."""
    from api import supply

    found = supply.components()
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
