"""The demonstration's register, made once in a run and cloned for each worker."""

from __future__ import annotations

from pathlib import Path

from data.db import make_engine
from data.server.cluster import Cluster
from data.server.home import configured_root, home_at
from tests import database


def demonstration_template(cluster: Cluster) -> str:
    """The name of a database as `./diming up` makes it: divisions, shapes, places, search names."""
    return database.template(cluster, "demonstration", _load_demonstration)


def _load_demonstration(url: str) -> None:
    from api.demo import load_all

    engine = make_engine(url, pooled=False)
    try:
        load_all(engine, demonstration_packages(), lambda _what: None)
    finally:
        engine.dispose()


def demonstration_packages() -> Path:
    """Where set-up has put the demonstration's data."""
    return home_at(configured_root()).demonstration
