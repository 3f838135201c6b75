"""`./diming office`: the offices that file or are filed with, and the keys of other installations that are trusted."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from api.cli import output

group = typer.Typer(help="Offices that file with each other, and whose keys are trusted.", no_args_is_help=True)
ACTOR = "cli:office"


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(group, name="office")


@group.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The office as it signs.")],
    body: Annotated[str, typer.Option("--body", help="government, place_name_department, housing_department …")],
    within: Annotated[str, typer.Option("--within", help="Code of the division of its seat; 000000: the country.")],
    url: Annotated[
        str | None, typer.Option("--url", help="Address of its installation; left out: it works on this one.")
    ] = None,
    as_json: output.AsJson = False,
) -> None:
    """Enter an office, or its new address."""
    from api.auth.jurisdiction import unit_of_code
    from data.access.model import operator
    from data.clock import system_clock
    from data.db import reading
    from geonames.filings.offices import add_office, new_office

    engine = _engine()
    with reading(engine) as connection:
        unit = unit_of_code(connection, within)
    office = add_office(engine, operator(ACTOR), new_office(name, body, unit, url), system_clock())
    if as_json:
        output.print_json({"office": office.name, "body": office.body, "within": within, "url": office.url})
    else:
        output.say(f"{office.name} works {'on this installation' if office.is_here else 'at ' + str(office.url)}.")


@group.command("trust")
def trust(
    name: Annotated[str, typer.Argument(help="The office.")],
    key: Annotated[str, typer.Argument(help="Its public key: 64 hexadecimal digits, from `./diming sign key list`.")],
    as_json: output.AsJson = False,
) -> None:
    """Believe what is signed with a key in the name of an office elsewhere. Compare the key's id by telephone first."""
    from data.access.model import operator
    from data.clock import system_clock
    from data.errors import BadInput
    from geonames.filings.offices import trust_key

    try:
        public = bytes.fromhex(key)
    except ValueError as error:
        raise BadInput("A public key is written as 64 hexadecimal digits.", code="bad_office") from error
    made = trust_key(_engine(), operator(ACTOR), name, public, system_clock())
    if as_json:
        output.print_json({"office": name, "key": made})
    else:
        output.say(f"Key {made} is trusted as that of {name}.")


@group.command("distrust")
def distrust(
    key: Annotated[str, typer.Argument(help="The key's id.")],
    why: Annotated[str, typer.Option("--why", help="The reason.")],
) -> None:
    """Believe nothing more that is signed with a key of an office elsewhere."""
    from data.access.model import operator
    from data.clock import system_clock
    from geonames.filings.offices import end_trust

    end_trust(_engine(), operator(ACTOR), key, why, system_clock())
    output.say(f"Key {key} is trusted no more.")


@group.command("list")
def list_all(as_json: output.AsJson = False) -> None:
    """All offices with their keys."""
    from data.db import reading
    from geonames.filings.offices import all_keys, list_offices

    with reading(_engine()) as connection:
        offices, keys = list_offices(connection), all_keys(connection)
    found = [_shown(office, keys.values()) for office in offices]
    if as_json:
        output.print_json({"items": found})
        return
    for office in found:
        output.plain.print(f"{office['name']}  {office['body']}  {office['url'] or 'here'}  {' '.join(office['keys'])}")


def _shown(office: Any, keys: Any) -> dict[str, Any]:
    good = [key.id for key in keys if key.office == office.name and key.revoked_from is None]
    return {"name": office.name, "body": office.body, "url": office.url, "keys": good}


def _engine() -> Any:
    from api.settings import settings_from_environment
    from data.db import make_engine

    return make_engine(settings_from_environment().database_url, pooled=False)
