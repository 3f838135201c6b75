"""A written list of edits, as a surveyor or an official hands it in, carried out on an editor. Pure.

The document is JSON: `{"message", "document", "leaves_open"?, "edits": [{"do": …}]}`.
Units are named by their codes, segments by their ids or by the label that an
earlier edit of the list gave, places as [longitude, latitude].
docs/guide/change-a-boundary.md shows each edit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shapely.geometry import LineString

from boundaries.network.editing import Editor
from data.errors import BadInput

#: What may be said of a segment.
SAID = ("legal_status", "technical_status", "scale", "accuracy_m", "method")
STATUSES = {
    "legal_status": ("agreed", "ordered", "not_agreed", "undocumented"),
    "technical_status": ("edge_matched", "not_edge_matched", "one_sided"),
}
#: Edits in one list: a whole county's lines are some hundred segments.
MAX_EDITS = 5_000
Edit = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EditList:
    """A list of edits with its message and the kind of document that it wants."""

    message: str
    document: str
    leaves_open: bool
    edits: tuple[Edit, ...]

    def codes(self) -> set[str]:
        """The codes of all units that the list names."""
        found: set[str] = set()
        for edit in self.edits:
            found |= {edit[side] for side in ("left", "right") if isinstance(edit.get(side), str)}
            for key in ("units", "holders"):
                found |= {code for code in edit.get(key) or () if isinstance(code, str)}
        return found - {edit["as"] for edit in self.edits if isinstance(edit.get("as"), str)}


def read_edits(content: bytes | str) -> EditList:
    """The list in a document; `BadInput` `edits_malformed` says which edit and why."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _malformed(f"it is not JSON: {error}") from error
    return edit_list(body)


def edit_list(body: Any) -> EditList:
    """The list of a JSON object; `BadInput` `edits_malformed`."""
    if not isinstance(body, dict) or not isinstance(body.get("edits"), list) or not body["edits"]:
        raise _malformed('it must be an object with "message", "document" and a list "edits"')
    unknown = sorted(set(body) - {"message", "document", "leaves_open", "edits"})
    if unknown:
        raise _malformed(f"it has members that nothing reads: {', '.join(unknown)}")
    if len(body["edits"]) > MAX_EDITS:
        raise _malformed(f"it has {len(body['edits'])} edits, more than {MAX_EDITS}")
    message, document = (body.get(key) for key in ("message", "document"))
    if not (isinstance(message, str) and message.strip() and isinstance(document, str)):
        raise _malformed('"message" says what it is for, and "document" the kind of document by which it becomes law')
    for number, edit in enumerate(body["edits"], 1):
        _check_form(number, edit)
    return EditList(message, document, bool(body.get("leaves_open", False)), tuple(body["edits"]))


def _check_form(number: int, edit: Any) -> None:
    form = FORMS.get(str(edit.get("do"))) if isinstance(edit, dict) else None
    if form is None:
        raise _malformed(f'edit {number} has no "do" among {", ".join(FORMS)}')
    missing = sorted(form.needs - set(edit))
    unknown = sorted(set(edit) - form.needs - form.may - {"do"})
    if missing or unknown:
        raise _malformed(f"edit {number} ({edit['do']}) lacks {missing} and has {unknown} that nothing reads")


def _malformed(why: str) -> BadInput:
    return BadInput(f"This is no list of edits: {why}. Nothing was kept.", code="edits_malformed")


class _Names:
    """Units by code, segments and condominiums by id or label."""

    def __init__(self, units: Mapping[str, UUID]) -> None:
        self._units = units
        self.labels: dict[str, UUID] = {}

    def holder(self, text: Any) -> UUID | None:
        """A unit by code or a condominium by label or id; None for nobody of the register."""
        if text is None:
            return None
        if text in self._units:
            return self._units[text]
        return self.labels[text] if text in self.labels else self.segment(text)

    def unit(self, code: Any) -> UUID:
        """A unit by its code."""
        if code not in self._units:
            raise _malformed(f"no unit has the code {code!r}")
        return self._units[code]

    def segment(self, text: Any) -> UUID:
        """A segment by label or id."""
        if isinstance(text, str) and text in self.labels:
            return self.labels[text]
        try:
            return UUID(text)
        except (ValueError, TypeError, AttributeError) as error:
            raise _malformed(f"{text!r} is no segment, unit or label of an earlier edit") from error


def carry_out(edits: EditList, editor: Editor, units: Mapping[str, UUID]) -> Editor:
    """Do the edits one after another; `units` gives ids by code. Raises `BadInput` `edits_malformed` and what the
    editor raises, naming the edit.
    """
    names = _Names(units)
    for number, edit in enumerate(edits.edits, 1):
        try:
            FORMS[edit["do"]].carry_out(editor, names, edit)
        except BadInput as error:
            raise BadInput(f"Edit {number} ({edit['do']}): {error.detail}", code=error.code, edit=number) from error
    return editor


