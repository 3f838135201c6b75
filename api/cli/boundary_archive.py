"""`./diming boundary archive`: everything that the inspections of a line left, as one package on the disk."""

from __future__ import annotations

import getpass
import hashlib
import tempfile
from pathlib import Path
from typing import Annotated, BinaryIO, cast

import typer

from api.cli import output
from api.cli.boundary import group
from api.cli.boundary_sheets import line_id
from api.cli.query import day_of


def register(_app: typer.Typer) -> None:
    """The command is in the group `boundary`, which adds itself."""


@group.command("archive")
def archive(
    line: Annotated[str, typer.Argument(metavar="LINE", help="Name of the line, such as 长安线, or its id.")],
    out: Annotated[Path, typer.Option("--out", metavar="F", help="The ZIP to write.")],
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="The date asked about.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """Write the archive of a line: a BagIt package (RFC 8493) with manifest and SHA-256 of every file."""
    from api.casework import make_casework
    from api.cli.environment import environment
    from api.documents import make_workshop
    from boundaries.archive.service import archive_line
    from data.access.model import operator
    from data.clock import system_clock
    from data.db import make_engine, reading
    from data.documents.model import Documents

    day, engine = day_of(as_of), make_engine(environment().database_url, pooled=False)
    casework = make_casework(engine, system_clock)
    with reading(engine) as connection:
        identity = line_id(connection, line, day)
    workshop = make_workshop(engine, casework.documents or Documents(()), system_clock)
    actor = operator(f"cli:{getpass.getuser()}")
    with tempfile.NamedTemporaryFile(dir=out.resolve().parent, prefix=".archive-", delete=False) as file:
        try:
            with output.progress() as tell:
                made = archive_line(workshop, casework, actor, identity, cast(BinaryIO, file), day, tell)
        except BaseException:
            Path(file.name).unlink()
            raise
        size = file.tell()
    Path(file.name).replace(out)
    with out.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    report = {"file": str(out), "files": made.files, "bytes": size, "sha256": digest}
    if as_json:
        output.print_json(report)
    else:
        said = f"{out}: {made.files} files, {size:,} bytes, SHA-256 {digest}"
        output.plain.print(said, markup=False, soft_wrap=True)
