"""`./diming check-name` and `./diming rules` on the division register, as a person runs them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from api.cli.app import main
from api.cli.environment import environment
from api.settings import settings_from_environment

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(national_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run a command with `--json` on the division register: exit status and document."""
    monkeypatch.setenv("DIMING_DATABASE_URL", national_url)
    for cached in (environment, settings_from_environment):
        cached.cache_clear()

    def asked(*words: str) -> tuple[int, Any]:
        status = main([*words, "--json"])
        return status, json.loads(capsys.readouterr().out)

    yield asked
    for cached in (environment, settings_from_environment):
        cached.cache_clear()


def rules_of(found: dict[str, Any]) -> dict[str, Any]:
    return {finding["rule"]: finding for finding in found["findings"]}


def test_a_second_gulou_district_is_blocked_by_its_article(run: Run) -> None:
    status, found = run("check-name", "鼓楼区", "--class", "ADMIN_DIVISION", "--within", "330100")
    assert (status, found["verdict"]) == (1, "block")
    duplicate = rules_of(found)["R06"]
    assert duplicate["article"] == "地名管理条例 第九条(七)"
    assert {"320106", "350102"} <= {other["code"] for other in duplicate["collides_with"]}
    assert duplicate["span"] == [0, 3]
    assert duplicate["cure"]


def test_the_members_that_contracts_name_are_there(run: Run) -> None:
    _, found = run("check-name", "鼓楼区", "--class", "ADMIN_DIVISION", "--within", "330100", "--as-of", "2024-01-01")
    assert found["as_of"] == "2024-01-01"
    assert {
        "name",
        "class",
        "within",
        "as_of",
        "roman",
        "verdict",
        "findings",
        "checked",
        "not_checked",
    } <= found.keys()
    for finding in found["findings"]:
        assert {"rule", "severity", "article", "message", "span", "collides_with", "cure"} <= finding.keys()


def test_a_street_where_nothing_is_loaded_passes_and_says_what_was_not_checked(run: Run) -> None:
    status, found = run("check-name", "松涛路", "--class", "STREET", "--within", "330106", "--meaning", "松林")
    assert (status, found["verdict"], found["roman"]) == (0, "pass", "Songtao Lu")
    missing = {gap["rule"]: gap["why"] for gap in found["not_checked"]}
    assert {"R10", "R12", "R22"} <= missing.keys()
    assert all(missing.values())


def test_a_local_profile_holds_in_its_city(run: Run) -> None:
    small = ("--figure", "storeys=6", "--figure", "floor_area_m2=900")
    status, found = run("check-name", "样大厦", "--class", "RESIDENTIAL_BUILDING", "--within", "360111", *small)
    assert (status, rules_of(found)["R05"]["level"]) == (1, "local")
    status, found = run("check-name", "样大厦", "--class", "RESIDENTIAL_BUILDING", "--within", "330106", *small)
    assert (status, "R05" in rules_of(found)) == (0, False)


def test_papers_authority_and_dates_are_looked_at(run: Run) -> None:
    asked = ("check-name", "松涛花园", "--class", "RESIDENTIAL_BUILDING", "--within", "330106", "--as-of", "2026-11-22")
    status, found = run(
        *asked, "--authority", "civil_affairs", "--date", "planning_permit=2026-03-01", "--document", "x"
    )
    assert status == 1
    assert {"R42", "R43", "R44"} <= rules_of(found).keys()
    assert "R44" not in rules_of(run(*asked, "--date", "planning_permit=2026-12-01")[1])


def test_an_override_and_an_existing_name(run: Run) -> None:
    asked = ("check-name", "中华路", "--class", "STREET", "--within", "330106")
    assert run(*asked)[0] == 1
    status, found = run(*asked, "--override", "R27:historic:民国时已有")
    assert (status, rules_of(found)["R27"]["severity"]) == (0, "ask")
    status, found = run(*asked, "--kind", "existing")
    assert (status, found["findings"], found["context"][0]["rule"]) == (0, [], "R27")


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("check-name", "", "--class", "STREET"), 2, "name_empty"),
        (("check-name", "松涛路", "--class", "ROAD"), 2, "bad_class"),
        (("check-name", "松涛路", "--class", "99999"), 2, "bad_type"),
        (("check-name", "松涛路", "--class", "STREET", "--within", "999999"), 4, "code_never_existed"),
        (("check-name", "松涛路", "--class", "STREET", "--lon", "120"), 2, "bad_coordinates"),
        (("check-name", "松涛路", "--class", "STREET", "--figure", "height=3"), 2, "bad_proposal"),
        (("check-name", "松涛路", "--class", "STREET", "--figure", "storeys"), 2, "wrong_use"),
        (("check-name", "松涛路", "--class", "STREET", "--date", "opening=2026-01-01"), 2, "bad_proposal"),
        (("check-name", "松涛路", "--class", "STREET", "--date", "opening"), 2, "wrong_use"),
        (("check-name", "松涛路", "--class", "STREET", "--authority", "the_mayor"), 2, "bad_proposal"),
        (("check-name", "松涛路", "--class", "STREET", "--override", "R27"), 2, "wrong_use"),
        (("check-name", "松涛路", "--class", "STREET", "--override", "R01:historic:x"), 2, "bad_override"),
        (("check-name", "松涛路", "--class", "STREET", "--kind", "gone"), 2, "wrong_use"),
        (("check-name", "松涛路", "--class", "STREET", "--as-of", "1975-01-01"), 2, "as_of_before_register"),
        (("rules", "show", "R99"), 4, "no_such_rule"),
    ],
)
def test_what_cannot_be_asked_leaves_by_its_exit_status(
    run: Run, words: tuple[str, ...], status: int, code: str
) -> None:
    left, problem = run(*words)
    assert (left, problem["code"]) == (status, code)


def test_rules_are_listed_and_shown(run: Run) -> None:
    status, found = run("rules", "list", "--as-of", "2010-01-01")
    assert (status, len(found["items"])) == (0, 45)
    status, found = run("rules", "show", "R12")
    assert (status, [row["region"] for row in found["rows"]]) == (0, [None, None, "330000"])


def test_without_json_a_person_reads_finding_article_and_cure(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-name", "中央大道", "--class", "STREET", "--within", "330106"]) == 1
    printed = capsys.readouterr().out
    assert "BLOCK" in printed
    assert "R27" in printed
    assert "地名管理条例 第九条(二)" in printed
    assert "not checked: R22" in printed
