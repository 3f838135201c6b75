"""The jobs of a comparison of views in several processes, or on dask-geopandas: the same functions, the same answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from boundaries.inspection.views.compare import Mapping
from data.crs import STORED_SRID

#: So many jobs are handed to a process at once: sending them one by one costs more than doing them.
CHUNK = 8


@contextmanager
def in_processes(processes: int) -> Iterator[Mapping]:
    """`map` over so many processes, results in order; one is this process itself."""
    if processes <= 1:
        yield map
        return
    # a fresh interpreter: a process that forks with threads of libraries in it may hang
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield lambda function, jobs: pool.map(function, jobs, chunksize=CHUNK)


def on_dask(partitions: int, scheduler: str = "processes") -> Mapping:
    """`map` over the partitions of a dask-geopandas frame, results in order.

    `scheduler`: as dask names them, or set up beforehand for a cluster of machines (`"distributed"`).
    """

    def mapped(function: Callable[[Any], Any], jobs: Iterable[Any]) -> Iterable[Any]:
        import dask
        import dask_geopandas

        of_jobs = list(jobs)
        if not of_jobs:
            return []
        places = gpd.GeoSeries([getattr(job, "polygon", None) for job in of_jobs], crs=STORED_SRID)
        dealt = _dealt(shapely.get_num_coordinates(places.to_numpy()), min(partitions, len(of_jobs)))
        frame = gpd.GeoDataFrame({"job": of_jobs}, geometry=places).iloc[dealt]
        # jobs are objects and stay so: dask would make texts of them
        with dask.config.set({"dataframe.convert-string": False}):
            parts = dask_geopandas.from_geopandas(frame, npartitions=min(partitions, len(of_jobs)), sort=False)
            meta = pd.Series([], dtype=object)
            done = parts.map_partitions(_of_partition, function, meta=meta).compute(scheduler=scheduler)
        return list(done.sort_index())

    return mapped


def _dealt(weights: Sequence[int] | np.ndarray, partitions: int) -> np.ndarray:
    """The order in which jobs of these weights lie so that equal parts of it weigh about the same.

    They are dealt like cards, the heaviest first: the polygons of the west have a hundred times the vertices of those
    of the east, and stand beside each other by their codes.
    """
    heaviest_first = np.argsort(-np.asarray(weights), kind="stable")
    return np.concatenate([heaviest_first[part::partitions] for part in range(partitions)])


def _of_partition(frame: pd.DataFrame, function: Callable[[Any], Any]) -> pd.Series[Any]:
    results = np.empty(len(frame), dtype=object)
    results[:] = [function(job) for job in frame["job"]]
    return pd.Series(results, index=frame.index)
