"""What every page knows about the request it answers: language, date of view, audience, and its own address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote, urlencode

from api.web.i18n import Translator
from data.errors import BadRequest

#: Parameters that a link carries on, because they say how the visitor looks at things and not at what.
CARRIED = ("as_of", "lang")


@dataclass(frozen=True)
class Span:
    """The days that the register covers."""

    first: date
    last: date


@dataclass(frozen=True)
class View:
    """How one visitor looks at the register.

    `as_of` is the date of view; `carried` the parameters that links keep.
    """

    t: Translator
    span: Span | None
    as_of: date | None
    staff: bool
    map_approval: str | None
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    #: How the person who has signed in is called; None for everybody else.
    account: str | None = None
    #: How many notices that person has not read (up to `data.notices.inbox.COUNTED`).
    unread: int = 0
    #: Whether the administration has a page for that person.
    manages: bool = False

    @property
    def past(self) -> bool:
        """Whether the date of view is not the last day of the register."""
        return self.span is not None and self.as_of is not None and self.as_of != self.span.last

    @property
    def may_see_boundaries(self) -> bool:
        """地图管理条例: boundary geometry is for staff, or for everyone under an approval number (审图号)."""
        return self.staff or self.map_approval is not None

    def url(self, path: str, **parameters: object) -> str:
        """Address of `path` with `parameters`, keeping date of view and language; None drops a parameter."""
        wanted: dict[str, object] = {key: self.query[key] for key in CARRIED if self.query.get(key)}
        wanted.update(parameters)
        kept = {key: str(value) for key, value in wanted.items() if value not in (None, "")}
        return quote(path) + (f"?{urlencode(kept, safe='/')}" if kept else "")

    def here(self, **parameters: object) -> str:
        """Address of this page with some parameters changed."""
        return self.url(self.path, **{**self.query, **parameters})


def parse_day(value: str | None) -> date | None:
    """An ISO date from the address; raises `BadRequest` (code `bad_date`) for anything else."""
    if not value:
        return None
    try:
        if len(value) != len("2024-12-31"):
            raise ValueError(value)
        return date.fromisoformat(value)
    except ValueError as error:
        raise BadRequest(
            f"{value[:40]!r} is not a date; write it as year-month-day, for example 1990-12-31.",
            code="bad_date",
        ) from error


def day_within(span: Span, value: date | None) -> date:
    """The date of view: `value`, or the last day of the register.

    Raises `BadRequest` (codes `as_of_before_register`, `as_of_after_register`).
    """
    day = value or span.last
    if day < span.first:
        raise BadRequest(f"The register begins on {span.first}; {day} is before it.", code="as_of_before_register")
    if day > span.last:
        raise BadRequest(
            f"The register is complete through {span.last}; it does not know {day} yet.",
            code="as_of_after_register",
        )
    return day
