"""What people gave so as to be reached: sealed for one row, masked so that nobody is reached by it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.personal import SEALED, UNREADABLE, masked, seal, unseal
from data.secrets import Keyring
from geonames.personal.rules import retention


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    return Keyring(tmp_path_factory.mktemp("home") / "keys")


@pytest.mark.parametrize("text", ["", "陈某", "13800000000", "someone@office.example", "sealed:!"])
def test_what_is_sealed_opens_in_its_place_and_no_other(keys: Keyring, text: str, tmp_path: Path) -> None:
    kept = seal(keys, text, "row:1:name")
    assert unseal(keys, kept, "row:1:name") == text
    if text:
        assert kept.startswith(SEALED)
        assert text not in kept
        assert unseal(keys, kept, "row:2:name") == UNREADABLE
        assert unseal(Keyring(tmp_path / "keys"), kept, "row:1:name") == UNREADABLE
        assert seal(keys, text, "row:1:name") != kept


@pytest.mark.parametrize("kept", ["sealed:", "sealed:!", "sealed:AAAA", "sealed:" + "A" * 100])
def test_what_was_damaged_is_said_to_be(keys: Keyring, kept: str) -> None:
    assert unseal(keys, kept, "row:1:name") == UNREADABLE


def test_what_was_kept_before_is_as_it_was(keys: Keyring) -> None:
    assert unseal(keys, "陈某", "row:1:name") == "陈某"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("", ""), ("陈", "陈**"), ("陈某", "陈**"), ("13800000000", "13****00"), ("110101199003070000", "1101****0000")],
)
def test_masks(text: str, shown: str) -> None:
    assert masked(text) == shown


@given(st.text(min_size=4, max_size=200))
def test_a_mask_shows_at_most_half_and_never_more_than_eight(text: str) -> None:
    shown = len(masked(text)) - len("****")
    assert 0 < shown <= min(len(text) // 2, 8)


def test_every_retention_has_days_and_an_article() -> None:
    assert set(retention()) == {"consultation_comment", "usage_report"}
    assert all(one.days > 0 and one.article for one in retention().values())
