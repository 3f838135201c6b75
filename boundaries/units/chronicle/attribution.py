"""Which documents stand behind which change line.

A description holds for the lines that follow it. Where it has several
documents, a line belongs to those that name its unit. Where the lines of one
change stand under two descriptions (the file is ordered by code), a line whose
own description does not name the unit belongs to the description on the other
side of the change that does; this is a remark (`attributed_to_other_side`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from boundaries.units.chronicle.flows import Flow
from boundaries.units.chronicle.notation import ChangeLine, Document, Remark
from boundaries.units.chronicle.replay import YearStep

#: Generic terms cut from a name before it is looked for in a text, longest first.
_GENERICS = ("自治县", "自治州", "自治旗", "地区", "新区", "特区", "林区", "市", "区", "县", "旗", "盟")

#: A specific part of one character (陵 of 陵县) is in any text.
_SHORTEST_SPECIFIC = 2


@dataclass(frozen=True, slots=True)
class Attribution:
    """`principal`: the documents that made a line's change; `supporting`: others of its description."""

    principal: tuple[Document, ...]
    supporting: tuple[Document, ...]


def attribute(step: YearStep, flows: Iterable[Flow]) -> tuple[dict[int, Attribution], list[Remark]]:
    """The documents of each line of the year, by line number."""
    counterparts = _counterparts(step, flows)
    remarks: list[Remark] = []
    result: dict[int, Attribution] = {}
    for line in step.file.lines:
        own = step.file.blocks[line.block]
        naming = _naming(own, line.name)
        if not naming:
            elsewhere = _elsewhere(step, line, counterparts[line.line])
            if elsewhere:
                remarks.append(_moved(line, own, elsewhere))
                result[line.line] = Attribution(elsewhere, ())
                continue
        principal = naming or own
        rest = tuple(doc for doc in own if doc not in principal)
        result[line.line] = Attribution(principal, rest)
    remarks += _without_document(step, result)
    return result, remarks


def _counterparts(step: YearStep, flows: Iterable[Flow]) -> Mapping[int, list[ChangeLine]]:
    """For each line the lines on the other side of its flows."""
    ended, began = step.ended, step.began
    others: dict[int, list[ChangeLine]] = defaultdict(list)
    for flow in flows:
        source, target = ended.get(flow.source), began.get(flow.target)
        if source is not None and target is not None:
            others[source.line].append(target)
            others[target.line].append(source)
    return others


def _elsewhere(step: YearStep, line: ChangeLine, counterparts: Iterable[ChangeLine]) -> tuple[Document, ...]:
    for other in counterparts:
        if other.block != line.block:
            naming = _naming(step.file.blocks[other.block], line.name)
            if naming:
                return naming
    return ()


def _naming(documents: Iterable[Document], name: str) -> tuple[Document, ...]:
    """The documents with the unit's full name, or where none has it those with its specific part."""
    documents = tuple(documents)
    full = tuple(d for d in documents if name in d.title + d.text)
    if full or len(specific(name)) < _SHORTEST_SPECIFIC:
        return full
    return tuple(d for d in documents if specific(name) in d.title + d.text)


def specific(name: str) -> str:
    """The specific part (专名) of a division name: 襄樊 of 襄樊市."""
    return next((name.removesuffix(g) for g in _GENERICS if name.endswith(g)), name)


def _moved(line: ChangeLine, own: Iterable[Document], to: tuple[Document, ...]) -> Remark:
    stated = "; ".join(doc.doc_no or doc.title for doc in own) or "no document"
    found = "; ".join(doc.doc_no or doc.title for doc in to)
    message = f"{line.op}{line.code} {line.name}: stands under {stated}, named in {found}"
    return Remark("attributed_to_other_side", line.year, line.line, message)


def _without_document(step: YearStep, result: Mapping[int, Attribution]) -> Iterator[Remark]:
    for line in step.file.lines:
        if not result[line.line].principal:
            yield Remark("no_document", line.year, line.line, f"{line.op}{line.code} {line.name}")
