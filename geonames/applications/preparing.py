"""What is gathered before the decision: papers, hearings, the authority where the province rules on it."""

from __future__ import annotations

from boundaries.units.service import register_span, unit_id_at
from data.accounts.bodies import bodies
from data.cases.model import Deciding, Outcome
from data.clock import civil_date
from geonames.applications.given import bad_field, facts_of, require_attachment
from geonames.applications.printing import printed
from geonames.applications.public_hearing import is_running
from geonames.applications.route_of_case import follows_from
from geonames.applications.routes.model import Body, Hearing
from geonames.applications.routes.rows import route_book


def name_paper(deciding: Deciding) -> Outcome:
    """Say which of the documents handed in is which paper of the route."""
    key = deciding.fields["paper"]
    if key not in route_book().words["paper"]:
        raise bad_field("paper", f"is none of {', '.join(route_book().words['paper'])}")
    require_attachment(deciding)
    papers = {**facts_of(deciding, "papers"), key: deciding.fields["attachment"]}
    return Outcome(facts={"papers": papers})


def hear(deciding: Deciding) -> Outcome:
    """Record that something was heard, with its report, or why it is left out where the route lets one weigh it."""
    key, reason = deciding.fields["hearing"], deciding.fields.get("reason", "").strip()
    needs = facts_of(deciding, "route").get("hearings", {})
    if key not in set(Hearing) or needs.get(key) == "none":
        raise bad_field("hearing", "is nothing that this route hears")
    if key == Hearing.PUBLIC and is_running(deciding.case.facts):
        raise bad_field("hearing", "is running as a consultation here: report on that one after its end")
    attachment = deciding.fields.get("attachment")
    if attachment:
        require_attachment(deciding)
    elif needs[key] == "compulsory" or not reason:
        raise bad_field("attachment", "is needed: the report, or where the law leaves it open the reason")
    heard = {
        **facts_of(deciding, "heard"),
        key: {"report": attachment, "left_out_because": None if attachment else reason},
    }
    return Outcome(facts={"heard": heard})


def evaluate(deciding: Deciding) -> Outcome:
    """Write the evaluation (综合评估报告): its report is issued by the same step."""
    heard = {**facts_of(deciding, "heard"), Hearing.EVALUATION: {"report": None, "issued": True}}
    return Outcome(facts={**printed(deciding), "heard": heard})


def enter_authority(deciding: Deciding) -> Outcome:
    """Enter who approves where the province rules on it, with the article of its rule.

    To whom it is filed and who announces follows from the body (Art. 13, 14).
    """
    body, code = deciding.fields["body"], deciding.fields.get("code", "").strip() or None
    if body not in bodies():
        raise bad_field("body", f"is none of {', '.join(bodies())}")
    if code is not None:
        unit_id_at(deciding.connection, code, register_span(deciding.connection).register_through)
    named = {"name": deciding.fields["authority"], "article": deciding.fields["article"], "body": body, "code": code}
    follows = follows_from(Body(body), civil_date(deciding.at))
    return Outcome(facts={"authority": named, "route": {**facts_of(deciding, "route"), **follows}})
