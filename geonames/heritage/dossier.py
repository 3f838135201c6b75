"""The dossier of a name (地名文化遗产档案): what is told of it, by which evidence, for which list. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from data.cases.model import Proposal, ProposalRow
from data.edtf import in_words, parse_when
from data.errors import BadInput
from data.workflow.model import CaseView, Label, Missing
from geonames.heritage.sheet import Criterion, sheet, words

MOST = 60


def _when(text: str) -> str:
    return parse_when(text).text if text.strip() else ""


def _moment(text: str) -> str:
    if "/" in text:
        raise ValueError(f"{text[:40]!r} is a span; a first attestation is a date such as 0960~")
    return _when(text)


def _word(name: str) -> AfterValidator:
    def known(key: str) -> str:
        if key not in words(name):
            raise ValueError(f"is one of {', '.join(words(name))}")
        return key

    return AfterValidator(known)


When = Annotated[str, Field(max_length=40), AfterValidator(_when)]
First = Annotated[str, Field(max_length=40), AfterValidator(_moment)]
Long = Annotated[str, Field(max_length=4000)]


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Evidence(_Said):
    """A source that speaks of the name. `passage`: volume, page, where it stands; `dated`: EDTF, empty: not known."""

    grade: Annotated[str, _word("grades")]
    title: str = Field(min_length=1, max_length=300)
    passage: str = Field(default="", max_length=200)
    quote: str = Field(default="", max_length=1000)
    dated: When = ""


class Period(_Said):
    """A name that it had for a time. `dated`: EDTF, `0618/0907`."""

    name: str = Field(min_length=1, max_length=200)
    dated: Annotated[str, Field(min_length=4, max_length=40), AfterValidator(_when)]
    note: str = Field(default="", max_length=500)


class Score(_Said):
    """What the review answered to one question, and why."""

    criterion: str = Field(max_length=40)
    answer: Annotated[str, _word("answers")]
    why: str = Field(min_length=1, max_length=1000)
    points: Decimal | None = Field(default=None, ge=0, le=99999, decimal_places=1)


class Dossier(_Said):
    """All that is told of a name that is to be listed. `subject`: the place or unit."""

    subject: UUID
    list: str = Field(min_length=1, max_length=200)
    level: Annotated[str, _word("levels")]
    category: str = Field(max_length=40)
    meaning: Long = ""
    origin: Long = ""
    history: Long = ""
    protection: Long = ""
    first_attested: First = ""
    continuity: Annotated[str, _word("continuity")] = "not_known"
    continuity_note: str = Field(default="", max_length=1000)
    evidence: Annotated[Sequence[Evidence], Field(max_length=MOST)] = ()
    periods: Annotated[Sequence[Period], Field(max_length=MOST)] = ()
    scores: Annotated[Sequence[Score], Field(max_length=MOST)] = ()


def check_facts(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The dossier in its stored form; BadInput `bad_case` says everything that is wrong."""
    return read_dossier(facts).model_dump(mode="json")


def read_dossier(facts: Mapping[str, Any]) -> Dossier:
    """The dossier in the facts of a case; BadInput `bad_case`."""
    said = {key: facts[key] for key in Dossier.model_fields if key in facts}
    unknown = sorted(set(facts) - set(said) - KEPT)
    try:
        found = Dossier.model_validate(said)
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise _refusal([*wrong, *unknown]) from error
    wrong = [*_wrong(found), *(f"unknown: {key[:40]}" for key in unknown)]
    if wrong:
        raise _refusal(wrong)
    return found


#: Facts that the steps of a case add.
KEPT = frozenset({
    "name", "roman", "visited", "appraised", "notice", "notice_through", "notice_term", "decision", "doc_no", "entry",
    "listed_on",
})  # fmt: skip


def _wrong(dossier: Dossier) -> Iterator[str]:
    if dossier.category not in sheet().categories:
        yield f"category is one of {', '.join(sheet().categories)}"
    asked = {one.key: one for one in sheet().asked_of(dossier.category)}
    for score in dossier.scores:
        yield from wrong_score(score, asked)
    keys = [score.criterion for score in dossier.scores]
    yield from (f"{key} is answered twice" for key in sorted({key for key in keys if keys.count(key) > 1}))


def wrong_score(score: Score, asked: Mapping[str, Criterion]) -> Iterator[str]:
    """What is wrong with an answer: a question that is not asked, or points that it does not give."""
    criterion = asked.get(score.criterion)
    if criterion is None:
        yield f"{score.criterion[:40]} is none of {', '.join(asked)}"
    elif score.points is not None and score.points > criterion.most:
        yield f"{score.criterion} gives at most {criterion.most} points"


