"""The demonstration's register, made once in a run and cloned for each worker."""

from __future__ import annotations

from data.server.cluster import Cluster
from tests import database


def demonstration_template(cluster: Cluster) -> str:
    """The name of a database as `./diming up` makes it: divisions, shapes, places, search names."""
    return database.template(cluster, "demonstration", _load_demonstration)


def _load_demonstration(url: str) -> None:
    from api.cli import output
    from api.demo import load_demonstration
    from data.server.home import configured_root, home_at

    load_demonstration(url, home_at(configured_root()), output.step)
