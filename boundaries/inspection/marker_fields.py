"""From the fields of a file of markers to markers: code, kind, accuracy, method, witness objects."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.inspection.model import Marker
from boundaries.intake.placed import PlacedLayer
from boundaries.intake.profiles import Profile
from boundaries.intake.schema import values_of
from boundaries.markers.coding import parse_code
from boundaries.markers.model import MAX_WITNESSES, PARTS, Witness
from data.errors import BadInput

WORDS_FILE = Path(__file__).parents[2] / "data" / "rules" / "inspection" / "marker_words.toml"
#: The scheme whose codes say of what kind a marker is.
SCHEME = "provincial"


@cache
def _words() -> tuple[Mapping[str, str], frozenset[str]]:
    """The kind that each word says, and the words for phones."""
    table = tomllib.loads(WORDS_FILE.read_text("utf-8"))
    kinds = {word: kind for kind, words in table["kinds"].items() for word in words}
    return kinds, frozenset(table["phone"]["words"])


def markers_of(layer: PlacedLayer, fields: Profile, stored: NDArray[np.object_]) -> Iterator[Marker]:
    """The markers of a layer of points; `stored`: its geometries in degrees. None of a layer of anything else.

    Raises `BadInput` `survey_unfit` where a number of a marker is none.
    """
    if layer.family != "markers":
        return
    values = _values(layer, fields)
    for at, geometry in zip(layer.features, stored, strict=True):
        row = {name: column[at] for name, column in values.items()}
        code = row["code"] or f"#{at + 1}"
        for x, y in shapely.get_coordinates(geometry):
            yield Marker(
                code,
                (float(x), float(y)),
                _kind(row["kind"], code),
                _number(row["accuracy"], code),
                _plain(row["method"]) in _words()[1],
                tuple(_witnesses(row, code)),
            )


def _values(layer: PlacedLayer, fields: Profile) -> Mapping[str, list[str | None]]:
    names = ["code", "kind", "accuracy", "method"]
    names += [f"witness{n}{part}" for n in range(1, MAX_WITNESSES + 1) for part in ("", "_azimuth", "_distance")]
    return {name: values_of(layer.layer, fields.rule("markers", name)) for name in names}


def _plain(text: str | None) -> str:
    return (text or "").replace(" ", "").lower()


def _kind(said: str | None, code: str) -> str | None:
    """What the field says, else what the code says; None where neither does."""
    found = _words()[0].get(_plain(said))
    if found is not None:
        return found
    try:
        part = parse_code(code, SCHEME).part
    except BadInput:
        return None
    return next((kind for kind, parts in PARTS.items() if part in parts), None)


def _witnesses(row: Mapping[str, str | None], code: str) -> Iterator[Witness]:
    """The witness objects of which name, azimuth and distance are there."""
    for n in range(1, MAX_WITNESSES + 1):
        name = row[f"witness{n}"]
        azimuth, distance = (_number(row[f"witness{n}_{part}"], code) for part in ("azimuth", "distance"))
        if name and azimuth is not None and distance is not None:
            yield Witness(name, azimuth % 360, distance)


def _number(text: str | None, code: str) -> float | None:
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if np.isfinite(value):
        return value
    raise BadInput(
        f"Marker {code[:40]} has {text[:40]!r} where a number belongs. `./diming boundary check` says everything that "
        "is wrong with the file. Nothing was compared.",
        code="survey_unfit",
    )
