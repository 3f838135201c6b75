"""The words of markers: `data/reference/boundaries/vocabulary.csv`, one list for each kind of word. Pure."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from data.workflow.model import Label

VOCABULARY = Path(__file__).parents[2] / "data" / "reference" / "boundaries" / "vocabulary.csv"
#: Lists that say what a registration may be, by the field that they are of.
OF_FIELD = {"material": "marker_material", "shape": "marker_shape", "method": "survey_method",
            "height_datum": "height_datum"}  # fmt: skip


@cache
def words(name: str) -> Mapping[str, Label]:
    """The words of list `name` by their keys, in the order of the file; empty where there is no such list."""
    with VOCABULARY.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["list"] == name]
    return {row["key"]: Label(row["label_zh"], row["label_en"]) for row in rows}


def label_zh(name: str, key: str | None) -> str:
    """The Chinese word for `key`; the key itself where the list has none."""
    found = words(name).get(key or "")
    return found.zh if found else key or ""


def unlisted(values: Mapping[str, str | None]) -> list[tuple[str, str]]:
    """The fields of a registration whose word stands in no list, with the word: said, and not refused.

    Older documents word things in their own way.
    """
    return [
        (field, value) for field, name in OF_FIELD.items() if (value := values.get(field)) and value not in words(name)
    ]
