"""Mutated boundary files by the thousand: `python -m tests.intake_fuzz COUNT SEED`.

Real files of every kind, with bytes changed, cut, doubled and replaced by extreme
numbers, are checked one after another in this one process. Allowed is an answer, or
a refusal that the contract knows; everything else (another exception, a crash, more
than `SECONDS` for one file, memory that grows) ends the run with a status of its own,
and the file is kept.
"""

from __future__ import annotations

import json
import random
import resource
import shutil
import signal
import struct
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path

import shapely

from boundaries.intake.check import check_file
from boundaries.intake.options import Options
from boundaries.intake.report import as_document
from data.errors import DimingError
from tests.unit.intake.surveys import line, write

SECONDS = 20
MEMORY_BYTES = 3 << 30
EXTREMES = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]
DOUBLES = [float("nan"), float("inf"), -1e308, 1e-308, 0.0]
SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def main() -> int:
    """0 where all went well; 3 with the file's name where one did not."""
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    signal.signal(signal.SIGALRM, _too_long)
    with tempfile.TemporaryDirectory() as name:
        return _run(count, seed, Path(name))


def _too_long(_signal: int, _frame: object) -> None:
    raise TimeoutError(f"more than {SECONDS} s")


def _run(count: int, seed: int, folder: Path) -> int:
    seeds = _seeds(folder)
    legal = write(folder / "legal.gpkg", [line(1_200)])
    dice = random.Random(seed)
    kinds: Counter[str] = Counter()
    begun, worst, first_mb = time.monotonic(), 0.0, 0
    for number in range(count):
        path = _mutated(dice, seeds[number % len(seeds)], folder / "work")
        started = time.monotonic()
        try:
            kinds.update(_checked(path, legal if number % 2 else None))
        except Exception as error:
            kept = Path(tempfile.gettempdir()) / f"intake-fuzz-{seed}-{number}"
            shutil.copytree(path.parent, kept, dirs_exist_ok=True)
            print(json.dumps({"file": str(kept / path.name), "error": f"{type(error).__name__}: {error}"}))
            return 3
        worst = max(worst, time.monotonic() - started)
        if number == min(500, count // 2):
            first_mb = _peak_mb()
    told = {"files": count, "seconds": round(time.monotonic() - begun, 1), "slowest_s": round(worst, 2)}
    print(json.dumps({**told, "peak_mb": _peak_mb(), "grown_mb": _peak_mb() - first_mb, "kinds": dict(kinds)}))
    return 0


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _checked(path: Path, legal: Path | None) -> set[str]:
    signal.alarm(SECONDS)
    try:
        report = check_file(path, Options(against=legal))
        json.dumps(as_document(report))
        return {finding.kind for finding in report.findings} or {"accepted"}
    except DimingError as error:
        return {f"refused:{error.code}"}
    finally:
        signal.alarm(0)


def _seeds(folder: Path) -> list[Path]:
    """One real file of each kind."""
    (folder / "seeds").mkdir()
    lines = [line(700), line(500, seed=9)]
    points = [shapely.Point(lines[0].coords[at]) for at in (1, 9, 20)]
    seeds = [write(folder / "seeds" / f"a.{suffix}", lines) for suffix in ("shp", "gpkg")]
    seeds += [write(folder / "seeds" / f"b.{suffix}", lines, to="EPSG:4490") for suffix in ("geojson", "kml", "shp")]
    seeds.append(write(folder / "seeds" / "m.shp", points, fields={"code": ["001", "二", "003"]}))
    seeds.append(write(folder / "seeds" / "u.shp", [one.buffer(40) for one in lines], fields={"code": ["1", "2"]}))
    seeds.append(write(folder / "seeds" / "d.dxf", lines, fields={"Layer": ["0", "0"]}))
    return seeds


def _mutated(dice: random.Random, seed: Path, work: Path) -> Path:
    """A copy of `seed` with some of its parts changed; of a Shapefile sometimes as an archive."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    parts = [part for part in seed.parent.glob(f"{seed.stem}.*") if seed.suffix == ".shp" or part == seed]
    parts = [part for part in parts if seed.suffix != ".shp" or part.suffix in SHAPEFILE]
    changed = set(dice.sample(parts, dice.randint(1, len(parts))))
    for part in parts:
        raw = part.read_bytes()
        (work / part.name).write_bytes(_damage(dice, raw) if part in changed else raw)
    if seed.suffix == ".shp" and dice.random() < 0.4:
        return _archived(dice, work, seed.stem)
    return work / seed.name


def _archived(dice: random.Random, work: Path, stem: str) -> Path:
    path = work / "in.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for part in sorted(work.glob(f"{stem}.*")):
            out.write(part, part.name)
    if dice.random() < 0.3:
        path.write_bytes(_damage(dice, path.read_bytes()))
    return path


def _damage(dice: random.Random, raw: bytes) -> bytes:
    data = bytearray(raw)
    for _ in range(dice.choice((1, 1, 2, 4, 12))):
        if data:
            _one_damage(dice, data)
    return bytes(data)


def _one_damage(dice: random.Random, data: bytearray) -> None:
    # headers are where the pointers are: half of all damages fall into the first kilobyte
    at = dice.randrange(min(len(data), 1024) if dice.random() < 0.5 else len(data))
    what = dice.randrange(7)
    if what == 0:
        data[at] ^= 1 << dice.randrange(8)
    elif what == 1:
        data[at] = dice.randrange(256)
    elif what == 2:
        data[at : at + 4] = struct.pack(dice.choice("<>") + "I", dice.choice(EXTREMES))
    elif what == 3:
        data[at : at + 8] = struct.pack("<d", dice.choice(DOUBLES))
    elif what == 4:
        del data[at:]
    elif what == 5:
        data[at:at] = data[at : at + dice.randrange(64)]
    else:
        data[at : at + dice.randrange(64)] = bytes(dice.randrange(64))


if __name__ == "__main__":
    sys.exit(main())
