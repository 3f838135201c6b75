"""The naming rules to read: the list of a day, for a class; one rule with its rows, cases and words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.v1.params import parse_code
from api.web.view import parse_day
from api.web.visit import Visit, Visiting
from boundaries.units.service import chain_of, register_span, unit_id_at
from data.errors import BadRequest
from geonames.romanize.model import CLASS_SHAPES
from geonames.rules.catalogue import day_or_today, rule_of, rules_on
from geonames.rules.metrics import metric_name
from geonames.rules.rows import RuleBook
from geonames.rules.service import rule_book
from geonames.rules.terms import terms

router = APIRouter(include_in_schema=False)

#: What a message names when it is given.
_FIELD = re.compile(r"\{\w+\}")
LEVELS = ("national", "ministry", "standard", "local")


@router.get("/rules")
def rules(visit: Visiting) -> Response:
    """The rules in force on a day, for a class and of a level."""
    query = visit.view.query
    day = day_or_today(parse_day(query.get("law")))
    class_, level = _one_of(query.get("class"), tuple(CLASS_SHAPES)), _one_of(query.get("level"), LEVELS)
    items = [item for item in rules_on(rule_book(), day, class_) if not level or item["level"] == level]
    return visit.page(
        "rules.html",
        day=day,
        class_=class_,
        level=level,
        classes=list(CLASS_SHAPES),
        levels=LEVELS,
        items=items,
        in_force=sum(item["in_force"] for item in items),
    )


def _one_of(value: str | None, known: Iterable[str]) -> str | None:
    if value and value not in known:
        raise BadRequest(f"{value[:40]!r} is none of {', '.join(known)}.", code="bad_parameter")
    return value or None


@router.get("/rules/{rule_id}")
def rule(visit: Visiting, rule_id: str) -> Response:
    """One rule: the row of today first, then other times and places."""
    book = rule_book()
    found = rule_of(book, rule_id)
    rows = sorted(found["rows"], key=lambda row: (row["region"] or "", _backwards(row["valid"]["from"])))
    today, ending = day_or_today(None), "_en" if visit.view.t.language == "en" else ""
    return visit.page(
        "rule.html",
        rule=found,
        rows=[_shown(visit, row, found[f"title{ending}"], today) for row in rows],
        lists=_lists(visit, book, rows),
        grounds=book.grounds,
    )


def _shown(visit: Visit, row: dict[str, Any], title: str, today: date) -> dict[str, Any]:
    """A row with what the page says besides: whether it holds today, the name of its place, its parameters in words."""
    return {
        **row,
        "now": _holds(row["valid"], today),
        "place": _place(visit, row["region"]),
        "settings": _parameters(visit, row["parameters"]),
        "cases": [{key: _readable(value, title) for key, value in case.items()} for case in row["cases"]],
    }


def _readable(message: str, title: str) -> str:
    """A message as it would read, with a gap where it names what was found."""
    return _FIELD.sub("…", message.replace("{rule}", title))


def _backwards(day: str) -> int:
    return -date.fromisoformat(day).toordinal()


def _holds(valid: dict[str, str | None], day: date) -> bool:
    return (
        valid["from"] is not None
        and valid["from"] <= day.isoformat()
        and (valid["to"] is None or day.isoformat() < valid["to"])
    )


def _place(visit: Visit, code: str | None) -> str | None:
    """The name of the unit in which a row holds; the code alone where the register has no such unit."""
    if code is None:
        return None
    on = register_span(visit.conn).register_through
    chain = chain_of(visit.conn, unit_id_at(visit.conn, parse_code(code), on), on)
    return " ".join(unit["name"] for unit in chain) or code


def _lists(visit: Visit, book: RuleBook, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The word lists that the rows name, with their words where they are there."""
    named = {value: None for row in rows for value in row["parameters"].values() if isinstance(value, str)}
    return [
        {
            "title": book.words.title(name)[visit.view.t.language == "en"],
            "shipped": book.words.known[name].shipped,
            "entries": found.entries if (found := book.words.get(name)) else None,
        }
        for name in named
        if name in book.words.known
    ]


def _parameters(visit: Visit, parameters: dict[str, Any]) -> list[tuple[str, str]]:
    """The parameters of a row in words; word lists stand apart."""
    t = visit.view.t
    return [
        (t.term("rules.parameter", key), _worded(visit, value))
        for key, value in parameters.items()
        if value not in ("", [], {}, None) and not key.endswith("words")
    ]


def _worded(visit: Visit, value: Any) -> str:
    t = visit.view.t
    comma = "、" if t.language == "zh" else ", "
    if isinstance(value, dict) and "generics" in value:
        return _standard(visit, value)
    if isinstance(value, dict):
        colon = "：" if t.language == "zh" else ": "
        return "; ".join(f"{_term(visit, key)}{colon}{_worded(visit, item)}" for key, item in value.items())
    if isinstance(value, list):
        between = ("；" if t.language == "zh" else "; ") if value and isinstance(value[0], dict) else comma
        return between.join(_worded(visit, item) for item in value)
    return _term(visit, value) if isinstance(value, str) else f"{value:g}"


def _term(visit: Visit, value: str) -> str:
    """A word of the rows' own vocabularies; what is none (a generic, say) as it is."""
    t = visit.view.t
    if value in CLASS_SHAPES:
        return t.term("class", value)
    known = terms().get(value)
    return known[t.language == "en"] if known else t.term("rules.term", value)


def _standard(visit: Visit, standard: dict[str, Any]) -> str:
    """What a generic asks: 大厦: 层数 ≥ 10 or 建筑面积 ≥ 10000."""
    t = visit.view.t
    every = [_condition(visit, c) for c in standard["all"]]
    either = f" {t('rules.or')} ".join(_condition(visit, c) for c in standard["any"])
    return "、".join(standard["generics"]) + " " + ", ".join([*every, *([either] if either else [])])


def _condition(visit: Visit, condition: dict[str, Any]) -> str:
    signs = {">=": "≥", "<=": "≤"}
    name = metric_name(condition["metric"])[visit.view.t.language == "en"]
    return f"{name} {signs.get(condition['op'], condition['op'])} {condition['value']:g}"
