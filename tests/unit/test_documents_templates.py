"""Templates: what an office may hand in, and what is refused with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.documents.model import DocumentKind
from data.documents.word_check import check_template
from data.errors import BadInput
from tests.unit import documents as made

NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
EXTERNAL = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId9" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
    'Target="http://elsewhere.example/a.dotm" TargetMode="External"/></Relationships>'
)
SPLIT = "<w:p><w:r><w:t>{{ num</w:t></w:r><w:r><w:t>ber.__class__ }}</w:t></w:r></w:p>"


def check(folder: Path, content: bytes, kind: DocumentKind = made.APPROVAL, name: str = "模板.docx") -> tuple[str, ...]:
    path = folder / "template"
    path.write_bytes(content)
    return check_template(path, name, kind)


def refusal(folder: Path, content: bytes, name: str = "模板.docx") -> BadInput:
    with pytest.raises(BadInput) as told:
        check(folder, content, name=name)
    return told.value


@pytest.mark.parametrize("kind", made.KINDS.values(), ids=lambda kind: kind.key)
def test_the_shipped_templates_pass_and_tell_their_fields(tmp_path: Path, kind: DocumentKind) -> None:
    used = check(tmp_path, made.shipped(kind), kind)
    assert {"number", "office", "date"} <= set(used) <= {f.name for f in kind.fields}


def test_a_condition_and_a_list_are_offered(tmp_path: Path) -> None:
    kind = made.KINDS["corrections"]
    line = "{% if findings and not case_number %}{{ case_title }}{% endif %}"
    assert "findings" in check(tmp_path, made.with_line(line, kind=kind), kind)


@pytest.mark.parametrize(
    "line",
    [
        "{{ secret }}",
        "{{ number.__class__ }}",
        "{{ number.__class__.__mro__[1].__subclasses__() }}",
        "{{ ''.__class__ }}",
        "{{ number|attr('__class__') }}",
        "{{ number|safe }}",
        "{{ number.format('{0.__class__}') }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ self.__init__ }}",
        "{{ lipsum() }}",
        "{{ number ~ 'x' }}",
        "{{ [1, 2] }}",
        "{{ 7 * 7 }}",
        "{% set x = number %}",
        "{% include 'x' %}",
        "{% import 'os' as os %}",
        "{% macro m() %}{% endmacro %}",
        "{% for c in number %}{{ c }}{% endfor %}",
        "{% for i in range(1000000000) %}x{% endfor %}",
        "{% raw %}x{% endraw %}{{ loop.index }}",
        "{{r number }}",
        "{%r if number %}",
        "{% colspan number %}",
        "{# a remark #}",
        "{{ number",
        "{% if number %}",
    ],
)
def test_whatever_is_not_a_field_is_refused(tmp_path: Path, line: str) -> None:
    told = refusal(tmp_path, made.with_line(line))
    assert told.code == "template_refused"
    assert told.extra["findings"]


def test_a_word_split_over_runs_is_read_as_one(tmp_path: Path) -> None:
    told = refusal(tmp_path, made.with_body(made.before_end(SPLIT)))
    assert told.code == "template_refused"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (made.with_part("word/settings.xml", f"<w:settings {NS}>{{{{ number }}}}</w:settings>"), "in the text only"),
        (made.with_part("word/_rels/settings.xml.rels", EXTERNAL), "leads outside"),
        (made.with_part("word/header1.xml", f"<w:hdr {NS}><w:p><w:t>机密</w:t></w:p></w:hdr>"), "page number"),
        (made.with_part("word/footnotes.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"), "entities"),
        (made.with_part("word/media/image1.png", "x"), "not one that a template has"),
        (made.with_part("word/anything.xml", "<x/>"), "not one that a template has"),
        (made.with_body(made.before_end("<w:p><w:r><w:drawing/></w:r></w:p>")), "picture"),
        (made.with_body(made.before_end("<w:p><w:ins><w:r><w:t>x</w:t></w:r></w:ins></w:p>")), "tracked change"),
        (made.with_body(made.before_end("<w:sdt><w:sdtContent/></w:sdt>")), "content control"),
        (made.with_body(made.before_end('<w:p><w:r><w:instrText>INCLUDETEXT "/etc/passwd"</w:instrText></w:r></w:p>')),
         "field of Word"),
        (made.with_body(made.before_end('<w:p><w:r><w:br w:type="page"/></w:r></w:p>')), "page break"),
        (made.with_body(made.before_end(
            "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>")), "merged"),
        (made.with_style("大标题"), "大标题"),
    ],
)  # fmt: skip
def test_what_could_reach_out_or_would_be_lost_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    told = refusal(tmp_path, content)
    assert told.code == "template_refused"
    assert any(said in finding for finding in told.extra["findings"])


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (made.with_part("word/vbaProject.bin", "x"), "a.docx", "file_active"),
        (made.with_part("word/styles.xml", " " * (4 << 20)), "a.docx", "archive_unsafe"),
        (made.with_part("../../evil", "x"), "a.docx", "archive_unsafe"),
        (b"%PDF-1.7", "a.docx", "file_not_what_it_says"),
        (made.shipped(), "a.docm", "file_not_accepted"),
        (made.shipped(), "a" * 300 + ".docx", "file_name_unsafe"),
        (made.shipped(), "../a.docx", "file_name_unsafe"),
    ],
)
def test_what_no_document_may_be_a_template_may_not_be(tmp_path: Path, content: bytes, name: str, code: str) -> None:
    assert refusal(tmp_path, content, name).code == code
