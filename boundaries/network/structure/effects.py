"""What followed from an amendment, for whoever made it and for the record. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from boundaries.network.structure.checks import Opening
from boundaries.network.structure.following import FollowedLine


@dataclass(frozen=True, slots=True)
class Effects:
    """Lines and nodes made, ended and changed; rings that are open now and were not, and the other way; polygons."""

    lines: tuple[FollowedLine, ...] = ()
    nodes: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    opened: tuple[Opening, ...] = ()
    closed: tuple[Opening, ...] = ()
    polygons: Sequence[Mapping[str, Any]] = ()

    def line_ids(self, what: str) -> list[UUID]:
        """The lines of which this became: `made`, `ended`, `run_changed`, `restated`, `kept`."""
        return [line.entry.id for line in self.lines if line.what == what]

    def as_json(self) -> dict[str, Any]:
        """The effects as one JSON object; lines whose courses alone moved are not told."""
        return {
            "lines": [
                {
                    "id": str(line.entry.id),
                    "name": line.entry.name,
                    "level": line.entry.level,
                    "what": line.what,
                    "segments": len(line.run),
                }
                for line in self.lines
                if line.what != "kept"
            ],
            "nodes": {what: list(found) for what, found in self.nodes.items() if found},
            "opened": _places(self.opened),
            "closed": _places(self.closed),
            "polygons": [{**told, "unit": str(told["unit"])} for told in self.polygons],
        }


def _places(openings: Iterable[Opening]) -> list[dict[str, Any]]:
    return [{"unit": str(one.holder), "at": list(one.at)} for one in openings]
