"""Comparing two layers of units that somebody handed in, in a process of its own (`data.fenced`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from boundaries.comparisons.orders.written import LANGUAGES, write_json
from data.fenced import say

#: What is compared in which so many of a hundred are done, and how much of the work it is.
PARTS = {"units": (0, 10), "pairs": (10, 70), "squares": (70, 90)}
WRITING = 90
#: Close-ups on the page: of the most important findings; the list has all of them.
CLOSE_UPS = 25


def answer(asked: Mapping[str, Any]) -> dict[str, Any]:
    """In the child: what came of it in a sentence of each language; the report as files in the folder `out`."""
    # only the child needs the libraries that read files
    from boundaries.inspection.views.compare import compare_views
    from boundaries.inspection.views.figure import ViewFigures
    from boundaries.inspection.views.geopackage import write_views_geopackage
    from boundaries.inspection.views.nation import in_processes
    from boundaries.inspection.views.provenance import command_of
    from boundaries.inspection.views.reading import read_condominiums, read_view
    from boundaries.inspection.views.report import as_document
    from boundaries.inspection.views.sheet import views_html
    from boundaries.inspection.views.words import answer_of
    from boundaries.inspection.words import words_of

    files, fields, out = asked["files"], asked["fields"], Path(asked["out"])
    say(0, 100, "files")
    (a, file_a), (b, file_b) = (read_view(Path(files[v]), fields[v], asked["accuracies_m"][v]) for v in ("a", "b"))
    known = read_condominiums(Path(files["condominiums"])) if "condominiums" in files else []
    with in_processes(asked["processes"]) as mapped:
        found = compare_views(a, b, condominiums=known, mapped=mapped, progress=_progress)
    inputs = {"a": [file_a], "b": [file_b]}
    options = _options(asked)
    document, command = as_document(found, inputs, options), command_of(found, inputs, options)
    say(WRITING, 100, "report")
    figures = ViewFigures(a, b, found)
    write_json(out / "json", document)
    write_views_geopackage(found, out / "comparison.gpkg")
    (out / "comparison.gpkg").rename(out / "gpkg")
    for language in LANGUAGES:
        (out / f"html_{language}").write_text(views_html(figures, inputs, command, language), encoding="utf-8")
        write_json(out / f"shown_{language}", _shown(figures, command, language))
    counts = Counter(one.severity for one in found.findings)
    return {"answer": {language: answer_of(found, words_of(language)) for language in LANGUAGES}, "counts": counts}


def _progress(what: str, done: int, total: int) -> None:
    begin, end = PARTS[what]
    say(begin + (end - begin) * done // max(total, 1), 100, what)


def _options(asked: Mapping[str, Any]) -> dict[str, str]:
    """What else the command is given, by the name of its option."""
    named = {f"{view}-code-field": asked["fields"][view] for view in ("a", "b") if asked["fields"][view]}
    if "condominiums" in asked["files"]:
        named["condominiums"] = Path(asked["files"]["condominiums"]).name
    return named


def _shown(figures: Any, command: str, language: str) -> dict[str, Any]:
    """What the page shows: the map, figures, and the findings, the first of them close up."""
    from boundaries.inspection.views.report import message, wording
    from boundaries.inspection.views.sheet import sizes_of, title_of, units_legend
    from boundaries.inspection.views.words import answer_of, figures_in_words
    from boundaries.inspection.words import words_of

    words, found = words_of(language), figures.found
    findings = [
        {
            "number": number,
            "anchor": f"f{number}",
            "severity": finding.severity,
            "title": title_of(finding, language),
            "where": ("、" if language == "zh" else ", ").join(finding.units),
            "said": message(finding, language),
            "sizes": [value for value in sizes_of(finding) if value],
            "why": wording()[finding.kind]["rule"][language],
            "drawing": figures.close_up(number - 1, title_of(finding, language)) if number <= CLOSE_UPS else None,
        }
        for number, finding in enumerate(found.findings, 1)
    ]
    whole = figures.whole(words["units_map"], CLOSE_UPS)
    return {
        "legend": units_legend(words),
        "figures": list(figures_in_words(found, words)),
        "command": command,
        "lines": [],
        "meetings": [],
        "sections": [
            {"name": "", "anchor": "", "answer": answer_of(found, words), "whole": whole, "findings": findings}
        ],
    }
