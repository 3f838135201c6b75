"""What a decision without a title of its own is called."""

from __future__ import annotations

from api.web.headings import LONGEST, SOURCE_WANTED, Heading, heading_of


def decision(title: str, doc_no: str | None = None, text: str = "") -> dict[str, str | None]:
    return {"title": title, "doc_no": doc_no, "text": text}


def test_a_title_is_kept() -> None:
    title = "国务院关于同意湖北省襄樊市更名的批复"
    assert heading_of(decision(title, "国函〔2010〕129号", "湖北省人民政府")) == Heading(title, False)


def test_a_wanted_source_is_a_mark_beside_the_first_words() -> None:
    found = heading_of(decision(SOURCE_WANTED, text="设立荆门市东宝区、沙洋区。\n\n编者注"))
    assert found == Heading("设立荆门市东宝区、沙洋区。", True)


def test_without_its_text_a_wanted_source_is_only_the_mark() -> None:
    assert heading_of({"title": SOURCE_WANTED, "doc_no": None}) == Heading("", True)


def test_a_number_is_not_said_twice() -> None:
    number = "湘民行发〔2010〕15号"
    assert heading_of(decision(number, number, "将湘潭县响塘乡划归雨湖区管辖。")).text.startswith("将湘潭县")
    assert heading_of(decision(number, number)).text == number


def test_long_words_are_cut_where_the_reader_sees_it() -> None:
    found = heading_of(decision(SOURCE_WANTED, text="县" * 100))
    assert len(found.text) == LONGEST
    assert found.text.endswith("…")
