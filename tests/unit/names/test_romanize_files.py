"""Asking for one name, and for a whole file: nothing lost, clear refusals."""

import csv
import gc
from pathlib import Path

import pytest

from data.errors import BadInput, BadRequest
from geonames.romanize import many
from geonames.romanize.asking import spelling_of
from geonames.romanize.batch import romanize_file
from geonames.romanize.engine import romanize_shape
from geonames.romanize.lexicon import load, national


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def written(folder: Path, text: str, encoding: str = "utf-8") -> tuple[Path, Path]:
    source = folder / "in.csv"
    source.write_bytes(text.encode(encoding))
    return source, folder / "out.csv"


def test_one_name_is_answered_with_its_reasons() -> None:
    found = spelling_of("六安市", "ADMIN_DIVISION", "341500")
    assert (found["roman"], found["roman_toned"], found["segments"]) == ("Lu'an Shi", "Lù'ān Shì", "六安|市")
    assert (found["source"], found["ambiguous"]) == ("unit", True)
    assert found["alternatives"] == [{"roman": "Liu'an Shi", "kind": "other-source", "source": "GB2260-SQL copy"}]
    assert found["syllables"][0] == {"text": "六", "toned": "lù", "layer": "unit", "doubtful": False}
    assert (found["capitals"], found["keys"]) == ("LU'AN SHI", ["luanshi"])


@pytest.mark.parametrize(
    ("name", "class_", "within", "code"),
    [
        ("", None, None, "name_empty"),
        (" ", None, None, "name_empty"),
        ("地" * 501, None, None, "name_too_long"),
        ("六\x00安", None, None, "name_control_characters"),
        ("六安", "CASTLE", None, "bad_class"),
        ("六安", "221", None, "bad_type"),
        ("六安", None, "3415", "bad_code"),
    ],
)
def test_what_cannot_be_asked_is_refused(name: str, class_: str | None, within: str | None, code: str) -> None:
    with pytest.raises(BadRequest) as refused:
        spelling_of(name, class_, within)
    assert refused.value.code == code


def test_five_hundred_characters_are_a_name() -> None:
    assert spelling_of("地" * 500)["segments"].replace("|", "") == "地" * 500


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_keeps_its_rows_columns_and_order_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    text = 'id,name,class,within,note\n2,解放路南小街,STREET,,"a, b"\n1,六合路,STREET,320100,\n3,,,,\n9,𬒈村,22200,,x\n'
    source, target = written(tmp_path, text, encoding)
    report = romanize_file(source, target)
    found = rows(target)
    assert [row["id"] for row in found] == ["2", "1", "3", "9"]
    assert found[0]["note"] == "a, b"
    assert (found[0]["roman"], found[0]["segments"]) == ("Jiefanglu Nanxiaojie", "解放路|南小街")
    assert (found[1]["roman"], found[1]["roman_toned"], found[1]["source"]) == ("Luhe Lu", "Lùhé Lù", "place-name")
    assert (found[2]["roman"], found[2]["ambiguous"]) == ("", "false")
    assert found[3]["name"] == "𬒈村"
    assert list(found[0]) == [
        "id",
        "name",
        "class",
        "within",
        "note",
        "roman",
        "roman_toned",
        "segments",
        "source",
        "ambiguous",
    ]
    assert (report.rows, report.empty) == (4, 1)
    assert not target.read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_field_with_a_line_end_stays_whole(tmp_path: Path) -> None:
    source, target = written(tmp_path, 'name,note\n王村,"one\r\ntwo"\n')
    romanize_file(source, target)
    head, row = target.read_bytes().split(b"\n", 1)
    assert head == b"name,note,roman,roman_toned,segments,source,ambiguous"
    assert row == '王村,"one\r\ntwo",Wangcun,Wángcūn,王村,place-name,false\n'.encode()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "column_missing"),
        ("名称\n六安\n", "column_missing"),
        ("name,roman\n六安,x\n", "column_taken"),
        ("name,name\n六安,x\n", "column_taken"),
        ("name,note\n六安\n", "row_malformed"),
        ('name\n"六安\n', "row_malformed"),
        ("name,class\n六安,CASTLE\n", "bad_class"),
        ("name,class\n六安,99999\n", "bad_type"),
        ("name,within\n六安,34\n", "bad_code"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_whole(tmp_path: Path, text: str, code: str) -> None:
    source, target = written(tmp_path, text)
    with pytest.raises(BadInput) as refused:
        romanize_file(source, target)
    assert refused.value.code == code
    assert list(tmp_path.iterdir()) == [source]


def test_the_row_at_fault_is_named(tmp_path: Path) -> None:
    source, target = written(tmp_path, "name,class\n六安,\n六安,CASTLE\n")
    with pytest.raises(BadInput, match="Row 3"):
        romanize_file(source, target)


def test_a_file_in_no_known_encoding_is_refused(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_bytes(b"name\n\xff\xff\n")
    with pytest.raises(BadInput) as refused:
        romanize_file(source, target)
    assert refused.value.code == "encoding_unknown"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        romanize_file(tmp_path / "none.csv", tmp_path / "out.csv")
    assert refused.value.code == "file_missing"


STRANGE = [
    "\ue000村",
    "㙍村",
    "𬒈村",
    "地" * 600,
    "Ａ１２号",
    "ABC路",
    "１２０３高地",
    "村",
    "·",
    "دەريا",
    "王\u200d村",
    "王 村",
]


def test_no_character_of_a_strange_name_is_lost(tmp_path: Path) -> None:
    source, target = written(tmp_path, "name\n" + "".join(f"{name}\n" for name in STRANGE))
    romanize_file(source, target)
    found = rows(target)
    assert [row["name"] for row in found] == STRANGE
    assert [row["segments"].replace("|", "") for row in found] == STRANGE
    marked = {row["name"] for row in found if row["ambiguous"] == "true"}
    assert "\ue000村" in marked


def test_many_names_come_out_as_one_by_one_and_the_collector_runs_again() -> None:
    lexicon = load()
    names = [name + end for end in ("", "路", "河", "村") for name in lexicon.divisions]
    asked = [(name, None, None) for name in names]
    assert len(asked) > many.SLICE
    assert list(many.romanize_many(asked, lexicon)) == [romanize_shape(name, None, None, national()) for name in names]
    assert gc.isenabled()


def test_the_collector_runs_again_after_a_failure() -> None:
    with pytest.raises(TypeError):
        list(many.romanize_many([(None, None, None)], national()))  # type: ignore[list-item]
    assert gc.isenabled()
