"""Mutated boundary files by the thousand: `python -m tests.intake_fuzz 20000 1`.

Real files of every kind, with bytes changed, cut, doubled and replaced by extreme
numbers, are checked one after another in as many processes as there are cores.
Allowed is an answer, or a refusal that the contract knows; everything else (another
exception, a crash, more than `SECONDS` of processor time for one file) ends the run, and the file is
kept. What a process holds is counted after a start, at every tenth of the run and at its end: open files and
resident memory (that it stays level is what "no leak" means), and files left in its temporary folder.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import shapely

from boundaries.intake.check import check_file
from boundaries.intake.options import Options
from boundaries.intake.report import as_document
from data.errors import DimingError
from tests.unit.intake.surveys import line, write

ROOT = Path(__file__).parents[1]
#: Seconds of processor time for one file: what else runs on the machine is not the file's fault.
SECONDS = 20
#: Seconds by the clock without a new file after which a process counts as hung: it waits for something, or the alarm
#: does not reach into a library.
HUNG_S = 300
MEMORY_BYTES = 3 << 30
#: How often in a run what a process holds is counted.
LOOKS = 10
EXTREMES = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]
DOUBLES = [float("nan"), float("inf"), -1e308, 1e-308, 0.0]
SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def main() -> int:
    """0 where all went well; 3 with the file's name where one did not."""
    asked = _arguments()
    if asked.worker is not None:
        return _work(asked.count, asked.seed, asked.worker)
    with tempfile.TemporaryDirectory(prefix="intake-fuzz-") as name:
        return _spread(asked.count, asked.seed, asked.processes, Path(name))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Check mutated boundary files.")
    parser.add_argument("count", type=int, help="how many files in all")
    parser.add_argument("seed", type=int)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--worker", type=Path, help="the folder of one process; for the run's own use")
    return parser.parse_args()


def _spread(count: int, seed: int, processes: int, folder: Path) -> int:
    """Share the files among processes, each with a seed and a temporary folder of its own, and add up their answers."""
    begun = time.monotonic()
    workers = []
    for number in range(processes):
        own = folder / str(number)
        (own / "tmp").mkdir(parents=True)
        share = count // processes + (number < count % processes)
        words = [sys.executable, "-m", "tests.intake_fuzz", str(share), f"{seed}{number:02}", "--worker", str(own)]
        environment = {**os.environ, "TMPDIR": str(own / "tmp")}
        with (own / "out").open("wb") as out, (own / "err").open("wb") as err:
            workers.append(subprocess.Popen(words, cwd=ROOT, env=environment, stdout=out, stderr=err))
    fault = _watched(workers, folder)
    if fault is not None:
        print(json.dumps(fault))
        return 3
    told = [json.loads((folder / str(number) / "out").read_text("utf-8")) for number in range(processes)]
    left = [path.name for number in range(processes) for path in (folder / str(number) / "tmp").iterdir()]
    print(json.dumps({**_together(told), "seconds": round(time.monotonic() - begun, 1), "left_behind": left}))
    return 0


def _watched(workers: Sequence[subprocess.Popen[bytes]], folder: Path) -> dict[str, Any] | None:
    """Wait for all; what went wrong with the first that failed, None where none did."""
    try:
        while any(worker.poll() is None for worker in workers):
            time.sleep(0.2)
            for number, worker in enumerate(workers):
                fault = _fault(worker, folder / str(number))
                if fault is not None:
                    return fault
        return next(filter(None, (_fault(w, folder / str(n)) for n, w in enumerate(workers))), None)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


def _fault(worker: subprocess.Popen[bytes], own: Path) -> dict[str, Any] | None:
    at = own / "at"
    if worker.poll() is None:
        hung = at.exists() and time.time() - at.stat().st_mtime > HUNG_S
        return _kept(own, f"no end after {HUNG_S} s") if hung else None
    if worker.returncode == 0:
        return None
    said = (own / "out").read_text("utf-8") or (own / "err").read_text("utf-8")[-2000:]
    return _kept(own, f"status {worker.returncode}: {said}")


def _kept(own: Path, why: str) -> dict[str, Any]:
    """The files at which it happened, put where they stay."""
    kept = Path(tempfile.mkdtemp(prefix="intake-fuzz-kept-"))
    for work in own.glob("tmp/*/work"):
        shutil.copytree(work, kept, dirs_exist_ok=True)
    return {"kept": str(kept), "error": why}


