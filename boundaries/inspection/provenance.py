"""Behind every finding: the tolerance with its source, the files it rests on, and the command that finds it again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from boundaries.inspection.model import Comparison, Finding
from boundaries.inspection.reading import InputFile
from boundaries.inspection.settings import Settings, settings, sources

#: The settings that decide about each sort of limit, beside `k`; `findings.toml` says which sort a kind has.
DECIDING = {
    "surveys": ("run_tolerances", "run_m", "run_spacings", "wide_tolerances"),
    "own": ("run_tolerances", "run_m", "run_spacings", "wide_tolerances"),
    "end": ("end_tolerances",),
    "met": ("end_tolerances",),
    "shift": ("significant_tolerances", "residual_share"),
    "marker": (),
    "station": ("missing_m",),
    "exact": ("same_vertex_m",),
}


def tolerance_of(finding: Finding, limit: str, comparison: Comparison) -> dict[str, Any]:
    """What decided that this is a finding: `value_m`, the accuracies it follows from, and every number's source."""
    rules, said = settings(), sources()
    between = ("a", "b") if limit in ("surveys", "met") else (*_sides(finding), "legal")
    accuracies = {side: comparison.accuracies_m[side] for side in between if side in comparison.accuracies_m}
    return {
        "value_m": _value_m(limit, accuracies, rules),
        "k": rules.k,
        "accuracies_m": accuracies,
        "source": {name: said[name] for name in ("k", *DECIDING[limit])},
    }


def _sides(finding: Finding) -> tuple[str, ...]:
    return ("a", "b") if finding.side == "both" else (finding.side,)


def _value_m(limit: str, accuracies: Mapping[str, float], rules: Settings) -> float | None:
    if limit == "station":
        return rules.missing_m
    if limit == "exact":
        return rules.same_vertex_m
    if not accuracies:
        return None
    # two sides that saw alike: each is judged beside the legal line, the worse one is told
    legal = [accuracies["legal"]] if "legal" in accuracies else []
    sides = [value for side, value in accuracies.items() if side != "legal"]
    own = max(rules.tolerance_m(one, *legal) for one in sides) if legal else rules.tolerance_m(*sides)
    return own * (rules.end_tolerances if limit in ("end", "met") else 1.0)


def evidence_of(finding: Finding) -> list[str]:
    """The inputs of the report on which a finding rests; their files and hashes stand once, under `inputs`."""
    return ["legal", *_sides(finding)]


def command_of(
    comparison: Comparison, inputs: Mapping[str, Sequence[InputFile]], documents: Mapping[str, str] | None = None
) -> str:
    """The command that gives the same report from the same files; empty where no files were compared."""
    words = ["./diming", "boundary", "compare"]
    for name in ("legal", "a", "b"):
        files = inputs.get(name, ())
        if not files:
            return ""
        words += [f"--{name}", files[0].name]
        if len(files) > 1:
            words += [f"--markers-{name}", files[1].name]
        words += [f"--accuracy-{name}", f"{comparison.accuracies_m[name]:g}"]
        document = (documents or {}).get(name)
        words += [f"--document-{name}", document] if document else []
    return shlex.join([*words, "--json"])
