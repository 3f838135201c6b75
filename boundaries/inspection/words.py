"""A comparison in plain words, Chinese and English: the answer in one sentence, where a finding lies, its numbers."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from boundaries.inspection.model import Comparison, Finding

SHEET_FILE = Path(__file__).parents[2] / "data" / "rules" / "inspection" / "sheet.toml"
#: Lengths from so many metres on are told in kilometres.
KILOMETRES = 10_000.0
#: The measures of a finding by the column of the list.
COLUMNS = {"width": "width_m", "area": "area_m2", "run": "run_m"}


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        """`language`: `zh` or `en`."""
        self.language = language
        rows: dict[str, dict[str, str]] = tomllib.loads(SHEET_FILE.read_text("utf-8"))
        self._rows = {key: row[language] for key, row in rows.items()}

    def __getitem__(self, key: str) -> str:
        return self._rows[key]

    def answer(self, comparison: Comparison) -> str:
        """What came of it, in a sentence or two: what a person must know first."""
        if not any(finding.severity != "info" for finding in comparison.findings):
            return self["answer_agree"].format(tolerance_m=comparison.tolerance_m)
        counts = Counter(finding.kind for finding in comparison.findings)
        lands = [f for f in comparison.findings if f.kind in ("disputed_area", "unclaimed_area")]
        said = []
        if any(comparison.shifts.values()):
            said.append(self["answer_shift"])
        if lands:
            widest = max(f.measures["width_m"] for f in lands)
            area = sum(f.measures["area_m2"] for f in lands)
            kinds = {"both": counts["disputed_area"], "neither": counts["unclaimed_area"]}
            said.append(self["answer_land"].format(**kinds, area_ha=area / 10_000, width_m=widest))
        else:
            said.append(self["answer_no_land"])
        markers = sum(count for kind, count in counts.items() if kind.startswith("marker_"))
        if markers:
            said.append(self["answer_markers"].format(count=markers))
        return (" " if self.language == "en" else "").join(said)

    def between(self, finding: Finding) -> str:
        """Between which markers a finding lies."""
        return self.between_codes(*finding.between)

    def between_codes(self, before: str | None, after: str | None) -> str:
        """The same of the codes; empty where there is no marker."""
        if before is None and after is None:
            return ""
        names = [before or self["start"], after or self["end"]]
        return self["at"].format(*names) if names[0] == names[1] else self["between"].format(*names)

    def length(self, metres: float) -> str:
        """A length in metres, of ten kilometres and more in kilometres."""
        return f"{metres / 1_000:,.1f} km" if metres >= KILOMETRES else f"{metres:,.1f} m"

    def direction(self, degrees: float) -> str:
        """An azimuth from north with its point of the compass."""
        points = self["drawn_compass"].split(" ")
        compass = points[round(degrees / 360 * len(points)) % len(points)]
        return self["drawn_direction"].format(degrees=degrees, compass=compass)

    def sides(self, units: Mapping[str, str]) -> dict[str, str]:
        """What sides `a` and `b` are called in a drawing, with their `units` where those are known."""
        said = {side: self[f"drawn_side_{side}"] for side in ("a", "b")}
        return {
            side: self["drawn_named"].format(side=side.upper(), unit=units[side]) if units.get(side) else said[side]
            for side in said
        }

    def measure(self, finding: Finding, column: str) -> str:
        """A number of the list with its unit; empty where the finding has none."""
        value = finding.measures.get(COLUMNS[column])
        if value is None:
            return ""
        return f"{value:,.0f} m²" if column == "area" else f"{value:,.1f} m"

    def facts(self, finding: Finding) -> Iterator[tuple[str, str]]:
        """Every measure of a finding with its name and unit."""
        for name, value in finding.measures.items():
            unit = (
                "m²" if name.endswith("_m2") else "m" if name.endswith("_m") else "°" if name.endswith("_deg") else ""
            )
            shown = f"{value:,.0f}" if name.endswith("_m2") or not unit else f"{value:,.1f}"
            yield self._rows.get(f"measure_{name}", name), f"{shown} {unit}".strip()

    def agreement(self, comparison: Comparison) -> Iterator[tuple[str, str]]:
        """How well the surveys agree, in numbers."""
        found = comparison.agreement
        yield self["tolerance"], f"{comparison.tolerance_m:.2f} m"
        yield self["surveyed_by_both"], f"{found.length_m:,.0f} m"
        if found.p50_m is not None and found.p95_m is not None and found.max_m is not None:
            yield self["apart"], f"{found.p50_m:.2f} / {found.p95_m:.2f} / {found.max_m:.2f} m"
            yield self["within"], f"{100 * (found.within_tolerance_share or 0):.1f} %"


@cache
def words_of(language: str) -> Words:
    """The words of `zh` or `en`."""
    return Words(language)
