"""Proposals from files that come over HTTP, for pages and API alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic_core import PydanticCustomError
from sqlalchemy import Engine

from api.differences import Sent
from api.v1.params import parse_date, parse_id
from boundaries.network.difference.guarded import read_guarded
from boundaries.network.proposals.handing_in import propose_file
from boundaries.network.proposals.model import Proposal
from data.access import Actor
from data.errors import BadRequest

FIELDS = frozenset({"line", "message", "document", "as_of", "leaves_open", "lang"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form says of the proposal that it makes."""

    message: str
    document: str
    as_of: date | None
    leaves_open: bool


def asked_of(fields: Mapping[str, str]) -> Asked:
    """The fields of a form as what they ask; `BadRequest` `unknown_parameter`, `bad_date`."""
    unknown = set(fields) - FIELDS
    if unknown:
        raise BadRequest(f"There is no field {min(unknown)[:40]!r}.", code="unknown_parameter")
    given = {name: value.strip() for name, value in fields.items()}
    day = _parsed(parse_date, given["as_of"]) if given.get("as_of") else None
    return Asked(given.get("message", "")[:2000], given.get("document", ""), day, given.get("leaves_open", "") != "")


def propose_sent(engine: Engine, actor: Actor, sent: Sent) -> Proposal:
    """The proposal of a file that came, read in a process of its own. Raises `BadRequest` `missing_parameter`,
    `bad_id`, as `asked_of`, and as `propose_file`.
    """
    asked = asked_of(sent.fields)
    line = sent.fields.get("line", "").strip()
    if not line:
        raise BadRequest("Name the line that the file is a version of.", code="missing_parameter")
    identity: UUID = _parsed(parse_id, line)
    return propose_file(
        engine, actor, identity, sent.file, message=asked.message, document_wanted=asked.document,
        base_on=asked.as_of, leaves_open=asked.leaves_open, read=read_guarded,
    )  # fmt: skip


def _parsed(parse: Any, value: str) -> Any:
    try:
        return parse(value)
    except PydanticCustomError as error:
        raise BadRequest(error.message(), code=error.type) from error
