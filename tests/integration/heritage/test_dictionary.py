"""What a dictionary tells of its entries: what dossiers and announcements say, and the earlier names on record."""

from __future__ import annotations

from datetime import date

from data.clock import civil_date
from data.db import reading
from geonames.exchange.entries import told_of
from tests.integration.heritage.office import PLACE, HeritageOffice
from tests.samples.invented import place_id, unit_id


def test_a_listed_name_is_told_with_its_meaning_and_earlier_names(office: HeritageOffice) -> None:
    with reading(office.engine) as connection:
        before = told_of(connection, [PLACE], civil_date(office.now))[PLACE]
    office.listed()
    with reading(office.engine) as connection:
        told = told_of(connection, [PLACE, place_id("n1"), unit_id("990121")], civil_date(office.now))
        earlier = told_of(connection, [PLACE], date(2004, 12, 31))
    assert (before.meaning, before.names) == ("", (("former", "旧仓路", date(2005, 1, 1)),))
    assert dict(told[PLACE].paragraphs()) == {"曾用名": "旧仓路（至2005年）", "含义": "临砚池（虚构）。"}
    assert place_id("n1") not in told
    assert "砚池路" not in [text for _, text, _ in earlier[PLACE].names]
