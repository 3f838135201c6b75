"""Names this installation and those that it exchanges with. Each change by whoever runs it, with an audit entry."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.units.service import find_unit
from data import audit, feed
from data.access import Actor, require
from data.access.model import COUNTRY
from data.db import Row, fetch_all, fetch_one, unit_of_work
from data.errors import BadRequest, Conflict, DimingError, NotFound
from data.ids import new_id
from data.installations import store
from data.installations.ownership import rules
from data.signing.keys import KeyFolder
from geonames.installations.outgoing import find_self

CHANGE, READ = "exchange.change", "exchange.read"
NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,59}")
ED25519_BYTES = 32


@dataclass(frozen=True, slots=True)
class NewPeer:
    """An installation to exchange with. `within`: code of the division it covers, None for the country; `key`: its
    public key in base64, as somebody there has read it out; `since`: the change of its feed after which to begin."""

    name: str
    level: str
    within: str | None
    url: str
    key: str
    since: int = 0


def name_self(
    engine: Engine, keys: KeyFolder, actor: Actor, name: str, level: str, within: str | None
) -> dict[str, Any]:
    """Give this installation a name, a level, a territory and a new key; as others are told of it.

    NotPermitted; BadRequest `bad_installation`; NotFound `code_never_existed`; Unavailable `keys_not_usable`.
    """
    require(actor, CHANGE, COUNTRY)
    with unit_of_work(engine) as connection:
        unit = _territory(connection, level, within)
        made = keys.make()
        connection.execute(store.NAME_SELF, {
            "name": _name(name), "level": level, "unit": unit, "key_id": made.id, "public_key": made.public,
            "by": actor.name,
        })  # fmt: skip
        _record(connection, actor, "exchange.named", name=name, level=level, key=made.id)
        return about(connection)


def about(connection: Connection) -> dict[str, Any]:
    """This installation as others are told of it: name, level, division, key, last change. NotFound
    `no_installation`."""
    own = find_self(connection)
    return {
        "name": own["name"],
        "level": own["level"],
        "within": own["unit_id"],
        "key": _written_key(own["public_key"]),
        "last": feed.last_number(connection),
    }


def add_peer(engine: Engine, actor: Actor, new: NewPeer) -> dict[str, Any]:
    """Enter an installation to exchange with. Conflict `peer_exists`; BadRequest `bad_installation`; NotFound
    `no_installation`, `code_never_existed`."""
    require(actor, CHANGE, COUNTRY)
    with unit_of_work(engine) as connection:
        own = find_self(connection)
        if new.name == own["name"] or fetch_one(connection, store.PEER, {"name": new.name}):
            raise Conflict(f"There is an installation {new.name} already. Nothing was changed.", code="peer_exists")
        if new.since < 0 or not new.url.startswith(("https://", "http://")):
            raise _bad("the address begins with https:// and the number to begin after is not below 0")
        connection.execute(store.ADD_PEER, {
            "id": new_id(), "name": _name(new.name), "level": new.level,
            "unit": _territory(connection, new.level, new.within), "url": new.url.rstrip("/"),
            "public_key": _key(new.key), "cursor": new.since, "by": actor.name,
        })  # fmt: skip
        _record(connection, actor, "exchange.peer_added", name=new.name, level=new.level)
        return _shown(find_peer(connection, new.name))


def change_key(engine: Engine, actor: Actor, name: str, key: str) -> dict[str, Any]:
    """Pin another key of an installation: from now on only what this one signed is taken. NotFound `no_such_peer`."""
    require(actor, CHANGE, COUNTRY)
    with unit_of_work(engine) as connection:
        peer = find_peer(connection, name)
        connection.execute(store.SET_KEY, {"id": peer["id"], "public_key": _key(key)})
        _record(connection, actor, "exchange.peer_key_changed", name=name)
        return _shown(find_peer(connection, name))


def remove_peer(engine: Engine, actor: Actor, name: str) -> None:
    """Ask an installation no more; what came from it stays. NotFound `no_such_peer`."""
    require(actor, CHANGE, COUNTRY)
    with unit_of_work(engine) as connection:
        connection.execute(store.REMOVE_PEER, {"id": find_peer(connection, name)["id"]})
        _record(connection, actor, "exchange.peer_removed", name=name)


def find_peer(connection: Connection, name: str) -> Row:
    """An installation to exchange with. NotFound `no_such_peer`."""
    found = fetch_one(connection, store.PEER, {"name": name})
    if found is None:
        raise NotFound(
            f"No installation {name[:60]!r} is known here; `./diming exchange list` names them.", code="no_such_peer"
        )
    return found


def peers(connection: Connection, actor: Actor) -> list[dict[str, Any]]:
    """The installations that this one asks, with how far it is and what failed last."""
    require(actor, READ, COUNTRY)
    return [_shown(row) for row in fetch_all(connection, store.PEERS)]


def note_problem(engine: Engine, peer: UUID, problem: DimingError) -> None:
    """Keep why a question failed; it is shown until one succeeds."""
    with unit_of_work(engine) as connection:
        told = json.dumps({"code": problem.code, "detail": problem.detail}, ensure_ascii=False)
        connection.execute(store.NOTE_PROBLEM, {"id": peer, "problem": told})


def _shown(row: Row) -> dict[str, Any]:
    kept = ("name", "level", "url", "cursor", "last", "asked_at", "problem", "added_at")
    shown = {key: row[key] for key in kept}
    shown |= {"within": row.get("code"), "key": _written_key(row["public_key"])}
    return {**shown, "behind": max(0, row["last"] - row["cursor"]), "conflicts": row.get("conflicts", 0)}


def _record(connection: Connection, actor: Actor, action: str, **details: Any) -> None:
    audit.append(connection, actor=actor.name, action=action, decision_id=None, details=details)


def _territory(connection: Connection, level: str, within: str | None) -> UUID | None:
    """The division that an installation of `level` covers."""
    told = rules()
    if level not in told.levels:
        raise _bad(f"the level is one of {', '.join(told.levels)}")
    if (level == told.levels[0]) != (within is None):
        raise _bad("a national installation covers the country, any other the division that --within names")
    if within is None:
        return None
    unit = find_unit(connection, within)
    if told.level_of_unit.get(unit["level"]) != level:
        raise _bad(f"{unit['name']} is a division of level {unit['level']}, and the installation of level {level}")
    found: UUID = unit["id"]
    return found


def _name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise _bad("a name has up to 60 small letters, digits, hyphens and dots, such as yunxi")
    return name


def _key(key: str) -> bytes:
    try:
        found = base64.b64decode(key, validate=True)
    except (ValueError, binascii.Error) as error:
        raise _bad("the key is base64 as `./diming exchange status` prints it there") from error
    if len(found) != ED25519_BYTES:
        raise _bad(f"the key has {ED25519_BYTES} bytes")
    return found


def _written_key(public: bytes) -> str:
    return base64.b64encode(bytes(public)).decode()


def _bad(why: str) -> BadRequest:
    return BadRequest(f"This is no installation to exchange with: {why}. Nothing was changed.", code="bad_installation")
