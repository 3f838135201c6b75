"""The report on paper: set by Typst on A4, with the map of the findings. What came with the file is never code."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from boundaries.geometry.picture import Pictured, draw, fitting_height
from boundaries.intake.model import Finding, Report
from boundaries.intake.output.words import kind_words, message, severity_words, verdict_words, word
from boundaries.intake.report import Language, counts
from data.clock import civil_time
from data.documents.fonts import Face, Fonts, shapeless

LAYOUT = Path(__file__).parent / "report.typ"
#: Findings that are printed one by one; a longer list is read on a screen. The rest is counted.
MOST_PRINTED = 400
#: The map, in pixels of a drawing that is as wide as the paper's text; it leaves room for the head of the report.
MAP_WIDTH, MAP_HEIGHT = 960, 800


def to_paper(
    report: Report,
    fonts: Fonts,
    at: datetime,
    language: Language = "zh",
    facts: Sequence[tuple[str, str]] = (),
    footer: str = "",
) -> bytes:
    """The report as PDF; `facts` are further lines of its head (name, value), `at` the moment that it names.

    `footer` stands under the map: what map law asks to be said of it.
    """
    document = {**_document(report, fonts, at, language, facts), "footer": footer}
    with tempfile.TemporaryDirectory(prefix="diming-report-") as name:
        folder = Path(name)
        (folder / LAYOUT.name).write_bytes(LAYOUT.read_bytes())
        things = pictured(report)
        height = fitting_height(things, MAP_WIDTH, most=MAP_HEIGHT)
        picture = draw(things, MAP_WIDTH, height, title=word("map", language))
        if picture is not None:
            (folder / "map.svg").write_text(picture, encoding="utf-8")
        pdf = typst.compile(
            str(folder / LAYOUT.name),
            root=name,
            font_paths=fonts.loaded,
            ignore_system_fonts=True,
            package_path=str(folder / "none"),
            package_cache_path=str(folder / "none"),
            format="pdf",
            sys_inputs={"document": json.dumps(document | {"map": picture is not None}, ensure_ascii=False)},
            timestamp=int(at.timestamp()),
        )
    return bytes(pdf)


def pictured(report: Report, chosen: int = 0) -> list[Pictured]:
    """What the map of a report shows: what was handed in, and every finding with its number; one of them chosen."""
    ground = [Pictured(drawn.geometry, "handed_in") for drawn in report.drawn]
    return ground + [
        Pictured(finding.geometry, "finding", finding.severity, str(number), number == chosen)
        for number, finding in enumerate(report.findings, 1)
        if finding.geometry is not None
    ]


def _document(
    report: Report, fonts: Fonts, at: datetime, language: Language, facts: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    face = fonts.faces["song"]
    told: dict[str, Any] = {
        "words": {key: word(key, language) for key in ("title", "layers", "layer", "geometry", "features", "vertices",
                  "crs", "encoding", "findings", "number", "severity", "kind", "message", "counts", "not_checked",
                  "map", "no_map", "nothing", "changes_nothing", "page")},
        "at": civil_time(at).strftime("%Y-%m-%d %H:%M"),
        "verdict": {"key": report.verdict, "text": verdict_words(report.verdict, language)},
        "facts": [*facts, *_facts(report, language)],
        "layers": [[layer.name, layer.geometry, f"{layer.features:,}", f"{layer.vertices:,}",
                    layer.crs.believed or "?", layer.encoding.believed or "?"] for layer in report.layers],
        "counts": [[kind_words(kind, language), f"{number:,}"] for kind, number in counts(report).items()],
        "findings": [_row(number, finding, language)
                     for number, finding in enumerate(report.findings[:MOST_PRINTED], 1)],
        "more": _more(report, language),
        "not_checked": [[one.check, one.why_zh if language == "zh" else one.why] for one in report.not_checked],
    }  # fmt: skip
    printable: dict[str, Any] = _printable(told, face)
    return printable | {"families": list(face.families), "language": language}


def _facts(report: Report, language: Language) -> list[tuple[str, str]]:
    facts = [("file", report.file), ("sha256", report.sha256), ("scale", f"1:{report.scale:,}")]
    if report.against:
        facts.append(("against", report.against))
    return [(word(key, language), value) for key, value in facts]


def _row(number: int, finding: Finding, language: Language) -> dict[str, str]:
    where = " ".join(part for part in (finding.layer, f"#{finding.feature}" if finding.feature else None) if part)
    place = f"({finding.at[0]:.3f}, {finding.at[1]:.3f})" if finding.at else ""
    return {
        "number": str(number),
        "severity": finding.severity,
        "word": severity_words(finding.severity, language),
        "kind": kind_words(finding.kind, language),
        "message": message(finding, language),
        "where": " ".join(part for part in (where, place) if part),
    }


def _more(report: Report, language: Language) -> str:
    left = len(report.findings) - MOST_PRINTED
    return word("more", language).format(count=f"{left:,}") if left > 0 else ""


def _printable(value: Any, face: Face) -> Any:
    """`value` with each character that no installed font has replaced by its code."""
    if isinstance(value, str):
        lacking = {ord(c): f"〔U+{ord(c):04X}〕" for c in face.lacks(value)}
        return "".join(c for c in value.translate(lacking) if c == "\n" or not shapeless(c) or c.isspace())
    if isinstance(value, dict):
        return {key: _printable(item, face) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(item, face) for item in value]
    return value
