"""In which coordinate system a file is: what it declares, judged against its numbers and the legal line.

What is believed is used for the further checks and said with its reasons; the
file itself is never transformed. Another datum is never guessed away: positions
on it stay unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from boundaries.intake.model import Array, Confidence, CrsBelief, Fact, Observation
from boundaries.intake.numbers import Numbers, in_country
from boundaries.intake.place import LegalPlace
from boundaries.intake.tolerances import Tolerances
from data.crs import STORED_SRID
from data.crs_grids import (
    FALSE_EASTING_M,
    ZONE_FACTOR_M,
    Declaration,
    Grid,
    find_grid,
    grid_of_zone,
    understand,
    unnumbered_grids,
)
from data.crs_plane import Plane, degree_plane, grid_plane, other_plane, unplaced_plane

DEGREES = f"EPSG:{STORED_SRID}"
DATUMS_ZH = {"Xian 1980": "西安80坐标系", "Beijing 1954": "北京54坐标系"}


@dataclass(frozen=True, slots=True)
class Option:
    """One system in which the numbers could be: its name and the plane it gives."""

    name: str
    plane: Plane

    def lonlat(self, numbers: Numbers) -> Array | None:
        """Where the sample lies by it (degrees); None where it does not say."""
        if self.plane.to_stored is None:
            return None
        return self.plane.to_stored(self.plane.to_metres(numbers.sample))


@dataclass(frozen=True, slots=True)
class Placement:
    """The answer: what is believed, the plane to measure in, and what was observed on the way."""

    belief: CrsBelief
    plane: Plane | None
    observations: tuple[Observation, ...] = ()


@dataclass
class _Case:
    """One layer before the judge: its numbers, what it declares, the legal line."""

    numbers: Numbers
    declared: Declaration | None
    text: str | None
    legal: LegalPlace | None
    limits: Tolerances
    seen: list[Observation] = field(default_factory=list)

    def see(self, kind: str, reason: str = "plain", **facts: Fact) -> None:
        self.seen.append(Observation(kind, reason, facts))

    def distance(self, option: Option) -> float:
        """Metres from the legal line, by the median; infinite where it cannot be said."""
        lonlat = option.lonlat(self.numbers)
        return float("inf") if lonlat is None or self.legal is None else self.legal.typical_m(lonlat)

    def answer(
        self, option: Option, confidence: Confidence, why: tuple[str, str], others: Sequence[str] = ()
    ) -> Placement:
        name = self.declared.name if self.declared else self.text
        belief = CrsBelief(name, option.name or None, confidence, *why, candidates=others)
        return Placement(belief, option.plane, tuple(self.seen))


def judge_crs(numbers: Numbers, text: str | None, legal: LegalPlace | None, limits: Tolerances) -> Placement:
    """The system that `text` declares and the one in which the numbers are."""
    case = _Case(numbers, understand(text), text, legal, limits)
    if text and case.declared is None:
        case.see("crs_conflict", "text", text=text[:80])
    if numbers.unit == "unknown":
        wide = _wide_declared(case)
        return _placed(case, wide) if wide is not None else _nonsense(case)
    if case.declared is not None and not case.declared.equivalent:
        return _foreign(case, case.declared)
    option = _declared(case, case.declared) if case.declared is not None else _undeclared(case)
    return option if isinstance(option, Placement) else _placed(case, option)


def _wide_declared(case: _Case) -> Option | None:
    """The declared projection where it puts numbers that are of no zone into the country: a layer wider than a zone."""
    declared = case.declared
    if declared is None or not declared.equivalent or declared.kind == "geographic":
        return None
    option = _other(declared, case.numbers)
    lonlat = option.lonlat(case.numbers)
    if lonlat is None or not np.isfinite(lonlat).all():
        return None
    longitude, latitude = np.median(lonlat, axis=0)
    return option if in_country(float(longitude), float(latitude)) else None


def _nonsense(case: _Case) -> Placement:
    x, y = case.numbers.middle
    case.see("out_of_area", "numbers", x=x, y=y)
    why = ("the numbers are neither degrees nor metres of a zone", "数值既不是经纬度也不属于任何投影带")
    return Placement(case.answer(Option("", unplaced_plane()), "none", why).belief, None, tuple(case.seen))


# -- declared ---------------------------------------------------------------------------------------------------


def _declared(case: _Case, declared: Declaration) -> Option:
    """The system in which the numbers are where one of the register's datum is declared."""
    numbers = case.numbers
    if declared.kind == "other":
        return _other(declared, numbers)
    if (declared.kind == "geographic") != (numbers.unit == "degrees"):
        return _wrong_unit(case, declared)
    if declared.kind == "geographic":
        option = Option(declared.name, degree_plane(_longitude(numbers), swapped=numbers.swapped))
    elif declared.zone == numbers.zone:
        meridian, easting = float(declared.central_meridian or 0), float(declared.false_easting_m or 0)
        option = Option(declared.name, grid_plane(meridian, easting, swapped=numbers.swapped))
    else:
        option = _wrong_number(case, declared)
    _axes(case, option)
    return option


