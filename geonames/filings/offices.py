"""The offices that file or are filed with, and the keys of other installations' offices that a person has trusted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Connection, Engine

from data import audit
from data.access import Actor, require
from data.access.model import COUNTRY
from data.db import Row, fetch_all, fetch_one, unit_of_work
from data.errors import BadInput, Conflict, NotFound
from data.ids import new_id
from data.signing.keys import key_id
from data.signing.service import public_keys
from data.signing.verifying import PublicKey
from geonames.applications.routes.rows import route_book
from geonames.filings import store
from geonames.filings.model import Office

MANAGE = "office.manage"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PUBLIC_BYTES = 32


def add_office(engine: Engine, actor: Actor, office: Office, at: datetime) -> Office:
    """Enter an office, or the new address of one; `NotPermitted`, BadInput `bad_office`, Conflict `constraint`."""
    require(actor, MANAGE, COUNTRY)
    _check(office)
    with unit_of_work(engine) as connection:
        known = fetch_one(connection, store.OFFICE_NAMED, {"name": office.name})
        if known is not None:
            if (known["body"], known["unit_id"]) != (office.body, office.unit_id):
                raise BadInput(
                    f"{office.name} is entered with another body or seat. Nothing was changed.", code="bad_office"
                )
            connection.execute(store.MOVE_OFFICE, {"id": known["id"], "url": office.url})
        else:
            values = {"id": office.id, "name": office.name, "body": office.body, "unit": office.unit_id}
            connection.execute(store.ADD_OFFICE, {**values, "url": office.url, "at": at, "by": actor.name})
        details = {"office": office.name, "moved": known is not None}
        audit.append(connection, actor=actor.name, action="office.entered", decision_id=None, details=details)
    return office


def _check(office: Office) -> None:
    if not 1 <= len(office.name.strip()) <= 200:
        raise BadInput("An office has a name of 1 to 200 characters. Nothing was entered.", code="bad_office")
    if office.body not in route_book().words["body"] or office.body == "province_rules":
        raise BadInput(f"{office.body[:40]!r} is no sort of office. Nothing was entered.", code="bad_office")
    if office.url is not None:
        _check_url(office.url)


def _check_url(url: str) -> None:
    """Applicants' papers travel to it: encrypted, or within this machine."""
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not safe or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise BadInput(
            "The address of an office is https://host[:port]; http is for this very machine. Nothing was entered.",
            code="bad_office",
        )


def trust_key(engine: Engine, actor: Actor, office: str, public: bytes, at: datetime) -> str:
    """Believe from now on what is signed with a key in the name of an office elsewhere; the key's id.

    Compare the id with the office by another way (telephone, letter) first. `NotPermitted`, NotFound
    `no_such_office`, BadInput `bad_office`, Conflict `already_done`.
    """
    require(actor, MANAGE, COUNTRY)
    if len(public) != PUBLIC_BYTES:
        raise BadInput("A public key has 32 bytes: 64 hexadecimal digits. Nothing was entered.", code="bad_office")
    with unit_of_work(engine) as connection:
        found = office_named(connection, office)
        if found.is_here:
            raise BadInput(f"{office} works here and its own keys are known: ./diming sign key new.", code="bad_office")
        if key_id(public) in all_keys(connection):
            raise Conflict(f"The key {key_id(public)} is known already. Nothing was changed.", code="already_done")
        values = {"id": key_id(public), "public": public, "office": found.id, "at": at, "by": actor.name}
        connection.execute(store.ADD_KEY, values)
        details = {"key": key_id(public), "office": office}
        audit.append(connection, actor=actor.name, action="office.key_trusted", decision_id=None, details=details)
    return key_id(public)


def end_trust(engine: Engine, actor: Actor, key: str, why: str, at: datetime) -> None:
    """Believe nothing more that is signed with the key from now on; NotFound `no_such_signing_key`."""
    require(actor, MANAGE, COUNTRY)
    if not 1 <= len(why.strip()) <= 500:
        raise BadInput("Trust ends for a reason of 1 to 500 characters. Nothing was changed.", code="bad_office")
    with unit_of_work(engine) as connection:
        if connection.execute(store.END_KEY, {"id": key, "at": at, "why": why.strip()}).first() is None:
            raise NotFound(f"No key {key[:40]!r} is trusted. Nothing was changed.", code="no_such_signing_key")
        audit.append(connection, actor=actor.name, action="office.trust_ended", decision_id=None, details={"key": key})


def list_offices(connection: Connection) -> list[Office]:
    """All offices, by name."""
    return [_office(row) for row in fetch_all(connection, store.OFFICES)]


def office_named(connection: Connection, name: str) -> Office:
    """The office of that name; NotFound `no_such_office`."""
    row = fetch_one(connection, store.OFFICE_NAMED, {"name": name})
    if row is None:
        raise NotFound(f"No office {name[:60]} is entered: ./diming office add.", code="no_such_office")
    return _office(row)


def office_at(connection: Connection, body: str, unit_id: UUID | None) -> Office | None:
    """The office of a body at a seat; None where none is entered."""
    row = fetch_one(connection, store.OFFICE_AT, {"body": body, "unit": unit_id})
    return None if row is None else _office(row)


def _office(row: Row) -> Office:
    return Office(row["id"], row["name"], row["body"], row["unit_id"], row["url"])


def new_office(name: str, body: str, unit_id: UUID | None, url: str | None) -> Office:
    """An office to be entered."""
    return Office(new_id(), name.strip(), body, unit_id, url.rstrip("/") if url else None)


def all_keys(connection: Connection) -> Mapping[str, PublicKey]:
    """The keys that are believed today: those of the offices here, and those that somebody has trusted.

    When a package was signed is the word of whoever holds the key: one that is not trusted any more, or was revoked,
    opens nothing, whatever moment the package bears.
    """
    rows = fetch_all(connection, store.TRUSTED_KEYS)
    trusted = {row["id"]: PublicKey(row["id"], bytes(row["public_key"]), row["office"], _EVER) for row in rows}
    here = public_keys(connection)
    return {**trusted, **{key: found for key, found in here.items() if found.revoked_from is None}}


#: When another installation made its key is not known here; that it was trusted is.
_EVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
