"""`python -m tests.known_truth [N] [FIRST]`: the table of recall and false alarms over N cases from seed FIRST on."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ProcessPoolExecutor

from boundaries.inspection.compare import compare
from tests.known_truth.cases import make_case
from tests.known_truth.judge import Tally, judge


def tally_of(seed: int) -> Tally:
    """One case made, compared and judged."""
    case = make_case(seed)
    return judge(seed, case, compare(case.legal, case.a, case.b))


def timed(seed: int) -> tuple[Tally, float]:
    """The same with its seconds of processor time."""
    begun = time.process_time()
    return tally_of(seed), time.process_time() - begun


def main(count: int, first: int) -> None:
    """Print the table, and every mistake as soon as it is known; stopped early, the table of what was done."""
    total, spent, done = Tally(), 0.0, 0
    with ProcessPoolExecutor() as pool:
        try:
            for tally, seconds in pool.map(timed, range(first, first + count), chunksize=5):
                total.add(tally)
                spent, done = spent + seconds, done + 1
                if tally.mistakes:
                    print("\n".join(tally.mistakes), file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
        print(f"{done} cases from seed {first}, {spent:.0f} s of processor time\n\n{total.table()}", flush=True)


if __name__ == "__main__":
    main(*(int(word) for word in (sys.argv[1:] + ["200", "0"][len(sys.argv) - 1 :])))
