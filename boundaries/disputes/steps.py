"""What the steps of a dispute do before its end: evidence, the course on the table, the text that the sides sign."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from boundaries.disputes import store
from boundaries.disputes.evidence import class_of
from boundaries.records.subject import OfficeSigner
from boundaries.rounds.model import anniversary
from data.audit import canonical_json
from data.cases.model import Deciding, Effect, Outcome
from data.clock import civil_date
from data.db import fetch_one
from data.errors import BadInput, Conflict, NotPermitted
from data.partial_date import parse_iso
from data.workflow.reading import rule_list

RANKS = {"basis": "依据", "reference": "参考"}
VILLAGES = ("yes", "no")
#: What is done together, below data/rules.
TOGETHER = "disputes/together"
#: 行政区划管理条例 Art. 15: an approved change of divisions is completed within twelve months.
YEARS_TO_COMPLETE = 1


def side_of_actor(deciding: Deciding) -> str | None:
    """The side for which the actor takes part; None for whoever carries the case."""
    sides = deciding.case.facts["sides"]
    return next((s for s in sides if str(deciding.actor.account_id) in sides[s]["members"]), None)


def enter_evidence(deciding: Deciding) -> Outcome:
    """Put evidence before everybody who takes part, in its legal class."""
    return _with_evidence(deciding, side_of_actor(deciding) or "above")


def enter_own_evidence(deciding: Deciding) -> Outcome:
    """Put evidence into a side's own file."""
    return _with_evidence(deciding, deciding.case.facts["side"])


def _with_evidence(deciding: Deciding, side: str) -> Outcome:
    fields, found = deciding.fields, class_of(deciding.fields["class"])
    row = {
        "side": side,
        "class": found.key,
        "rank": found.rank,
        "rank_label": RANKS[found.rank],
        "article": found.article,
        "title": fields["title"],
        "doc_no": fields.get("doc_no"),
        "dated": _partial(fields.get("dated")),
    }
    evidence = [*deciding.case.facts.get("evidence", []), row]
    return Outcome(details={"class": found.key, "rank": found.rank, "side": side}, facts={"evidence": evidence})


def _partial(value: str | None) -> str | None:
    try:
        return None if value is None else str(parse_iso(value))
    except ValueError as error:
        raise BadInput(
            "A date is written 1986, 1986-05 or 1986-05-01. Nothing was stored.", code="bad_fields"
        ) from error


def keep_peace(deciding: Deciding) -> Outcome:
    """The measures by which both sides keep the peace (Order 26 Art. 10); the negotiation begins."""
    return Outcome(facts={"peace": deciding.fields["measures"]})


def work_together(deciding: Deciding) -> Outcome:
    """One entry of what the sides did together (四联), before all of them. `BadInput` `bad_fields`."""
    fields, kinds = deciding.fields, dict(rule_list(TOGETHER))
    if fields["kind"] not in kinds:
        raise BadInput(f"kind is one of {', '.join(kinds)}. Nothing was changed.", code="bad_fields", fields=["kind"])
    row = {"kind": fields["kind"], "held_on": _partial(fields["held_on"]), "outcome": fields["outcome"]}
    side = side_of_actor(deciding) or "above"
    together = [*deciding.case.facts.get("together", []), {**row, "side": side}]
    return Outcome(details={"kind": row["kind"], "side": side}, facts={"together": together})


def adopt_course(deciding: Deciding) -> Outcome:
    """Take the latest course proposed for the one that the text is about. `Conflict` `course_missing`."""
    return Outcome(facts={"course": latest_course(deciding)})


def latest_course(deciding: Deciding) -> dict[str, Any]:
    """The latest course on the table."""
    row = fetch_one(deciding.connection, store.LATEST_COURSE, {"case": deciding.case.id})
    if row is None:
        raise Conflict(
            "No course was proposed yet: put one on the table first (`POST /v1/disputes/{id}/courses`). Nothing was "
            "changed.",
            code="course_missing",
        )
    return {"id": str(row["id"]), "version": row["version"], "sha256": row["sha256"]}


