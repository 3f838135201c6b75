"""`test`: the linters, the types, the direction of imports and the tests, in this order, all of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli import output
from api.cli.environment import environment
from api.cli.lifecycle import artefacts
from api.cli.lifecycle.locks import exclusively
from data.server.home import REPOSITORY

LONG = "DIMING_TEST_LONG"
PROCESSES = 2


def run(
    context: typer.Context,
    long: Annotated[bool, typer.Option("--long", help="Run the large counts in full.")] = False,
) -> int:
    """Run every check. Further words go to pytest: ./diming test -k shapefile."""
    place = environment()
    with exclusively(place.home):
        artefacts.browser_libraries(place.home)
        artefacts.demonstration_data(place.home)
        artefacts.tested_service(place.home, "objects")
    results = [_check(name, words) for name, words in _checks()]
    # pytest comes last, so that its closing line closes the run.
    results.append(_check("pytest", _pytest(context.args), {LONG: "1"} if long else {}))
    return 0 if all(results) else 1


def _checks() -> list[tuple[str, list[str]]]:
    beside = Path(sys.executable).parent
    return [
        ("ruff", [str(beside / "ruff"), "check", "."]),
        ("mypy", [str(beside / "mypy")]),
        ("import-linter", [str(beside / "lint-imports")]),
    ]


def _pytest(words: list[str]) -> list[str]:
    # In the order of the folders: the small modules of `unit` come last and leave no process waiting for the other,
    # where xdist's own order keeps the modules of few tests, our slowest ones, for the end.
    spread = [f"--numprocesses={PROCESSES}", "--dist=loadscope", "--no-loadscope-reorder"]
    return [sys.executable, "-m", "pytest", "-q", *spread, *words]


def _check(name: str, words: list[str], variables: dict[str, str] | None = None) -> bool:
    output.say(f"— {name}")
    sys.stdout.flush()
    done = subprocess.run(words, cwd=REPOSITORY, env=_environment() | (variables or {}), check=False)
    if done.returncode != 0:
        output.say(f"✗ {name} ended with status {done.returncode}")
    return done.returncode == 0


def _environment() -> dict[str, str]:
    """Ours without a database: the tests make their own, and must never touch a register in use."""
    kept = {name: value for name, value in os.environ.items() if name != "DIMING_DATABASE_URL"}
    return kept | {"DIMING_HOME": str(environment().home.root)}
