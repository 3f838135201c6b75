"""What Diming is made of: every library that the locks name, its licence, and both as a bill of materials.

The locks decide what is listed (`docs/operations.md`, "Locks"); a licence is what the library says of itself, in its
metadata or its entry of the lock. What is not installed here (another system's, or the demonstration's) is in
`api/supply.toml` with where it was read; nothing is guessed.
"""

from __future__ import annotations

import base64
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from data.server.home import REPOSITORY
from data.version import version

Scope = Literal["required", "optional", "excluded"]
#: The locks, and what their libraries are for: CycloneDX's words for running, for what may be left out, and for tests.
LOCKS: dict[str, Scope] = {
    "requirements.lock": "required",
    "requirements-uv.lock": "required",
    "requirements-node.lock": "optional",
    "requirements-demo.lock": "optional",
    "requirements-dev.lock": "excluded",
}
NPM_LOCK = "package-lock.json"
DECLARED = Path(__file__).with_suffix(".toml")
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)")
#: What a library calls its licence where it names none by SPDX: only words that can mean nothing else.
_SPDX = {"MIT License": "MIT", "Apache Software License": "Apache-2.0", "Apache License 2.0": "Apache-2.0"}
_SPDX |= {"Apache 2.0": "Apache-2.0", "ISC License": "ISC", "ISC License (ISCL)": "ISC", "BSD 3-Clause": "BSD-3-Clause"}
_SPDX |= {"BSD 2-Clause License": "BSD-2-Clause", "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0"}
#: Identifiers of the SPDX list that occur here; a licence of other words is kept as words.
SPDX = frozenset(
    {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "LGPL-2.1-only", "LGPL-3.0-only"}
    | {"MIT", "MIT-0", "MIT-CMU", "MPL-2.0", "PSF-2.0", "Zlib"}
)


@dataclass(frozen=True, slots=True)
class Component:
    """One library in one version. `licence` is None where nothing is known of it here."""

    registry: Literal["pypi", "npm"]
    name: str
    version: str
    scope: Scope
    licence: str | None
    sha512: str | None = None

    @property
    def purl(self) -> str:
        """Its package URL, `pkg:pypi/psycopg@3.3.9`."""
        return f"pkg:{self.registry}/{self.name.replace('@', '%40')}@{self.version}"

    @property
    def is_expression(self) -> bool:
        """Whether its licence is an expression of SPDX identifiers, and no other words."""
        words = (self.licence or "").replace("(", "").replace(")", "").split()
        return bool(words) and set(words[::2]) <= SPDX and set(words[1::2]) <= {"AND", "OR"}


def components(root: Path = REPOSITORY) -> list[Component]:
    """All of them, in the order of their package URLs; one that several locks name has the closest scope."""
    closest: dict[str, Component] = {}
    for one in (*_of_pypi(root), *_of_npm(root)):
        closest.setdefault(one.purl, one)
    return sorted(closest.values(), key=lambda one: one.purl)


def _of_pypi(root: Path) -> Iterator[Component]:
    declared = {name: one["licence"] for name, one in tomllib.loads(DECLARED.read_text("utf-8")).items()}
    for lock, scope in LOCKS.items():
        for line in (root / lock).read_text("utf-8").splitlines():
            if pin := _PIN.match(line):
                name = pin[1].lower().replace("_", "-")
                licence = declared.get(name) or _of_metadata(name)
                yield Component("pypi", name, pin[2], scope, licence)


def _of_metadata(name: str) -> str | None:
    """What the installed library says of its licence: by SPDX, in a word, or by the classifiers of the registry."""
    try:
        said = metadata.metadata(name).json
    except metadata.PackageNotFoundError:
        return None
    named = _first_line(said.get("license_expression")) or _first_line(said.get("license"))
    if named is None:
        listed = said.get("classifier", ())
        classified = [line.rpartition("::")[2].strip() for line in listed if line.startswith("License ::")]
        named = " and ".join(classified) or None
    return _SPDX.get(named, named) if named else None


def _first_line(text: str | list[str] | None) -> str | None:
    """A name of a licence; some libraries put its whole text there."""
    line = str(text or "").strip().partition("\n")[0].strip()
    return line if 0 < len(line) < 60 else None


def _of_npm(root: Path) -> Iterator[Component]:
    packages = json.loads((root / NPM_LOCK).read_text("utf-8"))["packages"]
    for path, one in packages.items():
        if path:
            kind, _, digest = one.get("integrity", "").partition("-")
            sha512 = base64.b64decode(digest).hex() if kind == "sha512" else None
            scope: Scope = "excluded" if one.get("dev") else "required"
            name = path.rpartition("node_modules/")[2]
            yield Component("npm", name, one["version"], scope, one.get("license"), sha512)


_HEADINGS: dict[Scope, str] = {
    "required": "To run",
    "optional": "That may be left out",
    "excluded": "For tests alone, never installed with the program",
}


_INTRODUCTION = """\
# Licences of what Diming is made of

Every library that the locks name, with what it says of its own licence. Written by `./diming licences --page`; a test
compares it with the locks. The same as a bill of materials (CycloneDX 1.6): [sbom.cdx.json](sbom.cdx.json). Libraries
are fetched from their registries when Diming is installed and are not part of this repository; what only measurements
against other programs install (`tests/bench`) is not listed. Data and their licences: [NOTICE](../NOTICE).

PostgreSQL (PostgreSQL), PostGIS (GPL-2.0-or-later) and Python (PSF-2.0) come from the system's own packages.

Held against advisories of vulnerabilities: not here. No list of advisories is part of this repository, and none was at
hand where this was written. `./diming licences --advisories FILE` does it with a file of yours, in the format of OSV.
"""


def page(found: list[Component]) -> str:
    """`docs/licences.md`."""
    lines = [_INTRODUCTION.rstrip()]
    for scope, heading in _HEADINGS.items():
        lines += ["", f"## {heading}", "", "| library | version | registry | licence |", "| --- | --- | --- | --- |"]
        lines += [
            f"| {one.name} | {one.version} | {one.registry} | {one.licence or 'unknown'} |"
            for one in found
            if one.scope == scope
        ]
    return "\n".join(lines) + "\n"


def bill(found: list[Component]) -> dict[str, Any]:
    """A bill of materials in CycloneDX 1.6. Without time and serial number: the same locks give the same bytes."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "diming",
                "name": "diming",
                "version": version(),
                "licenses": [{"expression": "Apache-2.0"}],
            }
        },
        "components": [_entry(one) for one in found],
    }


def _entry(one: Component) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "type": "library",
        "bom-ref": one.purl,
        "name": one.name,
        "version": one.version,
        "scope": one.scope,
        "purl": one.purl,
    }
    if one.licence is not None:
        entry["licenses"] = [{"expression": one.licence}] if one.is_expression else [{"license": {"name": one.licence}}]
    if one.sha512 is not None:
        entry["hashes"] = [{"alg": "SHA-512", "content": one.sha512}]
    return entry
