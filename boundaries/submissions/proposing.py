"""A survey that was handed in, as a proposal: what it would change, segment by segment, on the law of a day."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date
from pathlib import Path
from uuid import UUID

from boundaries.network.difference.guarded import read_guarded
from boundaries.network.proposals.handing_in import propose_file
from boundaries.network.proposals.model import Proposal
from boundaries.submissions.service import Counter, open_original, require_checked
from boundaries.submissions.visible import visible_submission
from data.access import Actor
from data.db import reading
from data.errors import Conflict


def propose_submission(
    counter: Counter,
    actor: Actor,
    submission: UUID,
    *,
    message: str,
    document_wanted: str,
    base_on: date | None = None,
    leaves_open: bool = False,
) -> Proposal:
    """Keep what a submission changes as a proposal, whose source is the submission and its file's hash.

    Its bytes are read again in a process of its own. Raises `Conflict` `not_checked_yet`, `submission_refused`,
    `submission_returned`; what `open_original` and `propose_file` raise.
    """
    with reading(counter.engine) as connection:
        row = visible_submission(connection, actor, submission)
    require_checked(row)
    if row["verdict"] == "returned":
        raise Conflict(
            "The check returned this submission: put right what it says, hand it in again, and propose that. "
            "Nothing was kept.",
            code="submission_returned",
        )
    with tempfile.TemporaryDirectory(prefix="diming-proposal-") as folder:
        path = Path(folder, str(row["file_name"]))
        with open_original(counter, actor, submission) as (_, source), path.open("wb") as out:
            shutil.copyfileobj(source, out)
        return propose_file(
            counter.engine, actor, row["line_id"], path, message=message, document_wanted=document_wanted,
            base_on=base_on, leaves_open=leaves_open, made_from=(submission,), read=read_guarded,
        )  # fmt: skip