def _axes(case: _Case, option: Option) -> None:
    if not case.numbers.swapped:
        return
    first, second = ("northing", "easting"), ("北坐标", "东坐标")
    if case.numbers.unit == "degrees":
        first, second = ("latitude", "longitude"), ("纬度", "经度")
    case.see(
        "crs_axis_swapped",
        first=first[0],
        second=first[1],
        first_zh=second[0],
        second_zh=second[1],
        believed=option.name,
    )


def _longitude(numbers: Numbers) -> float:
    return float(np.median(numbers.east_north[:, 0]))


def _other(declared: Declaration, numbers: Numbers) -> Option:
    probe = other_plane(declared.text, 105.0)
    there = probe.to_stored(probe.to_metres(numbers.sample)) if probe.to_stored else numbers.sample
    finite = there[np.isfinite(there).all(axis=1)]
    middle = float(np.median(finite[:, 0])) if len(finite) else 105.0
    return Option(declared.name, other_plane(declared.text, middle))


def _wrong_unit(case: _Case, declared: Declaration) -> Option:
    """Degrees where metres are declared, or metres where degrees are."""
    option, why = _by_numbers(case)
    degrees = case.numbers.unit == "degrees"
    case.see(
        "crs_conflict",
        "unit",
        declared=declared.name,
        believed=option.name or "?",
        seen="degrees" if degrees else "metres",
        seen_zh="度" if degrees else "米",
        why=why[0],
        why_zh=why[1],
    )
    _axes(case, option)
    return option


def _wrong_number(case: _Case, declared: Declaration) -> Option:
    """The zone before the easting is not the declared one, or is missing, or is there and should not be."""
    zone, meridian = case.numbers.zone, float(declared.central_meridian or 0)
    if zone is None:
        grid = find_grid(meridian, None)
        option = _grid_option(case, grid) if grid else _custom(case, meridian)
        _see_number(case, declared, option, ("no zone before them", "前没有带号"))
        return option
    grid = grid_of_zone(zone)
    option = _grid_option(case, grid) if grid else Option("", unplaced_plane(swapped=case.numbers.swapped))
    if grid is not None and grid.central_meridian != meridian:
        case.see("crs_zone_mismatch", "number", declared=declared.name, zone=zone, believed=option.name)
    else:
        _see_number(case, declared, option, (f"the zone {zone} before them", f"前有带号{zone}"))
    return option


def _see_number(case: _Case, declared: Declaration, option: Option, seen: tuple[str, str]) -> None:
    case.see(
        "crs_conflict",
        "number",
        declared=declared.name,
        believed=option.name,
        seen=seen[0],
        seen_zh=seen[1],
        why="the same meridian, written otherwise",
        why_zh="中央子午线相同，写法不同",
    )


def _grid_option(case: _Case, grid: Grid) -> Option:
    plane = grid_plane(grid.central_meridian, grid.false_easting_m, swapped=case.numbers.swapped)
    return Option(grid.name, plane)


def _custom(case: _Case, meridian: float) -> Option:
    plane = grid_plane(meridian, FALSE_EASTING_M, swapped=case.numbers.swapped)
    return Option(f"Gauss-Krüger {meridian:g}°E", plane)


def _foreign(case: _Case, declared: Declaration) -> Placement:
    """A declared datum whose parameters are classified: unless the numbers fit the legal line as they are."""
    if case.legal is not None:
        as_it_is, why = _by_numbers(case)
        if case.distance(as_it_is) <= case.limits.node:
            case.see(
                "datum_suspect",
                "wrongly_declared",
                datum=declared.datum,
                datum_zh=DATUMS_ZH.get(declared.datum, declared.datum),
                declared=declared.name,
                believed=as_it_is.name,
            )
            return case.answer(as_it_is, "certain", why)
    datum_zh = DATUMS_ZH.get(declared.datum, declared.datum)
    case.see("datum_suspect", "declared", datum=declared.datum, datum_zh=datum_zh, declared=declared.name)
    plane = unplaced_plane(swapped=case.numbers.swapped)
    if case.numbers.unit == "degrees":
        degrees = degree_plane(_longitude(case.numbers), swapped=case.numbers.swapped)
        plane = Plane("unplaced degrees", degrees.to_metres, degrees.to_file, None, None)
    why = (f"declared; its datum is {declared.datum}", f"按声明；基准为{datum_zh}")
    return case.answer(Option(declared.name, plane), "likely", why)


# -- not declared -----------------------------------------------------------------------------------------------


