"""From rows to cases, and the numbers of new ones."""

from __future__ import annotations

import secrets
from datetime import date

from data.cases.model import CaseFile, Casework
from data.db import Row
from data.errors import IntegrityError

#: Digits and capitals without I, L, O and U (Crockford's base 32): what is read out is what is written down.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: 10 characters of 5 bits: 2^50 numbers a year and procedure, of which nobody guesses one.
RANDOM_CHARACTERS = 10


def new_number(prefix: str, day: date) -> str:
    """A case number, such as `LP-2026-7K3M9QXW4T`: it tells the year, and nothing of other cases."""
    return f"{prefix}-{day.year}-" + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_CHARACTERS))


def case_of(casework: Casework, row: Row) -> CaseFile:
    """The case in a row of `case_file`, with the table of the day on which it began."""
    procedure = casework.procedure(row["procedure"], row["procedure_day"])
    if procedure is None or row["state"] not in procedure.states:
        raise IntegrityError(
            f"Case {row['number']} runs on the procedure {row['procedure']} of {row['procedure_day']}, "
            "which this version does not have. A procedure's table is kept as long as cases run on it.",
            code="integrity_broken",
        )
    return CaseFile(
        id=row["id"],
        number=row["number"],
        procedure=procedure,
        state=row["state"],
        title=row["title"],
        unit_id=row["unit_id"],
        opened_by=row["opened_by"],
        assignee_id=row["assignee_id"],
        opened_at=row["opened_at"],
        closed_at=row["closed_at"],
        version=row["version"],
        facts=row["facts"],
    )
