"""Whatever is handed in is read, or refused as its parser promises. `./diming bench security` gives each far more."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from boundaries.changes.reading import read_act
from boundaries.network.operations import read_edits
from boundaries.surveys.points import read_points
from data.errors import BadInput, IntegrityError
from geonames.exchange.incoming.linked import linked_rows
from geonames.exchange.incoming.mapping import read_mapping
from tests import parser_fuzz
from tests.parser_fuzz import Parser, damaged, fuzz, parsers

#: Texts for each parser in every run: what was found once is tried by name below.
TEXTS = 40
PARSERS = list(parsers())


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_damaged_texts_are_read_or_refused(parser: Parser) -> None:
    assert fuzz(parser, TEXTS // (8 if parser.slow else 1), seed=1) == []


def test_a_parser_that_breaks_is_found_with_the_text_that_did_it() -> None:
    def breaks(raw: bytes) -> None:
        if b"\x00" in raw:
            raise KeyError("nobody foresaw it")

    (found,) = fuzz(Parser("breaks", breaks, (b"a,b\n1,2\n",)), 500, seed=1)
    assert found.why.startswith("KeyError")
    assert b"\x00" in found.text


def test_the_same_seed_damages_in_the_same_way() -> None:
    samples = (b"name,latin\n1,2\n", b"other")
    first, second, other = ([damaged(samples, chance) for _ in range(50)] for chance in map(random.Random, (3, 3, 4)))
    assert first == second != other


def test_samples_are_taken() -> None:
    """A sample that is refused would be no beginning for damages: nearly all are read."""
    refused = []
    for parser in PARSERS:
        for sample in parser.samples:
            try:
                parser.read(sample)
            except parser.refuses:
                refused.append(parser.name)
    assert len(set(refused)) <= len(PARSERS) // 4, refused


def test_what_is_nested_too_deep_is_no_proposal_and_no_mapping() -> None:
    deep = "[" * 5000
    with pytest.raises(BadInput, match="TOML") as proposal:
        read_act(f"title = {deep}".encode())
    assert proposal.value.code == "not_a_proposal"
    for said in (deep, "1" * 5000):
        with pytest.raises(BadInput) as mapping:
            read_mapping(f"key = {said}")
        assert mapping.value.code == "bad_mapping"
    with pytest.raises(BadInput) as proposal:
        read_act(b"title = " + b"1" * 5000)
    assert proposal.value.code == "not_a_proposal"
    with pytest.raises(BadInput) as edits:
        read_edits('{"a":' * 5000)
    assert edits.value.code == "edits_malformed"


@pytest.mark.parametrize("skipped", ["[[2, 1e400]]", "[" * 5000])
def test_a_peer_s_page_that_lies_is_not_taken(skipped: str) -> None:
    page = json.dumps(parser_fuzz.PAGE | {"skipped": "HERE"}).replace('"HERE"', skipped)
    (parser,) = (one for one in PARSERS if one.name == "page of a peer")
    with pytest.raises(IntegrityError) as refused:
        parser.read(page.encode())
    assert refused.value.code == "page_incomplete"


def test_a_feature_nested_too_deep_is_one_damaged_row(tmp_path: Path) -> None:
    (tmp_path / "deep.json").write_bytes(b'{"type": "FeatureCollection", "features": [' + b"[" * 5000)
    (row,) = linked_rows(tmp_path / "deep.json")
    assert row.damaged is not None
    assert row.damaged.startswith("row_malformed")


def test_a_table_with_old_line_ends_is_read_and_one_that_is_none_refused() -> None:
    assert [point.name for point in read_points("点号,经度,纬度,中误差\r1,99,40,1\r2,99.1,40,1\r")] == ["1", "2"]
    with pytest.raises(BadInput) as refused:
        read_points("点号,经度,纬度,中误差\n" + "A" * 200_000)
    assert refused.value.code == "survey_points"


def test_a_value_that_is_no_json_never_comes_to_a_parser_of_values() -> None:
    seen: list[object] = []
    read = parser_fuzz.value(seen.append)
    read(b"{")
    read(json.dumps({"a": 1}).encode())
    assert seen == [{"a": 1}]
