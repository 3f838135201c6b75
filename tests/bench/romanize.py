"""`./diming bench romanize`: names a second and accuracy, beside plain pypinyin on the same lists.

Speed: distinct names of units, populated places, and streets and features made of
the units' names, one core, nothing asked twice, nothing remembered from before. Accuracy: the spellings of the
readings' verified Han names, strictly (spaces, capitals, apostrophes), as they are
and without their own row and those of the same specific part (`never_seen`, ten folds); a
tenth of the rows that were collected for being hard to read, kept out by a fixed
seed (`hard_held_out`); and a tenth of GeoNames' settlements, left out of the counts of
readings (`settlements_held_out`). `marked`: of the wrong ones the share that says that it is a guess.
"""

from __future__ import annotations

import csv
import json
import random
import resource
import sys
import tempfile
import time
import zlib
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pypinyin import lazy_pinyin

from geonames.romanize.attested import GEONAMES, count, geonames_names, write
from geonames.romanize.dividing.endings import ending
from geonames.romanize.engine import romanize, romanize_shape
from geonames.romanize.entries import Entry
from geonames.romanize.lexicon import READINGS, load, national
from geonames.romanize.many import Asked, romanize_many
from geonames.romanize.model import Shape

ROUNDS = 3
FOLDS = 10
SEED = 1984
ENDINGS = ("路", "东街", "二巷", "河", "水库")


def main() -> None:
    """Measure, and print a table or one JSON document."""
    begun = time.process_time()
    national()
    loaded = time.process_time() - begun
    names = distinct_names()
    ours = max(_cold(names) for _ in range(ROUNDS))
    plain = max(speed(lazy_pinyin, names) for _ in range(ROUNDS))
    results = {
        "names": len(names),
        "load_s": round(loaded, 2),
        "per_second": round(ours),
        "pypinyin_per_second": round(plain),
        **accuracy(),
        **hard_held_out(),
        **settlements_held_out(),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    show(results)


def _cold(names: list[str]) -> float:
    """Names a second of a lexicon that has remembered nothing yet."""
    lexicon = load()
    asked: list[Asked] = [(name, None, None) for name in names]
    begun = time.process_time()
    deque(romanize_many(asked, lexicon), maxlen=0)
    return len(names) / (time.process_time() - begun)


def show(results: dict[str, Any]) -> None:
    """Print what was measured."""
    if "--json" in sys.argv:
        print(json.dumps(results))
        return
    width = max(map(len, results))
    for key, value in results.items():
        print(f"{key:<{width}}  {value:,}")


def distinct_names() -> list[str]:
    """Names of units and populated places, and names made of the units' names."""
    units = list(national().divisions)
    with GEONAMES.open(encoding="utf-8-sig", newline="") as file:
        forms = [form for row in csv.DictReader(file) for form in row["hanzi_alternates"].split("|")]
    made = [name[:-1] + end for name in units for end in ENDINGS]
    return list(dict.fromkeys(name for name in (*units, *forms, *made) if name))


def speed(work: Callable[[str], object], names: list[str]) -> float:
    """Names a second."""
    begun = time.process_time()
    for name in names:
        work(name)
    return len(names) / (time.process_time() - begun)


def accuracy() -> dict[str, float]:
    """Shares spelled strictly right: known names, names never seen, and pypinyin with the generic term set apart."""
    entries = [e for group in national().entries.values() for e in group[:1] if e.verified and not e.minority]
    entries = [e for e in entries if e.shape is None]
    right = never_seen = plain = 0
    for fold in range(FOLDS):
        left_out = [e for e in entries if zlib.crc32(e.specific.encode()) % FOLDS == fold]
        lexicon = load({e.name for e in left_out})
        for entry in left_out:
            within = f"{min(entry.regions)}0000" if entry.regions else None
            never_seen += romanize(entry.name, None, within, lexicon).roman == entry.official
            right += romanize(entry.name, None, within).roman == entry.official
            plain += _plainly(entry) == entry.official
    count = len(entries)
    return {
        "tested": count,
        "right": round(right / count, 4),
        "right_never_seen": round(never_seen / count, 4),
        "pypinyin_right": round(plain / count, 4),
    }


def hard_held_out() -> dict[str, float]:
    """A tenth of the verified Han rows of `readings.csv`, which the engine never sees."""
    with (READINGS / "readings.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["status"].startswith("verified") and r["class"] == "han"]
    held_out = random.Random(SEED).sample(rows, len(rows) // FOLDS)
    lexicon = load({row["name"] for row in held_out})
    found = [(row["official_spelling"].split(" (")[0], romanize(row["name"], lexicon=lexicon)) for row in held_out]
    return _shares("hard_held_out", [(wanted == got.roman, got.ambiguous) for wanted, got in found])


def settlements_held_out() -> dict[str, float]:
    """A tenth of GeoNames' settlements, spelled by counts made from the others; letters only."""
    names = geonames_names()
    rest = [name for name in names if zlib.crc32(name.id.encode()) % FOLDS]
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "characters.csv"
        with counts.open("w", encoding="utf-8", newline="") as file:
            write(count(rest), file)
        lexicon = load(counts=counts)
    held_out = [name for name in names if not zlib.crc32(name.id.encode()) % FOLDS]
    found = [(name, romanize_shape(name.name, Shape.SETTLEMENT, name.region or None, lexicon)) for name in held_out]
    return _shares(
        "settlements_held_out", [("".join(name.bases) == _letters(got.roman), got.ambiguous) for name, got in found]
    )


def _letters(roman: str) -> str:
    return "".join(char for char in roman.lower() if char.isalpha())


def _shares(key: str, answers: list[tuple[bool, bool]]) -> dict[str, float]:
    wrong = [marked for right, marked in answers if not right]
    return {
        f"{key}_tested": len(answers),
        f"{key}_right": round(1 - len(wrong) / len(answers), 4),
        f"{key}_wrong_marked": round(sum(wrong) / len(wrong), 4) if wrong else 1.0,
    }


def _plainly(entry: Entry) -> str:
    """pypinyin's reading, with as much of the form as its users usually write themselves."""
    generic = ending(entry.name, Shape.DIVISION, national())
    parts = (entry.name.removesuffix(generic), generic)
    return " ".join("".join(lazy_pinyin(part, v_to_u=True)).capitalize() for part in parts if part)


if __name__ == "__main__":
    main()
