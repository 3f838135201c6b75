"""Romanizing many names: the engine with the search for cyclic garbage held off, slice by slice. Pure.

What the engine makes are tuples of strings, remembered or dropped; none of it can be
cyclic. Python's collector would walk all of them again and again (more than half
of the time), so it rests within a slice and is as before between slices.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

from geonames.romanize.engine import romanize_shape
from geonames.romanize.lexicon import Lexicon
from geonames.romanize.model import Romanization, Shape

#: Names in a slice: some tenths of a second.
SLICE = 16_384
#: A name, the shape of its kind of place, the province in which it lies.
Asked = tuple[str, Shape | None, str | None]


def romanize_many(asked: Iterable[Asked], lexicon: Lexicon) -> Iterator[Romanization]:
    """The spelling of each name, in order."""
    rest = iter(asked)
    while batch := list(islice(rest, SLICE)):
        with _without_collector():
            found = [romanize_shape(name, shape, region, lexicon) for name, shape, region in batch]
        yield from found


@contextmanager
def _without_collector() -> Iterator[None]:
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
