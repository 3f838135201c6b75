"""Two installations that file with each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.server.cluster import Cluster
from tests.filings import Side, two_sides


@pytest.fixture
def sides(cluster: Cluster, tmp_path: Path) -> Iterator[tuple[Side, Side]]:
    """The county and its city."""
    with two_sides(cluster, tmp_path) as found:
        yield found
