"""The plan of a division change (变更方案) as a case keeps it and as people write it: one part a line. Pure.

    合并: 990121 甲县, 990122 乙县 > 990121 甲县
    界线变更[部分]: 990121 甲县 > 990122 乙县
    驻地: 990122 乙县 > 城关镇人民路1号

A kind is named by its key or in Chinese. In brackets: 重大 or 部分 (major, minor) of a boundary change, 敏感
(sensitive) where coast, islands, frontier, lakes or resource areas are concerned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from boundaries.changes.kinds import kinds
from boundaries.changes.model import Act, Part
from boundaries.changes.reading import act_of
from data.errors import BadInput

MOST_PARTS = 200
_LINE = re.compile(
    r"^(?P<kind>[^:：\[【]+?)\s*(?:[\[【](?P<flags>[^\]】]*)[\]】])?\s*[:：](?P<before>[^>＞]*)[>＞](?P<after>.*)$"
)
_BETWEEN = re.compile(r"[,，、;；]")
#: What may stand in brackets, with what it says.
FLAGS: Mapping[str, tuple[str, bool]] = {
    "重大": ("major", True),
    "major": ("major", True),
    "部分": ("major", False),
    "minor": ("major", False),
    "敏感": ("sensitive", True),
    "sensitive": ("sensitive", True),
}


def parts_of_text(text: str) -> list[dict[str, Any]]:
    """The parts written in `text`, one a line; BadInput `not_a_proposal` says which line cannot be read."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    return [_part(number, line) for number, line in lines if line]


def _part(number: int, line: str) -> dict[str, Any]:
    found = _LINE.match(line)
    if found is None:
        raise unreadable(f"line {number}: write `kind: units before > units after`")
    kind = _kind(number, found["kind"].strip())
    if kind == "seat":
        return {"kind": kind, "before": [], "after": _units(found["before"]), "seat": found["after"].strip()}
    return {"kind": kind, "before": _units(found["before"]), "after": _units(found["after"])} | dict(
        _flags(number, found["flags"] or "")
    )


def _kind(number: int, word: str) -> str:
    by_word = {kind.label.zh: key for key, kind in kinds().items()} | {key: key for key in kinds()}
    if word not in by_word:
        known = "、".join(kind.label.zh for kind in kinds().values())
        raise unreadable(f"line {number}: {word[:20]!r} is no kind of change; known: {known}")
    return by_word[word]


def _units(text: str) -> list[str]:
    return [" ".join(unit.split()) for unit in _BETWEEN.split(text) if unit.strip()]


def _flags(number: int, text: str) -> Iterator[tuple[str, bool]]:
    for word in filter(None, (word.strip() for word in _BETWEEN.split(text))):
        if word not in FLAGS:
            raise unreadable(f"line {number}: [{word[:20]}] is none of {', '.join(FLAGS)}")
        yield FLAGS[word]


def text_of_parts(parts: Sequence[Mapping[str, Any]]) -> str:
    """The parts as people write them: `parts_of_text` read backwards."""
    return "\n".join(f"{kinds()[p['kind']].label.zh}{_flagged(p)}: {' > '.join(sides(p))}" for p in parts)


def sides(part: Mapping[str, Any]) -> tuple[str, str]:
    """What stands on the two sides of a part: units before and after; of a seat the unit and the place."""
    units = [", ".join(part[side]) for side in ("before", "after")]
    return (units[1], part["seat"]) if part["kind"] == "seat" else (units[0], units[1])


def _flagged(part: Mapping[str, Any]) -> str:
    words = {True: "重大", False: "部分", None: ""}[part.get("major")], "敏感" if part.get("sensitive") else ""
    said = "、".join(filter(None, words))
    return f"[{said}]" if said else ""


def check_plan(facts: Mapping[str, Any]) -> dict[str, Any]:
    """A plan in its stored form: `title`, `reason`, `effective_on` (None: when approved), `text`, `parts`.

    BadInput `not_a_proposal`.
    """
    known = {"title", "reason", "effective_on", "text", "parts"}
    unknown = sorted(set(facts) - known)
    if unknown:
        raise unreadable(f"it has unknown fields: {', '.join(unknown)}")
    reason = facts.get("reason")
    if not isinstance(reason, str) or not 1 <= len(reason.strip()) <= 2000:
        raise unreadable("it needs a reason of 1 to 2000 characters")
    parts = facts.get("parts")
    if not isinstance(parts, list) or not 1 <= len(parts) <= MOST_PARTS:
        raise unreadable(f"it needs 1 to {MOST_PARTS} parts")
    plan = {
        "title": facts.get("title"),
        "reason": reason.strip(),
        "effective_on": facts.get("effective_on") or None,
        "text": facts.get("text") or "",
        "parts": parts,
    }
    act = act_of_plan(plan, date.min)
    return {**plan, "title": act.title, "parts": [part_as_fact(part) for part in act.parts]}


def part_as_fact(part: Part) -> dict[str, Any]:
    """A part as a case keeps it."""
    units = {"before": [str(u) for u in part.before], "after": [str(u) for u in part.after]}
    seat = {"seat": part.seat} if part.seat else {}
    return {"kind": part.kind, **units, "major": part.major, "sensitive": part.sensitive, **seat}


def act_of_plan(
    plan: Mapping[str, Any], today: date, *, number: str = "", approval: Mapping[str, Any] | None = None
) -> Act:
    """The act that the plan is: as approved where it was, else as if on its planned day; BadInput `not_a_proposal`."""
    said = approval or {}
    day = _day(plan.get("effective_on")) or today
    return act_of(
        {
            "title": plan["title"] or "",
            "doc_no": said.get("doc_no", ""),
            "authority": said.get("authority", ""),
            "dated": _day(said.get("approved_on")) or today,
            "effective_on": _day(said.get("effective_on")) or day,
            "source": said.get("doc_no") or f"case {number}",
            "text": plan.get("text", ""),
            "part": [{k: v for k, v in part.items() if v is not None} for part in plan["parts"]],
        }
    )


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise unreadable(f"{str(text)[:20]!r} is no day such as 2026-03-01") from error


def unreadable(why: str) -> BadInput:
    """The refusal of a plan."""
    return BadInput(
        f"The plan cannot be read: {why}. Nothing was changed. The form is in docs/guide/change-divisions.md.",
        code="not_a_proposal",
    )
