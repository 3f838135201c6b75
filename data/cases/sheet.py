"""A case as its page shows it: everything in it with the names of people and linked cases, read at one moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.access import Actor, Role
from data.access.question import Permit, decide
from data.cases import store
from data.cases.model import Casework, Proposal
from data.cases.people import PARTS_GIVEN, candidates, display_names
from data.cases.reading import READ, id_of, load_case, may_see, require_signed_in, today_of
from data.cases.views import Dossier, matter_of, show
from data.db import Row, fetch_all, reading
from data.documents.service import documents_of


@dataclass(frozen=True, slots=True)
class Sheet:
    """A case for one reader.

    `shown`: as the API shows it; `names`: of the people in it; `linked`: the cases named in its links that
    the reader may see, by id; `candidates`: whom he could give a part, by deed; `waiting`: his own documents
    that are not handed in; `issued`: the documents made in it; `insider`: he sees it by his office.
    """

    dossier: Dossier
    shown: Mapping[str, Any]
    proposal: Proposal
    names: Mapping[UUID, str]
    linked: Mapping[UUID, Row]
    candidates: Mapping[str, list[dict[str, Any]]]
    waiting: list[Row]
    issued: list[dict[str, Any]]
    insider: bool


def case_sheet(casework: Casework, actor: Actor, reference: str) -> Sheet:
    """The case named by its id or number; NotFound `no_such_case`, NotSignedIn `sign_in_needed`."""
    require_signed_in(actor)
    today = today_of(casework)
    with reading(casework.engine) as connection:
        dossier = load_case(casework, connection, actor, id_of(connection, actor, reference))
        shown = show(casework, dossier, actor, today)
        give = [deed for deed in PARTS_GIVEN if deed in shown["deeds"]]
        return Sheet(
            dossier=dossier,
            shown=shown,
            proposal=casework.subject(dossier.case.procedure.key).propose(dossier.case.facts),
            names=display_names(connection, set(_people(dossier))),
            linked=_linked(casework, connection, actor, dossier),
            candidates={deed: candidates(connection, dossier, deed, casework.permissions, today) for deed in give},
            waiting=_waiting(connection, actor) if "attach" in shown["deeds"] else [],
            issued=documents_of(connection, dossier.case.id),
            insider=_is_insider(casework, actor, dossier),
        )


def _people(dossier: Dossier) -> Iterator[UUID]:
    case = dossier.case
    yield case.opened_by
    if case.assignee_id is not None:
        yield case.assignee_id
    for step in dossier.steps:
        yield step["actor_id"]
        if step["for_id"] is not None:
            yield step["for_id"]
    for opinion in dossier.opinions:
        yield opinion["by_id"]
        if opinion["to_id"] is not None:
            yield opinion["to_id"]
    for row in dossier.participants:
        yield row["account_id"]
    for row in dossier.attachments:
        yield row["added_by"]


def _linked(casework: Casework, connection: Connection, actor: Actor, dossier: Dossier) -> dict[UUID, Row]:
    here = dossier.case.id
    others = {row[side] for row in dossier.links for side in ("from_case", "to_case")} - {here}
    visible = [other for other in others if may_see(casework, connection, actor, other)]
    return {row["id"]: row for row in fetch_all(connection, store.BRIEFLY, {"ids": visible})} if visible else {}


def _waiting(connection: Connection, actor: Actor) -> list[Row]:
    parameters = {"by": actor.account_id, "at": None, "after": None, "limit": 20}
    return fetch_all(connection, store.WAITING_ATTACHMENTS, parameters)


def _is_insider(casework: Casework, actor: Actor, dossier: Dossier) -> bool:
    """Whether the reader sees the case by an office within whose jurisdiction it lies, and not as a party."""
    offices = Actor(actor.name, None, actor.grants, actor.via)
    answer = decide(offices, READ, matter_of(dossier), casework.permissions)
    return isinstance(answer, Permit) and answer.grant.role is not Role.SIGNED_IN
