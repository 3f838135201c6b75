"""Names that exist already and are, or sound, the same: shown beside a check and never flagged."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection

from geonames.likeness.forms import forms_of
from geonames.rules import store
from geonames.rules.model import Subject
from geonames.rules.surroundings import NOBODY


def existing_names(connection: Connection, subject: Subject, day: date) -> dict[str, Any]:
    """Standing names of every class, in the whole country: `same_name` and `same_sound`, each at most `store.MOST`.

    Units come before places. `toned_equal`: the tones are the same too; null where they are not known.
    """
    proposal = subject.proposal
    own = forms_of(subject.spelled, proposal.type_code or proposal.art3_class)
    asked = {
        "day": day,
        "own": proposal.place_id or NOBODY,
        "whole": own.whole,
        "toneless": own.sound.toneless,
        "prefix": None,
        "areas": None,
    }
    sounding = connection.execute(store.everything("sound"), asked).all() if own.sound.toneless else []
    return {
        "same_name": [_shown(row) for row in connection.execute(store.everything("whole"), asked)],
        "same_sound": [{**_shown(row), "toned_equal": _same_tones(own.sound.toned, row.toned)} for row in sounding],
    }


def _shown(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.subject_id),
        "name": row.name,
        "code": row.code,
        "class": row.place_class,
        "kind": row.kind,
        "unit": row.unit,
    }


def _same_tones(own: str, other: str) -> bool | None:
    return own == other if own and other else None
