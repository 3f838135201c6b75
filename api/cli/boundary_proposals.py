"""`./diming boundary propose|proposals|merge|withdraw|enact|revert`: changes of boundaries before they are law."""

from __future__ import annotations

import getpass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast
from uuid import UUID

import typer

from api.cli import output
from api.cli.boundary import group
from api.cli.boundary_lines import SIGNS, AsOf, line_of, office_engine, office_reading, print_line, whole_day
from api.cli.query import day_of
from data.errors import BadRequest

if TYPE_CHECKING:
    from boundaries.network.changes import Enacted
    from boundaries.network.proposals.model import Proposal
    from data.access import Actor
    from data.decisions import DecisionDraft

Message = Annotated[str | None, typer.Option(metavar="TEXT", help="What it is for.")]
Wanted = Annotated[
    str | None, typer.Option("--document", metavar="KIND", help="Kind of document by which it is to become law.")
]
Take = Annotated[
    list[str] | None,
    typer.Option("--take", metavar="ID=SIDE", help="Decide a conflict: base, ours (the law) or theirs. May repeat."),
]
ProposalId = Annotated[str, typer.Argument(metavar="ID", help="The proposal.")]
Number = Annotated[str | None, typer.Option("--doc-no", help="Number of the document.")]
Title = Annotated[str, typer.Option("--title", help="Title of the document.")]
Authority = Annotated[str, typer.Option("--authority", help="Who issued it.")]
Effective = Annotated[str, typer.Option("--effective-on", metavar="DATE", help="The first day on which it holds.")]
Approved = Annotated[str | None, typer.Option("--approved-on", metavar="DATE", help="Date of the document.")]
SourceText = Annotated[str, typer.Option("--source", help="Where the document was read.")]


def register(_app: typer.Typer) -> None:
    """The commands are in the group `boundary`, which adds itself."""


@group.command("propose")
def propose(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A list of edits (.json), or the line as a file has it.")
    ] = None,
    line: Annotated[str | None, typer.Option(metavar="NAME", help="The line of which FILE is a version.")] = None,
    submission: Annotated[str | None, typer.Option(metavar="ID", help="What was handed in, in place of FILE.")] = None,
    message: Message = None,
    document: Wanted = None,
    leaves_open: Annotated[bool, typer.Option("--leaves-open", help="Rings of units are to be left open.")] = False,
    as_of: AsOf = None,
    as_json: output.AsJson = False,
) -> None:
    """Keep a change of the network as a proposal; it is law only when it is enacted by a document."""
    from boundaries.network.operations import read_edits
    from boundaries.network.proposals.handing_in import propose_edits, propose_file

    day = day_of(as_of)
    if file is not None and submission is not None:
        raise BadRequest("Name a file or a submission, one of the two.", code="bad_parameter")
    if submission is not None:
        kept = _propose_submission(submission, message, document, day, leaves_open)
    elif file is None:
        raise BadRequest("Name a file or a submission, one of the two.", code="bad_parameter")
    elif line is None:
        kept = propose_edits(office_engine(), _actor(), read_edits(_bytes(file)), day)
    elif not message or not document:
        raise BadRequest("A line from a file is proposed with --message and --document.", code="bad_parameter")
    else:
        with office_reading() as connection:
            identity = line_of(connection, line, day)
        kept = propose_file(
            office_engine(), _actor(), identity, file, message=message, document_wanted=document, base_on=day,
            leaves_open=leaves_open,
        )  # fmt: skip
    _show(kept.id, as_json)


def _propose_submission(
    submission: str, message: str | None, document: str | None, day: date | None, leaves_open: bool
) -> Proposal:
    from api.counter import make_counter
    from boundaries.submissions.proposing import propose_submission
    from data.clock import system_clock

    if not message or not document:
        raise BadRequest("A submission is proposed with --message and --document.", code="bad_parameter")
    return propose_submission(
        make_counter(office_engine(), system_clock), _actor(), _id(submission), message=message,
        document_wanted=document, base_on=day, leaves_open=leaves_open,
    )  # fmt: skip


@group.command("proposals")
def proposals(
    proposal: Annotated[str | None, typer.Argument(metavar="[ID]", help="One proposal in full.")] = None,
    line: Annotated[str | None, typer.Option(metavar="NAME", help="Only proposals that touch this line.")] = None,
    state: Annotated[str | None, typer.Option(help="open, withdrawn, enacted or superseded.")] = None,
    cursor: Annotated[str | None, typer.Option(help="Go on after a page.")] = None,
    as_of: AsOf = None,
    as_json: output.AsJson = False,
) -> None:
    """The proposals, the latest first; or one in full, with what stands against it on the law of now."""
    from boundaries.network.proposals.reading import list_proposals

    if proposal is not None:
        _show(_id(proposal), as_json, day_of(as_of))
        return
    with office_reading() as connection:
        identity = line_of(connection, line, day_of(as_of)) if line else None
        found = list_proposals(connection, line=identity, state=state, cursor=cursor)
    if as_json:
        output.print_json(found)
        return
    for item in found["items"]:
        print_line(f"{item['id']}  {item['state']}  {item['created_at']:%Y-%m-%d %H:%M}  {item['author']}  "
                   f"{item['segments']} segments, by {item['document_wanted']}: {item['message']}")  # fmt: skip
    if found["next"]:
        output.say(f"More: --cursor {found['next']}")


