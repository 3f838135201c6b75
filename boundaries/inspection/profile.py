"""How far two lines lie from each other, measured at stations along both."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from boundaries.inspection.coverage import Interval, common, covered, within
from boundaries.inspection.model import Agreement
from boundaries.inspection.paths import Bundle, Path


def bundle(paths: Sequence[Path]) -> Bundle:
    """The paths as one indexed course."""
    return Bundle([path.vertices for path in paths])


def agreement(
    first: Sequence[Path], second: Sequence[Path], legal: Bundle, tolerance_m: float, step_m: float, gap_m: float
) -> Agreement:
    """Over the stretches of the legal line that both cover; distances None where there is none."""
    both = common(covered(first, gap_m), covered(second, gap_m))
    if not both:
        return Agreement(0.0, None, None, None, None)
    one, other = bundle(first), bundle(second)
    # both ways, because the farthest place of one line may lie beside a straight of the other
    distances = np.concatenate(
        [_distances(one, other, legal, both, step_m), _distances(other, one, legal, both, step_m)]
    )
    return Agreement(
        sum(end - begin for begin, end in both),
        float(np.percentile(distances, 50)),
        float(np.percentile(distances, 95)),
        float(distances.max()),
        float((distances <= tolerance_m).mean()),
    )


def _distances(
    here: Bundle, there: Bundle, legal: Bundle, stretches: Sequence[Interval], step_m: float
) -> NDArray[np.float64]:
    stations = here.stations(step_m)
    _, chainage, _ = legal.nearest(stations)
    return there.nearest(stations[within(chainage, stretches)])[0]
