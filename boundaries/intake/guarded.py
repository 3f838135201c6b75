"""The same check in a process of its own (`data.fenced`); where that breaks its fences, the report says so."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from boundaries.intake.drivers import readers_only
from boundaries.intake.findings import NOWHERE, describe
from boundaries.intake.model import Observation, Report
from boundaries.intake.options import Options, rules_of
from boundaries.intake.received import hash_of, must_be_file
from boundaries.intake.report import as_document, from_document
from data.fenced import Broken, Fences, fenced

__all__ = ["Fences", "answer", "check_guarded"]


def check_guarded(path: Path, options: Options | None = None, fences: Fences | None = None) -> Report:
    """`check_file` within `fences`; a file that breaks them is `unreadable`. Raises as `check_file` does."""
    options = options or Options()
    must_be_file(path)
    rules_of(options)
    try:
        return from_document(fenced(__name__, _asked(path, options), fences, readers_only()))
    except Broken as broken:
        return _stopped(path, options, str(broken))


def _asked(path: Path, options: Options) -> dict[str, Any]:
    return {
        "path": str(path.absolute()),
        "against": str(options.against.absolute()) if options.against else None,
        "scale": options.scale,
        "profile": _absolute(options.profile),
        "expect": options.expect,
        "tolerances": str(options.tolerances.absolute()),
        "draw": options.draw,
    }


def _absolute(profile: str) -> str:
    return str(Path(profile).absolute()) if profile.endswith(".toml") else profile


def _stopped(path: Path, options: Options, why: str) -> Report:
    limits, _ = rules_of(options)
    finding = describe(Observation("unreadable", "stopped", {"why": why}), NOWHERE)
    return Report(path.name, hash_of(path), limits.scale, None, None, (), (finding,), (), limits.as_mapping())


def answer(asked: Mapping[str, Any]) -> dict[str, Any]:
    """In the child: the report of the file as its document."""
    # only the child needs the libraries that read files: they take longer to load than a line to check
    from boundaries.intake.check import check_file

    against = Path(asked["against"]) if asked["against"] else None
    tolerances = Path(asked["tolerances"])
    options = Options(against, asked["scale"], asked["profile"], asked["expect"], tolerances, draw=asked["draw"])
    return as_document(check_file(Path(asked["path"]), options))
