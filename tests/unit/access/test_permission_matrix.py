"""Every role against every action, in and out of its jurisdiction: the table, and what was expected of it.

`EXPECTED` was written from the issue and not from the table: who may do what in a county's case in which
he has every relation and has done nothing yet. Everybody else may not.
"""

from __future__ import annotations

from uuid import UUID

import pytest

from data.access import Actor, Grant, Matter, Permit, Refusal, Role, decide
from data.access.model import GRANTABLE, operator
from data.access.question import Reason
from data.access.table import RELATIONS, permissions

R = Role
ME, COUNTY, CITY, PROVINCE, ELSEWHERE = (UUID(int=n) for n in range(1, 6))
CHAIN = (PROVINCE, CITY, COUNTY)
#: Every relation to the matter, so that only role and place decide.
MATTER = Matter(CHAIN, "county", None, {ME: frozenset(RELATIONS)})
ABROAD = Matter((ELSEWHERE,), "province", None, {ME: frozenset(RELATIONS)})
#: Actions that ask for the role or the relation only, wherever the matter lies.
EVERYWHERE = {"template.read", "geometry.read", "case.withdraw", "case.answer", "case.object", "case.opine",
              "case.vote", "case.reply", "case.attach", "marker.take_part", "marker.survey", "marker.confirm",
              "boundary.take_part", "boundary.survey", "boundary.confirm", "exchange.read"}  # fmt: skip

OFFICERS = {R.CLERK, R.REVIEWER, R.APPROVING_AUTHORITY, R.FILING_OFFICER, R.BOUNDARY_KEEPER, R.HERITAGE_OFFICER,
            R.PUBLISHER}  # fmt: skip
