"""The guide to new procedures shows the sample as it is, and leaves out no deed and no guard."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from data.workflow.deeds import DEEDS
from data.workflow.guards import GUARDS
from tests.samples import SAMPLE_PROCEDURE

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "guide" / "new-procedure.md").read_text("utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
SAMPLE = tomllib.loads(SAMPLE_PROCEDURE.read_text("utf-8"))


@pytest.mark.parametrize("block", BLOCKS)
def test_every_table_shown_is_one_of_the_sample(block: str) -> None:
    shown = tomllib.loads(block)
    for key, value in shown.items():
        expected = SAMPLE[key]
        if isinstance(value, list):
            # an array of tables: each shown is one of the sample's, whole
            assert all(row in [{k: v for k, v in whole.items() if k in row} for whole in expected] for row in value)
        else:
            assert value == expected


def test_every_deed_and_every_guard_is_explained() -> None:
    explained = set(re.findall(r"`([a-z_]+)(?::N)?`", GUIDE))
    assert (DEEDS.keys() | GUARDS.keys()) - explained == set()


def test_there_is_something_to_compare() -> None:
    assert len(BLOCKS) == 4
