"""`python -m tests.known_truth [N]`: the table of recall and false alarms over N cases."""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor

from boundaries.inspection.compare import compare
from tests.known_truth.cases import make_case
from tests.known_truth.judge import Tally, judge


def tally_of(seed: int) -> Tally:
    """One case made, compared and judged."""
    case = make_case(seed)
    return judge(seed, case, compare(case.legal, case.a, case.b))


def main(count: int) -> None:
    """Print the table, and every mistake."""
    total = Tally()
    with ProcessPoolExecutor() as pool:
        for tally in pool.map(tally_of, range(count), chunksize=5):
            total.add(tally)
    print(f"{count} cases\n{total.table()}")
    print("\n".join(total.mistakes))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