EVERYBODY = set(GRANTABLE)
EXPECTED: dict[str, set[Role]] = {
    "account.list": {R.ADMINISTRATOR, R.AUDITOR},
    "account.add": {R.ADMINISTRATOR},
    "account.disable": {R.ADMINISTRATOR},
    "account.enable": {R.ADMINISTRATOR},
    "account.link_identity": set(),
    "account.password_link": {R.ADMINISTRATOR},
    "account.reset_second_factor": {R.ADMINISTRATOR},
    "role.grant": {R.ADMINISTRATOR},
    "role.revoke": {R.ADMINISTRATOR},
    "personal_data.tend": set(),  # the worker alone
    "audit.sign": set(),  # whoever holds the installation's keys
    "audit.read": set(),  # for an auditor or administrator of the whole country only
    "geometry.read": OFFICERS | {R.SURVEYOR, R.AUDITOR},
    "case.open": {R.APPLICANT, R.CLERK, R.SURVEYOR, R.BOUNDARY_KEEPER, R.HERITAGE_OFFICER},
    "case.accept": {R.CLERK},
    "case.assign": {R.CLERK, R.REVIEWER, R.APPROVING_AUTHORITY},
    "case.ask_corrections": {R.CLERK, R.REVIEWER},
    "case.override_finding": {R.APPROVING_AUTHORITY},
    "meeting.run": {R.CLERK, R.REVIEWER},
    "case.review": {R.REVIEWER},
    "case.return": {R.CLERK, R.REVIEWER, R.APPROVING_AUTHORITY},
    "case.opine": {R.EXPERT},
    "case.vote": {R.EXPERT},
    "case.consult": {R.CLERK, R.REVIEWER},
    "consultation.moderate": {R.CLERK, R.REVIEWER},
    "usage_report.read": {R.CLERK, R.REVIEWER, R.APPROVING_AUTHORITY},
    "usage_report.settle": {R.CLERK, R.REVIEWER},
    "expert.read": {R.CLERK, R.REVIEWER, R.APPROVING_AUTHORITY, R.ADMINISTRATOR, R.AUDITOR},
    "expert.manage": {R.REVIEWER, R.ADMINISTRATOR},
    "expert.declare": EVERYBODY,
    "application.draft": EVERYBODY,
    "plan.manage": {R.REVIEWER, R.APPROVING_AUTHORITY},
    "case.decide": {R.APPROVING_AUTHORITY},
    "case.file": {R.FILING_OFFICER},
    "case.link": {R.CLERK, R.REVIEWER, R.FILING_OFFICER, R.BOUNDARY_KEEPER, R.HERITAGE_OFFICER},
    "template.read": {R.ADMINISTRATOR, R.AUDITOR},
    "template.manage": {R.ADMINISTRATOR},
    "numbering.manage": {R.ADMINISTRATOR},
    "document.make_again": {R.CLERK, R.REVIEWER, R.APPROVING_AUTHORITY, R.ADMINISTRATOR},
    "document.void": {R.APPROVING_AUTHORITY, R.ADMINISTRATOR},
    "package.sign": {R.APPROVING_AUTHORITY, R.PUBLISHER},
    "signing_key.manage": set(),
    "decision.correct": {R.APPROVING_AUTHORITY, R.PUBLISHER},
    "notice.publish": {R.PUBLISHER},
    "boundary.submit": {R.SURVEYOR, R.BOUNDARY_KEEPER},
    "submission.read": {R.CLERK, R.REVIEWER, R.APPROVING_AUTHORITY, R.SURVEYOR, R.BOUNDARY_KEEPER, R.AUDITOR},
    "submission.original": {R.REVIEWER, R.BOUNDARY_KEEPER},
    "boundary.build": set(),  # whoever runs the installation's commands
    "demonstration.manage": set(),  # whoever runs the installation's commands
    "boundary.change": {R.BOUNDARY_KEEPER, R.APPROVING_AUTHORITY},
    "boundary.propose": {R.SURVEYOR, R.BOUNDARY_KEEPER},
    "marker.record": {R.BOUNDARY_KEEPER},
    "boundary.take_part": {R.BOUNDARY_KEEPER},
    "boundary.survey": {R.BOUNDARY_KEEPER, R.SURVEYOR},
    "boundary.confirm": {R.BOUNDARY_KEEPER},
    "marker.take_part": {R.BOUNDARY_KEEPER},
    "marker.survey": {R.BOUNDARY_KEEPER, R.SURVEYOR},
    "marker.confirm": {R.BOUNDARY_KEEPER},
    "marker.report": {R.SURVEYOR, R.BOUNDARY_KEEPER},
    "heritage.list": {R.APPROVING_AUTHORITY},
    "heritage.keep": {R.HERITAGE_OFFICER, R.REVIEWER},
    "vanished.record": {R.HERITAGE_OFFICER, R.REVIEWER},
    "foreign_name.record": set(),  # for a reviewer of the whole country only
    "archive.take": {
        R.CLERK,
        R.REVIEWER,
        R.APPROVING_AUTHORITY,
        R.FILING_OFFICER,
        R.HERITAGE_OFFICER,
        R.AUDITOR,
    },
    "archive.read_log": set(),  # for auditors and administrators of the whole country only
    "code_publication.publish": {R.PUBLISHER, R.REVIEWER},
    "campaign.record": {R.REVIEWER, R.FILING_OFFICER},
    "evaluation.record": {R.REVIEWER, R.FILING_OFFICER},
    "plate.record": {R.CLERK, R.FILING_OFFICER},
    "sign.record": {R.CLERK, R.FILING_OFFICER},
    "exchange.change": set(),  # whoever runs the installation
    "exchange.pull": set(),
    "exchange.read": {R.ADMINISTRATOR, R.APPROVING_AUTHORITY, R.REVIEWER, R.AUDITOR},
    "exchange.decide": {R.APPROVING_AUTHORITY, R.REVIEWER},
    "finding.read": {
        R.CLERK,
        R.REVIEWER,
        R.APPROVING_AUTHORITY,
        R.FILING_OFFICER,
        R.SURVEYOR,
        R.BOUNDARY_KEEPER,
        R.AUDITOR,
    },
    "comparison.ask": {R.SURVEYOR, R.BOUNDARY_KEEPER},
    "comparison.read": {
        R.CLERK,
        R.REVIEWER,
        R.APPROVING_AUTHORITY,
        R.FILING_OFFICER,
        R.SURVEYOR,
        R.BOUNDARY_KEEPER,
        R.AUDITOR,
    },
    "finding.open": {R.SURVEYOR, R.BOUNDARY_KEEPER},
    "finding.take_up": {R.CLERK, R.REVIEWER, R.APPROVING_AUTHORITY, R.BOUNDARY_KEEPER},
    "finding.settle": {R.BOUNDARY_KEEPER, R.APPROVING_AUTHORITY},
    "finding.dismiss": {R.BOUNDARY_KEEPER, R.APPROVING_AUTHORITY},
    "place_code.issue": {R.CLERK, R.FILING_OFFICER},
    "spelling.settle": {R.REVIEWER},
    "name.enter": {R.CLERK, R.REVIEWER, R.HERITAGE_OFFICER},
    "vocabulary.change": set(),  # for an administrator of the whole country only
    "inspection.read": {
        R.CLERK,
        R.REVIEWER,
        R.APPROVING_AUTHORITY,
        R.FILING_OFFICER,
        R.SURVEYOR,
        R.BOUNDARY_KEEPER,
        R.AUDITOR,
    },
    "inspection.plan": {R.BOUNDARY_KEEPER},
    "import.prepare": {R.CLERK, R.REVIEWER, R.HERITAGE_OFFICER},
    "import.read": {
        R.CLERK,
        R.REVIEWER,
        R.APPROVING_AUTHORITY,
        R.HERITAGE_OFFICER,
        R.PUBLISHER,
        R.AUDITOR,
    },
    "import.decide": {R.APPROVING_AUTHORITY},
    "import.undo": {R.APPROVING_AUTHORITY},
    "case.supervise": {R.CLERK, R.REVIEWER},
    "case.statistics": {
        R.CLERK,
        R.REVIEWER,
        R.APPROVING_AUTHORITY,
        R.FILING_OFFICER,
        R.PUBLISHER,
        R.ADMINISTRATOR,
        R.AUDITOR,
    },
    "filing.read": {R.CLERK, R.REVIEWER, R.APPROVING_AUTHORITY, R.FILING_OFFICER, R.PUBLISHER, R.AUDITOR},
    "filing.review": {R.FILING_OFFICER},
    "filing.send_again": {R.FILING_OFFICER},
    "filing.receive": {R.FILING_OFFICER},
    "office.manage": set(),  # for an administrator of the whole country only
    "dispute.handle": {R.BOUNDARY_KEEPER, R.REVIEWER},
    "risk.record": {R.BOUNDARY_KEEPER, R.SURVEYOR},
    "line_asset.record": {R.BOUNDARY_KEEPER},
    "patrol.read": {R.REVIEWER, R.APPROVING_AUTHORITY, R.FILING_OFFICER, R.SURVEYOR, R.BOUNDARY_KEEPER, R.AUDITOR},
    "patrol.plan": {R.BOUNDARY_KEEPER},
    # to whoever has the relation, whatever his role
    "patrol.observe": EVERYBODY,
    "inspection.record": EVERYBODY,
    "inspection.sign": EVERYBODY,
    "dispute.take_part": EVERYBODY,
    "dispute.sign": EVERYBODY,
    "submission.read_own": EVERYBODY,
    "case.read": EVERYBODY,
    "case.withdraw": EVERYBODY,
    "case.answer": EVERYBODY,
    "case.object": EVERYBODY,
    "case.reply": EVERYBODY,
    "case.attach": EVERYBODY,
    "account.read_own": EVERYBODY,
    "account.set_email": EVERYBODY,
    "inbox.read": EVERYBODY,
    "job.read": EVERYBODY,
    "job.cancel": EVERYBODY,
    "job.retry": set(),  # for an administrator of the whole country only
    "export.order": EVERYBODY,
    "inbox.mark": EVERYBODY,
    "inbox.choose": EVERYBODY,
    "webhook.read": EVERYBODY,
    "webhook.change": EVERYBODY,
    "account.change_password": EVERYBODY,
    "account.second_factor": EVERYBODY,
    "session.revoke": EVERYBODY,
    "token.issue": EVERYBODY,
    "token.revoke": EVERYBODY,
    "geocode.order": EVERYBODY,
    "service_key.make": EVERYBODY,
    "service_key.read": EVERYBODY,
    "service_key.rotate": EVERYBODY,
    "service_key.revoke": EVERYBODY,
    "service_key.plan": {R.ADMINISTRATOR},
    "deputy.name": EVERYBODY,
    "deputy.revoke": EVERYBODY,
}
CELLS = [pytest.param(role, action, id=f"{role}-{action}") for action in sorted(permissions()) for role in GRANTABLE]


