"""A server without PostGIS, or too old, is refused with words that say what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import Unavailable
from data.server.binaries import postgis_version, version_numbers
from data.server.connection import program_access
from data.server.suitability import check, lacking, libpq_url
from data.server.swap import beside, name_of

ALL = {"postgis": "3.3.2", "btree_gist": "1.7", "pg_trgm": "1.6"}


def test_what_debian_12_has_is_enough() -> None:
    assert lacking(15, ALL) == []


def test_an_old_server_is_named_with_what_is_needed() -> None:
    assert lacking(14, ALL) == ["it is PostgreSQL 14, and 15 or newer is needed"]


def test_a_server_without_postgis_is_named() -> None:
    offered = {name: version for name, version in ALL.items() if name != "postgis"}
    assert lacking(16, offered) == ["the extension postgis is not installed on the server"]


def test_an_old_postgis_is_named_with_what_is_needed() -> None:
    assert lacking(16, ALL | {"postgis": "3.2.9"}) == ["PostGIS 3.2.9 is too old, 3.3 or newer is needed"]


def test_a_newer_postgis_passes_though_it_sorts_lower_as_text() -> None:
    assert lacking(17, ALL | {"postgis": "3.10.0dev"}) == []


@pytest.mark.parametrize(("text", "numbers"), [("3.3.2", (3, 3, 2)), ("3.4.0dev", (3, 4, 0)), ("4", (4,))])
def test_versions_are_numbers(text: str, numbers: tuple[int, ...]) -> None:
    assert version_numbers(text) == numbers


def test_the_version_on_offer_is_in_the_control_file(tmp_path: Path) -> None:
    control = tmp_path / "postgis.control"
    control.write_text("comment = 'x'\ndefault_version = '3.3.2'\n", "utf-8")
    assert postgis_version(control) == (3, 3, 2)


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(Unavailable) as refused:
        check("mysql://root@localhost/x")
    assert refused.value.code == "database_url_malformed"


def test_a_server_that_is_not_there_is_said_to_be_out_of_reach() -> None:
    with pytest.raises(Unavailable) as refused:
        check("postgresql://nobody@127.0.0.1:9/nothing")
    assert refused.value.code == "database_unreachable"


def test_the_driver_is_left_out_for_postgresqls_own_programs() -> None:
    assert libpq_url("postgresql+psycopg://a@h/d") == "postgresql://a@h/d"


def test_a_password_never_stands_in_a_command_line() -> None:
    words, variables = program_access("postgresql+psycopg://clerk:s3cret@db.example:5433/register")
    assert "s3cret" not in " ".join(words)
    assert variables == {"PGPASSWORD": "s3cret"}
    assert "port=5433" in words[0]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://clerk@/{}?host=%2Ftmp%2Fa%20folder%20%E5%AE%B6%2Fsocket",
        "postgresql://clerk:p%40ss@db.example:5433/{}?sslmode=require",
        "postgresql://[::1]/{}",
    ],
)
def test_a_database_beside_another_differs_in_its_name_alone(url: str) -> None:
    other = beside(url.format("register"), "_restoring")
    assert name_of(other) == "register_restoring"
    assert other == url.format("register_restoring")
