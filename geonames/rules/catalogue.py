"""The rules to look at: the list of a day, one rule with all its rows, and the pages of the documentation. Pure."""

from __future__ import annotations

from datetime import date
from typing import Any

from data.clock import civil_date, system_clock
from data.errors import NotFound
from geonames.rules.answer import rule_answer, rule_line
from geonames.rules.documentation import index_page, rule_page
from geonames.rules.rows import RuleBook


def day_or_today(as_of: date | None) -> date:
    """The day asked about, or today by civil time."""
    return as_of or civil_date(system_clock())


def rules_on(book: RuleBook, as_of: date | None = None, art3_class: str | None = None) -> list[dict[str, Any]]:
    """Every rule as it holds in the whole country on a day (default: today); of rules not in force the last row.

    With a class of Art. 3 only the rules that may look at names of that class.
    """
    day = day_or_today(as_of)
    lines = [rule_line(book.rows(id_), day) for id_ in book.ids if any(not row.region for row in book.rows(id_))]
    return [line for line in lines if art3_class is None or art3_class in (line["classes"] or [art3_class])]


def rule_of(book: RuleBook, id_: str) -> dict[str, Any]:
    """A rule with all its rows. Raises `NotFound` `no_such_rule`."""
    if id_ not in book.ids:
        raise NotFound(
            f"There is no rule {id_[:12]!r}; rules are {book.ids[0]} to {book.ids[-1]}.", code="no_such_rule"
        )
    return rule_answer(id_, book)


def pages(book: RuleBook) -> dict[str, str]:
    """The pages of docs/rules by file name: one for each rule, and the list of them."""
    made = {f"{id_}.md": rule_page(rule_answer(id_, book)) for id_ in book.ids}
    return {**made, "README.md": index_page([rule_answer(id_, book) for id_ in book.ids])}