def _position(value: Any) -> tuple[float, float]:
    if not (isinstance(value, list) and len(value) == 2 and all(_is_number(v) for v in value)):
        raise _malformed(f"{value!r} is no place: write [longitude, latitude]")
    longitude, latitude = float(value[0]), float(value[1])
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise _malformed(f"{value!r} is no longitude and latitude in degrees")
    return longitude, latitude


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def _course(value: Any) -> LineString:
    places = [_position(place) for place in value] if isinstance(value, list) else []
    if len(places) < 2:
        raise _malformed("a course is a list of two places or more")
    return LineString(places)


def _said(edit: Edit) -> dict[str, Any]:
    said = {key: edit[key] for key in SAID if key in edit}
    for key, allowed in STATUSES.items():
        if key in said and said[key] not in allowed:
            raise _malformed(f"{key} is one of {', '.join(allowed)}")
    for key in ("scale", "accuracy_m"):
        if said.get(key) is not None and not (_is_number(said[key]) and said[key] > 0):
            raise _malformed(f"{key} is a number above 0")
    return said


def _labelled(names: _Names, edit: Edit, identities: tuple[UUID, ...]) -> None:
    given = edit.get("as")
    labels = [given] if isinstance(given, str) else list(given or ())
    if labels and len(labels) != len(identities):
        raise _malformed(f'"as" names {len(labels)} of {len(identities)} results')
    names.labels |= dict(zip(labels, identities, strict=False))


def _split(editor: Editor, names: _Names, edit: Edit) -> None:
    parts = editor.split(names.segment(edit["segment"]), _position(edit["at"]), marker=bool(edit.get("marker")))
    _labelled(names, edit, parts)


def _join(editor: Editor, names: _Names, edit: Edit) -> None:
    pair = edit["segments"]
    if not isinstance(pair, list) or len(pair) != 2:
        raise _malformed("two segments are joined at a time")
    _labelled(names, edit, (editor.join(names.segment(pair[0]), names.segment(pair[1])),))


def _add(editor: Editor, names: _Names, edit: Edit) -> None:
    sides = names.holder(edit["left"]), names.holder(edit["right"])
    _labelled(names, edit, (editor.add(_course(edit["course"]), *sides, **_said(edit)),))


def _assign(editor: Editor, names: _Names, edit: Edit) -> None:
    editor.assign(names.segment(edit["segment"]), names.holder(edit["left"]), names.holder(edit["right"]))


def _name_line(editor: Editor, names: _Names, edit: Edit) -> None:
    units = [names.unit(code) for code in edit["units"]]
    editor.name_line(edit["level"], units, name=edit["name"], code=edit.get("code"), source=edit.get("source"))


def _order_line(editor: Editor, names: _Names, edit: Edit) -> None:
    ways = {"forward": 1, "backward": -1}
    try:
        run = [(names.segment(segment), ways[way]) for segment, way in edit["run"]]
    except (KeyError, ValueError, TypeError) as error:
        raise _malformed('"run" is a list of [segment, "forward" or "backward"]') from error
    editor.order_line(edit["level"], [names.unit(code) for code in edit["units"]], run)


def _enter(editor: Editor, names: _Names, edit: Edit) -> None:
    made = editor.enter_condominium(edit["name"], [names.unit(code) for code in edit["holders"]])
    _labelled(names, edit, (made,))


@dataclass(frozen=True, slots=True)
class _Form:
    """How an edit is written: what it needs, what it may have, and what it does."""

    carry_out: Callable[[Editor, _Names, Edit], Any]
    needs: frozenset[str]
    may: frozenset[str] = frozenset()


FORMS: Mapping[str, _Form] = {
    "split": _Form(_split, frozenset({"segment", "at"}), frozenset({"marker", "as"})),
    "join": _Form(_join, frozenset({"segments"}), frozenset({"as"})),
    "add": _Form(_add, frozenset({"course", "left", "right"}), frozenset({"as", *SAID})),
    "remove": _Form(lambda e, n, x: e.remove(n.segment(x["segment"])), frozenset({"segment"})),
    "reshape": _Form(
        lambda e, n, x: e.reshape(n.segment(x["segment"]), _course(x["course"])), frozenset({"segment", "course"})
    ),
    "move_node": _Form(lambda e, _n, x: e.move_node(_position(x["at"]), _position(x["to"])), frozenset({"at", "to"})),
    "mark": _Form(lambda e, _n, x: e.mark(_position(x["at"])), frozenset({"at"})),
    "assign": _Form(_assign, frozenset({"segment", "left", "right"})),
    "say": _Form(lambda e, n, x: e.say(n.segment(x["segment"]), **_said(x)), frozenset({"segment"}), frozenset(SAID)),
    "name_line": _Form(_name_line, frozenset({"level", "units", "name"}), frozenset({"code", "source"})),
    "order_line": _Form(_order_line, frozenset({"level", "units", "run"})),
    "enter_condominium": _Form(_enter, frozenset({"name", "holders"}), frozenset({"as"})),
    "end_condominium": _Form(
        lambda e, n, x: e.end_condominium(n.segment(x["condominium"])), frozenset({"condominium"})
    ),
}