def actor(role: Role, unit: UUID | None = CITY, **more: object) -> Actor:
    return Actor("account:1", ME, (Grant(role, unit, **more),), "session")  # type: ignore[arg-type]


def test_every_action_was_thought_about() -> None:
    assert set(EXPECTED) == set(permissions())


@pytest.mark.parametrize(("role", "action"), CELLS)
def test_in_the_jurisdiction(role: Role, action: str) -> None:
    assert isinstance(decide(actor(role), action, MATTER), Permit) == (role in EXPECTED[action])


@pytest.mark.parametrize(("role", "action"), CELLS)
def test_out_of_the_jurisdiction(role: Role, action: str) -> None:
    by_relation = EXPECTED[action] == EVERYBODY
    may = role in EXPECTED[action] and (by_relation or action in EVERYWHERE)
    assert isinstance(decide(actor(role), action, ABROAD), Permit) == may


@pytest.mark.parametrize(("role", "action"), CELLS)
def test_without_any_relation_to_the_matter(role: Role, action: str) -> None:
    """Being the opener, the expert, oneself: without it only what the role alone permits is left."""
    needs_relation = {
        *("case.withdraw", "case.answer", "case.object", "case.reply", "case.attach", "case.opine", "case.vote"),
        *("marker.take_part", "marker.survey", "marker.confirm"),
        *("boundary.take_part", "boundary.survey", "boundary.confirm"),
    }
    own = {a for a in EXPECTED if EXPECTED[a] == EVERYBODY} | needs_relation
    bare = Matter(CHAIN, "county")
    by_role = {
        "case.read": OFFICERS | {R.AUDITOR},
        "export.order": EVERYBODY,
        "session.revoke": {R.ADMINISTRATOR},
        "account.set_email": {R.ADMINISTRATOR},
        "token.revoke": {R.ADMINISTRATOR},
        "service_key.read": {R.ADMINISTRATOR, R.AUDITOR},
        "service_key.revoke": {R.ADMINISTRATOR},
        "deputy.name": {R.ADMINISTRATOR},
        "deputy.revoke": {R.ADMINISTRATOR},
    }
    may = by_role.get(action, set()) if action in own else EXPECTED[action]
    assert isinstance(decide(actor(role), action, bare), Permit) == (role in may)


