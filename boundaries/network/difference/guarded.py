"""Reading somebody's file of lines in a process of its own, with limits of memory and time.

As `boundaries.intake.guarded`: the child gets a name and answers with lines as
JSON, and what a hostile file breaks is only the child.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import LineString, mapping, shape

from boundaries.intake.guarded import EXPECTED, OUT_OF_MEMORY, ROOT, Fences
from boundaries.network.difference.files import FIELDS, FileLine, LineFile, read_line_file
from data.errors import BadInput, DimingError


def read_guarded(path: Path, fences: Fences | None = None) -> LineFile:
    """`read_line_file` within `fences`; raises as it does, and `lines_unfit` for a file that breaks them."""
    fences = fences or Fences()
    asked = {"path": str(path.absolute()), "memory_bytes": fences.memory_bytes, "cpu_s": fences.cpu_s}
    command = [sys.executable, "-m", "boundaries.network.difference.guarded"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        child = subprocess.run(
            command, input=json.dumps(asked).encode(), capture_output=True, timeout=fences.wall_s, env=environment,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise _broken(path, f"it took longer than {fences.wall_s} s") from None
    if child.returncode != 0:
        raise _broken(path, f"the reader stopped on it (status {child.returncode})")
    return _answer(json.loads(child.stdout))


def _broken(path: Path, why: str) -> BadInput:
    return BadInput(
        f"{path.name} cannot be compared: {why}. Nothing was compared.", code="lines_unfit", kind="unreadable"
    )


def _answer(said: Mapping[str, Any]) -> LineFile:
    if "lines" not in said:
        raise EXPECTED[said["error"]](said["detail"], code=said["code"], **said["more"])
    lines = tuple(FileLine(_line(row["course"]), row["fields"]) for row in said["lines"])
    return LineFile(said["name"], said["sha256"], lines)


def _line(course: dict[str, Any]) -> LineString:
    return LineString(shapely.get_coordinates(shape(course)))


# -- in the child -------------------------------------------------------------------------------------------------


def _fence(asked: Mapping[str, Any]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (asked["memory_bytes"], asked["memory_bytes"]))
    resource.setrlimit(resource.RLIMIT_CPU, (asked["cpu_s"], asked["cpu_s"] + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _run(asked: Mapping[str, Any]) -> dict[str, Any]:
    try:
        found = read_line_file(Path(asked["path"]))
    except DimingError as error:
        more = {key: value for key, value in error.problem().items() if key == "kind"}
        return {"error": type(error).__name__, "code": error.code, "detail": error.detail, "more": more}
    lines = [{"course": mapping(line.course), "fields": _told(line.fields)} for line in found.lines]
    return {"name": found.name, "sha256": found.sha256, "lines": lines}


def _told(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a comparison reads, as JSON has them."""
    return {name: _value(fields[name]) for name in FIELDS if name in fields}


def _value(value: Any) -> Any:
    if isinstance(value, str | bool | int | float | None):
        return value
    return value.item() if hasattr(value, "item") else str(value)


def main(arguments: Sequence[str] = ()) -> int:
    """Read what standard input names; the answer goes to standard output as one JSON document."""
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
