"""On which grounds a finding of a rule weighs less: no specific connection with a person or brand (无特定联系)."""

from __future__ import annotations

from collections.abc import Mapping

from data.cases.model import Lowering
from data.workflow.model import Label
from geonames.rules.model import Severity
from geonames.rules.service import rule_book

WEIGHT = tuple(Severity)


def grounds_of(rule: str) -> Mapping[str, Lowering]:
    """The grounds that any row of a rule knows, with the severity that is left: of several rows the heavier."""
    found: dict[str, Severity] = {}
    for row in rule_book().rows(rule):
        for ground, severity in row.grounds.items():
            found[ground] = min(severity, found.get(ground, severity), key=WEIGHT.index)
    words = rule_book().grounds
    return {key: Lowering(Label(*words[key]), severity.value) for key, severity in sorted(found.items())}
