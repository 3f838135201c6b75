"""What people have tried on every web application since there are any, and the tests of this one that try it."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
BAD_INPUT = "tests/contract/test_bad_input.py"
INJECTION = "tests/integration/threats/test_injection.py"
#: Each kind with its tests, as pytest names them.
KINDS: dict[str, tuple[str, ...]] = {
    "SQL": (
        f"{BAD_INPUT}::test_a_clear_problem",
        f"{BAD_INPUT}::test_text_is_only_text",
        "tests/unit/test_feature_filters.py",
        "tests/unit/intake/test_hostile.py::test_a_trigger_does_not_run_and_a_layer_name_is_only_a_name",
    ),
    "markup": (
        f"{INJECTION}::test_a_name_that_is_markup_is_text_in_every_page",
        f"{INJECTION}::test_an_address_that_is_markup_is_not_reflected",
    ),
    "template": (
        "tests/unit/test_documents_pdf.py::test_what_people_write_is_printed_and_never_run",
        "tests/unit/test_documents_templates.py",
    ),
    "header": (
        f"{INJECTION}::test_no_header_is_planted_by_where_to_go_on",
        f"{INJECTION}::test_a_request_id_is_given_back_only_in_a_safe_form",
        f"{BAD_INPUT}::test_a_wish_that_is_no_number",
        "tests/unit/test_loopback.py",
    ),
    "path": (
        f"{INJECTION}::test_no_path_leads_out_of_what_is_served",
        "tests/unit/test_limits.py",
        "tests/unit/intake/test_hostile.py::test_a_member_that_leads_outside",
    ),
    "CSV formula": (
        "tests/unit/test_address_tables.py::test_csv_keeps_all_columns_and_holds_no_formula",
        "tests/integration/exchange/test_import.py::test_reports_are_csv_excel_and_json",
    ),
    "log": (
        f"{INJECTION}::test_nobody_writes_a_line_into_the_log",
        f"{INJECTION}::test_secrets_and_what_people_ask_are_not_in_the_log",
        f"{INJECTION}::test_a_failure_of_ours_logs_no_secret",
    ),
    "hostile file": ("tests/unit/intake/test_hostile.py",),
    "permission": ("tests/unit/access/test_permission_matrix.py", "tests/integration/threats/test_reader_role.py"),
}
COUNTED = re.compile(r"(\d+) (passed|failed|error)")
TESTED = re.compile(r"^([^\s:]+\.py)::(\w+)\S* (PASSED|FAILED|ERROR)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Tried:
    """How many tests of a kind passed, and which did not."""

    passed: int
    failed: list[str]


def tried() -> dict[str, Tried]:
    """Run all of them in one run; figures by kind. A kind of which nothing ran has failed."""
    tests = sorted({test for tests in KINDS.values() for test in tests})
    tests = [test for test in tests if test.split("::")[0] not in tests or "::" not in test]
    how = ["-v", "-n", "0", "-p", "no:cacheprovider", "--no-header", "-rN", "--tb=short"]
    command = [sys.executable, "-m", "pytest", *how, *tests]
    run = subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return by_kind(run.stdout)


def by_kind(said: str) -> dict[str, Tried]:
    """What pytest said with `-v`, by kind."""
    seen = TESTED.findall(said)
    found = {}
    for kind, tests in KINDS.items():
        of_kind = [one for one in seen if f"{one[0]}::{one[1]}" in tests or one[0] in tests]
        failed = [f"{path}::{name}" for path, name, how in of_kind if how != "PASSED"]
        failed += [f"{test}: did not run" for test in tests if not any(_is(test, one) for one in of_kind)]
        found[kind] = Tried(len(of_kind) - sum(how != "PASSED" for _, _, how in of_kind), sorted(set(failed)))
    return found


def _is(test: str, one: tuple[str, str, str]) -> bool:
    return test in (one[0], f"{one[0]}::{one[1]}")