def _together(told: Iterable[dict[str, Any]]) -> dict[str, Any]:
    told = list(told)
    kinds: Counter[str] = Counter()
    for one in told:
        kinds.update(one["kinds"])
    return {
        "files": sum(one["files"] for one in told),
        "processes": len(told),
        "slowest_s": max(one["slowest_s"] for one in told),
        "peak_mb": max(one["peak_mb"] for one in told),
        "resident_mb": [one["resident_mb"] for one in told],
        "handles": [one["handles"] for one in told],
        "grown_mb": max(one["resident_mb"][-1] - one["resident_mb"][0] for one in told),
        "handles_grown": max(one["handles"][-1] - one["handles"][0] for one in told),
        "kinds": dict(kinds.most_common()),
    }


def _work(count: int, seed: int, own: Path) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    signal.signal(signal.SIGPROF, _too_long)
    with tempfile.TemporaryDirectory() as name:
        return _run(count, seed, Path(name), own / "at")


def _too_long(_signal: int, _frame: object) -> None:
    raise TimeoutError(f"more than {SECONDS} s of processor time")


def _run(count: int, seed: int, folder: Path, at: Path) -> int:
    seeds = _seeds(folder)
    legal = write(folder / "legal.gpkg", [line(1_200)])
    dice = random.Random(seed)
    kinds: Counter[str] = Counter()
    worst, held = 0.0, []
    looked = _looks(count)
    for number in range(count):
        path = _mutated(dice, seeds[number % len(seeds)], folder / "work")
        at.write_text(str(number), "ascii")
        started = time.monotonic()
        try:
            kinds.update(_checked(path, legal if number % 2 else None))
        except Exception as error:
            print(json.dumps({"number": number, "seed": seed, "error": f"{type(error).__name__}: {error}"}))
            shutil.copytree(folder / "work", folder.parent / "failed" / "work", dirs_exist_ok=True)
            return 3
        worst = max(worst, time.monotonic() - started)
        if number + 1 in looked:
            held.append((_resident_mb(), _handles()))
    told = {"files": count, "slowest_s": round(worst, 2), "peak_mb": _peak_mb(), "kinds": dict(kinds)}
    print(json.dumps({**told, "resident_mb": [mb for mb, _ in held], "handles": [handles for _, handles in held]}))
    return 0


def _looks(count: int) -> set[int]:
    """After how many files what is held is counted: once warm, then at every tenth of the run, and at its end."""
    warm = max(1, min(500, count // 2))
    return {warm, count} | {tenth for share in range(1, LOOKS) if (tenth := count * share // LOOKS) > warm}


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _resident_mb() -> int:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * PAGE_BYTES >> 20


def _handles() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 -- names only, of a folder that changes while it is read


def _checked(path: Path, legal: Path | None) -> set[str]:
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        report = check_file(path, Options(against=legal))
        json.dumps(as_document(report))
        return {finding.kind for finding in report.findings} or {"accepted"}
    except DimingError as error:
        return {f"refused:{error.code}"}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


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
    seeds.append(write(folder / "seeds" / "g.gdb", lines, driver="OpenFileGDB"))
    rows = [f"00{at},{point.y:.3f},{point.x:.3f},界桩" for at, point in enumerate(points, 1)]
    table = folder / "seeds" / "t.csv"
    table.write_text("\n".join(["code,X坐标,Y坐标,备注", *rows]), "gb18030")
    return [*seeds, table]


def _mutated(dice: random.Random, seed: Path, work: Path) -> Path:
    """A copy of `seed` with some of its parts changed; of a Shapefile sometimes as an archive, of a folder always."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    if seed.is_dir():
        return _mutated_folder(dice, seed, work)
    parts = [part for part in seed.parent.glob(f"{seed.stem}.*") if seed.suffix == ".shp" or part == seed]
    parts = [part for part in parts if seed.suffix != ".shp" or part.suffix in SHAPEFILE]
    changed = set(dice.sample(parts, dice.randint(1, len(parts))))
    for part in parts:
        raw = part.read_bytes()
        (work / part.name).write_bytes(_damage(dice, raw) if part in changed else raw)
    if seed.suffix == ".shp" and dice.random() < 0.4:
        return _archived(dice, work, seed.stem)
    return work / seed.name


def _mutated_folder(dice: random.Random, seed: Path, work: Path) -> Path:
    """A file geodatabase in an archive, with some of its files changed."""
    parts = sorted(seed.iterdir())
    changed = set(dice.sample(parts, dice.randint(1, 3)))
    path = work / "in.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for part in parts:
            raw = part.read_bytes()
            out.writestr(f"{seed.name}/{part.name}", _damage(dice, raw) if part in changed else raw)
    return path


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
    for _ in range(dice.choice((1, 1, 1, 2, 4, 12))):
        if data:
            _one_damage(dice, data)
    return bytes(data)


def _one_damage(dice: random.Random, data: bytearray) -> None:
    # headers are where the pointers are, but a file without one is turned away at the door: a quarter of all damages
    # fall into the first kilobyte
    at = dice.randrange(min(len(data), 1024) if dice.random() < 0.25 else len(data))
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
