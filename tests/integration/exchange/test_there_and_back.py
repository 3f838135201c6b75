"""Any register, exported in any table format and taken into an empty one, is exported the same; then it brings nothing.

And a place code comes with its place where a document stands behind the file: once, never over another, in series
that go on after it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from data import audit, feed
from data.db import reading
from data.errors import Conflict
from data.ids import derived_id
from data.server.cluster import Cluster
from geonames.exchange.exporting import Exported
from geonames.exchange.incoming import service
from geonames.exchange.incoming.desk import Desk
from geonames.exchange.packaging import pack_folder
from geonames.places.coding import issue_place_code
from tests import database
from tests.integration.exchange.conftest import empty_template
from tests.integration.exchange.test_import import DOCUMENT, HEAD, OPERATOR, Office, codes, without_decision
from tests.samples import named_places as sample
from tests.scale import examples

FORMS = ("csv", "parquet", "gpkg", "shp")
#: Characters that tables stumble over: quotes, separators, beyond the first plane, combining, minority scripts.
LETTERS = "苇塘村桥山大江河㙟𠮷𬇙\"',;|、·()（）ÄéA9 ᠮᠣབོད་"
WORDS = st.text(LETTERS, min_size=1, max_size=12).map(str.strip).filter(bool)
DAYS = st.none() | st.dates(date(1949, 10, 1), date(2020, 12, 31))
KINDS = ("former", "short", "alias", "traditional", "minority", "foreign", "unverified")
CLASSES = (("OTHER", "22200"), ("FACILITY", "23610"), ("STREET", "23514"), ("NATURAL", "11000"))

CLEAR = text("""
    SET LOCAL diming.removing_demonstration = 'on';
    DELETE FROM diming.place_code; DELETE FROM diming.place_name; DELETE FROM diming.place;
    DELETE FROM diming.search_name WHERE collection = 'places'; DELETE FROM diming.concordance
""")
ADD_PLACE = text("""
    INSERT INTO diming.place (id, class, type_code, geom, unit_id, rank, valid, opened_by)
    VALUES (:id, :class, :type, ST_SetSRID(ST_Point(:x, :y), 4490), :unit, :rank, daterange(:begin, :end), :decision)
""")
ADD_NAME = text("""
    INSERT INTO diming.place_name (id, subject_id, text, kind, language, script, romanization, romanization_system,
                                   valid, source, certainty, opened_by)
    VALUES (:id, :subject, :text, :kind, :language, :script, :roman, :system, daterange(:begin, :end), :source,
            :certainty, :decision)
""")
ADD_CODE = text("INSERT INTO diming.place_code (code, subject_id, issued_by) VALUES (:code, :subject, 'invented')")


@dataclass(frozen=True)
class Named:
    """A name as it is drawn."""

    text: str
    kind: str
    language: str
    script: str
    roman: str | None
    period: tuple[date | None, date | None]
    source: str
    certainty: str


@dataclass(frozen=True)
class Drawn:
    """A place as it is drawn, its names with it; at most one of them standard."""

    kind: tuple[str, str]
    x: float
    y: float
    unit: UUID
    rank: int
    period: tuple[date | None, date | None]
    standard: str
    names: tuple[Named, ...]
    coded: bool


def _in_order(one: tuple[date | None, date | None]) -> tuple[date | None, date | None]:
    begin, end = one
    if begin is None or end is None or begin < end:
        return one
    return end, begin + timedelta(days=1)


PERIODS = st.tuples(DAYS, DAYS).map(_in_order)
NAMES = st.builds(
    Named, WORDS, st.sampled_from(KINDS), st.sampled_from(("zh", "bo", "mn", "en")),
    st.sampled_from(("Hans", "Hant", "Tibt", "Latn")), st.none() | st.sampled_from(("Weitang", "Lü'an")), PERIODS,
    WORDS, st.sampled_from(("certain", "probable", "unverified")),
)  # fmt: skip
DRAWN = st.builds(
    Drawn, st.sampled_from(CLASSES), st.floats(73.1, 135.9), st.floats(3.1, 53.9),
    st.sampled_from((sample.COUNTY, sample.OTHER)), st.integers(-2_000_000, 2_000_000), PERIODS, WORDS,
    st.lists(NAMES, max_size=4).map(tuple), st.booleans(),
)  # fmt: skip


@pytest.fixture(scope="module")
def own(cluster: Cluster) -> Iterator[str]:
    """A register for this module's tests alone, made empty by each of them."""
    with database.clone(cluster, empty_template(cluster)) as url:
        yield url


