"""The national register against its source: every year, every document, every code."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from boundaries.units import service
from boundaries.units.chronicle.source import AREACODES, read_source
from boundaries.units.coding import LEVEL_ZH
from boundaries.units.graphs import current_graph
from boundaries.units.load import load_divisions
from data import audit, feed
from data.db import reading
from data.errors import Conflict, NotFound

YEARS = range(1981, 2025)

STANDING = text("""
    SELECT unit_id, code, name, level, parent_id FROM published.unit_version WHERE valid @> CAST(:day AS date)
""")


def names_above(row: Any, units: dict[Any, Any]) -> tuple[str, ...]:
    above = units.get(row.parent_id)
    return () if above is None else (*names_above(above, units), above.name)


@pytest.mark.parametrize("year", YEARS)
def test_the_last_day_of_every_year_is_exactly_the_published_list(divisions: Engine, year: int) -> None:
    with reading(divisions) as connection:
        rows = connection.execute(STANDING, {"day": date(year, 12, 31)}).all()
    units = {row.unit_id: row for row in rows}
    found = {row.code: (row.name, LEVEL_ZH[row.level], *names_above(row, units)) for row in rows}
    assert len(found) == len(rows)
    expected = {}
    for row in read_source().summary:
        if row.listed(year):
            above = [row.province] if row.level != "省级" else []
            above += [row.prefecture] if row.level == "县级" and row.prefecture != "直辖" else []
            expected[row.code] = (row.name, row.level, *above)
    assert found == expected


def test_every_document_of_the_files_is_a_decision_with_what_the_source_gives(divisions: Engine) -> None:
    documents = [d for year in read_source().years for block in year.blocks for d in block]
    with reading(divisions) as connection:
        rows = connection.execute(text("SELECT * FROM published.decision")).mappings().all()
    by_key: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in rows:
        by_key[row["text"], row["title"]].append(row)
    for document in documents:
        found = by_key[document.text, document.title] or [r for r in rows if r["text"] == document.text]
        assert found, document
        dates = {row["approved_on"] or row["announced_on"] for row in found}
        assert (str(document.dated) if document.dated else None) in dates, document
        assert not document.doc_no or document.doc_no in {row["doc_no"] for row in found}
    assert (
        len(rows) == len({(d.doc_no, d.title, d.dated, d.text) if d.title else (d.year, d.text) for d in documents}) + 1
    )


def test_every_decision_is_linked_to_what_it_did(divisions: Engine) -> None:
    with reading(divisions) as connection:
        unlinked = connection.execute(
            text("""
                SELECT d.title FROM published.decision d
                WHERE NOT EXISTS (SELECT 1 FROM published.decision_link l WHERE l.decision_id = d.id)
            """)
        ).all()
    assert unlinked == []


def test_the_sources_own_successions_are_all_in_the_register(divisions: Engine) -> None:
    """codes.json lists for each record its successors, worked out by the source's own program."""
    body = json.loads((AREACODES / "codes.json").read_text(encoding="utf-8"))
    pairs: set[tuple[int, str, str]] = set()

    def collect(items: list[dict[str, Any]]) -> None:
        for item in items:
            for follower in item.get("succ", []):
                pairs.add((follower.get("time", item.get("end")), str(item["code"]), str(follower["code"])))
            collect(item.get("children", []))

    collect(body["items"])
    with reading(divisions) as connection:
        graph = current_graph(connection)
    missing = []
    for year, source, target in sorted(pairs):
        origin, end = graph.coded(source, date(year - 1, 12, 31)), graph.coded(target, date(year, 12, 31))
        assert origin is not None
        assert end is not None
        joined = origin.unit_id == end.unit_id or any(
            e.to_unit == end.unit_id and e.on.year == year for e in graph.forward[origin.unit_id]
        )
        if not joined:
            missing.append((year, source, target))
    assert len(pairs) > 4000
    assert missing == []


def test_xiangfan_is_xiangyang_since_2010_under_its_document(divisions: Engine) -> None:
    with reading(divisions) as connection:
        before = service.find_unit(connection, "420600", date(2010, 11, 25))
        after = service.find_unit(connection, "420600", date(2010, 11, 26))
        history = service.unit_history(connection, "420600")
        district = service.unit_history(connection, "420607")
    assert (before["name"], after["name"]) == ("襄樊市", "襄阳市")
    assert before["id"] == after["id"]
    assert [d["doc_no"] for d in after["decisions"]] == ["国函〔2010〕129号"]
    assert [v["name"] for v in history["versions"]] == ["襄樊市", "襄阳市"]
    assert [v["name"] for v in district["versions"]] == ["襄阳区", "襄州区"]
    assert district["versions"][1]["opened_by"] == history["versions"][1]["opened_by"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("110103", {"110101": ("merged", True)}),
        ("130230", {"130209": ("merged", True)}),
        ("532700", {"530800": ("recoded", True)}),
        ("332127", {"330522": ("recoded", True)}),
        ("510200", {"500000": ("promoted", True)}),
        ("341400", {"340100": ("split", False), "340200": ("split", False), "340500": ("split", False)}),
        ("420600", {"420600": ("same", True)}),
    ],
)
def test_old_codes_lead_to_the_units_of_today(
    divisions: Engine, code: str, expected: dict[str, tuple[str, bool]]
) -> None:
    with reading(divisions) as connection:
        answer = service.translate_code(connection, code)
    assert {r["code"]: (r["kind"], r["whole"]) for r in answer["results"]} == expected
    assert all(r["via"] for r in answer["results"]) or code == "420600"


