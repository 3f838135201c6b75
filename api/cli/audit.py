"""`./diming audit`: is the record of who did what whole, who vouches for it, and is this entry in it?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from api.cli import output

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from data.audit_proof.service import Checked

group = typer.Typer(help="The audit chain: check it, sign its head, prove an entry.", no_args_is_help=True)
ACTOR = "cli:audit"


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(group, name="audit")


@group.command("verify")
def verify(
    head: Annotated[
        list[Path] | None, typer.Option("--head", help="A signed head that was kept elsewhere; may be repeated.")
    ] = None,
    as_json: output.AsJson = False,
) -> int:
    """Recompute every hash and hold the log against all signed heads; exit status 1 where something was changed."""
    from api.cli.errors import DONE, NO
    from data.audit_proof.service import check
    from data.db import reading

    kept = [_text(one) for one in head or []]
    with reading(_engine()) as connection:
        found = check(connection, kept)
    if as_json:
        output.print_json(
            {
                "entries": found.entries,
                "whole": found.is_whole,
                "broken_at": found.broken_at,
                "heads": found.heads,
                "head_broken": found.head_broken,
                "head_good": found.head_good,
            }
        )
    else:
        for line in said(found):
            output.say(line)
    return DONE if found.is_whole else NO


def said(found: Checked) -> list[str]:
    """What checking the log found, in sentences."""
    if found.is_whole:
        return [f"The audit chain is whole: {found.entries} entries, {found.heads} signed heads agree with it."]
    keep = "Keep the database as it is and look into it."
    lines = []
    if found.broken_at is not None:
        lines.append(f"The audit chain is BROKEN at entry {found.broken_at}. {keep}")
    if found.head_broken is not None:
        lines.append(
            f"The signed head over {found.head_broken} entries does not agree with the log, or nobody of ours signed "
            f"it: the first {found.head_good} entries are as they were signed, something after them is not. {keep}"
        )
    return lines


@group.command("sign")
def sign(
    out: Annotated[Path | None, typer.Option("--out", help="Write the signed head to this file as well.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """Sign the log as it stands now, as the worker does every night. Keep what is printed somewhere else."""
    from data.access.model import operator
    from data.audit_proof.service import sign_head
    from data.clock import system_clock

    signed = sign_head(_engine(), _folder(), operator(ACTOR), system_clock)
    if out is not None:
        out.write_text(signed["note"], "utf-8")
    output.print_json(signed) if as_json else typer.echo(signed["note"], nl=False)


@group.command("heads")
def heads(
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many at most, latest first.")] = 30,
    as_json: output.AsJson = False,
) -> None:
    """List signed heads and the public keys."""
    from data.audit_proof.service import list_heads
    from data.db import reading

    with reading(_engine()) as connection:
        found = list_heads(connection, limit)
    if as_json:
        output.print_json(found)
        return
    for head in found["items"]:
        typer.echo(f"{head['signed_at']:%Y-%m-%d %H:%M}  {head['size']:>9}  {head['root']}  key {head['key']}")
    for key in found["keys"]:
        typer.echo(f"public key {key['id']}{' (retired)' if key['retired_at'] else ''}: {key['key']}")


@group.command("new-key")
def new_key(as_json: output.AsJson = False) -> None:
    """Make the key that signs heads from now on; what was signed before stays good."""
    from data.access.model import operator
    from data.audit_proof import service
    from data.clock import system_clock

    key = service.new_key(_engine(), _folder(), operator(ACTOR), system_clock)
    output.print_json({"key": key}) if as_json else typer.echo(key)
    output.say(
        "Give the public key to those who check proofs. Its private half is in the folder keys/audit and nowhere."
    )


@group.command("prove")
def prove(
    entry: Annotated[str, typer.Argument(metavar="ID", help="The number of a public entry, or a decision's id.")],
    out: Annotated[Path | None, typer.Option("--out", help="Where the proof is written; left out: printed.")] = None,
) -> None:
    """Prove that a public entry is in the log; docs/check_audit_proof.py checks it offline."""
    from data.audit_proof import service
    from data.db import reading
    from data.errors import Conflict

    if out is not None and out.exists():
        raise Conflict(f"{out} exists. Nothing was written.", code="file_exists")
    with reading(_engine()) as connection:
        found: dict[str, Any] = service.prove(
            connection, _number(entry) or service.entry_of_decision(connection, UUID(entry))
        )
    if out is None:
        output.print_json(found)
        return
    out.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    output.say(
        f"{out}: the proof of entry {found['seq']}. Check it: python3 docs/check_audit_proof.py {out} 'PUBLIC KEY'"
    )


def _number(entry: str) -> int | None:
    """The number of an entry; None where it is the id of a decision."""
    from data.errors import BadRequest

    if entry.isdecimal() and 0 < int(entry) < 2**53:
        return int(entry)
    try:
        UUID(entry)
    except ValueError as error:
        raise BadRequest(
            f"{entry[:60]!r} is neither the number of an entry nor a decision's id.", code="bad_id"
        ) from error
    return None


def _text(file: Path) -> str:
    """A signed head that was kept."""
    from data.errors import NotFound

    try:
        return file.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise NotFound(f"{file} cannot be read.", code="file_not_found") from error


def _engine() -> Engine:
    from api.settings import settings_from_environment
    from data.db import make_engine

    return make_engine(settings_from_environment().database_url, pooled=False)


def _folder() -> Any:
    from api.packages import audit_key_folder

    return audit_key_folder()
