"""Findings that are cured: the names were checked again, and what stood against one is found no more."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from data.cases import store as cases
from data.db import fetch_all
from geonames.applications.checking import Checked, findings_of

#: Rules of the check of names: those of the law, and those among applications and plans. People find others.
OF_THE_CHECK = re.compile(r"[RA]\d\d")
DROPPED, GONE = "不再申请此名。", "重新核查，未再发现。"
CURE = text("""
    UPDATE diming.case_finding SET closed_at = :at, closed_why = :why, settled_how = 'cured', settled_by = :by
    WHERE id = :id AND closed_at IS NULL
""")


def cure(connection: Connection, case_id: UUID, checked: Sequence[Checked], at: datetime, by: UUID) -> int:
    """Close what the check of names once found and finds no more; how many."""
    found = {(row["rule"], row["message"]) for one in checked for row in findings_of(one)}
    names = {one.name for one in checked}
    rows = fetch_all(connection, cases.FINDINGS, {"ids": [case_id]})
    gone = [row for row in rows if _is_open(row) and (row["rule"], row["message"]) not in found]
    for row in gone:
        why = GONE if _name(row) in names else DROPPED
        connection.execute(CURE, {"id": row["id"], "at": at, "by": by, "why": why})
    return len(gone)


def _is_open(row: Mapping[str, Any]) -> bool:
    return row["closed_at"] is None and OF_THE_CHECK.fullmatch(row["rule"]) is not None


def _name(row: Mapping[str, Any]) -> str:
    return str(row["message"]).partition("：")[0]
