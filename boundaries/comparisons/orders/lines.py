"""Comparing surveys of lines that somebody handed in, in a process of its own (`data.fenced`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from boundaries.comparisons.orders.written import LANGUAGES, write_json
from data.fenced import say

#: Close-ups on the page: of the most important findings of each line; the list has all of them.
CLOSE_UPS = 25
#: Of several lines so many are shown one by one on the page, those with most in disagreement; the table has all.
LINES_SHOWN, THEIR_CLOSE_UPS = 20, 6
#: Of a hundred parts of the work this many are comparing.
WRITING = 90


def answer(asked: Mapping[str, Any]) -> dict[str, Any]:
    """In the child: what came of it in a sentence of each language; the report as files in the folder `out`."""
    # only the child needs the libraries that read files
    from boundaries.inspection.settings import settings
    from boundaries.inspection.several.files import Many, compare_files

    given, out, usual = asked["files"], Path(asked["out"]), settings().accuracy_m
    markers = {side: given.get(f"markers_{side}") for side in ("legal", "a", "b")}
    files = {side: (Path(given[side]), Path(path) if path else None) for side, path in markers.items()}
    accuracies = {side: asked["accuracies_m"].get(side) or usual for side in files}
    say(0, 100, "files")
    found = compare_files(files, accuracies, asked["documents"], asked["processes"], _progress)
    say(WRITING, 100, "report")
    write_json(out / "json", found.document())
    found.write_geopackage(out / "comparison.gpkg")
    (out / "comparison.gpkg").rename(out / "gpkg")
    for language in LANGUAGES:
        (out / f"html_{language}").write_text(found.html(language), encoding="utf-8")
        shown = _several(found, language) if isinstance(found, Many) else _one(found, language)
        write_json(out / f"shown_{language}", shown)
    return {"answer": {language: _answer(found, language) for language in LANGUAGES}, "counts": dict(found.counts)}


def _progress(done: int, total: int) -> None:
    say(WRITING * done // max(total, 1), 100, f"{done}/{total}")


def _answer(found: Any, language: str) -> str:
    from boundaries.inspection.several.files import Many
    from boundaries.inspection.several.report import answer_of
    from boundaries.inspection.words import words_of

    words = words_of(language)
    return answer_of(found.found, words) if isinstance(found, Many) else words.answer(found.found)


def _one(found: Any, language: str) -> dict[str, Any]:
    """What the page shows of one line."""
    from boundaries.inspection.sheet import legend
    from boundaries.inspection.words import words_of

    words = words_of(language)
    return {
        "legend": legend(words),
        "figures": list(words.agreement(found.found)),
        "command": found.document()["reproduce"],
        "lines": [],
        "meetings": [],
        "sections": [{"anchor": "", **_section("", found.found, "f", CLOSE_UPS, language)}],
    }


def _several(found: Any, language: str) -> dict[str, Any]:
    """What the page shows of several lines: a table of all, meetings, and those with most in disagreement."""
    from boundaries.inspection.report import message, wording
    from boundaries.inspection.several.report import disputed_m2, ranked
    from boundaries.inspection.sheet import legend
    from boundaries.inspection.words import words_of

    words, order = words_of(language), ranked(found.found)
    shown = [(number, name, one) for number, (name, one) in enumerate(order, 1) if one.findings][:LINES_SHOWN]
    numbers = {name: number for number, name, _ in shown}
    return {
        "legend": legend(words),
        "figures": [(words["several_figures"], f"{len(order):,}")],
        "command": found.document()["reproduce"],
        "lines": [
            {
                "name": name,
                "anchor": f"l{numbers[name]}" if name in numbers else None,
                "answer": words.answer(one),
                "counts": dict(Counter(finding.severity for finding in one.findings)),
                "area_m2": disputed_m2(one),
            }
            for name, one in order
        ],
        "meetings": [
            {
                "severity": one.severity,
                "title": wording()[one.kind][f"title_{language}"],
                "said": message(one, language),
            }
            for one in found.found.meetings
        ],
        "sections": [
            {"anchor": f"l{number}", **_section(name, one, f"l{number}f", THEIR_CLOSE_UPS, language)}
            for number, name, one in shown
        ],
    }


def _section(name: str, found: Any, anchor: str, close_ups: int, language: str) -> dict[str, Any]:
    """One line: its drawing, and its findings, the first of them close up."""
    from boundaries.inspection.figure import Figures
    from boundaries.inspection.report import message, wording
    from boundaries.inspection.words import words_of

    words, figures = words_of(language), Figures(found, anchor, language)
    findings = []
    for number, finding in enumerate(found.findings, 1):
        row = wording()[finding.kind]
        title = row[f"title_{language}"]
        sizes = [words.measure(finding, column) for column in ("width", "area", "run")]
        findings.append(
            {
                "number": number,
                "anchor": f"{anchor}{number}",
                "severity": finding.severity,
                "title": title,
                "where": words.between(finding),
                "said": message(finding, language),
                "sizes": [size for size in sizes if size],
                "why": row["rule_zh" if language == "zh" else "rule"],
                "drawing": figures.close_up(number - 1, title) if number <= close_ups else None,
            }
        )
    return {
        "name": name, "answer": words.answer(found), "whole": figures.whole(words["map"]), "findings": findings,
    }  # fmt: skip
