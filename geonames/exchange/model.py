"""What is asked of an export: which collections, of what, on which day, in which format. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from data.errors import BadRequest
from data.governing import GOVERNING
from geonames.places.classes import parse_class
from geonames.publications.model import measures

#: How the values of a field are written.
Kind = Literal["text", "date", "integer"]


@dataclass(frozen=True, slots=True)
class Field:
    """A column of an export: its name, how it is written, its meaning, and its name in a dBASE table.

    `short` has at most ten ASCII characters, because a field of a Shapefile's .dbf has no more room for its name.
    """

    name: str
    kind: Kind
    meaning: str
    short: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """One table of an export. `sql` selects `id`, the fields, `geom` (SRID 4490) and `decision`, by `:day`, `:period`.

    `conditions`: for each filter that the table knows, its condition; another filter leaves the table out.
    `governed_sql`: the same by another date of decisions, where it differs.
    """

    id: str
    title: str
    geometry: str
    fields: Sequence[Field]
    sql: str
    conditions: Mapping[str, str]
    order: str = "f.id"
    governed_sql: str | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """A format of files: ending and media type of one file, and how it is called."""

    key: str
    ending: str
    media_type: str
    title: str


FORMATS: Mapping[str, Format] = {
    one.key: one
    for one in (
        Format("csv", ".csv", "text/csv", "CSV (UTF-8)"),
        Format("parquet", ".parquet", "application/vnd.apache.parquet", "GeoParquet 1.1"),
        Format("gpkg", ".gpkg", "application/geopackage+sqlite3", "GeoPackage 1.3"),
        Format("shp", ".shp.zip", "application/zip", "Shapefile (GB18030)"),
        Format("lpf", ".lpf.json", "application/geo+json", "Linked Places Format 1.3"),
        Format("lp-tsv", ".lp.tsv", "text/tab-separated-values", "LP-TSV 0.5"),
        Format("book", ".pdf", "application/pdf", "标准地名录 (PDF, Word)"),
        Format("dictionary", ".pdf", "application/pdf", "标准地名词典 (PDF, Word)"),
    )
}
#: Linked Places has places with their names and nothing else.
LINKED = ("lpf", "lp-tsv")
#: A book of standard names (标准地名录) holds divisions and places with a standard name, and nothing else.
BOOK, DICTIONARY = "book", "dictionary"
#: A dictionary (标准地名词典) tells of each name what is on record of it.
BOOKS = (BOOK, DICTIONARY)
PAPERS = tuple(measures()["papers"])
#: The kinds of names that the register knows (data/migrations/versions/0003_places.sql).
STATUSES = ("standard", "unverified", "former", "short", "alias", "traditional", "minority", "foreign")
COLLECTIONS = ("places", "names", "units", "outlines", "lines", "markers", "heritage", "signs")


@dataclass(frozen=True, slots=True)
class Asked:
    """An export as it is asked for. No `collections`: all that the other filters leave.

    `within`: division code; `class_`: one of the eight classes or a type code; `status`: a kind of names;
    `as_of`: the day, None for the last one known; `governed_by`: which date of a decision begins and ends a name.
    """

    format: str
    collections: tuple[str, ...] = ()
    within: str | None = None
    class_: str | None = None
    status: str | None = None
    as_of: date | None = None
    governed_by: str = "effective"
    #: Of a book: one of `PAPERS`, the first where none is named.
    paper: str | None = None

    def check(self) -> None:
        """BadRequest `bad_format`, `bad_collection`, `bad_status`, `bad_governing_date`, `bad_paper`.

        And as `parse_class`: `bad_class`, `bad_type`.
        """
        _one_of("The format", self.format, tuple(FORMATS), "bad_format")
        _one_of("The governing date", self.governed_by, GOVERNING, "bad_governing_date")
        for name in self.collections:
            _one_of("A collection", name, COLLECTIONS, "bad_collection")
        if self.format in LINKED and set(self.collections) - {"places", "names"}:
            raise BadRequest(
                "Linked Places has places with their names. Leave collections out, or take another format.",
                code="bad_collection",
            )
        self._check_book()
        if self.status is not None:
            _one_of("The status", self.status, STATUSES, "bad_status")
        if self.class_ is not None:
            parse_class(self.class_)

    def _check_book(self) -> None:
        if self.format not in BOOKS:
            if self.paper is not None:
                raise BadRequest("Only a book is printed on paper: leave `paper` out.", code="bad_paper")
            return
        _one_of("The paper", self.paper or PAPERS[0], PAPERS, "bad_paper")
        if self.collections:
            raise BadRequest("A book has divisions and places: leave collections out.", code="bad_collection")
        if self.status not in (None, "standard"):
            raise BadRequest("A book has standard names only: leave the status out.", code="bad_status")

    @property
    def filters(self) -> dict[str, Any]:
        """The filters that were given, by their names in conditions."""
        given: dict[str, Any] = {"within": self.within, "status": self.status}
        if self.class_ is not None:
            kind = parse_class(self.class_)
            given |= {"class": kind.art3} if kind.type_code is None else {"type": kind.type_code}
        return {name: value for name, value in given.items() if value is not None}

    def as_json(self) -> dict[str, Any]:
        """The question as it is kept and shown."""
        told = asdict(self)
        return {
            **{key: value for key, value in told.items() if key != "class_"},
            "class": self.class_,
            "collections": list(self.collections),
            "as_of": None if self.as_of is None else self.as_of.isoformat(),
        }


def asked_of(told: Mapping[str, Any]) -> Asked:
    """A question as it was kept."""
    day = told.get("as_of")
    return Asked(
        format=told["format"],
        collections=tuple(told.get("collections") or ()),
        within=told.get("within"),
        class_=told.get("class"),
        status=told.get("status"),
        as_of=date.fromisoformat(day) if day else None,
        governed_by=told.get("governed_by") or "effective",
        paper=told.get("paper"),
    )


def _one_of(what: str, value: str, known: Sequence[str], code: str) -> None:
    if value not in known:
        raise BadRequest(f"{what} is one of {', '.join(known)}; {value[:40]!r} is none of them.", code=code)
