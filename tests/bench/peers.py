"""`./diming bench peers --names N`: what others make of the same places, in one run; `--features` without names.

Names and positions beside Nominatim (`named.py`); feature pages and tiles beside plain tipg and pygeoapi.

The others read a flat table of the same places, with its keys and its index of positions: no date, no permission, no
join. They are asked for the same boxes and tiles, one after another, by the same number of clients, with as many
processes. pygeoapi lies where PYGEOAPI_PATH says (`./diming bench peers` installs it), and has no tiles of its own.
"""

from __future__ import annotations

import json
import math
import os
import random
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import text

from data.db import make_engine, reading
from data.server.tuning import machine_cores
from tests.bench import http_load, machine, named, nominatim, osm
from tests.bench.latency import latency_of
from tests.bench.report import table, write_section
from tests.bench.search import ANEW, seeded
from tests.bench.servers import Server, server_on, started, unmetered

CLIENTS, SECONDS, ASKED = 8, 5.0, 200
#: Answers that are weighed.
SIZED = 20
SEED = 10
#: Half the side of the boxes, degrees.
BOX = 0.05
FILE = "places.osm"
ZOOMS = (8, 10)
#: Column names as in our collection `places`.
FLAT = text("""
    DROP SCHEMA IF EXISTS peers CASCADE;
    CREATE SCHEMA peers;
    CREATE TABLE peers.place AS
    SELECT row_number() OVER (ORDER BY p.id) AS number, CAST(p.id AS text) AS id, n.text AS name, p.class,
           p.type_code AS type, CAST(ST_Transform(p.geom, 4326) AS geometry(Point, 4326)) AS geom
    FROM diming.place p
    JOIN LATERAL (SELECT text FROM diming.place_name n WHERE n.subject_id = p.id AND upper_inf(n.known)
                  ORDER BY n.kind = 'standard' DESC, n.kind = 'unverified' DESC, n.text LIMIT 1) n ON true
    WHERE upper_inf(p.known);
    ALTER TABLE peers.place ADD PRIMARY KEY (number);
    CREATE INDEX ON peers.place USING gist (geom);
    ANALYZE peers.place
""")
SOME = text("""
    SELECT ST_X(geom) AS x, ST_Y(geom) AS y FROM peers.place WHERE number = ANY(:numbers) ORDER BY number
""")
COUNT = text("SELECT count(*) FROM peers.place")
#: What each is called, where its pages of features and its tiles are.
OURS, AGAIN, TIPG, PYGEOAPI = named.OURS, named.AGAIN, "plain tipg", "pygeoapi"
ITEMS = {
    OURS: "/ogc/collections/places/items",
    AGAIN: "/ogc/collections/places/items",
    TIPG: "/collections/peers.place/items",
    PYGEOAPI: "/collections/place/items",
}
TILES = {
    OURS: "/ogc/collections/places/tiles/WebMercatorQuad",
    AGAIN: "/ogc/collections/places/tiles/WebMercatorQuad",
    TIPG: "/collections/peers.place/tiles/WebMercatorQuad",
}


def main() -> None:
    """Measure and print; `--json` prints one document, else a section goes into RESULTS.md."""
    names = int(sys.argv[sys.argv.index("--names") + 1]) if "--names" in sys.argv else 300_000
    with seeded(names) as (url, took), tempfile.TemporaryDirectory(prefix="diming-osm-") as scratch:
        folder = Path(scratch)
        engine = make_engine(url, pooled=False)
        with engine.begin() as connection:
            connection.execute(FLAT)
        with reading(engine) as connection:
            count = int(connection.scalar(COUNT) or 0)
            found: dict[str, Any] = {"machine": machine.description(connection), "places": count, "seeded": took}
            points = _points(connection, count)
            asked = named.questions(connection)
            lacking = "only features were asked for" if _features_only() else nominatim.missing()
            if lacking is None:
                osm.write_osm(connection, folder / FILE)
        engine.dispose()
        found["rows"] = _measured(url, points)
        found["named"] = None if _features_only() else _named(url, asked, lacking, folder)
    _show(found)


def _features_only() -> bool:
    return "--features" in sys.argv


