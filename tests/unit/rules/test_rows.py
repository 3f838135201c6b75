"""Rows and lists that mean nothing are refused before anything is checked, all at once and by name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from geonames.rules.errors import RuleError
from geonames.rules.model import Level, Severity
from geonames.rules.rows import RuleBook, load_book
from geonames.rules.words import load_words
from tests.unit.rules.fakes import book

ROW = """
[[rule]]
id = "R36"
check = "length"
title = { zh = "字数", en = "Length" }
text = { zh = "不超过 5 字。", en = "At most 5." }
article = { zh = "样县办法", en = "Sample rules" }
level = "local"
region = "990101"
valid_from = 2020-01-01
mark = "I"
source = "PROJECT"
classes = ["RESIDENTIAL_BUILDING"]
severity = { short = "warn", long = "ask", too_long = "block" }
parameters = { least = 2, usual = 4, most = 5 }
"""


def office(folder: Path, rows: str, **lists: str) -> RuleBook:
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "words").mkdir(exist_ok=True)
    (folder / "rules" / "office.toml").write_text(rows, "utf-8")
    for name, text in lists.items():
        (folder / "words" / f"{name}.csv").write_text(text, "utf-8")
    return load_book(folder)


def refused(folder: Path, rows: str, **lists: str) -> str:
    with pytest.raises(RuleError) as error:
        office(folder, rows, **lists)
    assert error.value.code == "rules_unusable"
    return "; ".join(error.value.findings)


def test_an_offices_row_replaces_the_national_one_where_it_lies(tmp_path: Path) -> None:
    mine = office(tmp_path, ROW)
    there = {r.id: r for r in mine.in_force(date(2024, 1, 1), ["990000", "990101"])}
    elsewhere = {r.id: r for r in mine.in_force(date(2024, 1, 1), ["990000"])}
    assert there["R36"].region == "990101"
    assert there["R36"].severity["too_long"] is Severity.BLOCK
    assert elsewhere["R36"].region == ""


def test_an_office_can_add_a_rule_and_take_one_away(tmp_path: Path) -> None:
    rows = ROW.replace('"R36"', '"L01"') + ROW.replace('id = "R36"', 'id = "R03"\noff = true')
    rows = rows.replace('check = "length"', 'check = "stacked_generics"', 2).replace(
        'check = "stacked_generics"', 'check = "length"', 1
    )
    rows = rows.replace(
        "parameters = { least = 2, usual = 4, most = 5 }", 'parameters = { doubled = ["花园"], generics = ["城"] }'
    ).replace(
        'parameters = { doubled = ["花园"], generics = ["城"] }', "parameters = { least = 2, usual = 4, most = 5 }", 1
    )
    mine = office(tmp_path, rows)
    ids = [r.id for r in mine.in_force(date(2024, 1, 1), ["990101"])]
    assert "L01" in ids
    assert "R03" not in ids
    assert "R03" in [r.id for r in mine.in_force(date(2024, 1, 1), ["990000"])]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('check = "length"', 'check = "lenght"', "no check is called 'lenght'"),
        ("most = 5", "most = 5, longest = 9", "longest"),
        ("least = 2", 'least = "two"', "least"),
        ('source = "PROJECT"', 'source = "HEARSAY"', "no source 'HEARSAY'"),
        ('source = "PROJECT"\n', "", "source"),
        ('mark = "I"', 'mark = "X"', "mark is one of"),
        ('level = "local"', 'level = "village"', "level"),
        ('region = "990101"', 'region = "99"', "region"),
        ('too_long = "block"', 'too_long = "forbid"', "too_long"),
        (', too_long = "block"', "", "severity must name exactly"),
        ('classes = ["RESIDENTIAL_BUILDING"]', 'classes = ["HOUSE"]', "unknown classes"),
        ("valid_from = 2020-01-01", "valid_from = 2020-01-01\nvalid_to = 2019-01-01", "ends before it begins"),
        ("valid_from = 2020-01-01", 'valid_from = "soon"', "valid_from"),
        ('mark = "I"', 'mark = "I"\nremark = "x"', "remark"),
        ('mark = "I"', 'mark = "I"\ngrounds = { whim = "ask" }', "unknown grounds"),
        ('region = "990101"\n', "", "a local rule without a region blocks nothing"),
        ("[[rule]]", "[[rules]]", "unknown table rules"),
        ("[[rule]]", "[[rule", "is no TOML"),
    ],
)
def test_a_row_that_means_nothing_is_refused(tmp_path: Path, before: str, after: str, said: str) -> None:
    assert said in refused(tmp_path, ROW.replace(before, after, 1))


def test_two_rows_of_a_rule_must_not_hold_on_one_day(tmp_path: Path) -> None:
    later = ROW.replace("2020-01-01", "2024-01-01")
    assert "two rows hold on 2024-01-01" in refused(tmp_path, ROW + later)
    following = ROW.replace("valid_from = 2020-01-01", "valid_from = 2020-01-01\nvalid_to = 2024-01-01") + later
    assert len(office(tmp_path, following).rows("R36")) == len(book(office=False).rows("R36")) + 2


def test_unknown_metrics_and_word_lists_are_refused(tmp_path: Path) -> None:
    scale = ROW.replace('check = "length"', 'check = "scale"').replace(
        'severity = { short = "warn", long = "ask", too_long = "block" }', 'severity = { too_small = "warn" }'
    )
    metric = 'parameters = { standards = [{ generics = ["大厦"], all = [{ metric = "height_ft", value = 3 }] }] }'
    assert "height_ft is none of" in refused(
        tmp_path, scale.replace("parameters = { least = 2, usual = 4, most = 5 }", metric)
    )
    words = ROW.replace('check = "length"', 'check = "leaders"').replace(
        'severity = { short = "warn", long = "ask", too_long = "block" }', 'severity = { leader = "block" }'
    )
    assert "unknown word lists ['heroes']" in refused(
        tmp_path, words.replace("parameters = { least = 2, usual = 4, most = 5 }", 'parameters = { words = "heroes" }')
    )


HEAD = "text,match,group,note,source,mark\n"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("heroes", HEAD, "no list of that name"),
        ("brands", "text,match\nX,whole\n", "the columns are"),
        ("brands", HEAD + ",whole,,,s,V\n", "no text"),
        ("brands", HEAD + "样,somewhere,,,s,V\n", "match is one of"),
        ("brands", HEAD + "样,whole,x,,s,V\n", "group is one of"),
        ("brands", HEAD + "样,whole,,,,V\n", "no source"),
        ("brands", HEAD + "样,whole,,,s,?\n", "mark is one of"),
        ("brands", HEAD + "样,whole,,,s,V\n样,whole,,,s,V\n", "样 stands twice"),
        ("exceptions", "rule,text,to,reason,source\nR27,样,gone,x,y\n", "none or a severity"),
    ],
)
def test_a_list_that_means_nothing_is_refused(tmp_path: Path, name: str, text: str, said: str) -> None:
    assert said in refused(tmp_path, ROW, **{name: text})


def test_an_offices_list_replaces_the_one_that_was_shipped(tmp_path: Path) -> None:
    mine = office(tmp_path, ROW, exaggerations="\ufeff" + HEAD + "巨无霸,anywhere,listed,,样县,V\n")
    found = mine.words.get("exaggerations")
    assert found is not None
    assert [e.text for e in found.entries] == ["巨无霸"]


def test_lists_that_are_not_shipped_are_not_in_the_repository() -> None:
    shipped = load_words()
    absent = {name for name, info in shipped.known.items() if not info.shipped}
    assert absent == {"leaders", "brands", "unhealthy", "derogatory"}
    assert not absent & shipped.lists.keys()


def test_the_longest_word_counts_once() -> None:
    found = load_words().get("feudal_titles")
    assert found is not None
    assert [m.entry.text for m in found.find("御府")] == ["御府"]


def test_every_rule_has_its_article_in_both_languages_and_a_source_with_its_mark() -> None:
    rules = book(office=False)
    for rule in rules.rules:
        assert rule.article.zh
        assert rule.article.en
        assert rules.sources[rule.source].mark in ("V", "M", "I")
        assert rule.level is not Level.LOCAL or rule.region or Severity.BLOCK not in rule.severity.values()


def test_national_rules_of_2022_rest_on_the_regulations_of_2022() -> None:
    for rule in book(office=False).rules:
        if rule.source == "REG":
            assert rule.valid_from == date(2022, 5, 1)
        if rule.source == "REG1986":
            assert (rule.valid_from, rule.valid_to) == (date(1986, 1, 23), date(2022, 5, 1))
