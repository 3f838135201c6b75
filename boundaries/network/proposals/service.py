"""Proposing, withdrawing, putting on a newer state, merging and enacting. One use case, one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.network.amendment import Amendment
from boundaries.network.build import line_id
from boundaries.network.changes import Enacted, amendment_of, enact_in, placed
from boundaries.network.law import require_kind
from boundaries.network.proposals import store
from boundaries.network.proposals.merging import Choice, Rebased, combine, rebase
from boundaries.network.proposals.model import Proposal, Source
from boundaries.network.structure import store as structure_store
from boundaries.network.structure.checks import course_faults
from boundaries.network.structure.following import entry_of_row, pairs_of
from boundaries.network.structure.parties import Chains
from boundaries.network.structure.world import lines_beside
from boundaries.network.versions import Change, State
from boundaries.units.service import register_span
from data import audit
from data.access import Actor, Matter, Permit, decide, require
from data.db import unit_of_work
from data.decisions import DecisionDraft
from data.errors import BadInput, Conflict, NotFound
from data.ids import new_id

ACTION = "boundary.propose"


def propose(
    engine: Engine,
    actor: Actor,
    changes: Amendment | Iterable[Change],
    *,
    message: str,
    document_wanted: str,
    base_on: date | None = None,
    source: Source | None = None,
) -> Proposal:
    """Keep an amendment as a proposal made from the law of `base_on` (None: the register's last day).

    It may still break the network: what speaks against it is told with it, and refused when it is to become law.
    Raises `BadInput` `change_empty`, `change_without_document` (a kind by which no boundary changes),
    `course_malformed`; `Conflict` `segment_changed` where it was not made from that law; `NotPermitted` outside the
    jurisdiction of either side.
    """
    amendment = changes if isinstance(changes, Amendment) else Amendment(tuple(changes))
    with unit_of_work(engine) as connection:
        day = register_span(connection).day(base_on)
        return _keep(connection, actor, amendment, message, document_wanted, day, source or Source())


def _keep(
    connection: Connection,
    actor: Actor,
    amendment: Amendment,
    message: str,
    document_wanted: str,
    day: date,
    source: Source,
) -> Proposal:
    require_kind(document_wanted)
    whole = replace(amendment, segments=tuple(placed(change) for change in amendment.segments))
    if whole.is_empty:
        raise BadInput("The proposal changes nothing. Nothing was kept.", code="change_empty")
    if not message.strip():
        raise BadInput("A proposal says in a message what it is for. Nothing was kept.", code="message_missing")
    _require_courses(whole.segments)
    chains = Chains(connection, day)
    require_side(actor, chains, whole)
    found = structure_store.neighbourhood(
        connection, day, segments=[c.segment for c in whole.segments], holders=[], nodes=[], courses=[]
    )
    standing = {row.segment.id: row for row in found}
    _require_base(whole.segments, {identity: row.segment for identity, row in standing.items()})
    now = store.now(connection)
    proposal = Proposal(
        new_id(), actor.name, actor.account_id, message.strip(), day, now, document_wanted, source, whole, now
    )
    store.insert_proposal(
        connection, proposal, {i: row.version for i, row in standing.items()}, _lines(connection, chains, whole, day)
    )
    _audit(connection, actor, "boundary.propose", proposal.id, {"segments": len(whole.segments)})
    return proposal


def _require_courses(changes: Sequence[Change]) -> None:
    found = [fault for fault in course_faults([c.after for c in changes if c.after is not None])
             if fault.kind == "course_malformed" and "itself" not in fault.why]  # fmt: skip
    if found:
        raise BadInput(
            f"{len(found)} segments have no course that can be kept: {found[0].why}. Nothing was kept.",
            code="course_malformed",
            faults=[fault.as_json() for fault in found],
        )


def require_side(actor: Actor, chains: Chains, amendment: Amendment) -> None:
    """Raise `NotPermitted` unless the actor may propose for one side at least of everything that is changed."""
    for change in amendment.segments:
        for segment in (change.before, change.after):
            if segment is not None:
                _require_any(actor, chains.sides(segment))
    for line in amendment.lines:
        for entry in (line.before, line.after):
            if entry is not None:
                _require_any(actor, [_matter(chains, unit) for unit in entry.units])
    for condominium in (*amendment.entered, *amendment.ended):
        _require_any(actor, [_matter(chains, unit) for unit in sorted(condominium.holders)])


def _matter(chains: Chains, unit: UUID) -> Matter:
    return Matter(tuple(above for _, above in chains.of(unit)))


def _require_any(actor: Actor, matters: Sequence[Matter]) -> None:
    if not any(isinstance(decide(actor, ACTION, matter), Permit) for matter in matters):
        require(actor, ACTION, matters[0] if matters else Matter())


def _require_base(changes: Sequence[Change], law: State) -> None:
    for change in changes:
        stands = law.get(change.segment)
        if (change.before is None) != (stands is None) or (
            stands is not None and change.before is not None and not stands.same_boundary(change.before)
        ):
            raise Conflict(
                f"Segment {change.segment} is not what the proposal was made from: the law has changed since. Make it "
                "from the law of now, or put it on that with a merge. Nothing was kept.",
                code="segment_changed",
                segment=str(change.segment),
            )


def _lines(connection: Connection, chains: Chains, amendment: Amendment, day: date) -> set[UUID]:
    before = [change.segment for change in amendment.segments if change.before is not None]
    segments = [s for change in amendment.segments for s in (change.before, change.after) if s is not None]
    made = {line_id(level, pair) for level, pair in pairs_of(chains, segments)}
    return {*lines_beside(connection, before, day), *made, *(change.line for change in amendment.lines)}


def proposal_to_end(connection: Connection, identity: UUID) -> Proposal:
    """An open proposal; `NotFound` `no_such_proposal`, `Conflict` `proposal_ended`."""
    proposal = store.find_proposal(connection, identity)
    if proposal is None:
        raise NotFound("There is no proposal with this id.", code="no_such_proposal")
    if proposal.end is not None:
        raise _ended(proposal.state)
    return proposal


def _ended(how: str) -> Conflict:
    return Conflict(f"This proposal is {how} already. Nothing was changed.", code="proposal_ended", state=how)


def _end(connection: Connection, proposal: UUID, kind: str, actor: Actor, **more: object) -> None:
    if not store.end_proposal(connection, proposal, kind, actor.name, **more):  # type: ignore[arg-type]
        raise _ended("ended")


def withdraw(engine: Engine, actor: Actor, identity: UUID, reason: str) -> None:
    """End a proposal with a reason: by its author, or by whoever keeps both of its sides.

    Raises `NotFound` `no_such_proposal`; `Conflict` `proposal_ended`; `BadInput` `reason_missing`; `NotPermitted`.
    """
    if not reason.strip():
        raise BadInput("A proposal is withdrawn with a reason. Nothing was changed.", code="reason_missing")
    with unit_of_work(engine) as connection:
        proposal = proposal_to_end(connection, identity)
        chains = Chains(connection, proposal.base_on)
        if proposal.author == actor.name:
            require_side(actor, chains, proposal.amendment)
        else:
            for change in proposal.amendment.segments:
                segment = change.before or change.after
                require(actor, "boundary.change", chains.matter(segment) if segment else Matter())
        _end(connection, identity, "withdrawn", actor, reason=reason.strip())
        _audit(connection, actor, "boundary.withdraw", identity, {})


def rebase_proposal(
    engine: Engine,
    actor: Actor,
    identity: UUID,
    choices: Mapping[UUID, Choice] | None = None,
    *,
    message: str | None = None,
    on: date | None = None,
) -> Proposal:
    """Put a proposal on the law of a day (None: the register's last): a new proposal that takes its place.

    `choices` decides conflicts by segment or line: the `base`, `ours` (the law), or `theirs` (the proposal). Raises
    `Conflict` `proposal_conflicts` naming those that nobody has decided; and as `propose`.
    """
    with unit_of_work(engine) as connection:
        proposal = proposal_to_end(connection, identity)
        day = register_span(connection).day(on)
        found = on_law(connection, proposal.amendment, day, choices)
        require_settled(found)
        source = Source("rebase", (identity,), proposal.source.file_name, proposal.source.file_sha256)
        successor = _keep(
            connection, actor, found.amendment, message or proposal.message, proposal.document_wanted, day, source
        )
        _end(connection, identity, "superseded", actor, successor=successor.id)
        return successor


def on_law(
    connection: Connection, amendment: Amendment, day: date, choices: Mapping[UUID, Choice] | None = None
) -> Rebased:
    """An amendment put on the law of a day, with its conflicts."""
    concerned = [change.segment for change in amendment.segments]
    children = structure_store.descendants(connection, concerned)
    found = structure_store.neighbourhood(
        connection, day, segments={*concerned, *(c for made in children.values() for c in made)}, holders=[],
        nodes=[], courses=[],
    )  # fmt: skip
    rows = connection.execute(structure_store.LINES_AT, {"ids": [c.line for c in amendment.lines], "on": day})
    entries = {row.line_id: entry_of_row(row) for row in rows}
    return rebase(amendment, {row.segment.id: row.segment for row in found}, entries, choices, children)


def require_settled(found: Rebased) -> None:
    """Raise `Conflict` `proposal_conflicts` where something is undecided."""
    if not found.settled:
        segments = [str(conflict.segment) for conflict in found.conflicts]
        lines = [str(conflict.line) for conflict in found.line_conflicts]
        raise Conflict(
            f"{len(segments)} segments and {len(lines)} lines were changed by both sides, and not alike. Say for each "
            "whose version is to stand: base, ours (the law, or the first proposal) or theirs. Nothing was changed.",
            code="proposal_conflicts",
            segments=segments,
            lines=lines,
        )


def merge_proposals(
    engine: Engine,
    actor: Actor,
    identities: Sequence[UUID],
    choices: Mapping[UUID, Choice] | None = None,
    *,
    message: str,
    on: date | None = None,
) -> Proposal:
    """One proposal of several, each put on the law of a day first; they are superseded by it.

    Raises `Conflict` `proposal_conflicts`, `documents_differ` where they want different documents; and as
    `rebase_proposal`.
    """
    with unit_of_work(engine) as connection:
        proposals = [proposal_to_end(connection, identity) for identity in dict.fromkeys(identities)]
        wanted = {proposal.document_wanted for proposal in proposals}
        if len(wanted) != 1:
            raise Conflict(
                f"These proposals want documents of different kinds ({', '.join(sorted(wanted))}): they cannot become "
                "law together. Nothing was changed.",
                code="documents_differ",
            )
        day = register_span(connection).day(on)
        rebased = [on_law(connection, proposal.amendment, day, choices) for proposal in proposals]
        for found in rebased:
            require_settled(found)
        whole = combine([found.amendment for found in rebased], choices)
        require_settled(whole)
        source = Source("merge", tuple(proposal.id for proposal in proposals))
        successor = _keep(connection, actor, whole.amendment, message, wanted.pop(), day, source)
        for proposal in proposals:
            _end(connection, proposal.id, "superseded", actor, successor=successor.id)
        return successor


def propose_revert(
    engine: Engine, actor: Actor, changeset: UUID, *, message: str, document_wanted: str, base_on: date | None = None
) -> Proposal:
    """A proposal that takes a changeset back; it becomes law by a document of its own. Raises as `propose`, and
    `NotFound` `no_such_changeset`.
    """
    with unit_of_work(engine) as connection:
        day = register_span(connection).day(base_on)
        back = amendment_of(connection, changeset).inverse()
        return _keep(connection, actor, back, message, document_wanted, day, Source("revert", (changeset,)))


def enact_proposal(
    engine: Engine, actor: Actor, identity: UUID, *, document: DecisionDraft, effective_on: date
) -> Enacted:
    """Make a proposal law; raises as `enact_proposal_in`."""
    with unit_of_work(engine) as connection:
        return enact_proposal_in(connection, actor, identity, document=document, effective_on=effective_on)


def enact_proposal_in(
    connection: Connection,
    actor: Actor,
    identity: UUID,
    *,
    document: DecisionDraft,
    effective_on: date,
    recorded: bool = False,
) -> Enacted:
    """Make a proposal law by a document of the kind that it wants, in the caller's transaction.

    Raises as `enact_in`, and `NotFound` `no_such_proposal`; `Conflict` `proposal_ended`, `other_document_wanted`.
    """
    proposal = proposal_to_end(connection, identity)
    if document.kind != proposal.document_wanted:
        raise Conflict(
            f"This proposal wants a document of kind {proposal.document_wanted}, not {document.kind}. Nothing was "
            "changed.",
            code="other_document_wanted",
        )
    reverts = proposal.source.made_from[0] if proposal.source.origin == "revert" else None
    done = enact_in(
        connection, actor, proposal.amendment, message=proposal.message, document=document,
        effective_on=effective_on, reverts=reverts, recorded=recorded,
    )  # fmt: skip
    _end(connection, identity, "enacted", actor, changeset=done.changeset)
    return done


def _audit(connection: Connection, actor: Actor, action: str, proposal: UUID, details: dict[str, object]) -> None:
    audit.append(
        connection, actor=actor.name, action=action, decision_id=None, details={"proposal": str(proposal), **details}
    )
