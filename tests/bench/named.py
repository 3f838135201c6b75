"""The same questions to Diming and to Nominatim about the same places: answers a second, whether the first is right.

Right means the same of both: the first answer has the name that was asked for (of one whose county was named too:
within `NEAR_KM` of it; of a sound: a name that sounds so); of a position: its county stands in the answer.
"""

from __future__ import annotations

import json
import math
import random
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, text

from tests.bench import http_load
from tests.bench.latency import latency_of
from tests.bench.servers import Server

#: Ours twice: by a server that remembers no answer, and by one as it is delivered, asked the same again.
OURS, AGAIN, THEIRS = "Diming", "Diming, asked again", "Nominatim"
CLIENTS, SECONDS, ASKED, RIGHT_OF = 8, 5.0, 200, 100
SEED, NEAR_KM = 10, 60
#: Names of three characters and more whose place lies in the polygon of its own county, so that a position tells it.
SOME = text("""
    SELECT s.name, s.subject_id, s.pinyin, s.initials, ST_X(s.geom) AS x, ST_Y(s.geom) AS y, v.name AS county,
           (SELECT p.roman FROM diming.spelling p WHERE p.subject_id = s.subject_id AND p.name = s.name AND p.preferred
            AND upper_inf(p.known) ORDER BY p.form LIMIT 1) AS roman
    FROM diming.search_name s
    JOIN diming.unit_shape_piece i ON ST_Covers(i.geom, s.geom)
    JOIN diming.unit_shape c ON c.id = i.shape_id AND c.level = 'county' AND upper_inf(c.known) AND upper_inf(c.valid)
    JOIN diming.unit_version v ON v.unit_id = c.unit_id AND v.unit_id = s.area AND upper_inf(v.known)
                                 AND upper_inf(v.valid)
    WHERE s.id >= :at AND s.main AND s.collection = 'places' AND length(s.folded) >= 3 AND s.pinyin <> ''
    ORDER BY s.id LIMIT 1
""")
FORMER = text("""
    SELECT f.text AS former, n.text AS name, ST_X(p.geom) AS x, ST_Y(p.geom) AS y FROM diming.place_name f
    JOIN diming.place p ON p.id = f.subject_id AND upper_inf(p.known)
    JOIN diming.place_name n ON n.subject_id = p.id AND upper_inf(n.known) AND n.kind <> 'former'
    WHERE f.kind = 'former' AND upper_inf(f.known) ORDER BY md5(CAST(f.id AS text)) LIMIT :asked
""")
#: All names of a thing: which of them an answer shows, when several are as good, is no matter here.
NAMES = text("SELECT text FROM diming.place_name WHERE subject_id = :thing AND upper_inf(known)")
SPAN = text("SELECT min(id) AS first, max(id) AS last FROM diming.search_name WHERE main AND collection = 'places'")
SOUNDS = text("SELECT DISTINCT name FROM diming.search_name WHERE pinyin = :sound OR initials = :sound")


@dataclass(frozen=True, slots=True)
class Question:
    """One thing asked: the words or the position, and what makes the first answer right."""

    words: str
    x: float
    y: float
    names: frozenset[str]
    county: str = ""


@dataclass(frozen=True, slots=True)
class First:
    """The first answer of either: its name, where it is, and all that it says."""

    name: str
    x: float
    y: float
    said: str


