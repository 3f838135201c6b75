"""The figures by which size is measured, `data/rules/naming/metrics.csv`: one name and one unit for each."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from geonames.rules.model import Text

METRICS = Path(__file__).parents[2] / "data" / "rules" / "naming" / "metrics.csv"


@cache
def metrics() -> Mapping[str, Text]:
    """Each metric with its name, which says its unit."""
    with METRICS.open(encoding="utf-8", newline="") as file:
        return {row["metric"]: Text(row["zh"], row["en"]) for row in csv.DictReader(file)}


def metric_name(metric: str) -> Text:
    """What a metric is called, with its unit."""
    return metrics()[metric]
