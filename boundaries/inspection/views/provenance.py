"""Behind every finding of two views: the tolerance with its source, and the command that finds it again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from boundaries.inspection.reading import InputFile
from boundaries.inspection.settings import Settings, settings, sources
from boundaries.inspection.views.model import ViewComparison

#: The settings that decide about each sort of limit; `views.toml` says which sort a kind has. What is a matter of codes
#: and names (`unit`) has no limit in metres.
DECIDING: Mapping[str, tuple[str, ...]] = {
    "land": ("run_tolerances", "run_m", "wide_tolerances", "wide_run_tolerances"),
    "area": (),
    "meeting": ("end_tolerances",),
    "shift": ("significant_tolerances", "residual_share"),
    "unit": (),
}


def tolerance_of(limit: str, found: ViewComparison) -> dict[str, Any]:
    """What decided that this is a finding: `value_m` (None: no length did), `from`, and every number's source."""
    rules, said = settings(), sources()
    if limit == "unit":
        return {"value_m": None, "from": "codes", "k": rules.k, "accuracies_m": {}, "source": {}}
    accuracies = {view: accuracy for view, accuracy in found.accuracies_m.items() if accuracy is not None}
    deciding = ("k", *_of_tolerance(found), *DECIDING[limit])
    return {
        "value_m": _value_m(limit, found, rules),
        "from": found.tolerance_from,
        "k": rules.k,
        "accuracies_m": accuracies,
        "source": {name: said[name] for name in dict.fromkeys(deciding)},
    }


def _of_tolerance(found: ViewComparison) -> tuple[str, ...]:
    """What T of two layers without accuracies follows from, beside k."""
    return () if found.tolerance_from == "accuracies" else ("accuracy_m", "wide_tolerances")


def _value_m(limit: str, found: ViewComparison, rules: Settings) -> float:
    if limit == "meeting":
        return rules.end_tolerances * found.tolerance_m
    # a shift is judged before T is known: by what two surveys of these accuracies may differ
    least = rules.tolerance_m(*(accuracy or rules.accuracy_m for accuracy in found.accuracies_m.values()))
    return rules.significant_tolerances * least if limit == "shift" else found.tolerance_m


def command_of(found: ViewComparison, inputs: Mapping[str, Sequence[InputFile]], options: Mapping[str, str]) -> str:
    """The command that gives the same report from the same files; empty where no files were compared."""
    if not (inputs.get("a") and inputs.get("b")):
        return ""
    words = ["./diming", "boundary", "compare-units"]
    for view in ("a", "b"):
        words += [f"--{view}", inputs[view][0].name]
    for name, value in sorted(options.items()):
        words += [f"--{name}", value]
    for view, accuracy in sorted(found.accuracies_m.items()):
        words += [f"--accuracy-{view}", f"{accuracy:g}"] if accuracy is not None else []
    return shlex.join([*words, "--json"])
