"""`./diming bench faults`: 200 faults in an installation at work. Status 1 where anything was lost or stayed away."""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from data.db import make_engine, reading
from data.server import account
from data.server.cluster import Cluster
from data.server.home import home_at
from tests.bench import machine, report
from tests.bench.faults import deeds, rig
from tests.bench.faults.proxy import wire
from tests.bench.servers import own_cluster
from tests.installation import installation

FAULTS, SEED = 200, 10
#: The part of the faults that befalls an installation with a database of its own; the others cut it off from one.
OWN_SHARE = 0.8


def main() -> int:
    """Run it, print the report and write it into RESULTS.md (or print JSON with `--json`)."""
    asked = argparse.ArgumentParser(prog="./diming bench faults")
    asked.add_argument("--json", action="store_true")
    asked.add_argument("--faults", type=int, default=FAULTS)
    asked.add_argument("--seed", type=int, default=SEED)
    given = asked.parse_args()
    own = round(given.faults * OWN_SHARE)
    facts, told = {"load before": rig.load_now()}, []
    with _own(given.seed) as (scene, port, url):
        described, found = _suffered(scene, port, url, own, deeds.OWN)
        told.append(found)
    if given.faults > own and not found.contradictions:
        with _remote(given.seed) as (scene, port, url):
            told.append(_suffered(scene, port, url, given.faults - own, deeds.REMOTE)[1])
    described |= facts
    good = not any(one.contradictions or one.seen.errors or one.slow for one in told)
    if given.json:
        print(json.dumps({"machine": described, "good": good, "series": [_plain(one) for one in told]}, indent=2))
    else:
        print(report.write_section("faults", _section(described, told)))
    return 0 if good else 1


@contextmanager
def _own(seed: int) -> Iterator[tuple[deeds.Scene, int, str]]:
    """An installation with its own database, as `up --detach` leaves it."""
    with installation(standby=True) as place:
        place.up()
        cluster = Cluster(home_at(place.root), account.current())
        yield deeds.Scene(place.root, _libpq(cluster.url()), random.Random(seed)), place.port, cluster.url()


@contextmanager
def _remote(seed: int) -> Iterator[tuple[deeds.Scene, int, str]]:
    """An installation whose database is elsewhere, behind a wire."""
    with own_cluster() as cluster, tempfile.TemporaryDirectory(prefix="diming-wire-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        there = Path(str(make_engine(cluster.url(), pooled=False).url.query["host"]))
        with wire(folder, there) as between:
            through = make_engine(cluster.url(), pooled=False).url.update_query_dict({"host": str(folder)})
            with installation(through.render_as_string(hide_password=False), standby=True) as place:
                place.up()
                scene = deeds.Scene(place.root, _libpq(cluster.url()), random.Random(seed), between)
                yield scene, place.port, cluster.url()


def _suffered(scene: deeds.Scene, port: int, url: str, faults: int, which: Any) -> tuple[dict[str, str], rig.Told]:
    engine = make_engine(url, pooled=False)
    with reading(engine) as connection:
        described = machine.description(connection)
    return described, rig.suffer(engine, scene, port, rig.prepare(engine), faults, which, _say)


def _libpq(url: str) -> str:
    """The same address for psycopg alone."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def _plain(told: rig.Told) -> dict[str, Any]:
    seen = told.seen
    return {
        "outages_s": told.outages, "slow": told.slow, "contradictions": told.contradictions, "errors": seen.errors,
        "applied": len(seen.uploads), "steps": len(seen.steps), "again": dict(seen.again), "seconds": told.seconds,
    }  # fmt: skip


def _section(described: dict[str, str], told: list[rig.Told]) -> str:
    lines = ["## faults", "", *(f"* {name}: {value}" for name, value in described.items()), ""]
    rows = [
        (name, str(len(found)), f"{sorted(found)[len(found) // 2]:.1f}", f"{max(found):.1f}",
         str(sum(one > rig.BACK_S for one in found)))
        for one in told for name, found in sorted(one.outages.items())
    ]  # fmt: skip
    lines += report.table(("what was broken", "times", "back after s, p50", "at most", "after 10 s"), rows)
    for one in told:
        lines += ["", _sentence(one), *(f"* {said}" for said in (*one.contradictions[:20], *one.seen.errors[:20]))]
    return "\n".join(lines) + "\n"


def _sentence(told: rig.Told) -> str:
    seen = told.seen
    again = ", ".join(f"{said} {times}" for said, times in seen.again.most_common()) or "nothing"
    faults = sum(len(found) for found in told.outages.values())
    return (
        f"{faults} faults in {told.seconds:.0f} s before twenty people at naming cases: {len(seen.uploads)} applied "
        f"for and {len(seen.steps)} steps acknowledged. Asked again because of: {again}. Contradictions between the "
        f"database and what people were told, gaps of the feed, breaks of the audit chain: {len(told.contradictions)}. "
        f"Other errors: {len(seen.errors)}."
    )


if __name__ == "__main__":
    sys.exit(main())
