"""Work on a dossier while its name is surveyed: texts, evidence, earlier names, answers of the sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.cases.model import Deciding, Outcome
from geonames.applications.given import bad_field
from geonames.heritage.dossier import check_facts

#: What `revise` may change, one text at a time.
REVISED = ("meaning", "origin", "history", "protection", "first_attested", "continuity", "continuity_note")


def revise(deciding: Deciding) -> Outcome:
    """Write one text of the dossier anew."""
    part = deciding.fields["part"]
    if part not in REVISED:
        raise bad_field("part", f"is one of {', '.join(REVISED)}")
    return _with(deciding, {part: deciding.fields["text"]})


def add_evidence(deciding: Deciding) -> Outcome:
    """Add a source that speaks of the name."""
    names = ("grade", "title", "passage", "quote", "dated")
    return _added(deciding, "evidence", {name: deciding.fields.get(name, "") for name in names})


def add_period(deciding: Deciding) -> Outcome:
    """Add a name that the place had for a time."""
    return _added(deciding, "periods", {name: deciding.fields.get(name, "") for name in ("name", "dated", "note")})


def answer(deciding: Deciding) -> Outcome:
    """Answer a question of the sheet; an earlier answer to it is replaced."""
    fields = deciding.fields
    points = fields.get("points", "").strip() or None
    said = {**{name: fields[name] for name in ("criterion", "answer", "why")}, "points": points}
    others = [one for one in deciding.case.facts["scores"] if one["criterion"] != said["criterion"]]
    return _with(deciding, {"scores": [*others, said]})


def _added(deciding: Deciding, part: str, row: Mapping[str, Any]) -> Outcome:
    return _with(deciding, {part: [*deciding.case.facts[part], row]})


def _with(deciding: Deciding, changed: Mapping[str, Any]) -> Outcome:
    checked = check_facts({**deciding.case.facts, **changed})
    return Outcome(facts={name: checked[name] for name in changed})
