"""Further names: in other scripts, with their direction, each by a document."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine

from data import audit
from data.access import Role
from data.db import reading, unit_of_work
from data.errors import BadRequest, Conflict, DimingError, NotFound, NotPermitted
from data.feed import changes_since
from data.ids import derived_id
from geonames.places.assertions import NameDraft, enter_name
from geonames.places.service import find_place
from tests.samples.named_places import AFAR, COUNTY, LANE, OTHER, somebody, whoever_runs_it

#: Words for "river" and "lane" in the scripts; names of nothing.
UYGHUR = NameDraft(
    "دەريا",
    "minority",
    "ug",
    "Arab",
    "Dêrya",
    "MIN76",
    None,
    "测试用机关",
    "关于名称的测试用函",
    None,
    date(2020, 5, 1),
)
TIBETAN = replace(UYGHUR, text="གཙང་པོ", language="bo", script="Tibt", romanization="Zangbo")
MONGOLIAN = replace(UYGHUR, text="ᠭᠣᠣᠯ", language="mn", script="Mong", romanization="Gol")


@pytest.mark.parametrize(
    ("draft", "direction"), [(UYGHUR, "rtl"), (TIBETAN, "ltr"), (MONGOLIAN, "vertical-lr")], ids=["ug", "bo", "mn"]
)
def test_a_name_in_another_script_is_shown_with_its_direction(
    invented: Engine, draft: NameDraft, direction: str
) -> None:
    with unit_of_work(invented) as connection:
        enter_name(connection, somebody(Role.CLERK, COUNTY), COUNTY, draft)
    with reading(invented) as connection:
        (name,) = find_place(connection, COUNTY)["names"]
        changes, _ = changes_since(connection, 0, 10)
        assert audit.verify(connection)[1] is None
    assert (name["text"], name["script"], name["language"], name["direction"]) == (
        draft.text, draft.script, draft.language, direction,
    )  # fmt: skip
    assert (name["romanization"], name["romanization_system"]) == (draft.romanization, "MIN76")
    assert [change["collection"] for change in changes] == ["decisions", "names"]


def test_the_same_name_twice(invented: Engine) -> None:
    with unit_of_work(invented) as connection:
        enter_name(connection, whoever_runs_it(), LANE, UYGHUR)
    with pytest.raises(Conflict) as refused, unit_of_work(invented) as connection:
        enter_name(connection, whoever_runs_it(), LANE, UYGHUR)
    assert refused.value.code == "name_exists"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"text": " "}, "name_empty"),
        ({"text": "د" * 501}, "name_too_long"),
        ({"text": "د\x07"}, "name_control_characters"),
        ({"text": "دریا River"}, "script_mismatch"),
        ({"text": "汀川"}, "script_mismatch"),
        ({"script": "Grek"}, "script_unknown"),
        ({"kind": "standard"}, "bad_name_kind"),
        ({"system": None}, "bad_system"),
        ({"system": "guess"}, "bad_system"),
        ({"title": ""}, "name_document_missing"),
    ],
)
def test_a_draft_at_fault_changes_nothing(standing: Engine, change: dict[str, str], code: str) -> None:
    with pytest.raises(BadRequest) as refused, unit_of_work(standing) as connection:
        enter_name(connection, whoever_runs_it(), COUNTY, replace(UYGHUR, **change))  # type: ignore[arg-type]
    assert refused.value.code == code
    with reading(standing) as connection:
        assert find_place(connection, COUNTY)["names"] == []


def test_only_whose_jurisdiction_it_is(standing: Engine) -> None:
    for actor, place in ((somebody(Role.CLERK, OTHER), COUNTY), (somebody(Role.CLERK, COUNTY), AFAR)):
        with pytest.raises(NotPermitted), unit_of_work(standing) as connection:
            enter_name(connection, actor, place, UYGHUR)
    with pytest.raises(NotFound) as refused, unit_of_work(standing) as connection:
        enter_name(connection, whoever_runs_it(), derived_id("nothing"), UYGHUR)
    assert isinstance(refused.value, DimingError)
