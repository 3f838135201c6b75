"""The bench's results as a section of RESULTS.md."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "RESULTS.md"
HEAD = "# Measurements\n\nWritten by `./diming bench`; each section names the machine and its own baselines.\n"


def write(results: Any, plain: str, empty: str) -> str:
    """Put the register's section in RESULTS.md in place of the former one, and return it."""
    return write_section("register", _section(results, plain, empty))


def write_section(name: str, section: str) -> str:
    """Put the section `name` in RESULTS.md in place of the former one, and return it."""
    before = RESULTS.read_text("utf-8") if RESULTS.exists() else HEAD
    pattern = re.compile(rf"\n## {re.escape(name)}\n.*?(?=\n## |\Z)", re.DOTALL)
    without = pattern.sub("", before)
    RESULTS.write_text(without.rstrip("\n") + "\n\n" + section, "utf-8")
    return section


def _section(results: Any, plain: str, empty: str) -> str:
    lines = ["## register", ""]
    lines += [f"* {name}: {value}" for name, value in results.machine.items()]
    lines += ["", *table(("load", "seconds"), [(k, f"{v:.1f}") for k, v in results.loads_s.items()])]
    lines += ["", "One question after another, on one connection, as the API asks (milliseconds):", ""]
    lines += table(("question", "n", "p50", "p95", "p99", "p50 ratio"), _question_rows(results.questions, plain))
    lines += ["", "Over HTTP on loopback, client and server and database on the same cores:", ""]
    head = ("path", "clients", "a second", "p50 ms", "p95 ms", "p99 ms", "share of baseline", "not 200")
    lines += table(head, _http_rows(results.http, empty))
    return "\n".join(lines) + "\n"


def _question_rows(questions: Any, plain: str) -> list[tuple[str, ...]]:
    base = questions[plain].p50_ms
    return [
        (name, str(x.count), f"{x.p50_ms:.2f}", f"{x.p95_ms:.2f}", f"{x.p99_ms:.2f}", f"{x.p50_ms / base:.1f}")
        for name, x in questions.items()
    ]


def _http_rows(rows: list[dict[str, Any]], empty: str) -> list[tuple[str, ...]]:
    base = {row["clients"]: row["per_second"] for row in rows if row["path"] == empty}
    return [
        (
            row["path"],
            str(row["clients"]),
            f"{row['per_second']:.0f}",
            f"{row['p50_ms']:.1f}",
            f"{row['p95_ms']:.1f}",
            f"{row['p99_ms']:.1f}",
            f"{row['per_second'] / base[row['clients']]:.2f}",
            str(row["not_200"]),
        )
        for row in rows
    ]


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """A table in Markdown."""
    return [f"| {' | '.join(row)} |" for row in (head, tuple("---" for _ in head), *rows)]
