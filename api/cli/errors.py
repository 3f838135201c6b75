"""The one table from failures to exit statuses (docs/api/errors.md, "Command line")."""

from __future__ import annotations

from typing import Any

from data.errors import (
    BadInput,
    BadRequest,
    Conflict,
    DimingError,
    IntegrityError,
    NotFound,
    NotPermitted,
    QuotaUsed,
    Unavailable,
)

DONE = 0
NO = 1
WRONG_USE = 2
INTERNAL = 70  # EX_SOFTWARE of sysexits.h

EXIT_STATUS: dict[type[DimingError], int] = {
    IntegrityError: NO,
    BadRequest: WRONG_USE,
    BadInput: 3,
    NotFound: 4,
    Conflict: 5,
    NotPermitted: 6,
    QuotaUsed: 6,
    Unavailable: 7,
}


def exit_status(error: DimingError) -> int:
    """The exit status of a failure: that of its nearest class in the table, else 70."""
    for kind in type(error).__mro__:
        if kind in EXIT_STATUS:
            return EXIT_STATUS[kind]
    return INTERNAL


def usage_problem(message: str) -> dict[str, Any]:
    """The problem document of a command line that cannot be understood."""
    return BadRequest(message, code="wrong_use").problem()


def internal_problem(error: BaseException) -> dict[str, Any]:
    """The problem document of a fault of ours; the trace goes to standard error."""
    return DimingError(
        f"{type(error).__name__}: {error}. This is a fault of the software; "
        f"please report it with what is printed on standard error."
    ).problem()
