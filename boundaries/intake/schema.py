"""Fields and their values against a profile; and what a field says of each feature."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from boundaries.intake.model import Fact, Layer, Observation
from boundaries.intake.profiles import Family, FieldRule, Profile
from boundaries.intake.reading import is_named

#: Bad values of one field that are listed singly.
LISTED = 50


def check_schema(layer: Layer, family: Family, profile: Profile) -> list[Observation]:
    """Missing fields, bad values and repeated keys of `layer`."""
    found: list[Observation] = []
    for rule in profile.fields[family]:
        field = field_of(layer, rule)
        if field is None:
            found += [_missing(layer, rule, profile)] if rule.required else []
            continue
        bad = [_value(layer, rule, field, number, text, profile) for number, text in _texts(layer, field)]
        found += _listed([one for one in bad if one is not None])
        found += _listed(_duplicates(layer, field, profile)) if rule.key else []
    return found


def _listed(found: list[Observation]) -> list[Observation]:
    """The first of `found`, and how many more there are."""
    if len(found) <= LISTED:
        return found
    last = found[LISTED]
    facts: dict[str, Fact] = {"count": len(found) - LISTED, "field": last.field or "", **_profile_of(last)}
    return [*found[:LISTED], Observation(last.kind, "more", facts, last.layer, field=last.field)]


def _profile_of(observation: Observation) -> dict[str, Fact]:
    return {"profile": observation.facts["profile"]}


def field_of(layer: Layer, rule: FieldRule | None) -> str | None:
    """The field of `layer` that `rule` is about; None where it has none."""
    if rule is None:
        return None
    return next((name for name in layer.fields if is_named(name, rule.aliases)), None)


def values_of(layer: Layer, rule: FieldRule | None) -> list[str | None]:
    """What the field says of each feature, as text; None where it says nothing."""
    field = field_of(layer, rule)
    if field is None:
        return [None] * layer.size
    return [as_text(value) for value in layer.fields[field]]


def as_text(value: Any) -> str | None:
    """A value as text: codes stand in numeric fields too, and a missing number is NaN."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None


def _texts(layer: Layer, field: str) -> Iterator[tuple[int, str | None]]:
    for number, value in enumerate(layer.fields[field], 1):
        yield number, as_text(value)


def _missing(layer: Layer, rule: FieldRule, profile: Profile) -> Observation:
    facts: dict[str, Fact] = {
        "wanted": " / ".join(rule.aliases[:3]),
        "fields": ", ".join(_all_fields(layer)) or "—",
        "profile": profile.title,
    }
    return Observation("schema_missing_field", "plain", facts, layer.name, field=rule.name)


def _all_fields(layer: Layer) -> Sequence[str]:
    return list(layer.all_fields or layer.fields)


def _value(
    layer: Layer, rule: FieldRule, field: str, number: int, text: str | None, profile: Profile
) -> Observation | None:
    wrong = _wrong(rule, text)
    if wrong is None:
        return None
    reason, facts = wrong
    told: dict[str, Fact] = {"field": field, "value": text or "", "profile": profile.title, **facts}
    return Observation("schema_bad_value", reason, told, layer.name, number, field)


def _wrong(rule: FieldRule, text: str | None) -> tuple[str, dict[str, Fact]] | None:
    if text is None:
        return ("empty", {}) if rule.required or rule.key else None
    if rule.pattern is not None and not rule.pattern.fullmatch(text):
        return "pattern", {"form": rule.form[0], "form_zh": rule.form[1]}
    if rule.allowed and text not in rule.allowed:
        return "list", {"allowed": ", ".join(rule.allowed)}
    if rule.span is not None and not _within(text, rule.span):
        return "number", {"low": rule.span[0], "high": rule.span[1]}
    return None


def _within(text: str, span: tuple[float, float]) -> bool:
    try:
        return span[0] <= float(text) <= span[1]
    except ValueError:
        return False


def _duplicates(layer: Layer, field: str, profile: Profile) -> list[Observation]:
    first: dict[str, int] = {}
    found = []
    for number, text in _texts(layer, field):
        if text is None:
            continue
        if text in first:
            facts: dict[str, Fact] = {"field": field, "value": text, "first": first[text], "profile": profile.title}
            found.append(Observation("duplicate_key", "plain", facts, layer.name, number, field))
        first.setdefault(text, number)
    return found
