"""Whether names of the register can be compared at all: without their keys every question would find nothing."""

from __future__ import annotations

from sqlalchemy import Connection, text

from data.errors import Unavailable

COMPARED = text("SELECT EXISTS (SELECT FROM published.name_key)")


def check_compared(connection: Connection) -> None:
    """Unavailable `names_not_compared` where no name is kept in the form in which names are compared.

    A register that was loaded before there were such forms would otherwise say "nothing found".
    """
    if not connection.execute(COMPARED).scalar():
        raise Unavailable(
            "The names of the register are not yet kept in the form in which they are compared, so nothing was "
            "checked. Run `./diming up` or `./diming load divisions`.",
            code="names_not_compared",
        )