def _named(url: str, asked: dict[str, list[named.Question]], lacking: str | None, folder: Path) -> dict[str, Any]:
    """Names and positions beside Nominatim; `lacking` says why it is not asked."""
    rows: list[dict[str, Any]] = []
    for who, variables in ((named.OURS, ANEW), (named.AGAIN, {"DIMING_PAGES": "false"})):
        with unmetered() as plans, server_on(url, "api.serving:serving_app()", {**variables, **plans}) as ours:
            rows += named.measured(who, ours, asked)
    if lacking is not None:
        return {"rows": rows, "lacking": lacking}
    socket = str(make_engine(url, pooled=False).url.query["host"])
    took = nominatim.imported(socket, folder / FILE, folder)
    with nominatim.nominatim(socket, folder) as theirs:
        rows += named.measured(named.THEIRS, theirs, asked)
    return {"rows": rows, "import_s": took}


def _points(connection: Any, count: int) -> list[tuple[float, float]]:
    chance = random.Random(SEED)
    numbers = [chance.randint(1, count) for _ in range(ASKED)]
    return [(row.x, row.y) for row in connection.execute(SOME, {"numbers": numbers})]


def _measured(url: str, points: list[tuple[float, float]]) -> list[dict[str, Any]]:
    rows = []
    for who, variables in ((OURS, ANEW), (AGAIN, {"DIMING_PAGES": "false"})):
        with unmetered() as plans, server_on(url, "api.serving:serving_app()", {**variables, **plans}) as ours:
            rows += list(_asked(who, ours, points))
    with _tipg(url) as server:
        rows += list(_asked(TIPG, server, points))
    if "PYGEOAPI_PATH" in os.environ:
        with _pygeoapi(url, os.environ["PYGEOAPI_PATH"]) as server:
            rows += list(_asked(PYGEOAPI, server, points))
    return rows


def _asked(who: str, server: Server, points: list[tuple[float, float]]) -> Iterator[dict[str, Any]]:
    boxes = [f"{x - BOX:.4f},{y - BOX:.4f},{x + BOX:.4f},{y + BOX:.4f}" for x, y in points]
    paths = {"features, box, 100": [f"{ITEMS[who]}?bbox={box}&limit=100" for box in boxes]}
    if who in TILES:
        for zoom in ZOOMS:
            paths[f"tile, zoom {zoom}"] = [f"{TILES[who]}/{zoom}/{_tile(zoom, *point)}" for point in points]
    for what, asked in paths.items():
        if who == PYGEOAPI:
            asked = [f"{one}&f=json" for one in asked]
        size = _mean_size(server, asked)
        http_load.run(server.port, asked, clients=CLIENTS, seconds=1)
        outcome = http_load.run(server.port, asked, clients=CLIENTS, seconds=SECONDS)
        latency = asdict(latency_of(outcome.latencies_ms))
        yield {"what": what, "who": who, "per_second": outcome.per_second, "not_200": outcome.failures,
               "bytes": size, **latency}  # fmt: skip


def _mean_size(server: Server, paths: list[str]) -> float:
    """Bytes of an answer on average: who answers with nothing is quick. ValueError where every one is empty."""
    sizes = []
    for path in paths[:SIZED]:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}") as answer:
            sizes.append(len(answer.read()))
    if not any(sizes):
        raise ValueError(f"nothing is answered to {paths[0]}: something else is asked than is meant")
    return sum(sizes) / len(sizes)


def _tile(zoom: int, longitude: float, latitude: float) -> str:
    """Column and row of the tile of WebMercatorQuad that holds a position: tipg's paths end in x and y."""
    wide = 2**zoom
    column = int((longitude + 180) / 360 * wide)
    sine = math.asinh(math.tan(math.radians(latitude)))
    return f"{column}/{int((1 - sine / math.pi) / 2 * wide)}"


def _asyncpg(url: str) -> str:
    """The same address with the socket's folder as its host."""
    engine = make_engine(url, pooled=False).url
    return f"postgresql://{engine.username}@{quote(str(engine.query['host']), safe='')}/{engine.database}"


@contextmanager
def _tipg(url: str) -> Iterator[Server]:
    variables = {"DATABASE_URL": _asyncpg(url), "TIPG_DB_SCHEMAS": '["peers"]', "TIPG_DB_POOL_MIN_SIZE": "1"}
    command = [sys.executable, "-m", "gunicorn", "tipg.main:app", "--worker-class=uvicorn_worker.UvicornWorker"]
    with started([*command, _workers()], {**os.environ, **variables}, "/healthz") as found:
        yield found


