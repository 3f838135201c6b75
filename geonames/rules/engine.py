"""Judges a proposed name by the rules in force on a day. Pure and deterministic; the order of the rows is nothing.

Every rule in force ends in exactly one place: checked, not checked (with the reason) or
not applicable. A rule of which only a part could be looked at is not checked, and keeps
what it found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from data.errors import BadRequest
from geonames.rules.around import Surroundings
from geonames.rules.checks.saying import Asked, Gap, Hit
from geonames.rules.model import (
    CheckResult,
    Finding,
    Kind,
    Lowered,
    Override,
    Severity,
    Subject,
    Text,
    Unchecked,
    Verdict,
)
from geonames.rules.rows import Rule, RuleBook

#: Most severe first.
ORDER = (Severity.BLOCK, Severity.WARN, Severity.ASK)


def check(subject: Subject, book: RuleBook, around: Surroundings, as_of: date) -> CheckResult:
    """What the rules in force on `as_of` say of a name.

    Raises `BadRequest` `bad_override` for an override of which no rule knows the ground.
    """
    rules = book.in_force(as_of, [unit.code for unit in subject.proposal.within])
    _check_overrides(subject.proposal.overrides, rules)
    outcomes = [_judge(rule, subject, book, around, as_of) for rule in rules]
    found = sorted((f for outcome in outcomes for f in outcome.findings), key=_importance)
    stands = subject.proposal.kind is Kind.EXISTING
    findings = () if stands else tuple(found)
    return CheckResult(
        subject=subject,
        as_of=as_of,
        verdict=Verdict(findings[0].severity.value) if findings else Verdict.PASS,
        findings=findings,
        context=tuple(found) if stands else (),
        checked=tuple(o.rule for o in outcomes if o.applies and not o.unchecked),
        not_checked=tuple(Unchecked(o.rule, why) for o in outcomes for why in o.unchecked),
        not_applicable=tuple(o.rule for o in outcomes if not o.applies),
    )


class _Outcome(NamedTuple):
    rule: str
    applies: bool
    findings: tuple[Finding, ...] = ()
    unchecked: tuple[Text, ...] = ()


def _judge(rule: Rule, subject: Subject, book: RuleBook, around: Surroundings, as_of: date) -> _Outcome:
    if not _applies(rule, subject):
        return _Outcome(rule.id, applies=False)
    asked: Asked[Any] = Asked(subject, rule.parameters, book.words, around, as_of)
    said = list(rule.check.run(asked))
    findings = (_finding(rule, hit, subject, book) for hit in said if isinstance(hit, Hit))
    gaps = dict.fromkeys(_worded(book.gaps[gap.key], rule, subject, gap.values) for gap in said if isinstance(gap, Gap))
    return _Outcome(rule.id, True, tuple(f for f in findings if f is not None), _joined(gaps))


def _applies(rule: Rule, subject: Subject) -> bool:
    proposal = subject.proposal
    kind = Kind.NAMING if proposal.kind is Kind.EXISTING else proposal.kind
    return (
        kind in rule.kinds
        and (not rule.classes or proposal.art3_class in rule.classes)
        and (not rule.type_codes or (proposal.type_code or "").startswith(rule.type_codes))
        and rule.check.applies(subject, rule.parameters)
    )


def _joined(gaps: Iterable[Text]) -> tuple[Text, ...]:
    """Several reasons of one rule as one."""
    texts = sorted(gaps)
    return (Text("；".join(t.zh for t in texts), "; ".join(t.en for t in texts)),) if texts else ()


def _finding(rule: Rule, hit: Hit, subject: Subject, book: RuleBook) -> Finding | None:
    """None: the word stands in a phrase in which it does not count."""
    wording = book.wordings[rule.check.name, hit.case]
    severity, lowered = rule.severity[hit.case], None
    exempt = _exempt(rule, hit, subject, book)
    if exempt is not None:
        if exempt.to is None:
            return None
        severity, lowered = _lower(severity, exempt.to, "listed", f"{exempt.reason} ({exempt.source})")
    for override in subject.proposal.overrides:
        if override.rule == rule.id and lowered is None:
            severity, lowered = _lower(severity, rule.grounds[override.ground], override.ground, override.reason)
    return Finding(
        rule=rule.id,
        case=hit.case,
        severity=severity,
        level=rule.level,
        article=rule.article,
        message=_worded(wording.message, rule, subject, hit.values),
        cure=_worded(wording.cure, rule, subject, hit.values),
        span=hit.span,
        collides_with=hit.collides_with,
        lowered=lowered,
    )


def _exempt(rule: Rule, hit: Hit, subject: Subject, book: RuleBook) -> Any:
    """The listed exception in whose text the hit lies, if any."""
    for row in book.words.exempt.get(rule.id, ()):
        at = subject.name.find(row.text)
        if at >= 0 and at <= hit.span.start and hit.span.end <= at + len(row.text):
            return row
    return None


def _lower(before: Severity, to: Severity, ground: str, reason: str) -> tuple[Severity, Lowered | None]:
    """The weaker of the two, and the trace of it where that is the new one."""
    if ORDER.index(to) <= ORDER.index(before):
        return before, None
    return to, Lowered(before, ground, reason)


def _check_overrides(overrides: Iterable[Override], rules: Iterable[Rule]) -> None:
    known = {rule.id: rule for rule in rules}
    for override in overrides:
        grounds = sorted(known[override.rule].grounds) if override.rule in known else []
        if override.ground not in grounds:
            allowed = f"it knows {', '.join(grounds)}" if grounds else "nothing lowers it on that day and place"
            raise BadRequest(
                f"Rule {override.rule[:12]} does not know the ground {override.ground[:40]!r}: {allowed}.",
                code="bad_override",
            )
        if not override.reason.strip():
            raise BadRequest(f"Say why {override.rule} should weigh less.", code="bad_override")


def _worded(template: Text, rule: Rule, subject: Subject, values: Mapping[str, object]) -> Text:
    known = {"name": subject.name, "specific": subject.specific, "generic": subject.generic, "rule": rule.title}
    return Text(*(_in_language(template, {**known, **values}, language) for language in range(2)))


def _in_language(template: Text, values: Mapping[str, object], language: int) -> str:
    said = {key: value[language] if isinstance(value, Text) else value for key, value in values.items()}
    return template[language].format(**said)


def _importance(finding: Finding) -> tuple[Any, ...]:
    others = tuple((o.name, o.code or "", o.id or "") for o in finding.collides_with)
    return ORDER.index(finding.severity), finding.rule, finding.span, finding.case, finding.message, others
