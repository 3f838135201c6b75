"""The OpenAPI document is valid, bounded, and what the server really answers (asked by schemathesis)."""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, seed, settings
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance

from api.app import create_app
from api.ogc.site import application
from api.settings import Settings

#: A fraction in every run, more in `./diming test --long`.
LONG = bool(os.environ.get("DIMING_TEST_LONG"))

APP = create_app(Settings(database_url="postgresql:///never-asked", pages=False))
DOCUMENT: dict[str, Any] = APP.openapi()
#: What is refused may also be too large (413), or too long for an address (414); never our own failure.
REFUSED = [400, 401, 403, 404, 405, 406, 409, 413, 414, 415, 422, 428, 429]
#: The stream of changes never ends: so many seconds of it are read, where nothing comes too.
STREAM = {"include-path": "/v1/changes/stream", "request-timeout": 4}
CONFIG = SchemathesisConfig.from_dict(
    {"checks": {"negative_data_rejection": {"expected-statuses": REFUSED}}, "operations": [STREAM]}
)
#: The OGC API is an application of its own below `/ogc`, and describes itself.
OGC: dict[str, Any] = application(APP).openapi()
everything = schemathesis.openapi.from_dict(DOCUMENT, config=CONFIG)
schema = everything.include(path_regex="^/(v1|id)/?")
others = everything.exclude(path_regex="^/(v1|id)/?")
ogc = schemathesis.openapi.from_dict(OGC, config=CONFIG)


#: Refusals that no schema can foresee: they depend on what the register holds or on two values together.
BY_CONTENT = {
    "as_of_after_register",
    "as_of_before_register",
    "bad_coordinates",
    "bad_crs",
    "bad_cursor",
    "bad_geometry",
    "bad_governing_date",
    "bad_override",
    "bad_polygon",
    "bad_queries",
    "bad_spelling_text",
    "bad_type",
    "bad_collection",
    "bad_comparison_pair",
    "bad_date",
    "bad_filter",
    "bad_property",
    "bad_proposal",
    "bbox_antimeridian",
    "bbox_empty",
    "coordinates_out_of_range",
    "name_control_characters",
    "name_empty",
    "near_missing",
    "offset_out_of_range",
    "one_area",
    "one_day",
    "period_reversed",
    "polygon_too_large",
    "query_control_characters",
    "query_empty",
    "region_empty",
    "region_needed",
    "seq_ahead",
    "sheet_needs_other",
}


def asked(examples: int) -> settings:
    return settings(
        max_examples=400 if LONG else examples,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@schema.parametrize()
@seed(20_101_126)
@asked(6)
def test_every_operation_answers_as_it_is_described(case: Case[Any], api_address: str) -> None:
    if "wait" in case.query:
        case.query["wait"] = min(case.query["wait"], "1", key=str)  # that it waits is tested with the feed
    _answers_as_described(case, api_address)


@others.parametrize()
@seed(20_101_126)
@asked(6)
def test_what_others_have_laid_down_answers_as_it_is_described(case: Case[Any], api_address: str) -> None:
    """The interface of the national database, and what a supervisor asks."""
    _answers_as_described(case, api_address)


@ogc.parametrize()
@seed(20_101_126)
@asked(6)
def test_every_operation_of_the_ogc_api_answers_as_it_is_described(case: Case[Any], api_address: str) -> None:
    _answers_as_described(case, f"{api_address}/ogc")


def _answers_as_described(case: Case[Any], address: str) -> None:
    answer = case.call(base_url=address)
    case.validate_response(answer, excluded_checks=[positive_data_acceptance])
    well_formed = case.meta is not None and case.meta.generation.mode.is_positive
    if well_formed and answer.status_code == 400:
        assert answer.json()["code"] in BY_CONTENT


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
        if path.startswith("/v1")
    ]


OPERATIONS = [pytest.param(operation, id=f"{method} {path}") for method, path, operation in operations()]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_parameter_is_bounded_and_described(operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", []):
        form = parameter["schema"]
        assert parameter.get("description"), parameter["name"]
        bounded = {"maxLength", "enum", "pattern", "maximum", "format"} & set(form)
        assert bounded, parameter["name"]
        if form["type"] in ("integer", "number"):
            assert "maximum" in form, parameter["name"]
            assert {"minimum", "exclusiveMinimum"} & set(form), parameter["name"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_describes_its_refusals(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    assert operation["summary"]
    assert operation["description"]
    assert {"200", "201", "202"} & set(responses)
    assert {"400", "500", "503"} <= set(responses)
    for status, response in responses.items():
        if int(status) >= 400:
            assert list(response["content"]) == ["application/problem+json"]
            assert "`" in response["description"]


def test_the_framework_s_own_error_shape_is_nowhere() -> None:
    assert "HTTPValidationError" not in str(DOCUMENT)