def _by_numbers(case: _Case) -> tuple[Option, tuple[str, str]]:
    """The system that the numbers, and where they leave it open the legal line, point to; name empty for none."""
    numbers = case.numbers
    if numbers.unit == "degrees":
        plane = degree_plane(_longitude(numbers), swapped=numbers.swapped)
        return Option(DEGREES, plane), ("longitudes and latitudes of the country", "数值为国境内的经纬度")
    if numbers.zone is not None:
        grid = grid_of_zone(numbers.zone)
        if grid is not None:
            why = (f"the eastings begin with zone {numbers.zone}", f"东坐标带号为{numbers.zone}")
            return _grid_option(case, grid), why
    if case.legal is not None:
        best = min((_grid_option(case, grid) for grid in unnumbered_grids()), key=case.distance)
        distance = case.distance(best)
        if distance <= case.limits.near:
            return best, (
                f"in it the file lies {distance:,.1f} m from the legal line, in all others far from it",
                f"按此投影带距法定界线{distance:,.1f}米，其余均相距甚远",
            )
    why = (
        "metres without a zone before the easting: 21 meridians are possible",
        "东坐标没有带号，有21条中央子午线可能",
    )
    return Option("", unplaced_plane(swapped=numbers.swapped)), why


def _undeclared(case: _Case) -> Option | Placement:
    option, why = _by_numbers(case)
    if not option.name:
        if case.declared is None and not case.text:
            case.see("crs_missing", "unknown", why=why[0], why_zh=why[1])
        return case.answer(option, "none", why, [grid.name for grid in unnumbered_grids()])
    if not case.text:
        case.see("crs_missing", "believed", believed=option.name, why=why[0], why_zh=why[1])
    _axes(case, option)
    return option


# -- against the Earth and the legal line -----------------------------------------------------------------------


def _placed(case: _Case, option: Option) -> Placement:
    """The believed system, after asking where it puts the file."""
    lonlat = option.lonlat(case.numbers)
    if lonlat is None:
        return case.answer(option, "none", ("the position is not known", "位置未知"))
    if case.legal is None:
        return _in_country(case, option, lonlat)
    distance = case.distance(option)
    if distance <= case.limits.near:
        return case.answer(option, _confidence(case, distance), _why(case, distance))
    if case.legal.reached_m(lonlat) <= case.limits.near:
        return case.answer(option, "likely", _why_wider(case))
    other = _other_zone(case)
    if other is None:
        case.see("out_of_area", "legal", distance_km=distance / 1000)
        return case.answer(option, "none", _why(case, distance))
    residual = case.distance(other)
    declared = case.declared.name if case.declared else option.name
    case.see(
        "crs_zone_mismatch",
        "legal",
        declared=declared,
        believed=other.name,
        distance_km=distance / 1000,
        residual_m=residual,
    )
    return case.answer(other, "likely", _why(case, residual))


def _confidence(case: _Case, distance: float) -> Confidence:
    return "certain" if (case.declared is not None and not case.seen) or distance <= case.limits.join else "likely"


def _why(case: _Case, distance: float) -> tuple[str, str]:
    how, how_zh = _how(case)
    return f"{how}; {distance:,.1f} m from the legal line", f"{how_zh}；距法定界线{distance:,.1f}米"


def _why_wider(case: _Case) -> tuple[str, str]:
    """A file of more than the line: most of it lies far off, and yet the line is within it."""
    how, how_zh = _how(case)
    return f"{how}; the legal line runs within the file", f"{how_zh}；法定界线在文件范围内"


def _how(case: _Case) -> tuple[str, str]:
    return ("declared", "按声明") if case.declared and not case.seen else ("by the numbers", "按数值")


def _in_country(case: _Case, option: Option, lonlat: Array) -> Placement:
    finite = lonlat[np.isfinite(lonlat).all(axis=1)]
    longitude, latitude = np.median(finite, axis=0) if len(finite) else (float("inf"), float("inf"))
    if not in_country(float(longitude), float(latitude)):
        case.see("out_of_area", "country", x=float(longitude), y=float(latitude), believed=option.name)
        return case.answer(option, "none", ("it does not lie in the country", "不在国境内"))
    if case.declared is not None and not case.seen:
        return case.answer(option, "certain", ("declared, and the numbers agree", "按声明，数值相符"))
    return case.answer(option, "likely", ("by the numbers", "按数值"))


def _other_zone(case: _Case) -> Option | None:
    """Another meridian under which the file lies at the legal line; None where there is none."""
    if case.numbers.unit != "metres":
        return None
    easting = FALSE_EASTING_M + ZONE_FACTOR_M * (case.numbers.zone or 0)
    options = [
        Option(grid.name, grid_plane(grid.central_meridian, easting, swapped=case.numbers.swapped))
        for grid in unnumbered_grids()
    ]
    best = min(options, key=case.distance)
    return best if case.distance(best) <= case.limits.near else None
