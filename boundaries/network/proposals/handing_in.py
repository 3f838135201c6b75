"""Proposals from what people hand in: a list of edits, or a file with the line as they would have it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from boundaries.intake.received import hash_of
from boundaries.network.amendment import Amendment
from boundaries.network.difference.files import read_line_file
from boundaries.network.difference.service import Reader, file_against_line, unit_of_code
from boundaries.network.editing import Editor
from boundaries.network.operations import EditList, carry_out
from boundaries.network.proposals.model import Proposal, Source
from boundaries.network.proposals.service import propose
from boundaries.network.structure.world import world_around
from boundaries.units.service import register_span
from data.access import Actor
from data.db import reading

#: The holders beside some segments on a day.
BESIDE = text("""
    SELECT DISTINCT h.holder FROM diming.boundary_segment_version s
    CROSS JOIN LATERAL (VALUES (s.left_id), (s.right_id)) AS h (holder)
    WHERE s.segment_id = ANY(:ids) AND upper_inf(s.known) AND s.valid @> CAST(:on AS date) AND h.holder IS NOT NULL
""")
#: The condominiums that some ids name, with their holders.
HELD = text("SELECT unit_id FROM diming.condominium_holder WHERE condominium_id = ANY(:ids)")


def propose_edits(engine: Engine, actor: Actor, edits: EditList, base_on: date | None = None) -> Proposal:
    """Keep a list of edits as a proposal. Raises what the edits raise, and as `propose`; `BadInput` `unit_unknown`."""
    with reading(engine) as connection:
        day = register_span(connection).day(base_on)
        amendment = amendment_of_edits(connection, edits, day)
    return propose(engine, actor, amendment, message=edits.message, document_wanted=edits.document, base_on=day)


def amendment_of_edits(connection: Connection, edits: EditList, day: date) -> Amendment:
    """What a list of edits makes of the law of a day."""
    units = {code: unit_of_code(connection, code, day, "The list of edits") for code in sorted(edits.codes())}
    named = sorted(set(_ids(edits.edits)))
    beside = set(connection.scalars(BESIDE, {"ids": named, "on": day}))
    beside |= set(connection.scalars(HELD, {"ids": named}))
    editor = Editor(world_around(connection, {*units.values(), *beside}, day))
    return carry_out(edits, editor, units).amendment(leaves_open=edits.leaves_open)


def _ids(value: Any) -> Iterator[UUID]:
    """Every identifier that a list of edits holds, wherever it stands."""
    if isinstance(value, str):
        try:
            yield UUID(value)
        except ValueError:
            return
    elif isinstance(value, dict):
        yield from _ids(list(value.values()))
    elif isinstance(value, Iterable):
        for one in value:
            yield from _ids(one)


def propose_file(
    engine: Engine,
    actor: Actor,
    line: UUID,
    path: Path,
    *,
    message: str,
    document_wanted: str,
    base_on: date | None = None,
    leaves_open: bool = False,
    made_from: tuple[UUID, ...] = (),
    read: Reader = read_line_file,
) -> Proposal:
    """Keep a line as a file has it as a proposal: what differs from the register, segment by segment.

    `made_from` is the submission that the file is of. Raises as `file_against_line` and `propose`.
    """
    with reading(engine) as connection:
        day = register_span(connection).day(base_on)
        changes = file_against_line(connection, line, path, day, read=read).changes
    source = Source("submission" if made_from else "file", made_from, path.name, bytes.fromhex(hash_of(path)))
    return propose(
        engine, actor, Amendment(changes, leaves_open=leaves_open), message=message, document_wanted=document_wanted,
        base_on=day, source=source,
    )  # fmt: skip
