"""What was found: which name stands where, what it should be, who answers for it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from data.cases.model import Proposal, ProposalRow
from data.errors import BadInput
from data.workflow.model import Label
from geonames.supervision.rules import use_rules

#: Field and the most characters of it; the last word says whether it must be there.
TEXTS: Mapping[str, tuple[int, bool]] = {
    "within": (12, True),
    "shown": (200, True),
    "standard": (200, True),
    "where": (500, True),
    "responsible": (200, False),
    "remark": (2000, False),
}
LABELS: Mapping[str, Label] = {
    "shown": Label("发现的用法", "as it was found"),
    "standard": Label("标准地名", "standard name"),
    "where": Label("地点或者载体", "where it was found"),
    "responsible": Label("责任单位", "who answers for it"),
    "within": Label("所在政区代码", "division code"),
    "remark": Label("说明", "remark"),
    "due": Label("整改期限", "to be put right within"),
    "rectified": Label("整改情况", "how it was put right"),
}
CODES = frozenset({"within"})
#: The place whose name it is, and the report of the public that the case is opened for.
IDS = ("place", "report")


def check_facts(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The finding in its stored form; BadInput `bad_case` says every field that is wrong."""
    wrong = list(_wrong(facts))
    if wrong:
        raise BadInput(f"The finding cannot be taken: {'; '.join(wrong)}. Nothing was stored.", code="bad_case")
    said = {key: str(facts.get(key, "")).strip() for key in TEXTS}
    ids = {name: str(UUID(str(facts[name]))) if facts.get(name) else None for name in IDS}
    return {**said, "use": facts["use"], "wrong": facts["wrong"], **ids}


def _wrong(facts: Mapping[str, Any]) -> Iterator[str]:
    rules = use_rules()
    known = {"use": rules.uses, "wrong": rules.wrongs}
    for name, words in known.items():
        if facts.get(name) not in words:
            yield f"{name} is one of {', '.join(words)}"
    for name, (most, needed) in TEXTS.items():
        text = str(facts.get(name, "")).strip()
        if len(text) > most or (needed and not text):
            yield f"{name} has {'1' if needed else '0'} to {most} characters"
    if set(facts) - {*TEXTS, *known, *IDS}:
        yield f"unknown: {', '.join(sorted(set(facts) - {*TEXTS, *known, *IDS}))[:100]}"
    yield from (f"{name} is no identifier (UUID)" for name in IDS if facts.get(name) and not _is_id(facts[name]))


def _is_id(value: Any) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True


def propose(facts: Mapping[str, Any]) -> Proposal:
    """The finding as people read it."""
    return Proposal(list(_rows(facts)))


def _rows(facts: Mapping[str, Any]) -> Iterator[ProposalRow]:
    rules = use_rules()
    use, wrong = rules.uses[facts["use"]], rules.wrongs[facts["wrong"]]
    yield ProposalRow(Label("用途", "use"), f"{use.label.zh}（{use.article}）")
    yield ProposalRow(Label("问题", "what is wrong"), f"{wrong.label.zh}（{wrong.article}）")
    yield from (ProposalRow(label, str(facts[key]), key in CODES) for key, label in LABELS.items() if facts.get(key))
    if facts.get("report"):
        address = f"/supervision/reports?id={facts['report']}"
        yield ProposalRow(Label("公众举报", "reported by the public"), "查看", href=address)