@group.command("merge")
def merge(
    ids: Annotated[
        list[str], typer.Argument(metavar="ID…", help="One proposal: put it on the law of now; or several.")
    ],
    take: Take = None,
    message: Message = None,
    as_of: AsOf = None,
    as_json: output.AsJson = False,
) -> None:
    """Put a proposal on the law of now, or make one of several: segment by segment; conflicts are named."""
    from boundaries.network.proposals.service import merge_proposals, rebase_proposal

    day, choices = day_of(as_of), _choices(take or [])
    if len(ids) == 1:
        kept = rebase_proposal(office_engine(), _actor(), _id(ids[0]), choices, message=message, on=day)
    elif not message:
        raise BadRequest("Several proposals are merged with a --message.", code="bad_parameter")
    else:
        kept = merge_proposals(office_engine(), _actor(), [_id(one) for one in ids], choices, message=message, on=day)
    _show(kept.id, as_json, day)


@group.command("withdraw")
def withdraw(
    proposal: ProposalId,
    reason: Annotated[str, typer.Option(help="Why.")],
    as_json: output.AsJson = False,
) -> None:
    """End a proposal with a reason."""
    from boundaries.network.proposals.service import withdraw as end

    end(office_engine(), _actor(), _id(proposal), reason)
    _show(_id(proposal), as_json)


@group.command("enact")
def enact(
    proposal: ProposalId,
    kind: Annotated[str, typer.Option(help="Kind of the document: approval, agreement, law, document, correction.")],
    title: Title,
    authority: Authority,
    effective_on: Effective,
    source: SourceText,
    doc_no: Number = None,
    approved_on: Approved = None,
    as_json: output.AsJson = False,
) -> None:
    """Make a proposal law by a document: one transaction with its decision, audit entry and feed entries."""
    from boundaries.network.proposals.service import enact_proposal

    day = whole_day(effective_on)
    document = _document(kind, doc_no, title, authority, approved_on, day, source)
    _print_enacted(
        enact_proposal(office_engine(), _actor(), _id(proposal), document=document, effective_on=day), as_json
    )


@group.command("revert")
def revert(
    changeset: Annotated[str, typer.Argument(metavar="CHANGESET", help="The changeset to take back.")],
    message: Annotated[str, typer.Option(metavar="TEXT", help="Why it is taken back.")],
    document: Annotated[str, typer.Option(metavar="KIND", help="Kind of document by which it is to become law.")],
    as_of: AsOf = None,
    as_json: output.AsJson = False,
) -> None:
    """Propose to take a changeset back; it becomes law by a document of its own (`boundary enact`)."""
    from boundaries.network.proposals.service import propose_revert

    kept = propose_revert(
        office_engine(), _actor(), _id(changeset), message=message, document_wanted=document, base_on=day_of(as_of)
    )
    _show(kept.id, as_json)


def _bytes(file: Path) -> bytes:
    from data.errors import BadInput

    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file.name} cannot be read: {error.strerror}.", code="file_missing") from error


def _actor() -> Actor:
    from data.access.model import operator

    return operator(f"cli:{getpass.getuser()}")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise BadRequest(f"{text[:40]!r} is no identifier.", code="bad_id") from error


def _choices(takes: list[str]) -> dict[UUID, Literal["base", "ours", "theirs"]]:
    found: dict[UUID, Literal["base", "ours", "theirs"]] = {}
    for take in takes:
        identity, _, side = take.partition("=")
        if side not in ("base", "ours", "theirs"):
            raise BadRequest("--take is ID=base, ID=ours or ID=theirs.", code="bad_parameter")
        found[_id(identity)] = cast(Literal["base", "ours", "theirs"], side)
    return found


def _document(
    kind: str, doc_no: str | None, title: str, authority: str, approved_on: str | None, day: date, source: str
) -> DecisionDraft:
    from data.decisions import DecisionDraft
    from data.ids import new_id

    approved = day_of(approved_on)
    return DecisionDraft(
        id=new_id(), kind=kind, doc_no=doc_no, title=title, authority=authority,
        approved_on=approved.isoformat() if approved else None, announced_on=None, effective_on=day.isoformat(),
        basis="document_date", list_year=None, text="", source=source, licence=None, retrieved_on=None,
    )  # fmt: skip


def _show(identity: UUID, as_json: bool, day: date | None = None) -> None:
    from boundaries.network.proposals.reading import find_proposal

    with office_reading() as connection:
        found = find_proposal(connection, identity, day)
    if as_json:
        output.print_json(found)
        return
    print_line(f"{found['id']}  {found['state']}  by {found['author']}: {found['message']}")
    print_line(f"  made from the law of {found['base']['on']}; wants a document of kind {found['document_wanted']}")
    for change in found["changes"]:
        far = change["displacement"]
        moved = f"  p50 {far['p50_m']} m, p95 {far['p95_m']} m, max {far['max_m']} m" if far else ""
        print_line(f"  {SIGNS[change['kind']]} {change['segment']}{moved}")
    _print_against(found["against"])


def _print_against(against: dict[str, Any] | None) -> None:
    if against is None:
        return
    for conflict in against["conflicts"]:
        print_line(f"  ! conflict: {conflict.get('segment') or conflict['line']} was changed by the law as well")
    for fault in against["faults"]:
        print_line(f"  ! {fault['kind']} at {fault['at']}: {fault['why']}")
    for opening in against["opened"]:
        print_line(f"  ! {opening['unit']['name']} would be open at {opening['at']}")


def _print_enacted(done: Enacted, as_json: bool) -> None:
    effects = done.effects.as_json()
    if as_json:
        output.print_json(
            {
                "changeset": done.changeset,
                "decision": done.decision,
                "segments": list(done.segments),
                "effects": effects,
            }
        )
        return
    print_line(f"changeset {done.changeset}: {len(done.segments)} segments are law")
    for line in effects["lines"]:
        print_line(f"  line {line['name'] or line['id']}: {line['what']}")
    for opening in effects["opened"]:
        print_line(f"  open at {opening['at']}")
