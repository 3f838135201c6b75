"""What offices add to a division-change case: papers, the opinions of departments, figures of the standards."""

from __future__ import annotations

import math
from typing import Any

from data.cases.model import Deciding, Outcome
from data.clock import civil_date
from geonames.applications.given import bad_field, facts_of, require_attachment
from geonames.divisions.rules import Item, items


def give_paper(deciding: Deciding) -> Outcome:
    """A document of the case is a paper of the dossier (Art. 13)."""
    item = _item(deciding, "papers", "paper")
    require_attachment(deciding)
    papers = dict(facts_of(deciding, "papers"))
    attachment = deciding.fields["attachment"]
    papers[item.key] = [*[one for one in papers.get(item.key, []) if one != attachment], attachment]
    return Outcome(facts={"papers": papers}, details={"paper": item.key})


def record_opinion(deciding: Deciding) -> Outcome:
    """What a department said, by its document; said again it replaces what it said before."""
    department, stance = _item(deciding, "departments", "department"), _item(deciding, "stances", "stance")
    said = {
        "stance": stance.key,
        "text": deciding.fields["text"].strip(),
        "doc_no": deciding.fields.get("doc_no", "").strip() or None,
        "on": civil_date(deciding.at).isoformat(),
    }
    opinions = {**facts_of(deciding, "opinions"), department.key: said}
    return Outcome(facts={"opinions": opinions}, details={"department": department.key, "stance": stance.key})


def give_figure(deciding: Deciding) -> dict[str, dict[str, Any]]:
    """All figures of the case with the one that was given; BadInput `bad_fields`."""
    fields = deciding.fields
    indicator = _item(deciding, "indicators", "indicator")
    rows = deciding.case.facts["check"]["standards"]
    code = fields["unit"].strip().split(" ")[0]
    if not any(row["unit"].split(" ")[0] == code and row["indicator"] == indicator.key for row in rows):
        wanted = ", ".join(sorted({row["unit"] for row in rows})) or "none has a standard here"
        raise bad_field("unit", f"and the indicator are none that the standard asks for; units: {wanted}")
    figures = {unit: dict(given) for unit, given in facts_of(deciding, "figures").items()}
    figures.setdefault(code, {})[indicator.key] = {
        "value": _number(fields["value"]),
        "source": fields["source"].strip(),
        "land": fields.get("land", "").strip() or None,
        "reason": fields.get("reason", "").strip() or None,
    }
    return figures


def _number(text: str) -> float:
    try:
        value = float(text.replace(",", ""))
    except ValueError as error:
        raise bad_field("value", "is no number") from error
    if not math.isfinite(value) or value < 0:
        raise bad_field("value", "is no number from 0 on")
    return value


def _item(deciding: Deciding, name: str, field: str) -> Item:
    """The row of the list that a field names; BadInput `bad_fields`."""
    known = items(name)
    found = known.get(deciding.fields[field].strip())
    if found is None:
        raise bad_field(field, f"is none of {', '.join(known)}")
    return found
