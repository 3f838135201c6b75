"""The rules of patrols: every row with its source, and words for everything that a phone may say."""

from __future__ import annotations

from pathlib import Path

import pytest

from boundaries.findings.kinds import kinds
from boundaries.patrol.judging import DISPLACED, POSSIBLY_MOVED
from boundaries.patrol.rules import PATROL_FILE, rules
from data.errors import BadInput


def test_the_seven_states_and_the_five_levels_are_there() -> None:
    assert set(rules().states) == {"intact", "tilted", "moved", "damaged", "lost", "buried", "overgrown"}
    assert set(rules().levels) == {"city", "county", "township", "village", "point"}


def test_every_finding_that_a_patrol_opens_is_a_kind_of_finding() -> None:
    opened = {state.finding for state in rules().states.values()} - {None} | {DISPLACED, POSSIBLY_MOVED}
    assert opened <= set(kinds())


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("[states.lost]", "[states_of.lost]"),
        ('severity = "info"', 'severity = "grave"'),
        ("photos = { value = 6,", "photos = { value = 0,"),
        ("photos = {", "pictures = {"),
        ('source = "a page [I]"', 'source = ""'),
    ],
)
def test_a_file_that_says_something_unknown_is_refused(tmp_path: Path, said: str, instead: str) -> None:
    text = PATROL_FILE.read_text("utf-8")
    assert said in text
    changed = tmp_path / "patrol.toml"
    if said == "[states.lost]":
        text = text.replace("[states.", "[states_of.")
    changed.write_text(text.replace(said, instead), "utf-8")
    with pytest.raises(BadInput) as refused:
        rules(changed)
    assert refused.value.code == "bad_patrol_rules"