def questions(connection: Connection) -> dict[str, list[Question]]:
    """By kind, drawn by a fixed seed from the register itself."""
    span, chance = connection.execute(SPAN).one(), random.Random(SEED)
    drawn = [connection.execute(SOME, {"at": chance.randint(span.first, span.last)}).first() for _ in range(ASKED)]
    rows = [row for row in drawn if row is not None]

    def asked(words: str, row: Any, names: frozenset[str] | None = None, county: str = "") -> Question:
        own = names or frozenset(connection.scalars(NAMES, {"thing": row.subject_id}))
        return Question(words, row.x, row.y, own, county)

    renamed = connection.execute(FORMER, {"asked": ASKED}).all()

    def sounding(sound: str) -> frozenset[str]:
        return frozenset(connection.scalars(SOUNDS, {"sound": sound}))

    return {
        "name": [asked(row.name, row) for row in rows],
        "name with county": [asked(f"{row.county} {row.name}", row, county=row.county) for row in rows],
        "pinyin, joined": [asked(row.pinyin, row, sounding(row.pinyin)) for row in rows],
        "pinyin, spaced": [asked(row.roman, row, sounding(row.pinyin)) for row in rows if row.roman],
        "initials": [asked(row.initials, row, sounding(row.initials)) for row in rows],
        "former name": [asked(row.former, row, frozenset({row.name, row.former})) for row in renamed],
        "reverse": [asked("", row, county=row.county) for row in rows],
    }


def path_of(who: str, kind: str, one: Question) -> str:
    """Where either is asked this."""
    if kind == "reverse":
        if who in (OURS, AGAIN):
            return f"/v1/reverse?lon={one.x:.6f}&lat={one.y:.6f}"
        return f"/reverse?format=jsonv2&lon={one.x:.6f}&lat={one.y:.6f}"
    if who in (OURS, AGAIN):
        return f"/v1/places?limit=10&q={quote(one.words)}"
    return f"/search?format=jsonv2&limit=10&q={quote(one.words)}"


def first_of(who: str, kind: str, answer: Any) -> First | None:
    """The first thing that an answer names; None where it names nothing."""
    if kind == "reverse":
        return First("", 0, 0, json.dumps(answer, ensure_ascii=False)) if "error" not in answer else None
    found = answer["items"] if who in (OURS, AGAIN) else answer
    if not found:
        return None
    head = found[0]
    if who in (OURS, AGAIN):
        x, y = head.get("point") or (math.inf, math.inf)
        return First(head["name"], x, y, "")
    return First(head["name"], float(head["lon"]), float(head["lat"]), head["display_name"])


def is_right(kind: str, first: First | None, one: Question) -> bool:
    """Whether the first answer is what was asked for."""
    if first is None:
        return False
    if kind == "reverse":
        return one.county in first.said
    return first.name in one.names and (not one.county or _km(first, one) <= NEAR_KM)


def _km(first: First, one: Question) -> float:
    across = (first.x - one.x) * math.cos(math.radians(one.y))
    return 111.2 * math.hypot(across, first.y - one.y)


def measured(who: str, server: Server, asked: dict[str, list[Question]]) -> Iterator[dict[str, Any]]:
    """A row for each kind: answers a second by `CLIENTS` clients, latencies, and the share that is right."""
    for kind, some in asked.items():
        if not some:
            continue
        right = sum(is_right(kind, _first(who, server, kind, one), one) for one in some[:RIGHT_OF])
        paths = [path_of(who, kind, one) for one in some]
        http_load.run(server.port, paths, clients=CLIENTS, seconds=1)
        outcome = http_load.run(server.port, paths, clients=CLIENTS, seconds=SECONDS)
        yield {
            "what": kind, "who": who, "per_second": outcome.per_second, "not_200": outcome.failures,
            "right": right / len(some[:RIGHT_OF]), **asdict(latency_of(outcome.latencies_ms)),
        }  # fmt: skip


def _first(who: str, server: Server, kind: str, one: Question) -> First | None:
    address = f"http://127.0.0.1:{server.port}{path_of(who, kind, one)}"
    try:
        with urllib.request.urlopen(address, timeout=120) as answer:
            return first_of(who, kind, json.load(answer))
    except urllib.error.HTTPError:  # counted by the run as not 200; here it names nothing
        return None


def beside(rows: Sequence[dict[str, Any]], who: str = OURS) -> dict[str, float]:
    """Of each kind, how many times the other's answers a second are those of `who`."""
    rate = {(row["who"], row["what"]): row["per_second"] for row in rows}
    return {what: rate[who, what] / rate[one, what] for one, what in rate if one == THEIRS and (who, what) in rate}
