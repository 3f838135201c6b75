"""Check a name: spelling, parts and every naming rule it breaks, as one types. Works by links and forms alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.web.view import View
from api.web.visit import Visit, Visiting
from data.errors import BadRequest, DimingError
from geonames.places.classes import parse_class
from geonames.places.parsing import parse
from geonames.romanize.asking import spelling_of
from geonames.romanize.model import CLASS_SHAPES
from geonames.rules.asking import NameQuestion, answer_of

router = APIRouter(include_in_schema=False)

DEFAULT_CLASS = "ADMIN_DIVISION"
#: Most severe first, as findings are grouped.
SEVERITIES = ("block", "warn", "ask")
#: Names that show what a check says, with their class.
EXAMPLES = (
    ("平山县", "ADMIN_DIVISION"),
    ("毫州市", "ADMIN_DIVISION"),
    ("解放路南小街", "STREET"),
    ("欧洲花园", "RESIDENTIAL_BUILDING"),
)


@router.get("/check")
def check(visit: Visiting) -> Response:
    """The form and, where a name is given, what is known and found of it; a part of it for the script."""
    query = visit.view.query
    name = query.get("name", "")
    asked = {
        "name": name,
        "class": query.get("class") or DEFAULT_CLASS,
        "within": query.get("within", "").strip(),
        "lon": query.get("lon", "").strip(),
        "lat": query.get("lat", "").strip(),
    }
    return visit.page(
        "check_part.html" if visit.partial else "check.html",
        asked=asked,
        classes=tuple(CLASS_SHAPES),
        examples=EXAMPLES,
        suffix="" if visit.view.t.language == "zh" else "_en",
        **(_found(visit, asked) if name.strip() else {"found": None, "problem": None}),
    )


def _found(visit: Visit, asked: dict[str, str]) -> dict[str, Any]:
    """What is found, or the problem that keeps it from being looked for; faults of ours stay faults."""
    try:
        return {"found": _answer(visit, asked), "problem": None}
    except DimingError as error:
        if error.status >= 500:
            raise
        return {"found": None, "problem": {"code": error.code, "detail": error.detail}}


def _answer(visit: Visit, asked: dict[str, str]) -> dict[str, Any]:
    within = asked["within"] or None
    question = NameQuestion(
        name=asked["name"], class_=asked["class"], within=within, point=(_number(asked["lon"]), _number(asked["lat"]))
    )
    answer = answer_of(visit.conn, question, visit.view.as_of if visit.view.past else None)
    spelling = spelling_of(asked["name"], asked["class"], within)
    kind = parse_class(asked["class"])
    parsed = parse(asked["name"], kind.art3, kind.type_code, within)
    return {
        **answer,
        "spelling": spelling,
        "characters": characters(spelling["syllables"], answer["findings"]),
        "pieces": [_piece(piece) for piece in parsed.pieces],
        "division_ambiguous": parsed.ambiguous,
        "groups": [(severity, _shown(visit.view, answer, severity)) for severity in SEVERITIES],
        "same_name": [linked(visit.view, other) for other in answer["existing"]["same_name"]],
        "same_sound": [linked(visit.view, other) for other in answer["existing"]["same_sound"]],
    }


def _number(text: str) -> float | None:
    """Degrees as typed; BadRequest `bad_coordinates`."""
    try:
        return float(text) if text else None
    except ValueError as error:
        raise BadRequest(f"{text[:40]!r} is not a number of degrees.", code="bad_coordinates") from error


def _piece(piece: Any) -> dict[str, Any]:
    """A piece of a name as the page shows it."""
    return {"text": piece.text, "use": piece.use.value}


def characters(syllables: Sequence[dict[str, Any]], findings: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The stretches of the name with their reading, and the most severe finding on each of them."""
    shown, at = [], 0
    for syllable in syllables:
        end = at + len(syllable["text"])
        touching = [f for f in findings if f["span"][0] < end and at < f["span"][1]]
        severity = next((s for s in SEVERITIES if any(f["severity"] == s for f in touching)), None)
        shown.append({**syllable, "start": at, "end": end, "severity": severity})
        at = end
    return shown


def _shown(view: View, answer: dict[str, Any], severity: str) -> list[dict[str, Any]]:
    return [
        {
            **finding,
            "part": answer["name"][slice(*finding["span"])],
            "others": [linked(view, o) for o in finding["collides_with"]],
        }
        for finding in answer["findings"]
        if finding["severity"] == severity
    ]


def linked(view: View, other: dict[str, Any]) -> dict[str, Any]:
    """Another name with the address of what bears it; None where it is nothing of the register."""
    code, ident = other.get("code"), other.get("id")
    address = f"/units/{code}" if code else f"/places/{ident}" if ident else None
    unsaid = dict.fromkeys(("unit", "detail", "kind", "toned_equal"))
    return {**unsaid, **other, "address": view.url(address) if address else None}
