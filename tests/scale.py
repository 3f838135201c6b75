"""How much a run tests: `./diming test` a seeded fraction, `./diming test --long` the large counts."""

from __future__ import annotations

import os

LONG = os.environ.get("DIMING_TEST_LONG") == "1"
#: How many times more examples the long run draws.
FACTOR = 50


def examples(number: int) -> int:
    """`number` examples in the short run, `FACTOR` times as many in the long one."""
    return number * FACTOR if LONG else number
