"""Claims (边界主张线) for the sheet of claims: what each side handed in at the counter, as it was handed in."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from starlette.requests import Request

from api.auth.identity import actor_of
from api.counter import counter_of
from boundaries.network.difference.guarded import read_guarded
from boundaries.sheets.model import Claim, Side
from boundaries.submissions.service import open_original, require_checked
from data.clock import civil_date
from data.errors import BadRequest

#: The parameters that name a side's submission.
SIDES: Mapping[str, Side] = {"claim_left": "left", "claim_right": "right"}


def claims_of(request: Request, line: UUID, query: Mapping[str, Any]) -> list[Claim]:
    """The claims that a request names, each read from its original within limits; who took them is written down.

    Raises `BadRequest` `claim_not_of_line` where a submission is of another line or side; as `open_original`,
    `require_checked` and `read_line_file`.
    """
    named = {side: query[name] for name, side in SIDES.items() if query.get(name)}
    return [_claim(request, line, side, UUID(str(submission))) for side, submission in named.items()]


def _claim(request: Request, line: UUID, side: Side, submission: UUID) -> Claim:
    with open_original(counter_of(request), actor_of(request), submission) as (row, file):
        require_checked(row)
        if row["line_id"] != line or row["side"] not in (None, side):
            raise BadRequest(
                "This submission is of another line, or of the other side: a claim is drawn for the side that made it.",
                code="claim_not_of_line",
            )
        with tempfile.TemporaryDirectory(prefix="diming-claim-") as folder:
            path = Path(folder) / _name(row["file_name"])
            with path.open("wb") as out:
                shutil.copyfileobj(file, out)
            found = read_guarded(path)
    said = f"{row['file_name']}，{civil_date(row['received_at'])} 收"
    return Claim(side, tuple(one.course for one in found.lines), said)


def _name(given: str) -> str:
    """The name by whose ending the file is read; the folder is ours alone."""
    return "".join(c for c in given if c.isprintable() and c not in "/\\").lstrip(".")[-80:] or "file"
