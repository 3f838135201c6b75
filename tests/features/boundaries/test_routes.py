"""The stories of routes.feature, told over HTTP by people who are signed in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_bdd import scenarios

from data.server.cluster import Cluster
from tests import database
from tests.features.boundaries.comparing import *  # noqa: F403 -- pytest-bdd looks for steps where the scenarios are
from tests.features.boundaries.comparing import to_the_findings
from tests.features.boundaries.disputing import *  # noqa: F403
from tests.features.boundaries.inspecting import *  # noqa: F403
from tests.features.boundaries.over_http import Story, told_on
from tests.samples import boundary_office as sample

scenarios("routes.feature")


@pytest.fixture(scope="session")
def boundary_template(cluster: Cluster) -> str:
    return database.template(cluster, "boundary_office", sample.fill)


@pytest.fixture
def story(request: pytest.FixtureRequest, cluster: Cluster, boundary_template: str, tmp_path: Path) -> Iterator[Story]:
    """From the beginning; the scenarios of the routes from where the surveys were compared."""
    if "途径" not in request.node.name:
        with database.clone(cluster, boundary_template) as url, told_on(url, tmp_path) as one:
            yield one
        return
    template, inspection, case = request.getfixturevalue("compared")
    with database.clone(cluster, template) as url, told_on(url, tmp_path) as one:
        one.inspection, one.inspection_case = inspection, case
        yield one


@pytest.fixture(scope="session")
def compared(
    cluster: Cluster, boundary_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str, str]]:
    """The name of a database in which the story has come to the findings, its inspection, and the case of that."""
    folder = tmp_path_factory.mktemp("compared")
    with database.clone(cluster, boundary_template) as url:
        with told_on(url, folder) as one:
            to_the_findings(one)
        yield url.rpartition("/")[2].partition("?")[0], one.inspection, one.case
