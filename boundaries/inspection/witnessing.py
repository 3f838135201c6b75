"""Whether a stone stands in its place by its witness objects (方位物), by the tolerances of a comparison. Pure.

The one computation is that of `boundaries.markers.witnesses`; here is only how far apart two statements may be.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from boundaries.inspection.settings import Settings
from boundaries.markers.model import Witness
from boundaries.markers.witnesses import Displacement, displacement_by

__all__ = ["Displacement", "displacement"]


def displacement(recorded: Sequence[Witness], measured: Sequence[Witness], rules: Settings) -> Displacement | None:
    """What the objects that both name say together; None where there is none in common. Metres, true north."""
    return displacement_by(
        recorded,
        measured,
        lambda distance: rules.tolerance_m(
            rules.witness_distance_m, math.radians(rules.witness_azimuth_deg) * distance
        ),
    )
