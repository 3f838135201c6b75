"""A comparison as one HTML file that holds everything: map, list, close-ups, numbers. No script, no other file.

The numbers on the map lead to the findings and back, with the mouse and the
keyboard; it prints as it is. The language is Chinese or English.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from boundaries.inspection.figure import Figures
from boundaries.inspection.model import Comparison
from boundaries.inspection.provenance import command_of
from boundaries.inspection.report import SEVERITIES, finding_document, wording
from boundaries.inspection.words import Words, words_of

STYLE = """
body{font:14px/1.5 "PingFang SC","Microsoft YaHei","Noto Sans SC","Noto Sans CJK SC",sans-serif;color:#1c1e21;
max-width:1240px;margin:0 auto;padding:16px;background:#fff}
h1{font-size:22px;margin:0 0 4px}h2{font-size:16px;margin:28px 0 8px}h3{font-size:16px;margin:0 0 2px}
p{margin:4px 0}.soft{color:#54585d}.answer{font-size:17px;font-weight:600;margin:10px 0}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:4px 8px;border-bottom:1px solid #d9dbde;vertical-align:top}td.n,th.n{text-align:right}
svg.figure{width:100%;height:auto;border:1px solid #c9ccd1;display:block}
.sign circle{stroke:#fff;stroke-width:1.5;fill:#1f4e9e}.sign.error circle{fill:#9c1c14}
.sign.warning circle{fill:#8a5a00}
.sign text{fill:#fff;font:600 11px sans-serif}a:focus .sign circle,a:hover .sign circle{stroke:#111;stroke-width:2.5}
text.code{font:11px ui-monospace,monospace}text.figure{font:600 14px sans-serif}text.scale{font:12px sans-serif}
section.finding{border-top:2px solid #c9ccd1;padding:14px 0;break-inside:avoid;display:grid;
grid-template-columns:minmax(0,5fr) minmax(0,7fr);gap:18px}
section.finding:target{box-shadow:inset 4px 0 0 #ffd54a;padding-left:14px}
.badge{display:inline-block;padding:0 8px;border-radius:3px;border:1px solid;font-size:13px;margin-right:6px}
.badge.error{color:#9c1c14}.badge.warning{color:#7a4f00}.badge.info{color:#1f4e9e}
.legend{display:flex;flex-wrap:wrap;gap:4px 20px;list-style:none;padding:0;margin:8px 0}.legend svg{vertical-align:-3px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 12px;margin:8px 0}dt{color:#54585d}dd{margin:0}
.wide{overflow-x:auto}.hash{font:12px ui-monospace,monospace;overflow-wrap:anywhere}a{color:#174a8c}
@media(max-width:760px){section.finding{display:block}section.finding>div+div{margin-top:10px}}
text.name{font:600 12.5px sans-serif}
@media print{body{padding:0;max-width:none}a{color:inherit;text-decoration:none}}
"""


def as_html(
    comparison: Comparison,
    inputs: Mapping[str, Sequence[Any]],
    language: str,
    documents: Mapping[str, str] | None = None,
) -> str:
    """The file; `language` is `zh` or `en`, `inputs` and `documents` as in the JSON report."""
    words, figures = words_of(language), Figures(comparison, language=language)
    body = [*_head(comparison, words), *_map(figures, words), *_list(comparison, words), *_agreement(comparison, words)]
    body += [finding_section(figures, number, words) for number in range(len(comparison.findings))]
    body += inputs_list(inputs, words, command_of(comparison, inputs, documents))
    return page(words["title"], words, body)


def page(title: str, words: Words, body: Iterable[str]) -> str:
    """One HTML file that needs no other."""
    return (
        f'<!doctype html><html lang="{words["lang"]}"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{STYLE}</style></head>'
        f"<body><main>{''.join(body)}</main></body></html>\n"
    )


def _head(comparison: Comparison, words: Words) -> Iterator[str]:
    yield f"<h1>{html.escape(words['title'])}</h1>"
    yield f'<p class="answer">{html.escape(words.answer(comparison))}</p>'
    yield f'<p class="soft">{html.escape(words["nothing_awarded"])}</p>'


def _map(figures: Figures, words: Words) -> Iterator[str]:
    yield f'<h2 id="map">{html.escape(words["map"])}</h2>{figures.whole(words["map"])}{legend(words)}'


#: A sample of each line and fill.
SAMPLES = {
    "legal": '<path d="M0 8H34" stroke="#111" stroke-width="2" stroke-dasharray="12 4 2 4"/>',
    "a": '<path d="M0 8H34" stroke="#b3261e" stroke-width="2"/>',
    "b": '<path d="M0 8H34" stroke="#1f4e9e" stroke-width="2"/>',
    "b_dashed": '<path d="M0 8H34" stroke="#1f4e9e" stroke-width="2" stroke-dasharray="7 4"/>',
    "both": '<rect width="34" height="15" fill="url(#both)" stroke="#999"/>',
    "neither": '<rect width="34" height="15" fill="url(#neither)" stroke="#999"/>',
    "marker": '<rect x="13" y="3" width="8" height="8" fill="#fff" stroke="#111" stroke-width="1.4"/>',
}


def legend(words: Words) -> str:
    """What lines and fills mean, with a sample of each."""
    return legend_of({name: words[f"legend_{name}"] for name in ("legal", "a", "b", "both", "neither", "marker")})


def legend_of(named: Mapping[str, str]) -> str:
    """A legend of some of the samples, each with its words."""
    items = [
        f'<li><svg width="34" height="16" aria-hidden="true">{SAMPLES[name]}</svg> {html.escape(said)}</li>'
        for name, said in named.items()
    ]
    return f'<ul class="legend">{"".join(items)}</ul>'


def _list(comparison: Comparison, words: Words) -> Iterator[str]:
    yield f"<h2>{html.escape(words['findings'])}</h2>"
    if not comparison.findings:
        yield f"<p>{html.escape(words['none'])}</p>"
        return
    heads = "".join(f"<th>{html.escape(words[name])}</th>" for name in ("number", "severity", "what", "where"))
    numbers = "".join(f'<th class="n">{html.escape(words[name])}</th>' for name in ("width", "area", "run"))
    rows = []
    for number, finding in enumerate(comparison.findings, 1):
        title = wording()[finding.kind][f"title_{words.language}"]
        cells = [
            f'<td><a href="#f{number}">{number}</a></td>',
            f"<td>{badge(finding.severity, words)}</td>",
            f'<td><a href="#f{number}">{html.escape(title)}</a></td>',
            f"<td>{html.escape(words.between(finding))}</td>",
            *(f'<td class="n">{html.escape(words.measure(finding, name))}</td>' for name in ("width", "area", "run")),
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    yield f"<table><thead><tr>{heads}{numbers}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def badge(severity: str, words: Words) -> str:
    """How grave a finding is, as a word in a frame."""
    word = SEVERITIES[severity][words.language == "zh"]
    return f'<span class="badge {severity}">{html.escape(word)}</span>'


def finding_section(figures: Figures, number: int, words: Words, back: str = "#map", *, drawn: bool = True) -> str:
    """Finding `number` (from 0) with its facts, and close up where it has a place and is to be `drawn`."""
    finding = figures.comparison.findings[number]
    document = finding_document(finding)
    title = wording()[finding.kind][f"title_{words.language}"]
    message, rule = (document[f"{name}_zh" if words.language == "zh" else name] for name in ("message", "rule"))
    drawing = (figures.close_up(number, title) if drawn else None) or ""
    facts = "".join(
        f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>" for name, value in words.facts(finding)
    )
    return (
        f'<section class="finding" id="{figures.anchor}{number + 1}"><div><h3>{number + 1} {html.escape(title)}</h3>'
        f"<p>{badge(finding.severity, words)}{html.escape(words.between(finding))}</p><p>{html.escape(message)}</p>"
        f"<dl>{facts}<dt>{html.escape(words['rule'])}</dt><dd>{html.escape(rule)}</dd></dl>"
        f'<p><a href="{back}">{html.escape(words["back"])}</a></p></div><div>{drawing}</div></section>'
    )


def _agreement(comparison: Comparison, words: Words) -> Iterator[str]:
    rows = "".join(
        f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>" for name, value in words.agreement(comparison)
    )
    yield f"<h2>{html.escape(words['agreement'])}</h2><dl>{rows}</dl>"


def inputs_list(
    inputs: Mapping[str, Sequence[Any]], words: Words, command: str = "", prefix: str = "input"
) -> Iterator[str]:
    """The files that were compared, with their hashes, and the command that finds the same again."""
    rows = "".join(
        f"<dt>{html.escape(words[f'{prefix}_{name}'])}</dt><dd>{html.escape(file.name)} "
        f'<span class="hash">SHA-256 {file.sha256}</span></dd>'
        for name, files in inputs.items()
        for file in files
    )
    again = f"<dt>{html.escape(words['reproduce'])}</dt><dd><code>{html.escape(command)}</code></dd>" if command else ""
    yield f"<h2>{html.escape(words['inputs'])}</h2><dl>{rows}{again}</dl>"
