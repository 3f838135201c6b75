"""The office's own tree of types: delivered, added to, closed, asked as of a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from data import audit, migrate, vocabularies
from data.access import Role
from data.db import reading, unit_of_work
from data.errors import BadRequest, Conflict, NotFound, NotPermitted
from data.feed import changes_since
from geonames.places.classes import class_tree, parse_class
from geonames.places.types import TypeDraft, add_type, close_type, list_types, read_tree
from tests.samples.named_places import COUNTY, somebody, whoever_runs_it

DAY = date(2026, 1, 1)
DRAFT = TypeDraft("23515", "街巷", "lanes", "STREET", DAY, "测试用文件")


def add(engine: Engine, draft: TypeDraft = DRAFT) -> None:
    with unit_of_work(engine) as connection:
        add_type(connection, whoever_runs_it(), draft)


def test_the_tree_is_there_after_migration(fresh_engine: Engine) -> None:
    with reading(fresh_engine) as connection:
        assert list(read_tree(connection)) == list(class_tree())


def test_a_second_upgrade_changes_nothing(fresh_engine: Engine) -> None:
    migrate.upgrade(fresh_engine)
    with unit_of_work(fresh_engine) as connection:
        assert vocabularies.deliver(connection) == 0


def test_what_is_delivered_differently_later_is_brought_up_to_date(
    fresh_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = tmp_path / "types.csv"
    later.write_text(vocabularies.PLACE_TYPES.read_text("utf-8").replace("河流,rivers", "江河,rivers"), "utf-8")
    monkeypatch.setattr(vocabularies, "PLACE_TYPES", later)
    with unit_of_work(fresh_engine) as connection:
        assert vocabularies.deliver(connection) == 1
    with reading(fresh_engine) as connection:
        assert read_tree(connection).find("12100").name_zh == "江河"  # type: ignore[union-attr]
        rows = connection.execute(text("SELECT count(*) FROM diming.type_code WHERE code = '12100'")).scalar_one()
    assert rows == 2


def test_a_type_is_added_below_its_group(fresh_engine: Engine) -> None:
    add(fresh_engine)
    with reading(fresh_engine) as connection:
        tree = read_tree(connection)
        assert tree.find("23515").parent == "23510"  # type: ignore[union-attr]
        assert parse_class("23515", tree).listed
        assert read_tree(connection, date(2025, 12, 31)).find("23515") is None
        (change,), _ = changes_since(connection, 0, 10)
        assert (change["collection"], change["after"]["name"]) == ("types", "街巷")
        assert audit.verify(connection) == (1, None)


def test_what_the_office_entered_survives_an_upgrade(fresh_engine: Engine) -> None:
    add(fresh_engine)
    with unit_of_work(fresh_engine) as connection:
        close_type(connection, whoever_runs_it(), "23511", date(2025, 12, 31), "测试用文件")
    migrate.upgrade(fresh_engine)
    with reading(fresh_engine) as connection:
        assert read_tree(connection, DAY).find("23511") is None
        assert read_tree(connection, date(2025, 12, 31)).find("23511")
        assert read_tree(connection, DAY).find("23515")


def test_a_closed_type_can_be_opened_again_later(fresh_engine: Engine) -> None:
    add(fresh_engine)
    with unit_of_work(fresh_engine) as connection:
        close_type(connection, whoever_runs_it(), "23515", date(2026, 6, 30), "测试用文件")
    again = TypeDraft("23515", "街巷", "lanes", "STREET", date(2027, 1, 1), "测试用文件")
    add(fresh_engine, again)
    with reading(fresh_engine) as connection:
        standing = [read_tree(connection, day).find("23515") is not None
                    for day in (date(2026, 6, 30), date(2026, 7, 1), date(2027, 1, 1))]  # fmt: skip
    assert standing == [True, False, True]


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (TypeDraft("3515", "街巷", "lanes", "STREET", DAY, "x"), "bad_type"),
        (TypeDraft("33515", "街巷", "lanes", "STREET", DAY, "x"), "bad_type"),
        (TypeDraft("23515", "街巷", "lanes", "ROAD", DAY, "x"), "bad_class"),
        (TypeDraft("23515", " ", "lanes", "STREET", DAY, "x"), "type_incomplete"),
        (TypeDraft("23515", "街巷", "lanes", "STREET", DAY, ""), "type_incomplete"),
    ],
)
def test_a_draft_at_fault_is_refused(engine: Engine, draft: TypeDraft, code: str) -> None:
    with pytest.raises(BadRequest) as refused:
        add(engine, draft)
    assert refused.value.code == code


def test_conflicts(engine: Engine) -> None:
    with pytest.raises(Conflict) as refused:
        add(engine, TypeDraft("23511", "快速路", "expressways", "STREET", DAY, "x"))
    assert refused.value.code == "type_exists"
    with pytest.raises(Conflict) as refused, unit_of_work(engine) as connection:
        close_type(connection, whoever_runs_it(), "23510", DAY, "x")
    assert refused.value.code == "type_in_use"
    with pytest.raises(NotFound), unit_of_work(engine) as connection:
        close_type(connection, whoever_runs_it(), "29999", DAY, "x")
    with pytest.raises(Conflict) as refused, unit_of_work(engine) as connection:
        close_type(connection, whoever_runs_it(), "23511", date(2000, 1, 1), "x")
    assert refused.value.code == "type_closed"


def test_only_whoever_answers_for_the_whole_country(engine: Engine) -> None:
    with pytest.raises(NotPermitted), unit_of_work(engine) as connection:
        add_type(connection, somebody(Role.ADMINISTRATOR, COUNTY), DRAFT)


def test_the_list_is_paged_by_code(engine: Engine) -> None:
    with reading(engine) as connection:
        codes, cursor = [], None
        while True:
            found = list_types(connection, DAY, limit=40, cursor=cursor)
            codes += [item["code"] for item in found["items"]]
            cursor = found["next"]
            if cursor is None:
                break
    assert codes == [found.code for found in class_tree()]
    assert len(found["classes"]) == 8


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE diming.type_code SET name_zh = '别名' WHERE code = '12100'",
        "DELETE FROM diming.type_code",
        "TRUNCATE diming.spelling",
        (
            "INSERT INTO diming.place_code_series VALUES ('99012100023514', 3);"
            "UPDATE diming.place_code_series SET last = 2"
        ),
        (
            "INSERT INTO diming.place_code VALUES ('99012100023514000001', gen_random_uuid(), now(), 'x');"
            "UPDATE diming.place_code SET subject_id = gen_random_uuid()"
        ),
    ],
)
def test_what_is_written_is_not_rewritten(engine: Engine, statement: str) -> None:
    with pytest.raises(Conflict) as refused, unit_of_work(engine) as connection:
        connection.exec_driver_sql(statement)
    assert refused.value.code == "constraint"
