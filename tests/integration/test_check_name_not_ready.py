"""A register whose names cannot be compared yet says so, and never that nothing was found."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from data.errors import Unavailable
from geonames.rules.model import Proposal
from geonames.rules.service import check_name


def test_without_comparable_names_nothing_is_checked(fresh_divisions: Engine) -> None:
    with fresh_divisions.begin() as connection:
        connection.execute(text("DELETE FROM diming.name_key"))
    with fresh_divisions.connect() as connection, pytest.raises(Unavailable) as refused:
        check_name(connection, Proposal("鼓楼区", "ADMIN_DIVISION"))
    assert refused.value.code == "names_not_compared"


def test_an_empty_register_says_what_to_load(fresh_engine: Engine) -> None:
    with fresh_engine.connect() as connection, pytest.raises(Unavailable) as refused:
        check_name(connection, Proposal("鼓楼区", "ADMIN_DIVISION"))
    assert refused.value.code in ("register_empty", "names_not_compared")
