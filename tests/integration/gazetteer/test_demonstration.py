"""What the demonstration's load leaves behind, and that a second one changes nothing."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, text

from api.demo import load_all
from data import audit
from data.errors import NotFound
from geonames.places.service import find_place
from tests.registers import demonstration_packages

COUNTED = ("decision", "audit", "change", "unit_shape", "unit_shape_piece", "map_shape", "place", "place_name",
           "concordance", "unit_point", "search_name", "display_line", "layer", "load")  # fmt: skip


def counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {t: connection.execute(text(f"SELECT count(*) FROM diming.{t}")).scalar_one() for t in COUNTED}


def test_a_second_load_changes_nothing(office: Engine) -> None:
    before = counts(office)
    report = load_all(office, demonstration_packages(), lambda _what: None)
    assert counts(office) == before
    assert {shapes["outcome"] for shapes in report["shapes"]} == {"already_loaded"}


def test_the_audit_chain_is_whole(staff: Connection) -> None:
    assert audit.verify(staff)[1] is None


def test_every_row_of_geonames_is_a_place_or_a_concordance(staff: Connection) -> None:
    report = staff.execute(text("SELECT report FROM diming.load WHERE kind = 'geonames_places'")).scalar_one()
    found = report["counts"]
    assert found["rows"] == 16_048 == found["places"] + found["concordances"]
    assert found["places_without_han_name"] > 0
    rows = staff.execute(text("SELECT count(*) FROM diming.place")).scalar_one()
    assert rows == found["places"]


def test_no_imported_name_is_standard(staff: Connection) -> None:
    kinds = staff.execute(text("SELECT DISTINCT kind FROM diming.place_name")).scalars().all()
    assert set(kinds) == {"unverified", "alias", "traditional"}


def test_a_settlement_and_a_unit_are_places_with_their_names_and_source(public: Connection) -> None:
    concordance = text("SELECT subject_id FROM published.concordance WHERE authority = 'geonames' LIMIT 1")
    unit = find_place(public, public.execute(concordance).scalar_one())
    assert unit["class"] == "ADMIN_DIVISION"
    assert unit["concordances"][0]["authority"] == "geonames"
    place = find_place(public, public.execute(text("SELECT id FROM published.place LIMIT 1")).scalar_one())
    assert place["class"] == "OTHER"
    assert place["name_kind"] == "unverified"
    assert "GeoNames" in place["names"][0]["source"]
    assert place["heritage"] == []
    with pytest.raises(NotFound) as caught:
        find_place(public, UUID(int=0))
    assert caught.value.code == "place_not_found"


def test_each_load_is_one_decision_with_source_licence_and_one_audit_entry(staff: Connection) -> None:
    rows = staff.execute(
        text("""
            SELECT d.source, d.licence, d.retrieved_on, count(a.seq) AS entries
            FROM diming.layer l JOIN diming.decision d ON d.id = l.opened_by
            LEFT JOIN diming.audit a ON a.decision_id = d.id GROUP BY d.id""")
    ).all()
    assert len(rows) == 4
    for row in rows:
        assert row.source
        assert row.licence
        assert row.retrieved_on
        assert row.entries == 1


def test_the_report_names_the_units_without_polygon_and_the_codes_that_were_mapped(staff: Connection) -> None:
    report = staff.execute(
        text("SELECT report FROM diming.load WHERE kind = 'unit_shapes' AND report ->> 'layer' LIKE '%county'")
    ).scalar_one()
    of = {kind: {f["code"] for f in report["findings"] if f["kind"] == kind} for kind in report["counts"]}
    assert of["unit_without_shape"] == {"653228", "653229"}
    assert {"156460321", "156460322"} <= of["code_mapped"]


def test_every_standing_unit_has_a_polygon_but_those_reported(staff: Connection) -> None:
    without = staff.execute(
        text("""
            SELECT v.code FROM diming.unit_version v WHERE upper_inf(v.valid) AND upper_inf(v.known)
            AND NOT EXISTS (SELECT FROM diming.unit_shape s WHERE s.unit_id = v.unit_id)""")
    ).scalars()
    assert set(without) == {"653228", "653229"}
