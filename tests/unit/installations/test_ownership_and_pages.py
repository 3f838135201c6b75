"""Who keeps a record, and what a signed page must be to be taken."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from data.errors import IntegrityError
from data.installations.ownership import Installation, Kept, owner_of, rules
from data.installations.page import Page, read, written
from geonames.places.classes import place_classes

PROVINCE, CITY, COUNTY, OTHER = (UUID(int=n) for n in range(1, 5))
CHAIN = (PROVINCE, CITY, COUNTY)
NATION = Installation("guo", "national", None)
ABOVE = Installation("sheng", "province", PROVINCE)
HERE = Installation("xian", "county", COUNTY)
BESIDE = Installation("lin", "county", OTHER)

KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes_raw()


@pytest.mark.parametrize(
    ("kept", "known", "owner"),
    [
        (Kept(CHAIN, class_="STREET"), [NATION, ABOVE, HERE, BESIDE], HERE),
        (Kept(CHAIN, class_="STREET"), [NATION, ABOVE, BESIDE], ABOVE),
        (Kept(CHAIN, level="county"), [NATION, ABOVE, HERE], NATION),
        (Kept(CHAIN, level="county"), [ABOVE, HERE], ABOVE),
        (Kept((*CHAIN, OTHER), level="township"), [NATION, ABOVE, HERE], ABOVE),
        (Kept(CHAIN, class_="STREET"), [BESIDE], None),
        (Kept((), class_="NATURAL"), [NATION, ABOVE, HERE], NATION),
    ],
)
def test_the_level_of_the_rule_keeps_a_record_else_the_nearest_above_else_below(
    kept: Kept, known: list[Installation], owner: Installation | None
) -> None:
    assert owner_of(kept, known) == owner


def test_every_class_of_places_has_its_level() -> None:
    assert set(rules().place) == set(place_classes()) - {"ADMIN_DIVISION"}
    assert set(rules().place.values()) <= set(rules().levels)


def _page(**other: object) -> Page:
    item = {"seq": 4, "at": "2026-11-23T00:00:00Z", "collection": "places", "id": "1", "subject": "1", "before": None,
            "after": {"name": "柳浪巷"}, "decision": None, "rows": {}}  # fmt: skip
    values = {"installation": "sheng", "to": "xian", "since": 2, "through": 6, "last": 9, "items": [item],
              "skipped": [(3, 3), (5, 6)]}  # fmt: skip
    return Page(**{**values, **other})  # type: ignore[arg-type] # what a test says of a page


def test_a_page_comes_as_it_was_written() -> None:
    assert read(json.loads(json.dumps(written(_page(), "k", KEY.sign))), PUBLIC) == _page()


@pytest.mark.parametrize(
    "other",
    [
        {"skipped": [(5, 6)]},
        {"skipped": [(3, 3)]},
        {"skipped": [(3, 4), (5, 6)]},
        {"through": 7},
        {"skipped": [(3, 3), (5, 12)], "through": 12},
    ],
    ids=["a hole", "the end is missing", "twice", "says more", "beyond its last"],
)
def test_a_page_that_does_not_account_for_every_number_is_not_taken(other: dict[str, object]) -> None:
    with pytest.raises(IntegrityError) as refused:
        read(written(_page(**other), "k", KEY.sign), PUBLIC)
    assert refused.value.code == "page_incomplete"


@pytest.mark.parametrize("change", ["payload", "signature", "key"])
def test_a_page_that_was_changed_or_signed_by_another_is_not_taken(change: str) -> None:
    told: dict[str, object] = {**written(_page(), "k", KEY.sign)}
    if change == "key":
        told = {**written(_page(), "k", Ed25519PrivateKey.generate().sign)}
    elif change == "payload":
        told["payload"] = str(told["payload"]).replace("柳浪巷", "柳狼巷")
    else:
        told["signature"] = None
    with pytest.raises(IntegrityError) as refused:
        read(told, PUBLIC)
    assert refused.value.code == "page_not_signed"
