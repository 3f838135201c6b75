"""The rows of a batch against the rules, the register, other applications, and each other."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from geonames.applications import store as applications
from geonames.applications.checking import Checked, check_candidates, propose_name
from geonames.applications.draft import Draft
from geonames.batches import store
from geonames.likeness.forms import forms
from geonames.rules.service import units_of

#: Two rows of one batch with the same name or sound in one county.
TOGETHER, TOGETHER_ARTICLE = "A03", "地名管理条例 第九条（七）（八）：不应重名，并避免同音"
ORDER = ("block", "warn", "ask", "pass")


def check_rows(connection: Connection, case_id: UUID, rows: Mapping[int, Draft], day: date) -> dict[int, Checked]:
    """Check rows by their numbers and keep what is found with each; the checks."""
    together = _together(rows)
    checked = {number: check_candidates(connection, case_id, draft, day)[0] for number, draft in rows.items()}
    values = [_kept(case_id, number, one, together.get(number, [])) for number, one in checked.items()]
    if values:
        connection.execute(store.CHECKED, values)
    return checked


def _together(rows: Mapping[int, Draft]) -> dict[int, list[str]]:
    """By row, the other names of the batch in the same county that are the same or sound the same."""
    alike: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, draft in rows.items():
        alike[draft.within[:6], _sound(draft)].append(number)
    return {
        number: [f"第{other}行 {rows[other].names[0]}" for other in group if other != number]
        for group in alike.values()
        if len(group) > 1
        for number in group
    }


def _sound(draft: Draft) -> str:
    found = forms(draft.names[0], draft.class_, draft.within)
    return found.sound.toneless or found.whole


def _kept(case_id: UUID, number: int, one: Checked, together: Sequence[str]) -> dict[str, Any]:
    found = list(_findings(one, together))
    verdict = min((f["severity"] for f in found if f["severity"] in ORDER), key=ORDER.index, default="pass")
    return {
        "case_id": case_id, "number": number, "roman": one.as_facts()["roman"], "verdict": verdict,
        "findings": json.dumps(found, ensure_ascii=False),
    }  # fmt: skip


def _findings(one: Checked, together: Sequence[str]) -> Iterator[dict[str, str]]:
    for found in one.result.findings:
        yield _finding(found.rule, found.severity.value, found.message.zh, found.article.zh)
    for other in one.others:
        said = f"与在办申请 {other['number']}（{other['name']}）{'同名' if other['same'] else '同音'}"
        severity = "block" if other["decided"] and other["same"] else "warn"
        yield _finding("A01", severity, said, TOGETHER_ARTICLE)
    for kept in one.reserved:
        yield _finding("A02", "warn", f"与《{kept['title']}》预留的{kept['name']}相同或者同音", "地名方案")
    if together:
        yield _finding(TOGETHER, "warn", f"与本批{'、'.join(together[:5])}同名或者同音", TOGETHER_ARTICLE)


def _finding(rule: str, severity: str, message: str, article: str) -> dict[str, str]:
    return {"rule": rule, "severity": severity, "message": message, "article": article}


def propose_rows(connection: Connection, case_id: UUID, rows: Mapping[int, Draft], day: date) -> None:
    """Let other applications see the names of a batch."""
    connection.execute(applications.DROP_PROPOSED, {"case_id": case_id})
    for number, draft in rows.items():
        units = [unit.code for unit in units_of(connection, draft.within, day)]
        propose_name(connection, case_id, number, draft.names[0], draft, units)