@pytest.mark.parametrize("action", sorted(permissions()))
def test_the_public_may_nothing(action: str) -> None:
    assert decide(Actor("public"), action, MATTER) == Refusal(Reason.NOT_SIGNED_IN)


@pytest.mark.parametrize("action", sorted(permissions()))
def test_an_account_without_a_role_has_its_own_matters_only(action: str) -> None:
    plain = Actor("account:1", ME, (), "session")
    assert isinstance(decide(plain, action, MATTER), Permit) == (EXPECTED[action] == EVERYBODY)


@pytest.mark.parametrize("role", list(Role))
def test_what_no_row_names_is_refused(role: Role) -> None:
    assert decide(actor(role, None), "case.burn", MATTER) == Refusal(Reason.UNKNOWN_ACTION)


def test_the_operator_runs_accounts_and_decides_no_case() -> None:
    runs = {a for a in permissions() if isinstance(decide(operator("cli:x"), a, MATTER), Permit)}
    assert runs >= {"account.add", "role.grant", "token.issue", "audit.read", "account.link_identity"}
    assert {a for a in runs if a.startswith(("case.", "notice.", "geometry."))} == set()


def test_the_chain_of_the_audit_is_for_auditors_of_the_whole_country() -> None:
    assert isinstance(decide(actor(R.AUDITOR, None), "audit.read", MATTER), Permit)
    assert isinstance(decide(actor(R.ADMINISTRATOR, None), "audit.read", MATTER), Permit)
    assert decide(actor(R.ADMINISTRATOR, PROVINCE), "audit.read", MATTER) == Refusal(Reason.JURISDICTION)
    assert decide(actor(R.AUDITOR, PROVINCE), "audit.read", MATTER) == Refusal(Reason.JURISDICTION)
