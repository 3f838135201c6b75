"""Statements that are asked of everything, or of some things: two plans, never one for both.

A condition `:ids IS NULL OR id = ANY(:ids)` is planned once for all lists, so that a few things are looked for by
reading the whole table; in a register of millions that is the difference of a millisecond and a minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

_LISTED = "JOIN unnest(CAST(:subjects AS uuid[])) AS some_of(subject) ON some_of.subject = {column}"


@dataclass(frozen=True, slots=True)
class OfSome:
    """A statement for everything and the same for listed things."""

    everything: TextClause
    listed: TextClause

    @classmethod
    def made(cls, sql: str, column: str) -> OfSome:
        """From SQL with `{some}` behind its tables: there the listed things are joined to `column`."""
        return cls(text(sql.replace("{some}", "")), text(sql.replace("{some}", _LISTED.format(column=column))))

    def of(self, subjects: Sequence[UUID] | None) -> tuple[TextClause, dict[str, Any]]:
        """The statement for `subjects` (None: everything) and the values that it takes for them."""
        if subjects is None:
            return self.everything, {}
        return self.listed, {"subjects": list(dict.fromkeys(subjects))}
