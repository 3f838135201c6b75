"""What is known to be unsafe of what the locks name, by advisories in a file: nothing is fetched.

Advisories are in the format of OSV (ossf.github.io/osv-schema [M]): one as JSON, a list of them, or a ZIP of many, as
osv.dev gives them out for each ecosystem (`PyPI/all.zip`, `npm/all.zip` [M]). An advisory holds for a version that it
lists, or that lies within one of its ranges of versions; a withdrawn one holds for none.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from api.supply import Component
from data.errors import BadInput

#: The ecosystems of OSV by our registries.
ECOSYSTEMS = {"PyPI": "pypi", "npm": "npm"}
#: Ranges of commits say nothing of what a registry gives out.
RANGES = {"ECOSYSTEM", "SEMVER"}
_SEMVER = re.compile(r"^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+.*)?$")
Place = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One library that an advisory holds for. `fixed`: versions in which it does not hold any more."""

    purl: str
    advisory: str
    aliases: tuple[str, ...]
    summary: str
    fixed: tuple[str, ...]


def read_advisories(path: Path) -> list[dict[str, Any]]:
    """The advisories of a file. Raises `BadInput` (`not_advisories`) for anything else."""
    try:
        texts = _texts(path)
        found = [one for text in texts for one in _listed(json.loads(text))]
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise _not_advisories(path, str(error)) from error
    if not found or any(not isinstance(one, dict) or "id" not in one for one in found):
        raise _not_advisories(path, "not every entry has an id")
    return found


def _texts(path: Path) -> Iterator[bytes]:
    if not zipfile.is_zipfile(path):
        yield path.read_bytes()
        return
    with zipfile.ZipFile(path) as packed:
        yield from (packed.read(name) for name in packed.namelist() if name.endswith(".json"))


def _listed(document: Any) -> list[Any]:
    return document if isinstance(document, list) else [document]


def _not_advisories(path: Path, why: str) -> BadInput:
    return BadInput(
        f"{path} does not hold advisories in the format of OSV ({why[:100]}). Nothing was compared.",
        code="not_advisories",
    )


def hold_against(components: Iterable[Component], advisories: Iterable[dict[str, Any]]) -> list[Found]:
    """What advisories hold for, by package URL."""
    by_name: dict[tuple[str, str], list[Component]] = defaultdict(list)
    for one in components:
        by_name[one.registry, one.name].append(one)
    found = {
        (one.purl, advisory["id"]): _found(one, advisory, affected)
        for advisory in advisories
        if not advisory.get("withdrawn")
        for affected in advisory.get("affected", ())
        for one in by_name.get(_name(affected), ())
        if affects(affected, one)
    }
    return [found[key] for key in sorted(found)]


def _name(affected: dict[str, Any]) -> tuple[str, str]:
    package = affected.get("package", {})
    registry, name = ECOSYSTEMS.get(package.get("ecosystem"), ""), str(package.get("name", ""))
    return registry, re.sub(r"[-_.]+", "-", name).lower() if registry == "pypi" else name


def affects(affected: dict[str, Any], one: Component) -> bool:
    """Whether the library's version is listed or lies in a range; one that cannot be placed is taken to lie there."""
    if one.version in affected.get("versions", ()):
        return True
    ranges = [span for span in affected.get("ranges", ()) if span.get("type") in RANGES]
    return any(_within(one, span.get("events", ())) for span in ranges)


def _within(one: Component, events: Iterable[dict[str, str]]) -> bool:
    """The events of a range in the order of versions, as OSV evaluates them."""
    try:
        here = place(one.registry, one.version)
        placed = [(place(one.registry, version), kind) for event in events for kind, version in event.items()]
    except ValueError:
        return True
    inside = False
    for at, kind in sorted(placed, key=lambda event: (event[0], event[1] == "last_affected")):
        if kind == "introduced" and here >= at:
            inside = True
        elif (kind == "fixed" and here >= at) or (kind == "last_affected" and here > at):
            inside = False
    return inside


def place(registry: str, version: str) -> Place:
    """Where a version stands among those of its registry. ValueError for what is none; "0" stands before all."""
    if version == "0":
        return (0,)
    if registry == "pypi":
        try:
            return (1, Version(version))
        except InvalidVersion as error:
            raise ValueError(version) from error
    parts = _SEMVER.match(version)
    if parts is None:
        raise ValueError(version)
    before = [(0, int(word), "") if word.isdigit() else (1, 0, word) for word in (parts[4] or "").split(".") if word]
    return (1, int(parts[1]), int(parts[2]), int(parts[3]), not before, before)


def _found(one: Component, advisory: dict[str, Any], affected: dict[str, Any]) -> Found:
    events = [event for span in affected.get("ranges", ()) for event in span.get("events", ())]
    fixed = tuple(dict.fromkeys(event["fixed"] for event in events if "fixed" in event))
    summary = str(advisory.get("summary") or advisory.get("details", ""))[:200]
    return Found(one.purl, advisory["id"], tuple(advisory.get("aliases", ())), summary, fixed)
