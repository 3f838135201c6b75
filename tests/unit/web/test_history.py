"""What changed from one version of a unit to the next."""

from __future__ import annotations

from typing import Any

import pytest

from api.web.history import what_changed
from api.web.pages.samples import XIANGYANG

OLD: dict[str, Any] = XIANGYANG["versions"][0]


def changed(**values: Any) -> dict[str, Any]:
    return {**OLD, "valid": {**OLD["valid"], "precision": "day"}, **values}


@pytest.mark.parametrize(
    ("values", "event"),
    [
        ({"name": "襄阳市"}, "renamed"),
        ({"code": "420610"}, "recoded"),
        ({"name": "巴东市", "type": "县级市"}, "retyped"),
        ({"parent": {"id": "430000", "code": "430000", "name": "湖南省"}}, "moved"),
        ({}, "changed"),
    ],
)
def test_the_most_telling_difference_names_the_change(values: dict[str, Any], event: str) -> None:
    assert what_changed(changed(**values), OLD) == event


def test_a_first_version_was_established_or_is_older_than_the_register() -> None:
    assert what_changed(OLD, None) == "start"
    assert what_changed(changed(), None) == "established"
