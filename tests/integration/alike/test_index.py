"""The forms of names follow what they come from, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from data import derived, feed
from data.db import make_engine, unit_of_work
from data.ids import new_id
from data.server.cluster import Cluster
from geonames.likeness import index
from geonames.likeness.index import follow_names, refresh_name_keys
from tests import database
from tests.integration.alike.conftest import invented_template
from tests.samples.invented import DECISION, place_id, unit_id

ALIAS = text("""
    INSERT INTO diming.place_name (id, subject_id, text, kind, valid, source, opened_by)
    VALUES (gen_random_uuid(), :subject, '老街', 'alias', '[2001-01-01,)', 'invented', :decision)
""")
SPELLING = text("""
    INSERT INTO diming.spelling (id, subject_id, collection, name, form, roman, toned, system, source, preferred,
                                 review, opened_by)
    VALUES (gen_random_uuid(), :subject, 'units', '甘棠县', 'official', 'Gandang Xian', 'Gāndàng Xiàn', 'PY84',
            'invented', true, 'settled', :decision)
""")
KEYS = text("SELECT name, kind, valid, whole, toned, specific_toned FROM diming.name_key WHERE subject_id = :subject")
OTHERS = text("SELECT md5(string_agg(k::text, '' ORDER BY id)) FROM diming.name_key k WHERE subject_id <> :subject")


@pytest.fixture
def office(cluster: Cluster) -> Iterator[Engine]:
    with database.clone(cluster, invented_template(cluster)) as url:
        engine = make_engine(url, pooled=False)
        yield engine
        engine.dispose()


def keys(connection: Connection, subject: Any) -> dict[str, Any]:
    return {row.name: row for row in connection.execute(KEYS, {"subject": subject})}


def test_a_further_name_is_compared_at_once_and_nothing_else_changes(office: Engine) -> None:
    street = place_id("s1")
    with unit_of_work(office) as connection:
        before = connection.scalar(OTHERS, {"subject": street})
        connection.execute(ALIAS, {"subject": street, "decision": DECISION})
        assert follow_names(connection, [street]) == 2
        found = keys(connection, street)
        assert found["老街"].kind == "alias"
        assert found["老街"].valid.lower == date(2001, 1, 1)
        assert connection.scalar(OTHERS, {"subject": street}) == before


def test_a_settled_spelling_changes_how_a_name_sounds(office: Engine) -> None:
    county = unit_id("990121")
    with unit_of_work(office) as connection:
        assert keys(connection, county)["甘棠县"].toned == "gāntángxiàn"
        connection.execute(SPELLING, {"subject": county, "decision": DECISION})
        follow_names(connection, [county])
        found = keys(connection, county)["甘棠县"]
    assert (found.toned, found.specific_toned) == ("gāndàngxiàn", "gāndàng")


def test_what_is_current_is_not_written_again(office: Engine) -> None:
    assert refresh_name_keys(office, "test") is None


def test_a_rolled_back_change_leaves_the_forms_as_they_were(office: Engine) -> None:
    street = place_id("s1")
    with office.connect() as connection:
        connection.execute(ALIAS, {"subject": street, "decision": DECISION})
        follow_names(connection, [street])
        connection.rollback()
        assert list(keys(connection, street)) == ["沿河路"]


def told(collection: str, entity: Any, subject: Any) -> feed.Change:
    return feed.Change(collection, entity, None, {"subject": str(subject)}, DECISION)


def test_after_a_load_only_what_the_feed_names_is_written_again(office: Engine) -> None:
    street = place_id("s1")
    with unit_of_work(office) as connection:
        others = connection.scalar(OTHERS, {"subject": street})
        connection.execute(ALIAS, {"subject": street, "decision": DECISION})
        feed.publish(connection, [told("names", new_id(), street)])
    assert refresh_name_keys(office, "test") == 2
    with unit_of_work(office) as connection:
        assert set(keys(connection, street)) == {"沿河路", "老街"}
        assert connection.scalar(OTHERS, {"subject": street}) == others
    assert refresh_name_keys(office, "test") is None


def test_a_changed_unit_has_all_names_written_again(office: Engine) -> None:
    with unit_of_work(office) as connection:
        everything = connection.scalar(text("SELECT count(*) FROM diming.name_key"))
        feed.publish(connection, [told("units", unit_id("990121"), unit_id("990121"))])
    assert refresh_name_keys(office, "test") == everything


def test_more_changes_than_are_worth_following_have_all_written_again(
    office: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derived, "MOST_FOLLOWED", 0)
    with unit_of_work(office) as connection:
        everything = connection.scalar(text("SELECT count(*) FROM diming.name_key"))
        feed.publish(connection, [told("places", new_id(), place_id("s1")) for _ in range(int(everything))])
    assert refresh_name_keys(office, "test") == everything


def test_a_mended_reading_has_all_names_written_again(office: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "with_readings", lambda own: own + 1)
    with unit_of_work(office) as connection:
        everything = connection.scalar(text("SELECT count(*) FROM diming.name_key"))
    assert refresh_name_keys(office, "test") == everything