def _refusal(wrong: Sequence[str]) -> BadInput:
    return BadInput(f"The dossier cannot be taken: {'; '.join(wrong)[:1500]}. Nothing was stored.", code="bad_case")


# -- guards ------------------------------------------------------------------------------------------------------------


def evidence_given(case: CaseView, _argument: str) -> Missing | None:
    """There is evidence beyond what people tell: an old name is not listed on hearsay alone."""
    given = read_dossier(case.facts).evidence
    if any(one.grade != "oral" for one in given):
        return None
    return Missing("heritage_evidence_missing", "A written source is needed; oral accounts alone do not carry it.")


def sheet_answered(case: CaseView, _argument: str) -> Missing | None:
    """Every required question of the category has an answer."""
    open_ones = _not_answered(read_dossier(case.facts))
    if not open_ones:
        return None
    return Missing("heritage_sheet_open", f"{len(open_ones)} required questions have no answer.", {"n": len(open_ones)})


def sheet_met(case: CaseView, _argument: str) -> Missing | None:
    """Every required question of the category is answered with yes."""
    dossier = read_dossier(case.facts)
    met = {score.criterion for score in dossier.scores if score.answer == "yes"}
    lacking = [one for one in sheet().asked_of(dossier.category) if one.required and one.key not in met]
    if not lacking:
        return None
    return Missing("heritage_sheet_not_met", f"{len(lacking)} required conditions are not met.", {"n": len(lacking)})


def _not_answered(dossier: Dossier) -> list[Criterion]:
    answered = {score.criterion for score in dossier.scores}
    return [one for one in sheet().asked_of(dossier.category) if one.required and one.key not in answered]


def youngest_age(first_attested: str, year: int) -> int | None:
    """How many years the name is old at the least in `year`, by its first attestation; None: not known."""
    last = parse_when(first_attested).last if first_attested else None
    return None if last is None else year - last


# -- for people --------------------------------------------------------------------------------------------------------

TEXTS: Mapping[str, Label] = {
    "name": Label("地名", "name"),
    "list": Label("名录", "list"),
    "meaning": Label("含义", "meaning"),
    "origin": Label("来历", "origin"),
    "history": Label("沿革", "history"),
    "continuity_note": Label("延续说明", "on the continuity"),
    "protection": Label("保护措施", "protection"),
    "visited": Label("实地考察", "site visit"),
    "appraised": Label("专家评审", "experts"),
    "notice": Label("公示", "public notice"),
    "listed_on": Label("列入日期", "listed on"),
}


def propose(facts: Mapping[str, Any]) -> Proposal:
    """The dossier as people of the office read it."""
    return Proposal(list(_rows(facts)))


def _rows(facts: Mapping[str, Any]) -> Iterator[ProposalRow]:
    dossier = read_dossier(facts)
    yield ProposalRow(Label("地名实体", "place"), facts.get("name") or str(dossier.subject), href=_place(dossier))
    yield ProposalRow(Label("级别", "level"), words("levels")[dossier.level].zh)
    yield ProposalRow(Label("类别", "category"), sheet().categories[dossier.category].label.zh)
    yield ProposalRow(Label("延续", "continuity"), words("continuity")[dossier.continuity].zh)
    if dossier.first_attested:
        yield ProposalRow(Label("最早见于", "first attested"), in_words(parse_when(dossier.first_attested), "zh"))
    yield from (ProposalRow(label, str(facts[key])) for key, label in TEXTS.items() if facts.get(key))
    for number, one in enumerate(dossier.evidence, 1):
        said = "，".join(part for part in (one.title, one.passage, _dated(one.dated)) if part)
        grade = words("grades")[one.grade].zh
        yield ProposalRow(Label(f"证据 {number}（{grade}）", f"evidence {number}"), f"{said}。{one.quote}".strip("。"))
    for period in dossier.periods:
        said = "，".join(part for part in (_dated(period.dated), period.note) if part)
        yield ProposalRow(Label(f"曾称{period.name}", f"named {period.name}"), said)
    for score, asked in _answers(dossier):
        points = "" if score.points is None else f"（{score.points} 分）"
        yield ProposalRow(asked, f"{words('answers')[score.answer].zh}{points}：{score.why}")


def _place(dossier: Dossier) -> str:
    return f"/places/{dossier.subject}"


def _dated(text: str) -> str:
    return in_words(parse_when(text), "zh") if text else ""


def _answers(dossier: Dossier) -> Iterator[tuple[Score, Label]]:
    labels = {one.key: one.label for one in sheet().asked_of(dossier.category)}
    yield from ((score, labels[score.criterion]) for score in dossier.scores if score.criterion in labels)
