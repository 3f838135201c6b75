"""How operations describe their refusals in the OpenAPI document, with examples from real answers."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from api.problems import MEDIA_TYPE, Problem

#: Real answers, kept as they were given; `tests/contract/test_examples.py` asks the questions again.
EXAMPLES = Path(__file__).parent / "examples"

Responses = dict[int | str, dict[str, Any]]

#: Every code that an operation of this version can answer with, and its status. docs/api/errors.md
#: says what each means and what to do; a test holds the two lists together.
STATUS_OF_CODE = {
    "as_of_after_register": 400,
    "as_of_before_register": 400,
    "bad_accuracy": 400,
    "bbox_empty": 400,
    "bad_class": 400,
    "bad_collection": 400,
    "bad_code": 400,
    "bad_comparison_pair": 400,
    "bad_comparison_state": 400,
    "bad_coordinates": 400,
    "bad_cursor": 400,
    "bad_crs": 400,
    "bad_date": 400,
    "bad_depth": 400,
    "bad_encoding": 400,
    "bad_finding_filter": 400,
    "bad_format": 400,
    "bad_geometry": 400,
    "bad_governing_date": 400,
    "bad_id": 400,
    "bad_idempotency_key": 400,
    "bad_import": 400,
    "bad_level": 400,
    "bad_moment": 400,
    "bad_override": 400,
    "bad_page": 400,
    "bad_paper": 400,
    "bad_queries": 400,
    "period_reversed": 400,
    "too_many_queries": 400,
    "bad_parameter": 400,
    "bad_proposal": 400,
    "bad_polygon": 400,
    "bad_search_type": 400,
    "bad_sequence": 400,
    "bad_sheet_kind": 400,
    "bad_sort": 400,
    "bad_spelling_text": 400,
    "bad_status": 400,
    "bad_sheet_scale": 400,
    "bad_tolerance": 400,
    "bad_type": 400,
    "bad_scale": 400,
    "bad_upload_piece": 400,
    "bad_account_field": 400,
    "bad_wait": 400,
    "bad_webhook_url": 400,
    "bad_webhook_state": 400,
    "no_such_change": 404,
    "no_such_webhook": 404,
    "too_many_webhooks": 409,
    "bad_year": 400,
    "seq_ahead": 400,
    "bad_digest": 400,
    "marker_state_unknown": 400,
    "bbox_antimeridian": 400,
    "claims_missing": 400,
    "near_missing": 400,
    "one_area": 400,
    "polygon_too_large": 400,
    "radius_out_of_range": 400,
    "claim_not_of_line": 400,
    "claims_on_agreement_sheet": 400,
    "coordinates_out_of_range": 400,
    "region_needed": 400,
    "region_too_large": 400,
    "sheet_needs_other": 400,
    "too_many_sheets": 400,
    "limit_out_of_range": 400,
    "missing_parameter": 400,
    "name_control_characters": 400,
    "name_empty": 400,
    "name_too_long": 400,
    "query_control_characters": 400,
    "query_empty": 400,
    "query_too_long": 400,
    "repeated_parameter": 400,
    "unknown_parameter": 400,
    "sign_in_failed": 401,
    "sign_in_needed": 401,
    "second_factor_needed": 401,
    "token_not_valid": 401,
    "cross_site_write": 403,
    "not_the_approver": 403,
    "map_not_approved": 403,
    "metrics_not_public": 403,
    "not_a_side": 403,
    "not_permitted": 403,
    "marker_not_assigned": 403,
    "code_never_existed": 404,
    "code_not_standing": 404,
    "no_such_archive": 404,
    "no_such_case": 404,
    "no_such_notice_of_names": 404,
    "no_such_consultation": 404,
    "no_such_report": 404,
    "no_such_comment": 404,
    "no_such_expert": 404,
    "no_such_draw": 404,
    "no_such_name_plan": 404,
    "no_such_reserved_name": 404,
    "no_such_entry": 404,
    "no_such_finding_of_line": 404,
    "no_such_comparison": 404,
    "no_such_rule": 404,
    "no_preview": 404,
    "no_such_blob": 404,
    "no_such_decision": 404,
    "no_such_document": 404,
    "no_such_document_kind": 404,
    "no_such_attachment_of_case": 404,
    "no_such_notice": 404,
    "no_such_job": 404,
    "path_not_found": 404,
    "place_not_found": 404,
    "point_outside_units": 404,
    "line_not_standing": 404,
    "no_geometry": 404,
    "nothing_to_draw": 404,
    "no_such_line": 404,
    "no_such_proposal": 404,
    "no_such_changeset": 404,
    "segment_not_on_record": 404,
    "region_empty": 404,
    "no_such_submission": 404,
    "no_such_upload": 404,
    "profile_unknown": 404,
    "no_such_account": 404,
    "no_such_marker": 404,
    "no_such_assignment": 404,
    "no_such_plan": 404,
    "no_such_observation": 404,
    "no_such_file": 404,
    "no_such_photo": 404,
    "method_not_allowed": 405,
    "action_not_possible": 409,
    "already_done": 409,
    "documents_differ": 409,
    "later_version_exists": 409,
    "other_document_wanted": 409,
    "proposal_conflicts": 409,
    "proposal_ended": 409,
    "segment_changed": 409,
    "job_not_failed": 409,
    "job_not_waiting": 409,
    "mail_not_configured": 409,
    "no_mail_address": 409,
    "case_changed": 409,
    "name_taken": 409,
    "filing_incomplete": 409,
    "term_runs": 409,
    "filing_not_packed": 409,
    "filing_office_missing": 409,
    "filing_replayed": 409,
    "filing_rule_unknown": 409,
    "filing_altered": 422,
    "filing_not_ours": 422,
    "filing_unknown_office": 403,
    "filing_unproven": 403,
    "no_such_filing": 404,
    "no_such_export": 404,
    "no_such_import": 404,
    "no_such_export_file": 404,
    "no_such_status": 404,
    "bad_filing_filter": 400,
    "name_not_announced": 409,
    "effective_too_early": 409,
    "constraint": 409,
    "document_not_failed": 409,
    "finding_state": 409,
    "comparison_not_done": 409,
    "assignment_ended": 409,
    "plan_cancelled": 409,
    "file_id_reused": 409,
    "other_account": 409,
    "document_not_made": 409,
    "numbering_missing": 409,
    "signing_key_elsewhere": 409,
    "signing_key_missing": 409,
    "idempotency_key_reused": 409,
    "consultation_not_open": 409,
    "consultation_running": 409,
    "consultation_still_open": 409,
    "no_consultation": 409,
    "batch_empty": 409,
    "too_few_experts": 409,
    "experts_missing": 409,
    "marker_code_taken": 409,
    "marker_scrapped": 409,
    "marker_without_line": 409,
    "no_such_finding": 409,
    "not_consulted": 409,
    "not_ready": 409,
    "not_checked_yet": 409,
    "not_the_same_line": 409,
    "submission_returned": 409,
    "submission_refused": 409,
    "too_many_uploads": 409,
    "upload_busy": 409,
    "upload_elsewhere": 409,
    "upload_incomplete": 409,
    "body_too_large": 413,
    "query_string_too_long": 414,
    "bad_body": 422,
    "bad_case": 422,
    "marker_code": 422,
    "marker_malformed": 422,
    "marker_rows_faulty": 422,
    "marker_table": 422,
    "marker_scheme_unknown": 422,
    "template_refused": 422,
    "bad_fields": 422,
    "bad_report": 422,
    "bad_comment": 422,
    "bad_draw": 422,
    "bad_batch": 422,
    "bad_mapping": 422,
    "import_document_missing": 422,
    "range_not_satisfiable": 416,
    "bad_rows": 422,
    "bad_name_plan": 422,
    "bad_expert": 422,
    "bad_consultation": 422,
    "bad_moderation": 422,
    "bad_application": 422,
    "no_route": 422,
    "place_elsewhere": 422,
    "reason_missing": 422,
    "no_such_number": 422,
    "archive_unsafe": 422,
    "bad_upload": 422,
    "not_a_package": 422,
    "file_active": 422,
    "file_empty": 422,
    "file_name_unsafe": 422,
    "file_not_accepted": 422,
    "file_not_what_it_says": 422,
    "file_too_large": 422,
    "file_broken_off": 422,
    "patrol_quota": 422,
    "too_many_observations": 422,
    "keeper_level": 422,
    "unit_not_beside_line": 422,
    "marker_not_on_line": 422,
    "bad_stretch": 422,
    "bad_plan": 422,
    "nobody_to_patrol": 422,
    "no_such_attachment": 422,
    "bad_json": 422,
    "change_empty": 422,
    "change_without_document": 422,
    "condominium_has_land": 422,
    "condominium_needs_holders": 422,
    "course_malformed": 422,
    "edits_malformed": 422,
    "holder_not_standing": 422,
    "line_has_no_segments": 422,
    "message_missing": 422,
    "network_would_break": 422,
    "no_node_there": 422,
    "no_such_condominium": 422,
    "no_such_segment": 422,
    "node_not_on_segment": 422,
    "run_not_of_line": 422,
    "segments_not_joinable": 422,
    "status_not_by_document": 422,
    "unit_unknown": 422,
    "lines_unfit": 422,
    "characters_without_glyph": 422,
    "unit_would_open": 422,
    "too_many_codes": 422,
    "too_many_names": 422,
    "too_many_points": 422,
    "too_many_attempts": 429,
    "too_many_reports": 429,
    "too_many_comments": 429,
    "checksum_mismatch": 460,
    "bad_dispute_filter": 400,
    "bad_inspection_filter": 400,
    "no_such_dispute": 404,
    "no_such_inspection": 404,
    "no_such_round": 404,
    "region_not_standing": 404,
    "answers_missing": 409,
    "already_handed_in": 409,
    "inspection_open": 409,
    "inspection_revealed": 409,
    "measurement_malformed": 422,
    "record_missing": 409,
    "bad_risk_filter": 400,
    "inspection_started": 409,
    "inspection_state": 409,
    "not_revealed": 409,
    "archive_not_made": 409,
    "export_not_made": 409,
    "import_not_checked": 409,
    "import_not_applied": 409,
    "import_has_errors": 409,
    "import_changed": 409,
    "import_built_upon": 409,
    "nothing_due": 409,
    "round_exists": 409,
    "round_running": 409,
    "entry_malformed": 422,
    "party_malformed": 422,
    "round_malformed": 422,
    "segment_not_of_line": 422,
    "dispute_course_malformed": 422,
    "claim_not_in_segment": 422,
    "claim_not_known": 422,
    "unknown_procedure": 422,
    "no_such_risk": 404,
    "no_such_asset": 404,
    "risk_malformed": 422,
    "asset_malformed": 422,
    "internal_error": 500,
    "integrity_broken": 500,
    "keys_not_usable": 503,
    "database_unavailable": 503,
    "disk_full": 503,
    "fonts_missing": 503,
    "names_not_compared": 503,
    "outcome_unknown": 503,
    "overloaded": 503,
    "queue_missing": 503,
    "register_empty": 503,
    "schema_not_at_head": 503,
    "time_limit": 503,
    "too_many_waiting": 503,
}

#: What any question may be refused with.
EVERYWHERE = (
    "token_not_valid",
    "bad_parameter",
    "unknown_parameter",
    "repeated_parameter",
    "query_string_too_long",
    "internal_error",
    "database_unavailable",
    "overloaded",
    "time_limit",
)


def problems_for(*codes: str) -> Responses:
    """The problem responses of an operation, by status, each naming its stable codes."""
    by_status: dict[int, list[str]] = {}
    for code in codes:
        by_status.setdefault(STATUS_OF_CODE[code], []).append(code)
    return {status: _problem_response(found) for status, found in sorted(by_status.items())}


def question(example: str | None, *codes: str) -> Responses:
    """The responses of an operation that asks the register: an example, 304, and its refusals."""
    documented: Responses = {304: {"description": "Unchanged since the ETag that was sent."}}
    if example and _exists(example):
        documented[200] = {"content": {"application/json": {"example": placeholder(example)}}}
    return documented | problems_for(*codes, *EVERYWHERE)


def _problem_response(codes: list[str]) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": _problem_schema()}
    examples = {code: {"value": placeholder(f"problem-{code}")} for code in codes if _exists(f"problem-{code}")}
    if examples:
        content["examples"] = examples
    return {"description": "Code: " + ", ".join(f"`{code}`" for code in codes), "content": {MEDIA_TYPE: content}}


@cache
def _problem_schema() -> dict[str, Any]:
    """Made once: every operation documents the same body for each of its refusals."""
    return Problem.model_json_schema()


@cache
def _exists(name: str) -> bool:
    return (EXAMPLES / f"{name}.json").exists()


_REAL_ANSWER = "real_answer"


def placeholder(name: str) -> dict[str, str]:
    """What stands for the kept answer `name` until `filled`: on its way the framework drops nulls."""
    return {_REAL_ANSWER: name}


def filled(value: Any) -> Any:
    """`value` with every placeholder replaced by the kept answer, whole."""
    if isinstance(value, list):
        return [filled(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {_REAL_ANSWER}:
        return real_answer(value[_REAL_ANSWER])
    return {key: filled(item) for key, item in value.items()}


@cache
def real_answer(name: str) -> Any:
    """The kept answer `name`."""
    return json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
