"""The schemes of numbering markers (界桩编号): those of the program, and those that an office adds.

The program's are `data/reference/boundaries/marker_codes.toml`. `DIMING_MARKER_CODES_FILE` names a file of the same
form with further ones. It adds and never replaces: a scheme under which markers are registered keeps its meaning.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from data.errors import BadInput

DELIVERED = Path(__file__).parents[2] / "data" / "reference" / "boundaries" / "marker_codes.toml"
OWN = "DIMING_MARKER_CODES_FILE"
#: The column `marker_version.scheme` and the command line hold such a key.
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
NEEDED = frozenset({"label_zh", "label_en", "pattern", "first", "source", "mark"})
#: In Chinese, where an office says it so: else as above.
IN_CHINESE = ("source_zh", "mark_zh")
KNOWN = NEEDED | {"length", *IN_CHINESE}
GROUPS = frozenset({"line", "serial", "part"})


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way of numbering: `pattern` has the groups `serial`, and `line` and `part` where the scheme has them.

    `mark` says what of it was read in a source (`[V]`), what is remembered (`[M]`) and what inferred (`[I]`).
    """

    key: str
    label_zh: str
    label_en: str
    pattern: re.Pattern[str]
    first: int
    source: str
    mark: str
    source_zh: str
    mark_zh: str


@cache
def schemes() -> Mapping[str, Scheme]:
    """The schemes by key; `BadInput` `bad_marker_codes` where the office's own file cannot be used."""
    own = os.environ.get(OWN, "").strip()
    delivered = read_schemes(DELIVERED)
    return delivered | _added(delivered, Path(own)) if own else delivered


def read_schemes(path: Path) -> dict[str, Scheme]:
    """The schemes of one file; `BadInput` `bad_marker_codes` with what is wrong."""
    try:
        rows = tomllib.loads(path.read_text("utf-8"))
        return {key: _scheme(key, row) for key, row in rows.items()}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, re.error, ValueError) as error:
        raise _unusable(path, str(error)) from error


def _added(delivered: Mapping[str, Scheme], path: Path) -> dict[str, Scheme]:
    own = read_schemes(path)
    twice = [key for key in own if key in delivered]
    if twice:
        raise _unusable(path, f"{twice[0]} is a scheme of the program; give yours another key")
    return own


def _scheme(key: str, row: Any) -> Scheme:
    if KEY.fullmatch(key) is None or not isinstance(row, dict):
        raise ValueError(f"[{key}]: a scheme is a table named in small letters, digits and _")
    missing, unknown = NEEDED - row.keys(), row.keys() - KNOWN
    if missing or unknown:
        raise ValueError(f"[{key}]: missing {_list(missing)}; not known {_list(unknown)}")
    words = [row[name] for name in sorted(NEEDED - {"first"})] + [row[name] for name in IN_CHINESE if name in row]
    if not all(isinstance(word, str) and word.strip() for word in words):
        raise ValueError(f"[{key}]: {_list(NEEDED - {'first'})} are texts, none empty")
    if type(row["first"]) is not int or row["first"] < 0:
        raise ValueError(f"[{key}]: first is the number with which a line begins")
    pattern = re.compile(row["pattern"], re.ASCII)
    if "serial" not in pattern.groupindex or not pattern.groupindex.keys() <= GROUPS:
        raise ValueError(f"[{key}]: pattern has the group serial, and may have line and part")
    source, mark = row["source"], row["mark"]
    return Scheme(
        key, row["label_zh"], row["label_en"], pattern, row["first"], source, mark,
        str(row.get("source_zh", source)), str(row.get("mark_zh", mark)),
    )  # fmt: skip


def _list(names: frozenset[str] | set[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def _unusable(path: Path, why: str) -> BadInput:
    return BadInput(f"The marker schemes in {path} cannot be used: {why}.", code="bad_marker_codes")
