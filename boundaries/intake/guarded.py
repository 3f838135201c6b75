"""The same check in a process of its own, with limits of memory and time: what a hostile file breaks is only that.

The child gets names of files and options as JSON and answers with a report as
JSON; nothing that it says is ever executed. Where it dies, the report says so.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boundaries.intake.findings import NOWHERE, describe
from boundaries.intake.model import Observation, Report
from boundaries.intake.options import Options, rules_of
from boundaries.intake.received import hash_of, must_be_file
from boundaries.intake.report import as_document, from_document
from data import errors
from data.errors import DimingError

ROOT = Path(__file__).parents[2]
#: What a child may raise and its parent raises again.
EXPECTED = {kind.__name__: kind for kind in (errors.BadInput, errors.BadRequest, errors.NotFound)}
#: The exit status of a child that ran out of memory.
OUT_OF_MEMORY = 77


@dataclass(frozen=True, slots=True)
class Fences:
    """How much one check may use. A line of a million vertices needs some 0.6 GB and a few seconds."""

    memory_bytes: int = 6 << 30
    cpu_s: int = 300
    wall_s: int = 600


def check_guarded(path: Path, options: Options | None = None, fences: Fences | None = None) -> Report:
    """`check_file` within `fences`; a file that breaks them is `unreadable`. Raises as `check_file` does."""
    options, fences = options or Options(), fences or Fences()
    must_be_file(path)
    rules_of(options)
    asked = json.dumps(_asked(path, options, fences))
    command = [sys.executable, "-m", "boundaries.intake.guarded"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        child = subprocess.run(
            command, input=asked.encode(), capture_output=True, timeout=fences.wall_s, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        return _stopped(path, options, f"it took longer than {fences.wall_s} s")
    if child.returncode == 0:
        return _answer(json.loads(child.stdout))
    return _stopped(path, options, _why(child.returncode, fences))


def _asked(path: Path, options: Options, fences: Fences) -> dict[str, Any]:
    return {
        "path": str(path.absolute()),
        "against": str(options.against.absolute()) if options.against else None,
        "scale": options.scale,
        "profile": _absolute(options.profile),
        "expect": options.expect,
        "tolerances": str(options.tolerances.absolute()),
        "draw": options.draw,
        "memory_bytes": fences.memory_bytes,
        "cpu_s": fences.cpu_s,
    }


def _absolute(profile: str) -> str:
    return str(Path(profile).absolute()) if profile.endswith(".toml") else profile


def _answer(said: Mapping[str, Any]) -> Report:
    if "report" in said:
        return from_document(said["report"])
    raise EXPECTED[said["error"]](said["detail"], code=said["code"])


def _why(status: int, fences: Fences) -> str:
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        return f"it took more than {fences.cpu_s} s of computing or was killed"
    if status == OUT_OF_MEMORY:
        return f"it needed more than {fences.memory_bytes >> 20:,} MB of memory"
    return f"the reader failed on it (status {status})"


def _stopped(path: Path, options: Options, why: str) -> Report:
    limits, _ = rules_of(options)
    finding = describe(Observation("unreadable", "stopped", {"why": why}), NOWHERE)
    return Report(path.name, hash_of(path), limits.scale, None, None, (), (finding,), (), limits.as_mapping())


# -- in the child -------------------------------------------------------------------------------------------------


def _fence(asked: Mapping[str, Any]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (asked["memory_bytes"], asked["memory_bytes"]))
    resource.setrlimit(resource.RLIMIT_CPU, (asked["cpu_s"], asked["cpu_s"] + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _run(asked: Mapping[str, Any]) -> dict[str, Any]:
    # only the child needs the libraries that read files: they take longer to load than a line to check
    from boundaries.intake.check import check_file

    against = Path(asked["against"]) if asked["against"] else None
    tolerances = Path(asked["tolerances"])
    options = Options(against, asked["scale"], asked["profile"], asked["expect"], tolerances, draw=asked["draw"])
    try:
        return {"report": as_document(check_file(Path(asked["path"]), options))}
    except DimingError as error:
        return {"error": type(error).__name__, "code": error.code, "detail": error.detail}


def main(arguments: Sequence[str] = ()) -> int:
    """Check what standard input asks for; the answer goes to standard output as one JSON document."""
    del arguments
    asked = json.load(sys.stdin)
    _fence(asked)
    try:
        answer = json.dumps(_run(asked))
    except MemoryError:
        return OUT_OF_MEMORY
    sys.stdout.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
