"""A CQL2 filter becomes a condition of listed operators, columns and bound values, or is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import BadRequest
from geonames.features import filters
from geonames.features.collections import PLACES, UNITS


def test_values_are_bound_and_never_written() -> None:
    found = filters.condition(PLACES, "name = 'x'' OR 1=1 --' AND class <> 'NATURAL'")
    assert "OR 1=1" not in found.sql
    assert sorted(found.values.values()) == ["NATURAL", "x' OR 1=1 --"]


@pytest.mark.parametrize(
    ("expression", "sql"),
    [
        ("level = 'county'", 'f."level" = CAST(:c0 AS text)'),
        ("name LIKE '长%'", 'CAST(f."name" AS text) LIKE CAST(:c0 AS text)'),
        ("valid_to IS NULL", 'f."valid_to" IS NULL'),
        ("code IN ('1', '2')", 'f."code" IN (CAST(:c0 AS text), CAST(:c1 AS text))'),
        ("code BETWEEN '1' AND '2'", 'f."code" BETWEEN CAST(:c0 AS text) AND CAST(:c1 AS text)'),
        ("NOT (level = 'county')", 'NOT (f."level" = CAST(:c0 AS text))'),
        ("valid_from >= DATE('2001-01-01')", 'f."valid_from" >= CAST(:c0 AS date)'),
        (
            "level = 'a' OR level = 'b' AND type = 'c'",
            '(f."level" = CAST(:c0 AS text) OR (f."level" = CAST(:c1 AS text) AND f."type" = CAST(:c2 AS text)))',
        ),
    ],
)
def test_each_operator_is_its_own(expression: str, sql: str) -> None:
    assert filters.condition(UNITS, expression).sql == sql


@pytest.mark.parametrize("function", ["S_INTERSECTS", "S_WITHIN", "S_CONTAINS"])
def test_a_geometry_is_asked_with_the_index(function: str) -> None:
    found = filters.condition(PLACES, f"{function}(geometry, BBOX(119, 30, 120, 31))")
    assert found.sql.startswith("(geom && CAST(:c0 AS geometry) AND ST_")


def test_json_says_the_same_as_text() -> None:
    tree = {"op": "=", "args": [{"property": "name"}, "长兴"]}
    assert filters.condition(PLACES, json.dumps(tree)) == filters.condition(PLACES, "name = '长兴'")


RING = ", ".join(f"{100 + n / 1000} {30 + (n % 2) / 1000}" for n in range(2500))


@pytest.mark.parametrize(
    "expression",
    [
        "pg_sleep(10) = 1",
        "name = pg_sleep(10)",
        "foo = 1",
        "name",
        "name = 'a",
        "name = 'a'; DROP TABLE x",
        "S_INTERSECTS(name, POINT(1 1))",
        "S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))",
        f"S_INTERSECTS(geometry, LINESTRING({RING}))",
        "T_AFTER(valid_from, 'x')",
        "valid_from > 'yesterday'",
        "name = 'a' AND " * 300 + "name = 'a'",
        "(" * 3000 + "name = 'a'" + ")" * 3000,
        "NOT " * 900 + "name = 'a'",
        "name IN ()",
        "name = casei('a')",
        '{"op": "and", "args": [' * 200 + "1" + "]}" * 200,
        '{"op": "=", "args": [{"property": "name"}]}',
        '{"op": "=", "args": [{"property": "name"}, "a\\u0000"]}',
        "",
    ],
)
def test_what_is_not_listed_is_refused(expression: str) -> None:
    with pytest.raises(BadRequest) as refused:
        filters.condition(PLACES, expression)
    assert refused.value.code == "bad_filter"


SIGNS = [*"()[]{}=<>,'\"", "AND", "OR", "NOT", "LIKE", "IN", "IS NULL", "BETWEEN", "--", "/*", ";", "\\"]
THINGS = ["name", "class", "geometry", "1", "'长'", "S_INTERSECTS", "POINT(1 1)", "DATE('2001-01-01')", "pg_sleep"]
WORDS = st.sampled_from([*SIGNS, *THINGS])


def codes_of(expression: str) -> list[str]:
    """The refusal of an expression, nothing for one that is understood."""
    try:
        found = filters.condition(PLACES, expression)
    except BadRequest as error:
        return [error.code]
    assert "pg_sleep" not in found.sql
    return []


@given(st.lists(WORDS, max_size=20).map(" ".join) | st.text(max_size=60))
def test_any_text_is_a_condition_or_a_refusal(expression: str) -> None:
    assert codes_of(expression) in ([], ["bad_filter"])
