"""What is going on about a line, for whoever may see it: findings that are not settled, and what was handed in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from api.web.linefeatures import Feature, feature
from boundaries.findings import service as findings
from boundaries.submissions import reports
from boundaries.submissions import service as submissions
from data.access import Actor
from data.errors import NotPermitted, NotSignedIn

#: As many of each are shown beside a line; their own pages list them all.
MOST = 50
#: States of a finding that still ask for something.
UNSETTLED = ("open", "in_case")


def open_findings(connection: Connection, actor: Actor, line: UUID) -> list[dict[str, Any]]:
    """The findings of a line that are not settled; none for those who may not look."""
    wanted = [findings.Wanted(line=line, state=state) for state in UNSETTLED]
    try:
        found = [findings.list_findings(connection, actor, one, limit=MOST)["items"] for one in wanted]
    except (NotPermitted, NotSignedIn):
        return []
    return [item for items in found for item in items]


def handed_in(connection: Connection, actor: Actor, line: UUID) -> list[dict[str, Any]]:
    """What was handed in for a line, the latest first; none for those who may not look."""
    try:
        found = submissions.list_submissions(connection, actor, submissions.Asked(line=line), limit=MOST)
    except (NotPermitted, NotSignedIn):
        return []
    return list(found["items"])


def work_features(connection: Connection, actor: Actor, line: UUID) -> list[Feature]:
    """The findings with a place, and the latest checked survey of each side, as features of the map."""
    drawn = [
        feature("finding", item["geometry"], id=str(item["id"]), severity=item["severity"], title=item["title"])
        for item in open_findings(connection, actor, line)
        if item["geometry"]
    ]
    latest: dict[str | None, UUID] = {}
    for item in handed_in(connection, actor, line):
        if item["state"] == "checked":
            latest.setdefault(item["side"], item["id"])
    return drawn + [
        feature("handed_in", layer["geometry"], side=side or "", id=str(submission))
        for side, submission in latest.items()
        for layer in reports.drawn_layers(connection, actor, submission)
    ]
