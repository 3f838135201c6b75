"""Short names: of every province that the register has had, and of nothing else."""

from __future__ import annotations

import csv

from api.web.short_names import short_name, short_names
from boundaries.units.chronicle.source import AREACODES


def test_every_province_since_1981_has_a_short_name_that_begins_its_name() -> None:
    with (AREACODES / "result.csv").open(encoding="utf-8", newline="") as file:
        provinces = {row["名称"] for row in csv.DictReader(file) if row["级别"] == "省级"}
    assert provinces == set(short_names())
    assert all(name.startswith(short) and 2 <= len(short) <= 3 for name, short in short_names().items())


def test_what_the_table_does_not_have_keeps_its_name() -> None:
    assert short_name("襄阳市") == "襄阳市"
