"""The report of a load as a page that a person can read, and that the docs keep."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from boundaries.units.chronicle.notation import Remark
from boundaries.units.model import LoadReport

#: The order of the counts; those of remarks follow by name.
COUNTS = ("years", "change_lines", "documents", "units", "versions", "lineage_edges", "standing_at_the_end")
#: What each kind of remark means, and what the load does about it.
MEANINGS = {
    "unreadable_line": "The line does not follow the notation. It was not applied.",
    "unreadable_date": "The document's date cannot be read. The document is kept without a date.",
    "description_without_changes": "Documents without a change line after them. They are kept, linked to nothing.",
    "ends_nothing": "The line ends a record that did not stand. It was not applied.",
    "begins_twice": "The line begins a record whose code stood already. It was not applied.",
    "stands_not": "The line exchanges land of a record that did not stand. It was not applied.",
    "unresolved_selector": "No record fits the other side of the change. The change is kept, without lineage.",
    "ambiguous_selector": "Several records fit the other side of the change. The change is kept, without lineage.",
    "one_sided": "Only one side of a change names the other. The relation is kept as the one side states it.",
    "attributed_to_other_side": "The line stands under a document that does not name its unit; the document on "
    "the other side of the same change does, and was linked instead.",
    "no_document": "The line has no document above it.",
    "fitted": "The documents give a day on which the unit's parent or code was not there yet. The change takes "
    "effect with the parent or code; the days between are answered as uncertain.",
    "version_of_no_day": "The version would have ended on the day it began. It is left out.",
    "summary_disagrees": "The replayed changes and the summary (result.csv) differ on 31 December of that year.",
    "document_without_effect": "The document opened, closed and supports nothing.",
}


def markdown(report: LoadReport) -> str:
    """The report as Markdown: counts, then every remark by kind with its place in the source."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: LoadReport) -> Iterator[str]:
    yield "# The load of the division register"
    yield ""
    yield (
        f"From the list of {report.register_from} through {report.register_through}. Made anew by "
        "`./diming load divisions --report docs/reports/divisions.md`; a test keeps it current."
    )
    yield ""
    yield "| what | count |"
    yield "| --- | ---: |"
    for key, count in sorted(report.counts.items(), key=lambda item: _place(item[0])):
        yield f"| {key.replace('_', ' ')} | {count:,} |"
    yield ""
    yield from _years(report)
    yield from _remarks(report.remarks)


def _place(key: str) -> tuple[int, str]:
    """Counts of the source first, then of the register, then of the remarks."""
    return (COUNTS.index(key) if key in COUNTS else len(COUNTS), key)


def _years(report: LoadReport) -> Iterator[str]:
    found = sum(remark.kind == "summary_disagrees" for remark in report.remarks)
    years = f"{report.register_from.year} to {report.register_through.year}"
    yield (
        f"On 31 December of every year from {years}, codes, names, levels and parents were compared with "
        f"result.csv: {found} disagreements."
    )
    yield ""


def _remarks(remarks: Sequence[Remark]) -> Iterator[str]:
    by_kind: dict[str, list[Remark]] = defaultdict(list)
    for remark in remarks:
        by_kind[remark.kind].append(remark)
    for kind in sorted(by_kind):
        yield f"## {kind} ({len(by_kind[kind])})"
        yield ""
        yield MEANINGS[kind]
        yield ""
        for remark in by_kind[kind]:
            where = f"{remark.year - 1}-{remark.year}.diff" + (f":{remark.line}" if remark.line else "")
            yield f"* `{where}` {remark.message}"
        yield ""