def _clear(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(CLEAR)


def _write(engine: Engine, places: list[Drawn]) -> None:
    _clear(engine)
    with engine.begin() as connection:
        for number, place in enumerate(places):
            subject = derived_id("drawn", number)
            begin, end = place.period
            row = {"id": subject, "class": place.kind[0], "type": place.kind[1], "x": place.x, "y": place.y}
            row |= {"unit": place.unit, "rank": place.rank, "begin": begin, "end": end, "decision": sample.DECISION}
            connection.execute(ADD_PLACE, row)
            if place.coded:
                code = f"{'990121' if place.unit == sample.COUNTY else '990122'}000{place.kind[1]}{number + 1:06d}"
                connection.execute(ADD_CODE, {"code": code, "subject": subject})
            main = Named(place.standard, "standard", "zh", "Hans", None, (None, None), "invented", "certain")
            for at, name in enumerate((main, *place.names)):
                connection.execute(ADD_NAME, _name(subject, at, name))


def _name(subject: UUID, at: int, name: Named) -> dict[str, Any]:
    return {
        "id": derived_id("drawn-name", subject, at), "subject": subject, "text": name.text, "kind": name.kind,
        "language": name.language, "script": name.script, "roman": name.roman,
        "system": "PY84" if name.roman else None, "begin": name.period[0], "end": name.period[1],
        "source": name.source, "certainty": name.certainty, "decision": sample.DECISION,
    }  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_any_register_there_and_back(
    own: str, desk_at: Callable[[str], Desk], exported: Callable[..., Exported], tmp_path: Path, form: str
) -> None:
    office, attempt = Office(desk_at(own), tmp_path), count()

    @settings(
        max_examples=examples(2),
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.lists(DRAWN, min_size=1, max_size=6))
    def there_and_back(places: list[Drawn]) -> None:
        _write(office.desk.engine, places)
        folder = f"{form}-{next(attempt)}"
        exported(own, folder, format=form, collections=("places", "names"))
        exported(own, f"{folder}-before", collections=("places", "names"))
        pack_folder(tmp_path / folder, tmp_path / f"{folder}.zip")
        package = tmp_path / f"{folder}.zip"
        told = office.check(package, names="as_stated")
        if told["state"] == "returned":  # all that was drawn has ended by the register's last day
            assert told["problem"]["code"] == "import_empty"
            return
        assert (told["counts"]["same"], told["counts"]["error"]) == (told["counts"]["rows"], 0), codes(office, told)
        _clear(office.desk.engine)
        taken = office.check(package, names="as_stated")
        assert taken["counts"]["new"] == told["counts"]["rows"], codes(office, taken)
        office.apply(taken["id"], DOCUMENT)
        exported(own, f"{folder}-after", collections=("places", "names"))
        for name in ("places.csv", "names.csv"):
            before, after = (without_decision(tmp_path / f"{folder}-{when}" / name) for when in ("before", "after"))
            assert after == before

    there_and_back()


#: What a form of Linked Places says of a place and does not bring: the unit is that in which the position lies,
#: and codes are issued, not taken, where the form has no column for them (docs/guide/bulk.md).
LOST = {"lpf": ("relations", "properties"), "lp-tsv": ("parent_name", "parent_id")}


def _linked(folder: Path, form: str) -> dict[str, dict[str, Any]]:
    """The places of an export by identifier, without what it cannot bring."""
    with next(folder.glob("places.*")).open(encoding="utf-8", newline="") as file:
        if form == "lp-tsv":
            rows = {row["id"]: dict(row) for row in csv.DictReader(file, delimiter="\t")}
            places = {key: {**row, "variants": _variants(row)} for key, row in rows.items()}
        else:
            told = json.load(file)["features"]
            places = {one["@id"]: {**one, **one["properties"], "code": None} for one in told}
    return {key: {name: told for name, told in one.items() if name not in LOST[form]} for key, one in places.items()}


def _variants(row: dict[str, str]) -> set[str]:
    """The other names: they have no order there, and are parted by what may stand in a name."""
    return {part.strip() for part in row["variants"].split(";")} - {"", row["title"]}


@pytest.mark.parametrize("form", sorted(LOST))
def test_what_linked_places_bring_goes_there_and_back(
    own: str, desk_at: Callable[[str], Desk], exported: Callable[..., Exported], tmp_path: Path, form: str
) -> None:
    office, attempt = Office(desk_at(own), tmp_path), count()

    @settings(
        max_examples=examples(2),
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.lists(DRAWN, min_size=1, max_size=6))
    def there_and_back(places: list[Drawn]) -> None:
        _write(office.desk.engine, places)
        before, after = (f"{form}-{next(attempt)}" for _ in range(2))
        exported(own, before, format=form)
        file = next((tmp_path / before).glob("places.*"))
        _clear(office.desk.engine)
        taken = office.check(file, names="as_stated")
        if taken["state"] == "returned":  # all that was drawn has ended by the register's last day
            assert taken["problem"]["code"] == "import_empty"
            return
        assert taken["counts"]["new"] == taken["counts"]["rows"], codes(office, taken)
        office.apply(taken["id"], DOCUMENT)
        exported(own, after, format=form)
        assert _linked(tmp_path / after, form) == _linked(tmp_path / before, form)

    there_and_back()


CODED = HEAD.strip() + ",地名代码\n"
FIRST, SECOND = "99012100022200000007", "99012200023610000002"


def _coded(*given: str) -> str:
    rows = ("1,苇塘村,22200,990121,110.1,30.1,,", "2,望潮桥,23610,990122,110.2,30.2,,")
    return CODED + "".join(f"{row},{code}\n" for row, code in zip(rows, given, strict=True))


def _codes(engine: Engine) -> dict[str, Any]:
    with reading(engine) as connection:
        rows = connection.execute(text("SELECT code, subject_id, retired_at FROM diming.place_code")).all()
    return {row.code: row for row in rows}


@pytest.fixture
def office(own: str, desk_at: Callable[[str], Desk], tmp_path: Path) -> Office:
    found = Office(desk_at(own), tmp_path)
    _clear(found.desk.engine)
    return found


def test_a_place_code_comes_with_its_place_and_its_series_goes_on_after_it(office: Office) -> None:
    found = office.check(_coded(FIRST, ""), names="as_stated")
    assert found["counts"]["new_codes"] == 1
    office.apply(found["id"], DOCUMENT)
    place = _codes(office.desk.engine)[FIRST].subject_id
    last = office.ask(lambda c: feed.changes_since(c, 0, 1000))[0]
    assert {x["after"]["name"]: x["after"]["code"] for x in last if x["id"] == place} == {"苇塘村": FIRST}
    more = office.check(HEAD + "9,芦村,22200,990121,110.3,30.1,,\n")
    office.apply(more["id"])
    other = UUID(office.lines(more["id"])[0]["place"])
    with office.desk.engine.begin() as connection:
        issued = issue_place_code(connection, sample.whoever_runs_it(), other)
    assert issued == "99012100022200000008"
    # the same file brings nothing; another code for the place is said and not taken
    assert office.check(_coded(FIRST, ""), names="as_stated")["counts"]["new_codes"] == 0


def test_an_undone_code_is_retired_and_never_given_again(office: Office) -> None:
    found = office.check(_coded(FIRST.replace("7", "9"), SECOND), names="as_stated")
    office.apply(found["id"], DOCUMENT)
    service.undo_import(office.desk, OPERATOR, found["id"], "试")
    assert all(row.retired_at is not None for row in _codes(office.desk.engine).values())
    again = office.check(_coded("", SECOND), names="as_stated")
    assert ("2", "warning", "place_code_retired") in codes(office, again)
    assert again["counts"]["new_codes"] == 0
    assert office.ask(audit.verify)[1] is None


def test_codes_that_cannot_be_taken_are_named(office: Office) -> None:
    assert [one for one in codes(office, office.check(_coded(FIRST, SECOND))) if "code" in one[2]] == [
        ("1", "info", "place_code_not_taken"), ("2", "info", "place_code_not_taken"),
    ]  # fmt: skip
    twice = office.check(_coded(FIRST, FIRST), names="as_stated")
    assert ("2", "error", "duplicate_place_code") in codes(office, twice)
    odd = office.check(_coded("12345", "99012100022200000031"), names="as_stated")
    assert {one for one in codes(office, odd) if "code" in one[2]} == {
        ("1", "error", "bad_place_code"), ("2", "warning", "place_code_disagrees"),
    }  # fmt: skip
    office.apply(office.check(_coded("99012100022200000041", ""), names="as_stated")["id"], DOCUMENT)
    other = CODED + "5,别村,22200,990121,110.5,30.1,,,99012100022200000041\n"
    assert ("1", "error", "place_code_taken") in codes(office, office.check(other, names="as_stated"))
    issued = office.check(CODED + "5,别村,22200,990121,110.5,30.1,,,99012100022200000055\n", names="as_stated")
    office.apply(issued["id"], DOCUMENT)
    with pytest.raises(Conflict):
        office.apply(issued["id"], DOCUMENT)
