"""What a constant vector between a survey and the legal line may come from.

Parameters between Beijing 1954 or Xi'an 1980 and CGCS2000 are classified. What is
used here are the transformations for oil and gas fields that the EPSG data set
publishes for Beijing 1954, and only to recognise a vector of that size and
direction: nothing is ever transformed by them. For Xi'an 1980 nothing is
published; that cause is named where a file declares it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from pyproj import Proj
from pyproj.transformer import TransformerGroup

#: Metres within which a vector is like one of the published: they differ among each other by as much.
LIKE_M = 25.0
#: EPSG codes of Beijing 1954, and of WGS 84, which agrees with CGCS2000 to better than a metre.
BEIJING_1954, WGS_84 = "EPSG:4214", "EPSG:4326"
DECLARED = {"Beijing 1954": "beijing54", "Xian 1980": "xian80"}


def cause_of(vector_m: tuple[float, float], middle: tuple[float, float], datum: str | None) -> str:
    """`beijing54`, `xian80` or `translation`; `vector_m` leads from the right place to where the survey shows it."""
    for name, cause in DECLARED.items():
        if datum is not None and datum.startswith(name):
            return cause
    vector = np.array(vector_m)
    if any(np.hypot(*(vector - like)) <= LIKE_M for like in _beijing_vectors(*middle)):
        return "beijing54"
    return "translation"


def _beijing_vectors(longitude: float, latitude: float) -> Iterator[np.ndarray]:
    """Where a position shows that was surveyed on Beijing 1954 and read as CGCS2000: as degrees and in a zone."""
    plane = Proj(proj="tmerc", lon_0=longitude, k=1, ellps="GRS80")
    former = Proj(proj="tmerc", lon_0=longitude, k=1, ellps="krass")
    here = np.array(plane(longitude, latitude))
    for transformer in _published():
        there = transformer.transform(longitude, latitude, direction="INVERSE")
        yield np.array(plane(*there)) - here
        yield np.array(former(*there)) - here


@cache
def _published() -> tuple:  # type: ignore[type-arg] # pyproj's transformers
    group = TransformerGroup(BEIJING_1954, WGS_84, always_xy=True, allow_ballpark=False)
    return tuple(group.transformers)
