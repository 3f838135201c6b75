"""The model behind docs/sizing.md: waiting as the formulae of M/M/c have it, and a page that says what it computes."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from data.server.home import REPOSITORY
from tests.bench import sizing

CURE = "the page is not what the model computes: ./diming bench sizing, and put its tables in docs/sizing.md"


@pytest.mark.parametrize(("load", "cores"), [(0.5, 1), (0.8, 1), (3.0, 4), (14.0, 16)])
def test_what_waits_is_what_the_formula_says(load: float, cores: int) -> None:
    random, requests = np.random.default_rng(7), 150_000
    arrivals = np.cumsum(random.exponential(1 / load, requests))
    found = sizing.waits(arrivals, random.exponential(1.0, requests), cores)[requests // 10 :]
    assert float((found > 0).mean()) == pytest.approx(sizing.erlang_c(load, cores), rel=0.04)
    assert float(found.mean()) == pytest.approx(sizing.mean_wait(load, cores, 1.0), rel=0.1)


def test_the_formula_itself() -> None:
    """By hand: one core waits as often as it is busy (M/M/1); two at a load of one, 1/3 (M/M/2)."""
    assert sizing.erlang_c(0.7, 1) == pytest.approx(0.7)
    assert sizing.mean_wait(0.5, 1, 2.0) == pytest.approx(2.0)
    assert sizing.erlang_c(1.0, 2) == pytest.approx(1 / 3)
    with pytest.raises(ValueError, match="do not fit"):
        sizing.erlang_c(2.0, 2)


def test_more_use_takes_more_and_nothing_is_overrun() -> None:
    plans = [sizing.plan(use) for use in sizing.PLACES_OF_USE]
    for less, more in pairwise(plans):
        assert less.server_cores <= more.server_cores
        assert less.disk_gb < more.disk_gb
    assert all(one.writer_cores <= sizing.CORES_OF_A_MACHINE for one in plans)
    assert plans[0].replicas == 0
    assert plans[-1].replicas >= 2
    halved = sizing.simulate(sizing.rates(sizing.PLACES_OF_USE[-1], 2), plans[-1].server_cores // 2, 32, 2, 32)[0]
    assert np.percentile(halved, 99) > 2 * plans[-1].public_p99_ms


def test_a_use_without_replicas_answers_again_from_memory_and_one_with_them_does_not() -> None:
    use = replace(sizing.PLACES_OF_USE[0], public_a_second=100.0)
    assert sizing.rates(use, 0)[sizing.AGAIN] == 50.0
    assert sizing.rates(use, 2)[sizing.AGAIN] == 0.0


def test_the_page_shows_what_the_model_computes() -> None:
    page = (REPOSITORY / "docs" / "sizing.md").read_text("utf-8")
    for line in (*sizing.lines([sizing.plan(use) for use in sizing.PLACES_OF_USE]), *sizing.inputs()):
        assert line in page, CURE