def test_days_within_a_year_whose_change_has_no_day_are_uncertain(divisions: Engine) -> None:
    """茶坊区 and others ended in 1989 under a note without a date."""
    query = text(
        "SELECT code, lower(valid) FROM published.unit_version WHERE upper(valid) = :end AND closed_within IS NOT NULL"
    )
    with reading(divisions) as connection:
        code, begin = connection.execute(query, {"end": date(1984, 12, 31)}).first() or ("", date.max)
        assert begin < date(1984, 1, 1)
        assert service.find_unit(connection, code, date(1984, 6, 30))["uncertain"]
        assert not service.find_unit(connection, code, date(1983, 12, 31))["uncertain"]


def test_before_a_beginning_without_a_day_the_refusal_is_uncertain(divisions: Engine) -> None:
    query = text(
        "SELECT code FROM published.unit_version WHERE lower(valid) = '1984-12-31' AND opened_within IS NOT NULL"
    )
    with reading(divisions) as connection:
        codes = connection.execute(query).scalars().all()
        refusals = []
        for code in codes:
            try:
                service.find_unit(connection, code, date(1984, 6, 30))
            except NotFound as refused:
                refusals.append(refused.extra["uncertain"])
        with pytest.raises(NotFound) as certain:
            service.find_unit(connection, "422500", date(2000, 6, 30))
    assert refusals
    assert all(refusals)
    assert certain.value.extra["uncertain"] is False


def test_a_former_code_answers_with_its_last_unit_unless_a_date_is_asked(divisions: Engine) -> None:
    with reading(divisions) as connection:
        last = service.find_unit(connection, "422500")
        with pytest.raises(NotFound) as refused:
            service.find_unit(connection, "422500", date(2000, 1, 1))
    assert (last["name"], last["status"], last["as_of"]) == ("襄阳地区", "former", date(1983, 8, 18))
    assert refused.value.code == "code_not_standing"
    assert refused.value.extra["stood"] == [{"name": "襄阳地区", "from": "1981-12-31", "to": "1983-08-19"}]


def test_paging_through_all_units_gives_each_once_in_order(divisions: Engine) -> None:
    codes: list[str] = []
    cursor = None
    with reading(divisions) as connection:
        while True:
            answer = service.list_units(connection, as_of=date(1990, 6, 30), limit=500, cursor=cursor)
            codes += [item["code"] for item in answer["items"]]
            cursor = answer["next"]
            if cursor is None:
                break
    assert codes == sorted(set(codes))
    assert len(codes) > 3000


def test_a_second_load_changes_nothing(fresh_divisions: Engine) -> None:
    counts = text(
        "SELECT (SELECT seq FROM diming.feed_head), (SELECT seq FROM diming.audit_head), count(*) "
        "FROM diming.unit_version"
    )
    with reading(fresh_divisions) as connection:
        before = connection.execute(counts).one()
    report = load_divisions(fresh_divisions, "test")
    with reading(fresh_divisions) as connection:
        assert connection.execute(counts).one() == before
    assert not report.changed
    assert report.counts["units"] > 3700


def test_another_edition_is_refused_by_a_register_that_holds_one(fresh_divisions: Engine, tmp_path: Path) -> None:
    (tmp_path / "diff").mkdir()
    (tmp_path / "result.csv").write_text(
        "代码,一级行政区,二级行政区,名称,级别,状态,启用时间,变更/弃用时间,新代码\n990000,示例省,,示例省,省级,在用,1981,,\n",
        "utf-8",
    )
    (tmp_path / "diff" / "1981-1982.diff").write_text("", "utf-8")
    with pytest.raises(Conflict) as refused:
        load_divisions(fresh_divisions, "test", folder=tmp_path)
    assert refused.value.code == "register_not_empty"


def test_the_load_is_one_audit_entry_over_one_feed_range(divisions: Engine) -> None:
    with reading(divisions) as connection:
        assert audit.verify(connection) == (1, None)
        entry = connection.execute(text("SELECT feed_from, feed_to, rows_hash FROM diming.audit")).one()
        changes, last = feed.changes_since(connection, 0, 1000)
    assert (entry.feed_from, entry.feed_to) == (1, last)
    assert len(entry.rows_hash) == 32
    assert [change["seq"] for change in changes] == list(range(1, 1001))


def test_a_unit_in_the_feed_is_the_unit_that_the_api_shows(divisions: Engine) -> None:
    query = text("SELECT after FROM published.change WHERE collection = 'units' AND after ->> 'code' = :code")
    with reading(divisions) as connection:
        after = connection.execute(query, {"code": "420607"}).scalar_one()
        shown = service.find_unit(connection, "420607")
    shown = json.loads(json.dumps(shown, default=str))
    del shown["decisions"], after["decisions"]
    assert after == shown
