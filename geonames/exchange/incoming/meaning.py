"""What a row means as a place: pure; nothing is guessed, and what cannot be taken is found with a code."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from data.errors import BadRequest
from geonames.exchange.incoming.linked import links_of
from geonames.exchange.incoming.mapping import Mapping as ColumnMapping
from geonames.exchange.incoming.mapping import fold
from geonames.exchange.incoming.model import ImportAsked, Name, Outcome, Place, Raw
from geonames.exchange.model import STATUSES
from geonames.places.classes import Kind, class_tree, parse_class, place_classes
from geonames.places.load import rank_of
from geonames.places.matching import names_of_place
from geonames.places.source import GeoNamesRow
from geonames.romanize.keys import simplified, sounds

MOST_NAME = 500
#: Ways of saying what a place is that are remembered of a file.
MOST_KINDS = 4_096
#: West, south, east, north of what the register can hold (as api.ogc.layers.BOUNDS): the country with its seas.
BOUNDS = (73.0, 3.0, 136.0, 54.0)
_DEGREES = re.compile(r"""\s*(\d{1,3})\s*[°度]\s*(\d{1,2})?\s*['′分]?\s*(\d{1,2}(?:\.\d+)?)?\s*["″秒]?\s*""")
_WHOLE_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: Names in columns of their own, by their kind.
_MORE = ("former", "alias", "short", "traditional", "minority")
#: Language and script of names that are no simplified Chinese; which minority's a column does not say.
_WRITTEN = {"traditional": ("zh", "Hant"), "minority": ("und", "Zyyy")}


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads rows by a mapping: the fields of a row, by the headings that the file has."""

    mapping: ColumnMapping
    asked: ImportAsked
    _classes: dict[tuple[str | None, ...], tuple[str, str]] = field(default_factory=dict, init=False)

    def place_of(self, raw: Raw) -> Place:
        """The place that a row means, with what is found about it."""
        place = Place(raw.number)
        if raw.damaged is not None:
            code, _, why = raw.damaged.partition("|")
            place.find("", code, why)
        cells = _Cells(raw.values, self.mapping)
        place.id, place.key = _uuid(cells.text("id")), cells.text("id") or None
        if raw.damaged is not None:
            place.names = [Name(cells.text("name") or cells.text("latin") or "", "unverified")]
            return place
        if raw.values.get("of") == "unit":
            place.of_unit = place.id
            place.names = [_listed(place, name, self) for name in raw.names]
            return place
        if self._is_left_out(cells, place):
            place.names = [Name(cells.text("name") or cells.text("latin"), "unverified")]
            return place
        self._class(cells, place)
        self._position(cells, place)
        self._rest(cells, place)
        place.names = self._names(raw, cells, place)
        if not place.names:
            place.find("name", "name_missing", "The row has no name.")
        _check_names(place)
        return place

    def keys_of(self, raw: Raw) -> tuple[str, str, list[tuple[str, str]]]:
        """What a row is known by within its file, its place code ('': none), its numbers; it is read no further."""
        cells = _Cells(raw.values, self.mapping)
        return cells.text("id") or key_of(self.place_of(raw)), cells.text("place_code"), self._links(cells)

    def _links(self, cells: _Cells) -> list[tuple[str, str]]:
        """The numbers that other registers give the place, each once; its own where the file's source is one."""
        links = links_of(cells.text("matches"))
        own = cells.text("id")
        return list(dict.fromkeys([*links, (self.mapping.authority, own)])) if self.mapping.authority and own else links

    def _is_left_out(self, cells: _Cells, place: Place) -> bool:
        for name, values in self.mapping.left_out.items():
            if cells.text(name) in values:
                place.find(name, "is_left_out", f"{cells.text(name)} is not taken by this mapping.", "info")
                place.outcome = Outcome.LEFT_OUT
                return True
        country = cells.text("country")
        if self.mapping.countries and country and country not in self.mapping.countries:
            place.find("country", "other_country", f"{country} is another country.", "info")
            place.outcome = Outcome.LEFT_OUT
            return True
        return False

    def _class(self, cells: _Cells, place: Place) -> None:
        said = {name: self._value(cells, name) for name in ("type_code", "feature_code", "type_label", "class")}
        key = tuple(said.values())
        if key in self._classes:  # few kinds stand in many rows
            place.class_, place.type_code = self._classes[key]
            return
        type_text = said["type_code"] or said["feature_code"] or said["type_label"] or ""
        code = type_text if re.fullmatch(r"[0-9]{5}", type_text) else _types().get(fold(type_text))
        class_ = said["class"] or ""
        class_ = class_ if class_ in place_classes() else _classes().get(fold(class_), "")
        if code is None and said["class"]:
            code = _types().get(fold(said["class"])) or (said["class"] if said["class"].isdigit() else None)
        if code is None:
            shown = type_text or said["class"] or ""
            place.find("type_code", "unknown_class", f"{shown[:40]!r} is no type of GB/T 18521 that is known here.")
            return
        try:
            kind = _kind_of(code)
        except BadRequest as error:
            place.find("type_code", "unknown_class", error.detail)
            return
        place.class_, place.type_code = class_ or kind.art3, code
        if place.class_ != "ADMIN_DIVISION" and len(self._classes) < MOST_KINDS:
            self._classes[key] = (place.class_, place.type_code)
        if place.class_ == "ADMIN_DIVISION":
            place.find("class", "is_division", "Divisions come into the register by decisions on divisions.", "info")
            place.outcome = Outcome.LEFT_OUT

    def _value(self, cells: _Cells, name: str) -> str | None:
        """The text of a field, or what the mapping says that it means, or what holds where the file is silent."""
        text = cells.text(name)
        if name in self.mapping.values:
            return self.mapping.values[name].get(text, text) or self.mapping.defaults.get(name)
        return text or self.mapping.defaults.get(name)

    def _position(self, cells: _Cells, place: Place) -> None:
        found = [degrees(cells.value(name)) for name in ("longitude", "latitude")]
        if None in found:
            shown = f"{cells.text('longitude')[:30]!r}, {cells.text('latitude')[:30]!r}"
            place.find("longitude", "bad_position", f"{shown} is no longitude and latitude in degrees.")
            return
        x, y = (float(one or 0) for one in found)
        west, south, east, north = BOUNDS
        place.longitude, place.latitude = x, y
        if not (west <= x <= east and south <= y <= north):
            swapped = west <= y <= east and south <= x <= north
            code = "axes_swapped" if swapped else "outside_country"
            why = "Longitude and latitude seem to be exchanged." if swapped else "This lies outside the country."
            place.find("longitude", code, f"{x}, {y}: {why}")

    def _rest(self, cells: _Cells, place: Place) -> None:
        place.unit_code = cells.text("unit_code") or None
        place.place_code = cells.text("place_code") or None
        place.valid_from, place.valid_to = (_day(place, name, cells.value(name)) for name in ("valid_from", "valid_to"))
        _check_period(place, place.valid_from, place.valid_to)
        if cells.text("population").isdigit():
            place.rank = rank_of(int(cells.text("population")))
        elif cells.text("rank").lstrip("-").isdigit():
            place.rank = int(cells.text("rank"))
        place.links = self._links(cells)

    # -- names -----------------------------------------------------------------------------------------------------

    def _names(self, raw: Raw, cells: _Cells, place: Place) -> list[Name]:
        if raw.names:
            return [_listed(place, name, self) for name in raw.names]
        if "latin" in self.mapping.columns:
            return self._alternates(cells)
        main = cells.text("name")
        if not main:
            return []
        first = Name(
            main, self._main_kind(cells.text("name_kind")), romanization=cells.text("romanization") or None,
            system=self.mapping.system if cells.text("romanization") else None, source=cells.text("source") or None,
            valid_from=place.valid_from, valid_to=place.valid_to,
        )  # fmt: skip
        return [first, *self._further(cells)]

    def _main_kind(self, said: str) -> str:
        """`standard` only where a document stands behind the file."""
        if self.asked.names != "as_stated":
            return "unverified"
        return said if said in ("standard", "unverified") else "standard"

    def _further(self, cells: _Cells) -> Iterator[Name]:
        for kind in _MORE:
            for text in self._split(cells.text(kind)):
                language, script = _WRITTEN.get(kind, ("zh", "Hans"))
                yield Name(text, kind, language, script, source=cells.text("source") or None)

    def _split(self, text: str) -> list[str]:
        if not text:
            return []
        parts = [text]
        for separator in self.mapping.separators:
            parts = [piece for part in parts for piece in part.split(separator)]
        return list(dict.fromkeys(part.strip() for part in parts if part.strip()))

    def _alternates(self, cells: _Cells) -> list[Name]:
        """As `geonames.places.load` reads GeoNames: the Chinese name that sounds like the Latin one is the main one."""
        han = tuple(name for name in self._split(cells.text("alternates")) if _is_han(name))
        row = GeoNamesRow(cells.text("id"), cells.text("latin"), han, 0.0, 0.0, 0)
        if not row.latin:
            return []
        found = names_of_place(row, simplified, _sounds)
        return [
            Name(one.text, one.kind, one.language, one.script, one.romanization,
                 self.mapping.system if one.romanization else None)
            for one in found
        ]  # fmt: skip


def key_of(place: Place) -> str:
    """What a place is known by within its file: its number there, else its name and position."""
    if place.key:
        return place.key
    return f"{place.title}@{place.longitude:.6f},{place.latitude:.6f}"


class _Cells:
    """The values of a row by the fields of a mapping."""

    def __init__(self, values: Mapping[str, Any], mapping: ColumnMapping) -> None:
        self._values = values
        self._headings = _headings(tuple(values), mapping)

    def value(self, name: str) -> Any:
        heading = self._headings.get(name)
        return None if heading is None else self._values[heading]

    def text(self, name: str) -> str:
        heading = self._headings.get(name)
        value = None if heading is None else self._values[heading]
        return "" if value is None else str(value).strip()


_HEADINGS: dict[tuple[tuple[str, ...], int], dict[str, str]] = {}


def _headings(names: tuple[str, ...], mapping: ColumnMapping) -> dict[str, str]:
    """Which heading of a file stands for which field; kept, because the rows of a file have one set of headings."""
    key = (names, id(mapping))
    found = _HEADINGS.get(key)
    if found is None:
        if len(_HEADINGS) > 1000:
            _HEADINGS.clear()
        folded = {fold(name): name for name in names if isinstance(name, str)}
        told = {field: mapping.heading_of(field, folded) for field in mapping.columns}
        found = _HEADINGS[key] = {field: heading for field, heading in told.items() if heading is not None}
    return found


def degrees(value: Any) -> float | None:
    """A longitude or latitude: a number, or degrees with minutes and seconds; None for neither."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        return float(value) if math.isfinite(value) else None
    text = str(value or "").strip()
    try:
        number = float(text)
    except ValueError:
        match = _DEGREES.fullmatch(text)
        if match is None:
            return None
        minutes, seconds = float(match[2] or 0), float(match[3] or 0)
        return int(match[1]) + minutes / 60 + seconds / 3600 if minutes < 60 and seconds < 60 else None
    return number if math.isfinite(number) else None


def _listed(place: Place, told: Mapping[str, Any], reader: Reader) -> Name:
    """A name of a list of names, as an export or Linked Places has it."""
    stated = str(told.get("kind") or "") or reader._main_kind("")  # noqa: SLF001 -- its own reader
    if stated not in STATUSES:
        place.find("kind", "unknown_name_kind", f"{stated[:40]!r} is no kind of names.")
        stated = "unverified"
    kind = "unverified" if stated == "standard" and reader.asked.names != "as_stated" else stated
    begin, end = (_day(place, name, told.get(name)) for name in ("valid_from", "valid_to"))
    _check_period(place, begin, end)
    certainty = told.get("certainty")
    return Name(
        str(told.get("text") or "").strip(), kind, str(told.get("language") or "zh"), str(told.get("script") or "Hans"),
        told.get("romanization") or None, told.get("romanization_system") or None, begin, end,
        told.get("source") or None, certainty if certainty in ("certain", "probable") else "unverified",
        _uuid(str(told.get("id") or "")),
    )  # fmt: skip


def _check_names(place: Place) -> None:
    if place.outcome is Outcome.LEFT_OUT:
        return
    for name in place.names:
        if not name.text:
            place.find("name", "name_missing", "A name is empty.")
        elif len(name.text) > MOST_NAME:
            place.find("name", "name_too_long", f"A name has {len(name.text)} characters; {MOST_NAME} are taken.")
        elif not _is_writing(name.text):
            place.find("name", "encoding_damaged", f"{name.text[:40]!r} holds what is no character of a name.")
    for one, other in _overlapping([name for name in place.names if name.kind == "standard"]):
        place.find("name", "standard_names_overlap", f"{one.text} and {other.text} are both standard at one time.")


def _is_writing(text: str) -> bool:
    """Whether all characters are such as names are written with; blanks and joiners of any kind are."""
    if text.isprintable():
        return "\ufffd" not in text
    return not any(unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") or char == "\ufffd" for char in text)


def _overlapping(names: Sequence[Name]) -> Iterator[tuple[Name, Name]]:
    for number, one in enumerate(names):
        for other in names[number + 1 :]:
            if (one.valid_from or date.min) < (other.valid_to or date.max) and (other.valid_from or date.min) < (
                one.valid_to or date.max
            ):
                yield one, other


def _day(place: Place, name: str, value: Any) -> date | None:
    """A whole day; a year alone is said and not stored, because its day would have to be guessed."""
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return value
    text = str(value).strip()
    if _WHOLE_DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    if re.fullmatch(r"\d{4}(-\d{2})?年?", text):
        place.find(name, "date_partial", f"{text} says no day: it is not stored.", "warning")
    else:
        place.find(name, "bad_date", f"{text[:30]!r} is no date such as 2010-11-26.")
    return None


def _check_period(place: Place, begin: date | None, end: date | None) -> None:
    if begin is not None and end is not None and begin >= end:
        place.find("valid_to", "period_reversed", f"It ends ({end}) before it begins ({begin}).")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None


def _is_han(text: str) -> bool:
    return any("\u3400" <= char <= "\u9fff" or char >= "\U00020000" for char in text)


def _sounds(name: str) -> list[str]:
    return [sound.pinyin for sound in sounds(name)]


@lru_cache(maxsize=4096)
def _kind_of(code: str) -> Kind:
    return parse_class(code)


@cache
def _types() -> Mapping[str, str]:
    """Types by their titles, Chinese and English, where only one bears the title."""
    found: dict[str, list[str]] = {}
    for one in class_tree():
        for title in (one.name_zh, one.name_en):
            found.setdefault(fold(title), []).append(one.code)
    return {title: codes[0] for title, codes in found.items() if len(codes) == 1}


@cache
def _classes() -> Mapping[str, str]:
    """Classes of Art. 3 by their titles."""
    return {fold(title): one.key for one in place_classes().values() for title in (one.name_zh, one.name_en)}
