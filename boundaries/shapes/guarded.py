"""Reading somebody's file of units or areas in a process of its own (`data.fenced`), with our drivers only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import shapely

from boundaries.intake.drivers import readers_only
from boundaries.shapes.model import SourceFeature, SourceLayer
from boundaries.shapes.reading import read_layer
from data.crs import DeclaredCrs
from data.errors import BadInput
from data.fenced import Broken, Fences, fenced
from data.limits import FileKind, SafeFile


def read_layer_guarded(file: SafeFile, fences: Fences | None = None, **how: str | None) -> SourceLayer:
    """`read_layer(file, **how)` within `fences`; raises as it does, and `file_unreadable` where it breaks them."""
    asked = {"file": _as_json(file), "how": how}
    try:
        said = fenced(__name__, asked, fences, readers_only())
    except Broken as broken:
        raise BadInput(f"{file.name} cannot be read: {broken}. Nothing was loaded.", code="file_unreadable") from None
    features = [SourceFeature(n, code, name, _shape(shape)) for n, code, name, shape in said["features"]]
    return SourceLayer(said["name"], DeclaredCrs(**said["crs"]), said["encoding"], features)


def answer(asked: Mapping[str, Any]) -> dict[str, Any]:
    """In the child: the layer of the file, as JSON values."""
    layer = read_layer(_from_json(asked["file"]), **asked["how"])
    rows = [(one.number, one.code, one.name, _hex(one.geometry)) for one in layer.features]
    return {"name": layer.name, "crs": asdict(layer.crs), "encoding": layer.encoding, "features": rows}


def _hex(geometry: Any) -> str | None:
    return None if geometry is None else str(shapely.to_wkb(geometry, hex=True))


def _shape(text: str | None) -> Any:
    return None if text is None else shapely.from_wkb(text)


def _as_json(file: SafeFile) -> dict[str, Any]:
    return {
        "path": str(file.path.absolute()),
        "kind": file.kind.name,
        "name": file.name,
        "sha256": file.sha256.hex(),
        "parts": sorted(file.parts),
    }


def _from_json(said: Mapping[str, Any]) -> SafeFile:
    kind, digest = FileKind[said["kind"]], bytes.fromhex(said["sha256"])
    return SafeFile(Path(said["path"]), kind, said["name"], digest, frozenset(said["parts"]))