@contextmanager
def _pygeoapi(url: str, packages: str) -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="diming-pygeoapi-") as folder:
        config, openapi = Path(folder) / "config.yml", Path(folder) / "openapi.json"
        config.write_text(json.dumps(_configuration(url)), "utf-8")  # JSON is YAML
        openapi.write_text(json.dumps({"openapi": "3.0.2", "info": {"title": "x", "version": "1"}, "paths": {}}))
        variables = {"PYTHONPATH": packages, "PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(openapi)}
        command = [sys.executable, "-m", "gunicorn", "pygeoapi.flask_app:APP", _workers(), "--threads=4"]
        with started(command, {**os.environ, **variables}, "/conformance?f=json") as found:
            yield found


def _workers() -> str:
    return f"--workers={max(2, machine_cores())}"


def _configuration(url: str) -> Mapping[str, Any]:
    """A pygeoapi with one collection, as its documentation sets it up (docs.pygeoapi.io, PostgreSQL)."""
    engine = make_engine(url, pooled=False).url
    host = engine.query["host"]
    texts = {"title": "x", "description": "x", "keywords": ["x"]}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": 5000}, "url": "http://127.0.0.1", "mimetype": "application/json",
            "encoding": "utf-8", "languages": ["en-US"], "limits": {"default_items": 100, "max_items": 100},
            "map": {"url": "https://example.org/{z}/{x}/{y}", "attribution": "x"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {**texts, "keywords_type": "theme", "terms_of_service": "x", "url": "https://example.org"},
            "license": {"name": "x"}, "provider": {"name": "x", "url": "https://example.org"}, "contact": {"name": "x"},
        },
        "resources": {
            "place": {
                "type": "collection", **texts, "links": [],
                "extents": {"spatial": {"bbox": [73, 3, 136, 54]}},
                "providers": [{
                    "type": "feature", "name": "PostgreSQL",
                    "data": {"host": host, "dbname": engine.database, "user": engine.username, "password": "x",
                             "search_path": ["peers", "public"]},
                    "id_field": "number", "table": "place", "geom_field": "geom",
                }],
            }
        },
    }  # fmt: skip


def _show(found: dict[str, Any]) -> None:
    if "--json" in sys.argv:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    name = f"{'features' if found['named'] is None else 'peers'} on {found['places']:,} places"
    anew, again = (
        {row["what"]: row["per_second"] for row in found["rows"] if row["who"] == who} for who in (OURS, AGAIN)
    )
    lines = [f"## {name}", "", *(f"* {key}: {value}" for key, value in found["machine"].items())]
    lines += [f"* load after: {machine.load()}", "", f"{CLIENTS} clients, {_workers()} each:", ""]
    lines += table(
        ("what", "who", "bytes", "a second", "p50 ms", "p99 ms", "not 200", "ours / theirs (target 1)", "asked again"),
        [
            (
                row["what"], row["who"], f"{row['bytes']:,.0f}", f"{row['per_second']:.0f}", f"{row['p50_ms']:.1f}",
                f"{row['p99_ms']:.1f}", str(row["not_200"]),
                *(f"{ours[row['what']] / row['per_second']:.2f}" if row["who"] in (TIPG, PYGEOAPI) else ""
                  for ours in (anew, again)),
            )
            for row in found["rows"]
        ],
    )  # fmt: skip
    print(write_section(name, "\n".join([*lines, "", *_named_lines(found)]) + "\n"))


def _named_lines(found: dict[str, Any]) -> list[str]:
    if found["named"] is None:
        return []
    rows = found["named"]["rows"]
    anew, again = named.beside(rows), named.beside(rows, named.AGAIN)
    heads = (
        "question",
        "who",
        "a second",
        "p50 ms",
        "p99 ms",
        "first answer right",
        "not 200",
        "ours / theirs (target 10)",
        "asked again",
    )
    lines = table(
        heads,
        [
            (
                row["what"], row["who"], f"{row['per_second']:.0f}", f"{row['p50_ms']:.1f}", f"{row['p99_ms']:.1f}",
                f"{row['right']:.2f}", str(row["not_200"]),
                *(f"{times[row['what']]:.1f}" if row["what"] in times and row["who"] == named.THEIRS else ""
                  for times in (anew, again)),
            )
            for row in rows
        ],
    )  # fmt: skip
    if "lacking" in found["named"]:
        return [*lines, "", f"Nominatim was not asked: {found['named']['lacking']}."]
    ours = found["seeded"]["taken_s"] + found["seeded"]["derived_s"]
    return [
        *lines,
        "",
        f"Seconds to take the places in: Diming {ours:,.0f}, Nominatim {found['named']['import_s']:,.0f}.",
    ]


if __name__ == "__main__":
    main()
