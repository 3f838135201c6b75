"""A comparison of two views as one HTML file that holds everything: map, list, close-ups, numbers. No script."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence

from boundaries.inspection.reading import InputFile
from boundaries.inspection.sheet import badge, inputs_list, legend_of, page
from boundaries.inspection.views.figure import ViewFigures
from boundaries.inspection.views.model import ViewComparison, ViewFinding
from boundaries.inspection.views.report import message, wording
from boundaries.inspection.views.words import answer_of, figures_in_words
from boundaries.inspection.words import Words, words_of

#: So many findings, the most important, are numbered on the map and shown close up.
CLOSE_UPS = 60


def views_html(figures: ViewFigures, inputs: Mapping[str, Sequence[InputFile]], command: str, language: str) -> str:
    """The file; `language` is `zh` or `en`, `inputs` and `command` as in the JSON report."""
    words, found = words_of(language), figures.found
    body = [
        f"<h1>{html.escape(words['units_title'])}</h1>",
        f'<p class="answer">{html.escape(answer_of(found, words))}</p>',
        f'<p class="soft">{html.escape(words["units_nothing_awarded"])}</p>',
        f'<h2 id="map">{html.escape(words["units_map"])}</h2>',
        figures.whole(words["units_map"], CLOSE_UPS),
        units_legend(words),
        f'<p class="soft">{html.escape(_shown(found, words))}</p>',
        *_list(found, words),
        *_figures(found, words),
        *(_finding(figures, number, words) for number in range(min(CLOSE_UPS, len(found.findings)))),
        *inputs_list(inputs, words, command, "units_input"),
    ]
    return page(words["units_title"], words, body)


def units_legend(words: Words) -> str:
    """What lines and fills mean."""
    names = {"a": "units_legend_a", "b_dashed": "units_legend_b", "both": "units_legend_both",
             "neither": "units_legend_neither"}  # fmt: skip
    return legend_of({sample: words[key] for sample, key in names.items()})


def _shown(found: ViewComparison, words: Words) -> str:
    count = len(found.findings)
    return words["units_shown"].format(shown=min(CLOSE_UPS, count), all=count) if count > CLOSE_UPS else ""


def _list(found: ViewComparison, words: Words) -> Iterator[str]:
    yield f"<h2>{html.escape(words['findings'])}</h2>"
    if not found.findings:
        yield f"<p>{html.escape(words['none'])}</p>"
        return
    heads = "".join(f"<th>{html.escape(words[name])}</th>" for name in ("number", "severity", "what"))
    numbers = "".join(f'<th class="n">{html.escape(words[name])}</th>' for name in ("width", "area"))
    rows = "".join(_row(number, finding, words) for number, finding in enumerate(found.findings, 1))
    yield f'<div class="wide"><table><thead><tr>{heads}{numbers}</tr></thead><tbody>{rows}</tbody></table></div>'


def _row(number: int, finding: ViewFinding, words: Words) -> str:
    shown = number <= CLOSE_UPS
    title, said = html.escape(title_of(finding, words.language)), html.escape(message(finding, words.language))
    number_cell = f'<a href="#f{number}">{number}</a>' if shown else str(number)
    cells = [f"<td>{number_cell}</td>", f"<td>{badge(finding.severity, words)}</td>",
             f'<td>{title}<br><span class="soft">{said}</span></td>']  # fmt: skip
    cells += [f'<td class="n">{html.escape(value)}</td>' for value in sizes_of(finding)]
    return f"<tr>{''.join(cells)}</tr>"


def title_of(finding: ViewFinding, language: str) -> str:
    """What the kind of a finding is called."""
    return str(wording()[finding.kind]["title"][language])


def sizes_of(finding: ViewFinding) -> tuple[str, str]:
    """Width and area with their units; empty where the finding has none."""
    width, area = finding.measures.get("width_m"), finding.measures.get("area_m2")
    return "" if width is None else f"{width:,.1f} m", "" if area is None else f"{area:,.0f} m²"


def _finding(figures: ViewFigures, number: int, words: Words) -> str:
    finding = figures.found.findings[number]
    title = title_of(finding, words.language)
    rule = wording()[finding.kind]["rule"][words.language]
    drawing = figures.close_up(number, title) or ""
    return (
        f'<section class="finding" id="f{number + 1}"><div><h3>{number + 1} {html.escape(title)}</h3>'
        f"<p>{badge(finding.severity, words)}{html.escape(', '.join(finding.units))}</p>"
        f"<p>{html.escape(message(finding, words.language))}</p>"
        f"<dl><dt>{html.escape(words['rule'])}</dt><dd>{html.escape(rule)}</dd></dl>"
        f'<p><a href="#map">{html.escape(words["back"])}</a></p></div><div>{drawing}</div></section>'
    )


def _figures(found: ViewComparison, words: Words) -> Iterator[str]:
    rows = "".join(
        f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>" for name, value in figures_in_words(found, words)
    )
    yield f"<h2>{html.escape(words['agreement'])}</h2><dl>{rows}</dl>"
