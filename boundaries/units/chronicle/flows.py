"""Whose land went where in one year: the selectors of the change lines, resolved to codes.

A flow runs from a record of the old list to a record of the new one. Both
sides of a change usually state it; a flow that only one side states although
the other has a line with selectors of its own is a remark (`one_sided`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from boundaries.units.chronicle.notation import ChangeLine, Remark, Selector
from boundaries.units.chronicle.replay import CodeList, YearStep
from boundaries.units.coding import parent_code


@dataclass(frozen=True, slots=True)
class Flow:
    """Land went from `source` (code in the old list) to `target` (code in the new list).

    `ends`: the source record ended; `begins`: the target record began this
    year. `lines` are the line numbers that state it.
    """

    year: int
    source: str
    target: str
    ends: bool
    begins: bool
    attested: bool
    lines: tuple[int, ...]


def flows_of(step: YearStep) -> tuple[list[Flow], list[Remark]]:
    """All flows of one year in the order of their first line.

    Remarks: `unresolved_selector` (no record fits), `ambiguous_selector`
    (several fit and none is nearer), `one_sided`.
    """
    said: dict[tuple[str, str], list[tuple[ChangeLine, bool]]] = defaultdict(list)
    remarks: list[Remark] = []
    for line in step.file.lines:
        for selector in line.selectors:
            here, there = _sides(step, line)
            found = resolve(selector, line, here, there)
            if isinstance(found, Remark):
                remarks.append(found)
                continue
            pair = (line.code, found) if line.direction == ">" else (found, line.code)
            said[pair].append((line, selector.attested))
    ended, began = step.ended, step.began
    flows = [_flow(step.year, pair, lines, ended, began) for pair, lines in said.items()]
    remarks += _one_sided(flows, said, ended, began)
    return flows, remarks


def _sides(step: YearStep, line: ChangeLine) -> tuple[CodeList, CodeList]:
    """The list in which `line` stands and the list in which its selectors stand."""
    return (step.before, step.after) if line.direction == ">" else (step.after, step.before)


def _flow(
    year: int,
    pair: tuple[str, str],
    lines: list[tuple[ChangeLine, bool]],
    ended: Mapping[str, ChangeLine],
    began: Mapping[str, ChangeLine],
) -> Flow:
    source, target = pair
    return Flow(
        year,
        source,
        target,
        ends=source in ended,
        begins=target in began,
        attested=all(attested for _, attested in lines),
        lines=tuple(sorted(line.line for line, _ in lines)),
    )


def resolve(selector: Selector, line: ChangeLine, here: CodeList, there: CodeList) -> str | Remark:
    """The code in the list `there` that `selector` of `line` means."""
    if selector.kind == "code":
        found = [selector.name] if selector.name in there else []
    elif selector.kind == "same_code":
        found = [line.code] if line.code in there else []
    elif selector.kind == "parent_code":
        above = parent_code(line.code, here)
        found = [above] if above in there and above is not None else []
    else:
        name = line.name if selector.kind == "same_name" else selector.name
        found = _by_name(name, there) or _by_parent_and_name(name, there)
    best = _nearest(line.code, found)
    if len(best) == 1:
        return best[0]
    kind = "ambiguous_selector" if best else "unresolved_selector"
    message = f"{line.op}{line.code} {line.name} {line.direction} {selector.name}: {best or 'none'}"
    return Remark(kind, line.year, line.line, message)


def _by_name(name: str, there: CodeList) -> list[str]:
    return [code for code, other in there.items() if other == name]


def _by_parent_and_name(name: str, there: CodeList) -> list[str]:
    """Records whose parent's name and own name together are `name`: 石家庄市郊区."""
    return [
        code
        for code, other in there.items()
        if name.endswith(other) and name.removesuffix(other) in _names_above(code, there)
    ]


def _names_above(code: str, there: CodeList) -> Iterator[str]:
    above = parent_code(code, there)
    while above is not None:
        yield there[above]
        above = parent_code(above, there)


def _nearest(code: str, found: list[str]) -> list[str]:
    """Of several records of one name the only one in the same prefecture, or else province."""
    for digits in (4, 2):
        near = [other for other in found if other[:digits] == code[:digits]]
        if len(near) == 1:
            return near
    return found


def _one_sided(
    flows: Iterable[Flow],
    said: Mapping[tuple[str, str], list[tuple[ChangeLine, bool]]],
    ended: Mapping[str, ChangeLine],
    began: Mapping[str, ChangeLine],
) -> Iterator[Remark]:
    for flow in flows:
        sides = {line.direction for line, _ in said[flow.source, flow.target]}
        out, into = ended.get(flow.source), began.get(flow.target)
        silent = (out if ">" not in sides else None) or (into if "<" not in sides else None)
        if silent is not None and silent.selectors:
            yield Remark(
                "one_sided",
                flow.year,
                silent.line,
                f"{silent.op}{silent.code} {silent.name} does not name the other side of "
                f"{flow.source}>{flow.target} (line {flow.lines[0]})",
            )
