"""Codes of markers, taken apart by the schemes of numbering. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boundaries.markers.schemes import schemes
from data.errors import BadInput


@dataclass(frozen=True, slots=True)
class MarkerCode:
    """A code taken apart; None: the scheme does not say it."""

    serial: int
    line: str | None
    part: str | None


def parse_code(code: str, scheme: str) -> MarkerCode:
    """`code` by `scheme`; `BadInput` `marker_scheme_unknown`, `marker_code`."""
    found = schemes().get(scheme)
    if found is None:
        raise BadInput(
            f"Markers are numbered by {', '.join(schemes())}; not {scheme[:40]!r}.", code="marker_scheme_unknown"
        )
    match = found.pattern.fullmatch(code)
    if match is None or not (match["serial"] or "").isdecimal() or int(match["serial"]) < found.first:
        raise BadInput(
            f"{code[:40]!r} is no number of {found.label_en} ({found.label_zh}): {found.source}.", code="marker_code"
        )
    groups = match.groupdict()
    return MarkerCode(int(match["serial"]), groups.get("line"), groups.get("part"))


def sibling_codes(code: str, scheme: str, parts: Sequence[str]) -> list[str]:
    """The codes of all stones of a number, `parts` their letters; none where the code has no letter.

    Raises as `parse_code`.
    """
    if parse_code(code, scheme).part is None:
        return []
    match = schemes()[scheme].pattern.fullmatch(code)
    begin, end = match.span("part") if match is not None else (0, 0)
    return [f"{code[:begin]}{part}{code[end:]}" for part in parts]
