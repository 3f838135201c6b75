"""Asks other installations for their changes and applies them here: the client side of `/v1/exchange`."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy import Engine

from data.access import Actor
from data.db import Row, reading
from data.errors import BadInput, Conflict, DimingError, Unavailable
from data.installations import page as pages
from data.server.home import configured_root, home_at
from data.signing.keys import KeyFolder
from geonames.installations.incoming import apply_page
from geonames.installations.outgoing import find_self
from geonames.installations.service import find_peer, note_problem

#: Changes asked for at once.
PAGE = 200
#: Seconds for an answer, and between questions after the first, second … failure in a row.
ANSWER_S = 60.0
AGAIN_S = (0.2, 0.5, 1.0, 2.0, 5.0)

Say = Callable[[str], None]


def exchange_keys() -> KeyFolder:
    """Where the private key is with which this installation signs what it tells others."""
    return KeyFolder(home_at(configured_root()).keys / "exchange")


@dataclass(frozen=True, slots=True)
class Pulled:
    """What came of asking an installation: up to which of its changes all is here, and the outcomes."""

    peer: str
    through: int
    last: int
    counts: dict[str, int]


def pull(engine: Engine, actor: Actor, name: str, *, attempts: int = 5, say: Say = lambda _: None) -> Pulled:
    """Ask the installation `name` for its changes until there are no more, and apply each page as it comes.

    Unavailable `peer_away` after so many failures in a row; what came before is here, and the next pull goes on.
    IntegrityError `page_not_signed`, `page_incomplete`, `page_not_ours`, `peer_went_back`: nothing more is taken.
    """
    counts: Counter[str] = Counter()
    with reading(engine) as connection:
        peer, own = find_peer(connection, name), find_self(connection)["name"]
    try:
        with httpx.Client(base_url=peer["url"], timeout=ANSWER_S) as client:
            while True:
                page = _asked(client, peer, own, attempts)
                counts.update(_applied(engine, actor, peer, page))
                say(f"{name}: up to change {page.through} of {page.last}")
                with reading(engine) as connection:
                    peer = find_peer(connection, name)
                if page.through >= page.last:
                    return Pulled(name, page.through, page.last, dict(counts))
    except DimingError as problem:
        note_problem(engine, peer["id"], problem)
        raise


def _applied(engine: Engine, actor: Actor, peer: Row, page: pages.Page) -> dict[str, int]:
    """Apply a page; where another pull has done so, go on from where it is."""
    try:
        return apply_page(engine, actor, peer["id"], page)
    except Conflict as conflict:
        if conflict.code != "pulled_meanwhile":
            raise
        return {}


def _asked(client: httpx.Client, peer: Row, own: str, attempts: int) -> pages.Page:
    failures = 0
    while True:
        try:
            return pages.read(_once(client, peer["cursor"], own), bytes(peer["public_key"]))
        except Unavailable:
            failures += 1
            if failures >= attempts:
                raise
            time.sleep(AGAIN_S[min(failures, len(AGAIN_S)) - 1])


def _once(client: httpx.Client, since: int, own: str) -> Any:
    try:
        answer = client.get("/v1/exchange/changes", params={"since": since, "limit": PAGE, "for": own})
        if answer.status_code < httpx.codes.BAD_REQUEST:
            return answer.json()
    except (httpx.TransportError, httpx.DecodingError, ValueError) as error:
        raise Unavailable(
            f"{client.base_url} does not answer: {error}. What came before is here; pull again later.",
            code="peer_away",
        ) from error
    if answer.status_code in (httpx.codes.TOO_MANY_REQUESTS, *range(500, 600)):
        raise Unavailable(f"{client.base_url} answers {answer.status_code}. Pull again later.", code="peer_away")
    raise BadInput(f"{client.base_url} refuses: {answer.text[:300]}", code="peer_refuses")
