"""A check's result, and a rule, as contracts show them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from geonames.rules.model import CheckResult, Finding, Other, Text, Unchecked
from geonames.rules.rows import Rule, RuleBook


def as_answer(result: CheckResult) -> dict[str, Any]:
    """The answer for one name: verdict, findings, what was and was not checked."""
    proposal, spelled = result.subject.proposal, result.subject.spelled
    return {
        "name": proposal.name,
        "class": proposal.art3_class,
        "type_code": proposal.type_code,
        "within": proposal.within[-1].code if proposal.within else None,
        "as_of": result.as_of.isoformat(),
        "roman": spelled.roman,
        "roman_toned": spelled.roman_toned,
        "ambiguous": spelled.ambiguous,
        "specific": result.subject.specific,
        "generic": result.subject.generic,
        "verdict": result.verdict.value,
        "findings": [_finding(finding) for finding in result.findings],
        "context": [_finding(finding) for finding in result.context],
        "checked": list(result.checked),
        "not_checked": [_unchecked(gap) for gap in result.not_checked],
        "not_applicable": list(result.not_applicable),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "case": finding.case,
        "severity": finding.severity.value,
        "level": finding.level.value,
        **_both("article", finding.article),
        **_both("message", finding.message),
        "span": list(finding.span),
        "collides_with": [_other(other) for other in finding.collides_with],
        **_both("cure", finding.cure),
        "lowered": finding.lowered and {**finding.lowered._asdict(), "before": finding.lowered.before.value},
    }


def _other(other: Other) -> dict[str, Any]:
    """What a name meets; what is not known of it is left out, but for its id and code."""
    known = {key: value for key, value in other._asdict().items() if value is not None}
    return {"id": other.id, "name": other.name, "code": other.code, **known}


def _unchecked(gap: Unchecked) -> dict[str, Any]:
    return {"rule": gap.rule, **_both("why", gap.why)}


def _both(key: str, text: Text) -> dict[str, str]:
    """A text in Chinese under its key, in English beside it."""
    return {key: text.zh, f"{key}_en": text.en}


def rule_line(rows: Iterable[Rule], day: date) -> dict[str, Any]:
    """A rule in a list: as it holds in the whole country on a day, or else its last row."""
    rows = [row for row in rows if not row.region]
    row = next((r for r in rows if r.holds_on(day)), rows[-1])
    return {
        "id": row.id,
        **_both("title", row.title),
        **_both("text", row.text),
        **_both("article", row.article),
        "level": row.level.value,
        "classes": sorted(row.classes),
        "in_force": row.holds_on(day),
        "severities": sorted({severity.value for severity in row.severity.values()}),
        "valid": {"from": row.valid_from.isoformat(), "to": row.valid_to.isoformat() if row.valid_to else None},
    }


def rule_answer(id_: str, book: RuleBook) -> dict[str, Any]:
    """A rule with all its rows."""
    rows = book.rows(id_)
    return {"id": id_, **_both("title", rows[-1].title), "rows": [_row(row, book) for row in rows]}


def _row(row: Rule, book: RuleBook) -> dict[str, Any]:
    source = book.sources[row.source]
    return {
        "region": row.region or None,
        "level": row.level.value,
        "valid": {"from": row.valid_from.isoformat(), "to": row.valid_to.isoformat() if row.valid_to else None},
        "off": row.off,
        **_both("text", row.text),
        **_both("article", row.article),
        **(_both("note", row.note) if row.note else {"note": None, "note_en": None}),
        "classes": sorted(row.classes),
        "type_codes": list(row.type_codes),
        "kinds": sorted(row.kinds),
        "check": row.check.name,
        "parameters": row.parameters.model_dump(mode="json"),
        "cases": [_case(row, case, book) for case in row.check.cases if case in row.severity],
        "grounds": {ground: severity.value for ground, severity in sorted(row.grounds.items())},
        "mark": row.mark,
        "source": {
            **_both("title", source.title),
            "issued": source.issued,
            **_both("seen", source.seen),
            "mark": source.mark,
        },
    }


def _case(row: Rule, case: str, book: RuleBook) -> dict[str, Any]:
    wording = book.wordings[row.check.name, case]
    return {
        "case": case,
        "severity": row.severity[case].value,
        **_both("message", wording.message),
        **_both("cure", wording.cure),
    }
