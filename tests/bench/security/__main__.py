"""`./diming bench security`: everybody asks everything, parsers are fuzzed, injections tried. Status 1 where anything
failed: a 500, an answer that is not as it is described, a text that was neither read nor refused, an injection.

The same seed asks the same questions of the same register, but for identifiers that are made at random.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import parser_fuzz
from tests.bench import machine, report
from tests.bench.security import injections
from tests.bench.security.scene import Scene, scene

CASES, TEXTS, SEED, PROCESSES = 50_000, 3_000, 10, 2
PARTS = ("cases", "parsers", "injections")


@dataclass
class Results:
    """What one run found."""

    machine: dict[str, str] = field(default_factory=dict)
    seed: int = SEED
    seconds: dict[str, float] = field(default_factory=dict)
    cases: Counter[str] = field(default_factory=Counter)
    askers: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    failures: dict[str, dict[str, Any]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    parsers: dict[str, int] = field(default_factory=dict)
    parser_failures: list[str] = field(default_factory=list)
    injections: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Whether nothing failed anywhere."""
        missed = any(one["failed"] for one in self.injections.values())
        return not (self.failures or self.parser_failures or missed)


def main() -> int:
    """Run it, print the report and write it into RESULTS.md (or print JSON with `--json`)."""
    asked = argparse.ArgumentParser(prog="./diming bench security")
    asked.add_argument("--json", action="store_true")
    asked.add_argument("--cases", type=int, default=CASES)
    asked.add_argument("--texts", type=int, default=TEXTS)
    asked.add_argument("--seed", type=int, default=SEED)
    asked.add_argument("--processes", type=int, default=PROCESSES)
    asked.add_argument("--only", choices=PARTS, action="append")
    given = asked.parse_args()
    results = Results(machine.computer() | {"load before": machine.load()}, given.seed)
    for part in given.only or PARTS:
        began = time.perf_counter()
        {"cases": _cases, "parsers": _parsers, "injections": _injections}[part](results, given)
        results.seconds[part] = round(time.perf_counter() - began, 1)
    if given.json:
        print(json.dumps(vars(results) | {"good": results.good}, ensure_ascii=False, indent=2))
    elif given.only:
        print(section(results))
    else:
        print(report.write_section("security", section(results)))
    if not given.json:
        print("\n".join(report.table(("operation", "cases"), _by_operation(results.cases))))
    return 0 if results.good else 1


def _cases(results: Results, given: argparse.Namespace) -> None:
    with scene() as before, tempfile.TemporaryDirectory(prefix="diming-security-") as name:
        for told in _shares(before, Path(name), given.cases, given.processes, given.seed):
            results.cases += Counter(told["cases"])
            results.askers += Counter(told["askers"])
            results.statuses += Counter(told["statuses"])
            for key, failure in told["failures"].items():
                kept = results.failures.setdefault(key, failure | {"times": 0})
                kept["times"] += failure["times"]
        results.log = errors_in(before.log)
        if results.log:
            results.failures["the server's log has errors"] = {
                "times": len(results.log), "said": "\n".join(results.log[:3])[:4000], "question": ""
            }  # fmt: skip


def _shares(before: Scene, folder: Path, cases: int, processes: int, seed: int) -> list[dict[str, Any]]:
    """What each process found of its share of the operations."""
    told = folder / "scene.json"
    told.write_text(json.dumps({"address": before.address, "secrets": before.secrets}), "utf-8")
    told.chmod(0o600)
    files = [folder / f"told-{number}.json" for number in range(processes)]
    begun = [
        subprocess.Popen(
            [
                sys.executable, "-m", "tests.bench.security.cases", str(told), str(file),
                f"--share={number}", f"--of={processes}", f"--cases={-(-cases // processes)}", f"--seed={seed}",
            ]
        )
        for number, file in enumerate(files)
    ]  # fmt: skip
    ended = [one.wait() for one in begun]
    if any(ended):
        raise RuntimeError("A share was not asked to its end; its process says why above.")
    return [json.loads(file.read_text("utf-8")) for file in files]


def errors_in(log: Path) -> list[str]:
    """Lines of the server's log that tell of a failure of its own."""
    return [line for line in log.read_text("utf-8", "replace").splitlines() if '"level": "error"' in line]


def _parsers(results: Results, given: argparse.Namespace) -> None:
    for parser in parser_fuzz.parsers():
        rounds = parser_fuzz.rounds_of(parser, given.texts)
        found = parser_fuzz.fuzz(parser, rounds, given.seed)
        results.parsers[parser.name] = rounds
        results.parser_failures += [f"{one.parser}: {one.why}: {parser_fuzz.shown(one.text)}" for one in found]


def _injections(results: Results, _: argparse.Namespace) -> None:
    results.injections = {
        kind: {"passed": one.passed, "failed": one.failed} for kind, one in injections.tried().items()
    }


def section(results: Results) -> str:
    """The section of RESULTS.md."""
    took = ", ".join(f"{part} {seconds:,.0f} s" for part, seconds in results.seconds.items())
    lines = ["## security", "", *(f"* {name}: {value}" for name, value in results.machine.items())]
    lines += [f"* seed: {results.seed}", f"* took: {took}", ""]
    if results.cases:
        lines += [
            f"{results.cases.total():,} cases of schemathesis on {len(results.cases)} operations, all checks but",
            "one (whether data in good form are accepted is judged by the codes of refusals):",
            f"{_counts(results.statuses)}. Asked by {_counts(results.askers)}.",
            "",
        ]
        lines += report.table(("group of operations", "operations", "cases"), _by_group(results.cases))
        lines += ["", f"Kinds of failure: {len(results.failures)}."]
        lines += [f"* {key}, {one['times']} times: {one['said'][:300]!r}" for key, one in results.failures.items()]
        lines += [""]
    if results.parsers:
        lines += [
            f"{len(results.parsers)} parsers, {sum(results.parsers.values()):,} damaged texts; neither read nor",
            f"refused: {len(results.parser_failures)}. Boundary files have their own: `tests/intake_fuzz.py`.",
            *(f"* {line}" for line in results.parser_failures),
            "",
        ]
    if results.injections:
        rows = [
            (kind, str(one["passed"]), "; ".join(one["failed"]) or "none") for kind, one in results.injections.items()
        ]
        lines += report.table(("injection", "tests passed", "failed"), rows)
    return "\n".join(lines) + "\n"


def _counts(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {times:,}" for name, times in sorted(counted.items()))


def _by_group(cases: Counter[str]) -> list[tuple[str, ...]]:
    operations, asked = Counter[str](), Counter[str]()
    for label, count in cases.items():
        path = label.partition(" ")[2].split("/")
        group = "/".join(path[:3]) if path[1] in ("v1", "ogc", "9095") else f"/{path[1]}"
        operations[group] += 1
        asked[group] += count
    return [(group, str(operations[group]), f"{asked[group]:,}") for group in sorted(operations)]


def _by_operation(cases: Counter[str]) -> Sequence[tuple[str, ...]]:
    return [(label, f"{count:,}") for label, count in sorted(cases.items())]


if __name__ == "__main__":
    sys.exit(main())
