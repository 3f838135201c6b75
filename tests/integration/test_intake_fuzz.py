"""Mutated files end in an answer: some in every run, twenty thousand in the long one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.scale import examples

ROOT = Path(__file__).parents[2]
FILES = 80


def test_mutated_files_are_answered_without_crash_hang_or_leak() -> None:
    # in processes of their own: a crash of a library must not take the tests along
    count = 250 * FILES if examples(1) > 1 else FILES
    processes = [] if examples(1) > 1 else ["--processes", "1"]
    command = [sys.executable, "-m", "tests.intake_fuzz", str(count), "1", *processes]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr[-2000:]
    told = json.loads(run.stdout)
    assert told["files"] == count
    assert told["grown_mb"] < 300
    assert told["handles_grown"] <= 0
    assert told["left_behind"] == []
    assert len(told["kinds"]) > 5