def draft_agreement(deciding: Deciding) -> Outcome:
    """Lay down what the sides sign: the agreement's number, the course, whether a natural village changes hands."""
    villages = _villages(deciding)
    course = latest_course(deciding)
    text = {
        "agreement_no": deciding.fields["agreement_no"],
        "line": deciding.case.facts["line"],
        "course": course["sha256"],
        "villages": villages,
        "terms": deciding.fields["terms"],
        "offices": {key: side["office"] for key, side in deciding.case.facts["sides"].items()},
    }
    digest = hashlib.sha256(canonical_json(text)).hexdigest()
    facts = {
        "agreement": text,
        "agreement_no": text["agreement_no"],
        "villages": villages,
        "course": course,
        "signed_text": digest,
        "signed": {},
        "signatures": [],
    }
    return Outcome(details={"text": digest, "course": course["sha256"]}, facts=facts)


def prepare_decision(deciding: Deciding) -> Outcome:
    """The course that the decision would make law, and whether a natural village changes hands by it."""
    return Outcome(facts={"course": latest_course(deciding), "villages": _villages(deciding)})


def _villages(deciding: Deciding) -> str:
    found = deciding.fields["villages"]
    if found not in VILLAGES:
        raise BadInput("villages is yes or no. Nothing was changed.", code="bad_fields", fields=["villages"])
    return found


def redraft(_deciding: Deciding) -> Outcome:
    """Take the text back from signing; what was signed of it is void."""
    return Outcome(facts={"agreement": None, "signed_text": None, "signed": {}, "signatures": []})


def sign_text(deciding: Deciding, sign: OfficeSigner) -> Outcome:
    """Sign the text for the side of whoever acts, with the key of its office (Order 26 Art. 13).

    Raises `NotPermitted`; `Conflict` `already_done`, `signing_key_missing`.
    """
    facts, side = deciding.case.facts, side_of_actor(deciding)
    if side is None:
        raise NotPermitted(
            "The representatives of the sides sign, as the case names them. Nothing was changed.",
            code="not_permitted",
            reason="relation",
        )
    if side in facts["signed"]:
        raise Conflict("Your side has signed already. Nothing was changed.", code="already_done")
    office = facts["sides"][side]["office"]
    key, signature = sign(deciding.connection, office, canonical_json(facts["agreement"]))
    row = {"side": side, "office": office, "key": key, "signature": signature.hex(), "at": deciding.at.isoformat()}
    signed = {**facts["signed"], side: facts["signed_text"]}
    on = civil_date(deciding.at).isoformat()
    more: dict[str, Any] = {"signed": signed, "signatures": [*facts["signatures"], row], "signed_on": on}
    return Outcome(details={"side": side, "key": key, "text": facts["signed_text"]}, facts=more)


def change_approved(deciding: Deciding) -> Outcome:
    """The approval of the division change stands in the register: only now the neighbours survey (Art. 9).

    Raises `Conflict` `change_not_approved`.
    """
    row = fetch_one(deciding.connection, store.APPROVAL, {"doc_no": deciding.fields["change_no"]})
    if row is None:
        raise Conflict(
            "The register has no approval of this number. Land changes hands by an approved division change only; "
            "the sides cannot agree on it between themselves (Order 353, Arts. 2 and 9). Nothing was changed.",
            code="change_not_approved",
        )
    by = anniversary(civil_date(deciding.at), YEARS_TO_COMPLETE)
    facts = {"change_no": row["doc_no"], "change_decision": str(row["id"]), "complete_by": by.isoformat()}
    return Outcome(details={"change": str(row["id"])}, facts=facts)


def village_reported(_deciding: Deciding) -> Outcome:
    """A natural village changes hands: the agreement waits for the approval of that change (Art. 14)."""
    return Outcome(facts={"reported": True})


def village_approved(deciding: Deciding) -> Outcome:
    """The change of the village is approved: the register says so."""
    return change_approved(deciding)


def kept(name: str) -> Effect:
    """An effect that keeps one field of the step with the facts of the case."""
    return lambda deciding: Outcome(facts={name: deciding.fields[name]})


EFFECTS: Mapping[str, Callable[[Deciding], Outcome]] = {
    "enter_evidence": enter_evidence,
    "keep_peace": keep_peace,
    "work_together": work_together,
    "adopt_course": adopt_course,
    "draft_agreement": draft_agreement,
    "redraft": redraft,
    "prepare_decision": prepare_decision,
    "change_approved": change_approved,
    "village_reported": village_reported,
    "village_approved": village_approved,
    "keep_markers": kept("markers"),
    "keep_solution": kept("solution"),
}
