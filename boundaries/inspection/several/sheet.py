"""Several lines as one HTML file that holds everything: a table of lines, their meetings, each line with findings."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from boundaries.inspection.figure import Figures
from boundaries.inspection.model import Comparison
from boundaries.inspection.reading import InputFile
from boundaries.inspection.report import message, wording
from boundaries.inspection.several.model import Several
from boundaries.inspection.several.report import answer_of, disputed_m2, ranked
from boundaries.inspection.sheet import badge, finding_section, inputs_list, legend, page
from boundaries.inspection.words import Words, words_of

#: Close-ups of each line, of its most important findings.
CLOSE_UPS = 12


def several_html(found: Several, inputs: Mapping[str, Sequence[InputFile]], command: str, language: str) -> str:
    """The file; `language` is `zh` or `en`, `inputs` and `command` as in the JSON report."""
    words, order = words_of(language), ranked(found)
    body = [
        f"<h1>{html.escape(words['several_title'])}</h1>",
        f'<p class="answer">{html.escape(answer_of(found, words))}</p>',
        f'<p class="soft">{html.escape(words["nothing_awarded"])}</p>',
        *_meetings(found, words),
        *_table(order, words),
        legend(words),
        *(part for number, (name, one) in enumerate(order, 1) for part in _line(number, name, one, words)),
        *inputs_list(inputs, words, command),
    ]
    return page(words["several_title"], words, body)


def _meetings(found: Several, words: Words) -> Iterator[str]:
    if not found.meetings:
        return
    yield f"<h2>{html.escape(words['several_where'])}</h2><ul>"
    for one in found.meetings:
        title, said = wording()[one.kind][f"title_{words.language}"], message(one, words.language)
        yield f"<li>{badge(one.severity, words)}<strong>{html.escape(title)}</strong> {html.escape(said)}</li>"
    yield "</ul>"


def _table(order: Sequence[tuple[str, Comparison]], words: Words) -> Iterator[str]:
    heads = "".join(f"<th>{html.escape(words[name])}</th>" for name in ("several_line", "several_answer"))
    numbers = "".join(f'<th class="n">{html.escape(words[name])}</th>' for name in ("several_errors", "area"))
    yield f'<h2 id="map">{html.escape(words["several_all"])}</h2>'
    yield f'<div class="wide"><table><thead><tr>{heads}{numbers}</tr></thead><tbody>'
    for number, (name, one) in enumerate(order, 1):
        counts = Counter(finding.severity for finding in one.findings)
        link = f'<a href="#l{number}">{html.escape(name)}</a>' if one.findings else html.escape(name)
        yield (
            f"<tr><td>{link}</td><td>{html.escape(words.answer(one))}</td>"
            f'<td class="n">{counts["error"]} / {counts["warning"]}</td>'
            f'<td class="n">{disputed_m2(one):,.0f} m²</td></tr>'
        )
    yield "</tbody></table></div>"


def _line(number: int, name: str, comparison: Comparison, words: Words) -> Iterator[str]:
    """A line with its map and its findings; one without findings is in the table alone."""
    if not comparison.findings:
        return
    anchor = f"l{number}f"
    figures = Figures(comparison, anchor, words.language)
    yield f'<h2 id="l{number}">{html.escape(name)}</h2><p class="answer">{html.escape(words.answer(comparison))}</p>'
    yield figures.whole(f"{name} {words['map']}")
    for at in range(len(comparison.findings)):
        yield finding_section(figures, at, words, back=f"#l{number}", drawn=at < CLOSE_UPS)
