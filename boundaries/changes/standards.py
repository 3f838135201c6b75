"""Standards for towns and subdistricts (设立标准) as dated indicators, held against the figures of a plan. Pure.

A figure has its value, the year it is of and where it comes from: one without a source counts as missing. What falls
short is told and asks for a reason; whoever approves weighs it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal

from boundaries.changes.kinds import label_of, read_rules
from boundaries.changes.model import Act, Named
from boundaries.units.coding import level_of, type_of
from data.workflow.model import Label

Verdict = Literal["met", "short", "missing"]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One number of a standard: `least` and `most` are included, `above` is not. `land`: on that kind of land only."""

    key: str
    article: str
    least: float | None = None
    most: float | None = None
    above: float | None = None
    land: str | None = None
    usual: bool = False

    def met_by(self, value: float) -> bool:
        """Whether a value meets it."""
        return (
            (self.least is None or value >= self.least)
            and (self.most is None or value <= self.most)
            and (self.above is None or value > self.above)
        )

    def said(self) -> str:
        """The numbers as people read them."""
        found = [f"≥ {self.least:g}"] if self.least is not None else []
        found += [f"> {self.above:g}"] if self.above is not None else []
        found += [f"≤ {self.most:g}"] if self.most is not None else []
        return ", ".join(found)


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard of a province for units of some types, in force from a day. `complete`: all its numbers are held."""

    province: str
    types: frozenset[str]
    title: str
    valid_from: date
    source: str
    mark: str
    complete: bool
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """One indicator of the standard for one unit that begins: what was given, and whether it is met."""

    unit: Named
    standard: Standard
    indicator: Indicator
    value: float | None
    source: str | None
    verdict: Verdict

    def as_json(self) -> dict[str, Any]:
        """As the preview shows it."""
        label = indicator_labels()[self.indicator.key]
        return {
            "unit": str(self.unit),
            "standard": self.standard.title,
            "standard_source": self.standard.source,
            "mark": self.standard.mark,
            "complete": self.standard.complete,
            "indicator": self.indicator.key,
            "label": {"zh": label.zh, "en": label.en},
            "article": self.indicator.article,
            "wanted": self.indicator.said(),
            "usual": self.indicator.usual,
            "value": self.value,
            "source": self.source,
            "verdict": self.verdict,
        }


@cache
def indicator_labels() -> Mapping[str, Label]:
    """What the indicators are called."""
    return {row["key"]: label_of(row) for row in read_rules("indicators")["class"]}


@cache
def standards() -> tuple[Standard, ...]:
    """All standards of the file."""
    return tuple(_standard(row) for row in read_rules("standards")["standard"])


def _standard(row: Mapping[str, Any]) -> Standard:
    names = ("province", "title", "valid_from", "source", "mark", "complete")
    said = {name: row[name] for name in names}
    found = tuple(Indicator(**indicator) for indicator in row["indicator"])
    return Standard(**said, types=frozenset(row["types"]), indicators=found)


def standard_for(unit: Named, day: date) -> Standard | None:
    """The standard for a unit of its province and type on a day; None where this installation holds none."""
    kind = type_of(unit.name, level_of(unit.code))
    fitting = [s for s in standards() if s.province == unit.code[:2] and kind in s.types and s.valid_from <= day]
    return max(fitting, key=lambda s: s.valid_from, default=None)


def founded(act: Act) -> list[Named]:
    """The towns and subdistricts that an act sets up: those that begin at the township level otherwise than by name."""
    found = [
        unit
        for part in act.parts
        if part.kind in ("establish", "merge", "split", "convert")
        for unit in part.after
        if level_of(unit.code) == "township" and unit not in part.before
    ]
    return list(dict.fromkeys(found))


def judge(act: Act, figures: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[Judged]:
    """Each indicator for each unit set up; `figures`: by code and indicator `value`, `source`, `land` as given."""
    for unit in founded(act):
        standard = standard_for(unit, act.effective_on)
        if standard is not None:
            given = figures.get(unit.code, {})
            yield from (_judged(unit, standard, i, given.get(i.key)) for i in _held(standard, given))


def _held(standard: Standard, given: Mapping[str, Mapping[str, Any]]) -> Sequence[Indicator]:
    """The indicators that hold on the land that was named; before one is named, the first of each group."""
    found: dict[str, Indicator] = {}
    for indicator in standard.indicators:
        land = given.get(indicator.key, {}).get("land")
        if indicator.key not in found or (indicator.land is not None and indicator.land == land):
            found[indicator.key] = indicator
    return list(found.values())


def _judged(unit: Named, standard: Standard, indicator: Indicator, figure: Mapping[str, Any] | None) -> Judged:
    unnamed_land = indicator.land is not None and (figure or {}).get("land") != indicator.land
    if figure is None or not figure.get("source") or unnamed_land:
        return Judged(unit, standard, indicator, None, None, "missing")
    verdict: Verdict = "met" if indicator.met_by(figure["value"]) else "short"
    return Judged(unit, standard, indicator, figure["value"], figure["source"], verdict)
