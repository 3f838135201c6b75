"""Each rule says what it should of names that break it, and nothing of names that keep it."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.unit.rules.fakes import book, judged
from tests.unit.rules.table import Row
from tests.unit.rules.table_form import CHARACTERS, FORM
from tests.unit.rules.table_matter import MATTER, PLACE
from tests.unit.rules.table_names import COLLISIONS, WORDS

TABLE = [*FORM, *CHARACTERS, *COLLISIONS, *WORDS, *PLACE, *MATTER]
#: Whatever is renamed among villages is asked about; there is no name for which R45 would be silent.
ALWAYS_ASKED = {"R45"}


@pytest.mark.parametrize("row", [row for row in TABLE if row.case], ids=str)
def test_a_name_that_breaks_the_rule(row: Row) -> None:
    result = judged(row.name, row.class_, **row.said)
    found = [f for f in result.findings if f.rule == row.rule]
    assert row.case in {f.case for f in found}, [(f.case, f.message.zh) for f in found]
    for finding in found:
        assert 0 <= finding.span.start < finding.span.end <= len(row.name)
        assert "{" not in "".join((*finding.message, *finding.cure))
        assert finding.article.zh
        assert finding.article.en


@pytest.mark.parametrize("row", [row for row in TABLE if not row.case], ids=str)
def test_a_name_that_keeps_the_rule(row: Row) -> None:
    result = judged(row.name, row.class_, **row.said)
    assert [f.message.zh for f in result.findings if f.rule == row.rule] == []
    assert row.rule not in {u.rule for u in result.not_checked}, [u for u in result.not_checked if u.rule == row.rule]
    assert (row.rule in result.checked) is (row.rule not in result.not_applicable)


def test_every_rule_has_three_names_that_keep_it_and_three_that_break_it() -> None:
    kept = Counter(row.rule for row in TABLE if not row.case)
    broken = Counter(row.rule for row in TABLE if row.case)
    ids = [f"R{number:02}" for number in range(1, 46)]
    assert [i for i in ids if broken[i] < 3] == []
    assert [i for i in ids if kept[i] < 3 and i not in ALWAYS_ASKED] == []


def test_the_rules_are_the_forty_five() -> None:
    assert book(office=False).ids == tuple(f"R{number:02}" for number in range(1, 46))


def test_every_case_of_every_check_is_met_by_some_name() -> None:
    met = {(row.rule, row.case) for row in TABLE}
    declared = {(rule.id, case) for rule in book().rules for case in rule.severity}
    # cases of a check that one of its rules can not have: the list of that rule has no such words
    never = {
        *((rule, case) for rule in ("R06", "R09", "R10", "R11") for case in ("analogous", "specific_analogous")),
        ("R24", "suggestive"), ("R25", "suggestive"), ("R33", "unsure"), ("R38", "unsure"),
    }  # fmt: skip
    assert declared - met - never == set()
