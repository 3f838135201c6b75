"""The numbers of one street as an office's table (CSV), one number a line. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from data.errors import BadInput
from data.tables import rows_of
from geonames.signs.numbering import MOST, REMOVED, RESERVED, SIDES, STANDING, STATES, Door

#: Names under which columns are handed in; the first is ours.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("number", "门牌号"),
    "side": ("side", "侧"),
    "state": ("state", "状态"),
    "metres": ("metres", "距起点米"),
}
NEEDED = ("number", "side")
SIDE_WORDS = {side: side for side in SIDES} | {"北": "north", "南": "south", "东": "east", "西": "west"}
STATE_WORDS = {state: state for state in STATES} | {
    "": STANDING, "在用": STANDING, "预留": RESERVED, "注销": REMOVED,
}  # fmt: skip
#: 12, 12号, 12-1, 12附1号, 12号附1.
NUMBER = re.compile(r"([1-9][0-9]{0,3})号?(?:(?:-|附)([1-9][0-9]{0,2}))?号?")
MOST_ROWS = 2 * MOST
#: A street of more kilometres than this has its metres written wrong.
LONGEST_M = 200_000.0


def read_numbers(raw: bytes) -> list[Door]:
    """The numbers of a table, UTF-8, else GB 18030. Raises `BadInput` `number_table`, which names the line."""
    try:
        rows = rows_of(text_of(raw))
    except ValueError as error:
        raise table_refused(str(error)) from error
    if not rows:
        raise table_refused("the table is empty")
    at = columns_of([cell.strip() for cell in rows[0]])
    body = [(line, row) for line, row in enumerate(rows[1:], 2) if any(cell.strip() for cell in row)]
    if not 1 <= len(body) <= MOST_ROWS:
        raise table_refused(f"a street has from 1 to {MOST_ROWS:,} numbers, not {len(body):,}")
    return [door_of(line, {key: row[n].strip() if n < len(row) else "" for key, n in at.items()}) for line, row in body]


def text_of(raw: bytes) -> str:
    """The text of a table, UTF-8, else GB 18030. Raises `BadInput` `number_table`."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise table_refused("its text is neither UTF-8 nor GB 18030")


def columns_of(header: Sequence[str], known: Mapping[str, Sequence[str]] = COLUMNS) -> dict[str, int]:
    """Where the known columns stand. Raises `BadInput` `number_table` for lacking and for unknown ones."""
    at = {key: header.index(name) for key, names in known.items() for name in names if name in header}
    missing = [COLUMNS[key][1] for key in NEEDED if key not in at]
    if missing:
        raise table_refused(f"the columns {', '.join(missing)} are missing; the table has {', '.join(header)[:160]}")
    unknown = [name for name in header if name and not any(name in names for names in known.values())]
    if unknown:
        raise table_refused(f"nobody knows the columns {', '.join(unknown)[:160]}: rename or remove them")
    return at


def door_of(line: int, cells: Mapping[str, str]) -> Door:
    """The number of a line. Raises `BadInput` `number_table`, which names the line."""
    read = NUMBER.fullmatch(cells["number"])
    if read is None:
        raise table_refused(f"line {line}: {cells['number'][:20]!r} is no number such as 12 or 12-1")
    return Door(
        line, int(read[1]), read[2] or "",
        _word(line, "side", cells["side"], SIDE_WORDS),
        _word(line, "state", cells.get("state", ""), STATE_WORDS),
        _metres(line, cells.get("metres", "")),
    )  # fmt: skip


def _word(line: int, column: str, said: str, known: Mapping[str, str]) -> str:
    if said not in known:
        words = ", ".join(word for word in known if word)
        raise table_refused(f"line {line}: {column} {said[:20]!r} is none of {words}")
    return known[said]


def _metres(line: int, said: str) -> float | None:
    if not said:
        return None
    try:
        metres = float(said)
    except ValueError:
        metres = -1.0
    if not 0.0 <= metres <= LONGEST_M:
        raise table_refused(f"line {line}: {said[:20]!r} is no distance in metres from the end where numbering begins")
    return metres


def table_refused(why: str) -> BadInput:
    """The refusal of a table."""
    return BadInput(f"This is no table of numbers: {why}.", code="number_table")
