"""`./diming sign`: keys of offices and signed packages; `./diming verify`: is a package what was signed?"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from api.cli import output

group = typer.Typer(help="Sign documents with the key of their office.", no_args_is_help=True)
keys = typer.Typer(help="The keys of offices.", no_args_is_help=True)
group.add_typer(keys, name="key")
ACTOR = "cli:sign"


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(group, name="sign")
    app.command("verify")(verify)


@keys.command("new")
def new(
    office: Annotated[str, typer.Argument(help="The office as it signs its documents.")],
    as_json: output.AsJson = False,
) -> None:
    """Make the key of an office; the one before it is retired, and what it signed stays good."""
    from api.packages import key_folder
    from data.access.model import operator
    from data.clock import system_clock
    from data.signing.service import new_key

    made = new_key(_engine(), key_folder(), operator(ACTOR), office, system_clock())
    if as_json:
        output.print_json(_key(made))
    else:
        output.say(
            f"{office} signs with key {made.id} from now on. Its private half is in the folder keys/signing of this "
            "installation and nowhere else: keep a copy in a safe."
        )


@keys.command("list")
def list_keys(as_json: output.AsJson = False) -> None:
    """All keys that ever signed here."""
    from data.db import reading
    from data.signing.service import public_keys

    with reading(_engine()) as connection:
        found = [_key(key) for key in public_keys(connection).values()]
    if as_json:
        output.print_json({"items": found})
        return
    for key in found:
        ended = f"revoked from {key['revoked_from']}" if key["revoked_from"] else f"retired {key['retired_at']}"
        output.plain.print(
            f"{key['id']}  {key['office']}  since {key['added_at']}"
            + (f"  {ended}" if key["revoked_from"] or key["retired_at"] else "  in use")
        )


@keys.command("revoke")
def revoke(
    key: Annotated[str, typer.Argument(help="The key's id.")],
    why: Annotated[str, typer.Option("--why", help="The reason, told to everybody who verifies.")],
    since: Annotated[
        str | None,
        typer.Option("--from", help="Nothing signed from then on is believed (a date or a moment); left out: now."),
    ] = None,
) -> None:
    """Declare that nothing signed with a key is to be believed any more. Cannot be taken back."""
    from data.access.model import operator
    from data.clock import system_clock
    from data.signing.service import revoke_key

    at = system_clock() if since is None else _moment(since)
    revoke_key(_engine(), operator(ACTOR), key, at, why)
    output.say(
        f"Key {key} is revoked from {at.isoformat()} on. Make the office a new one: ./diming sign key new OFFICE"
    )


@group.command("document")
def document(
    document_id: Annotated[str, typer.Argument(metavar="DOCUMENT", help="The document's id.")],
    out: Annotated[Path, typer.Option("--out", help="Where the package is written.")],
    attach: Annotated[list[str] | None, typer.Option("--attach", help="An attachment of its case, by id.")] = None,
    as_json: output.AsJson = False,
) -> None:
    """Pack and sign a document that was made."""
    from api.documents import make_workshop
    from api.packages import key_folder
    from data.access import Matter
    from data.access.model import operator
    from data.clock import system_clock
    from data.documents.model import Documents
    from data.errors import Conflict
    from data.signing.service import sign_document

    if out.exists():
        raise Conflict(f"{out} exists. Nothing was signed.", code="file_exists")
    workshop = make_workshop(_engine(), Documents(()), system_clock)
    signed = sign_document(
        workshop.engine, workshop.blobs, key_folder(), operator(ACTOR), Matter(), _id(document_id), system_clock(),
        [_id(one) for one in attach or []],
    )  # fmt: skip
    out.write_bytes(signed.content)
    if as_json:
        output.print_json({"file": str(out), "key": signed.key, "bytes": len(signed.content)})
    else:
        output.say(f"{out} is signed with key {signed.key}.")


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The package.")],
    as_json: output.AsJson = False,
) -> int:
    """Hold a signed package against the keys of this installation; exit status 1 where it is not what was signed."""
    from api.cli.errors import DONE, NO
    from data.errors import BadInput
    from data.signing.service import shown, verify_file

    if not file.is_file():
        raise BadInput(f"There is no file {file}.", code="file_missing")
    found = shown(*verify_file(_engine(), file, file.name))
    if as_json:
        output.print_json(found)
    else:
        _say(file, found)
    return DONE if found["valid"] else NO


def _say(file: Path, found: dict[str, Any]) -> None:
    if found["valid"]:
        document = found["manifest"].get("document", {})
        output.say(f"VALID: {document.get('doc_no')} is what {found['office']} signed.")
    else:
        output.say(f"NOT VALID: {file.name}")
    for said in (*found["findings"], *found["remarks"]):
        output.say(f"  {said['message']}")


def _engine() -> Any:
    from api.settings import settings_from_environment
    from data.db import make_engine

    return make_engine(settings_from_environment().database_url, pooled=False)


def _key(key: Any) -> dict[str, Any]:
    names = ("id", "office", "added_at", "retired_at", "revoked_from", "revoked_why")
    return {**{name: getattr(key, name) for name in names}, "public_key": key.public.hex()}


def _id(text: str) -> UUID:
    from data.errors import BadRequest

    try:
        return UUID(text)
    except ValueError as error:
        raise BadRequest(f"{text[:60]!r} is no identifier (UUID).", code="bad_id") from error


def _moment(text: str) -> datetime:
    from data.clock import CIVIL_ZONE
    from data.errors import BadRequest

    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadRequest(f"{text[:60]!r} is no date and no moment (2026-11-20).", code="bad_moment") from error
    return found if found.tzinfo else found.replace(tzinfo=CIVIL_ZONE)
