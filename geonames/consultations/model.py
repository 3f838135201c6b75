"""What a consultation is: its period, who says what, and what speaks against it. Values and pure checks."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from data.errors import BadInput
from geonames.consultations.rules import ConsultationRules

MOST_TEXT, MOST_NAME, MOST_CONTACT = 2000, 60, 100
ALLOWED_CONTROLS = frozenset("\n\t")


class Stance(StrEnum):
    """What a comment says of the proposal."""

    SUPPORT = "support"  # 赞成
    OBJECTION = "objection"  # 反对
    COMMENT = "comment"  # 其他意见


class State(StrEnum):
    """Where a consultation stands on a day: it opens and closes by the clock."""

    COMING = "coming"
    OPEN = "open"
    CLOSED = "closed"


class Moderation(StrEnum):
    """Whether the public reads a comment (审核)."""

    WAITING = "waiting"
    SHOWN = "shown"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the public is asked: `about` is the proposal as it may read it, `asked_by` the office, without persons."""

    title: str
    asked_by: str
    about: Mapping[str, Any]
    question: str
    opens_on: date
    closes_on: date
    shorter_because: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody sends. `name` and `contact` are for the office alone, and nobody has to give them."""

    stance: Stance
    text: str = ""
    name: str = ""
    contact: str = ""


def state_on(day: date, opens_on: date, closes_on: date, ended_on: date | None) -> State:
    """Where a consultation stands; the last day counts whole, one that was ended early is closed at once."""
    if ended_on is not None or day > closes_on:
        return State.CLOSED
    return State.COMING if day < opens_on else State.OPEN


def check_period(asked: Asked, today: date, rules: ConsultationRules) -> None:
    """BadInput `bad_consultation` for a period that is none, is too long, or is short without a reason."""
    days = (asked.closes_on - asked.opens_on).days + 1
    tests = (
        ("opens_on", "lies before today", asked.opens_on < today),
        ("closes_on", "lies before the beginning", days < 1),
        ("closes_on", f"is more than {rules.most_days} days after the beginning", days > rules.most_days),
        (
            "shorter_because",
            f"is needed: the period is shorter than the usual {rules.usual_days} days",
            1 <= days < rules.usual_days and not asked.shorter_because.strip(),
        ),
        ("asked_by", "is needed: which office asks", not asked.asked_by.strip()),
    )
    found = [(field, why) for field, why, wrong in tests if wrong]
    if found:
        raise refusal(found, code="bad_consultation")


def check_said(said: Said) -> Said:
    """What was sent without the spaces around it; BadInput `bad_comment` with everything that is wrong."""
    clean = Said(said.stance, said.text.strip(), said.name.strip(), said.contact.strip())
    needs_text = clean.stance is not Stance.SUPPORT
    tests = (
        ("text", "is needed: say why, or what you propose", needs_text and not clean.text),
        ("text", f"has more than {MOST_TEXT} characters", len(clean.text) > MOST_TEXT),
        ("name", f"has more than {MOST_NAME} characters", len(clean.name) > MOST_NAME),
        ("contact", f"has more than {MOST_CONTACT} characters", len(clean.contact) > MOST_CONTACT),
        ("text", "contains a control character", _has_controls(clean)),
    )
    found = [(field, why) for field, why, wrong in tests if wrong]
    if found:
        raise refusal(found, code="bad_comment")
    return clean


def _has_controls(said: Said) -> bool:
    words = said.text + said.name + said.contact
    return any(unicodedata.category(c) in ("Cc", "Cs") and c not in ALLOWED_CONTROLS for c in words)


def refusal(found: list[tuple[str, str]], code: str) -> BadInput:
    """The refusal of what was given, field by field."""
    told = "; ".join(f"{field} {why}" for field, why in found)
    return BadInput(
        f"{told}. Nothing was stored.", code=code, fields=[{"field": field, "why": why} for field, why in found]
    )
