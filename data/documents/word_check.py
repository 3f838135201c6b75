"""What a template handed in may be: a Word file whose every part is known, that prints known fields and nothing else.

A template is a program for whoever renders it, so it is held against a list
of what is allowed, and everything outside the list is refused with its place:
parts of the file, relations to the outside, elements of the text, styles, and
the words between `{{ }}` and `{% %}`. What the PDF could not show (pictures
that stand in the template, footnotes, tracked changes) is refused as well, so
that Word and PDF say the same. All findings are told at once.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.table import Table
from docxtpl import DocxTemplate
from jinja2 import TemplateSyntaxError, nodes

from data.documents.elements import FIGURE, STYLE_OF, STYLES
from data.documents.model import DocumentKind, FieldSpec
from data.documents.word import make_environment
from data.errors import BadInput
from data.papers import check_paper

#: Parts of a Word file that say how it looks; none of them can run, fetch or hide anything.
PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(core|app|custom)\.xml|docProps/thumbnail\.(jpeg|wmf|emf|png)"
    r"|word/_rels/[\w.]+\.rels|word/(document|styles|stylesWithEffects|settings|webSettings|fontTable|numbering"
    r"|footnotes|endnotes|header\d*|footer\d*)\.xml|word/theme/(theme\d*\.xml|_rels/theme\d*\.xml\.rels)"
    r"|customXml/(item\d+|itemProps\d+)\.xml|customXml/_rels/item\d+\.xml\.rels"
)
#: Elements of the text that are carried into the PDF, or say how the Word file looks.
TEXT = frozenset({"p", "r", "t", "tab", "br", "tbl", "tr", "tc", "bookmarkStart", "bookmarkEnd", "proofErr",
                  "lastRenderedPageBreak", "noBreakHyphen", "softHyphen"})  # fmt: skip
#: Elements that hold properties only: not looked into, for nothing in them is printed.
PROPERTIES = frozenset({"pPr", "rPr", "tblPr", "tblGrid", "trPr", "tblPrEx", "sectPr"})
#: What may stand in a header or footer of the Word file; the PDF has its own.
FOLIO = re.compile(r"[\s\d—–\-页第共/]*")
#: Template words of docxtpl that are not offered: they write into the file's own markup.
NOT_OFFERED = re.compile(
    r"\{\{\s*(?:p|tr|tc|r)\s|\{%[-+]?\s*(?:r|tc)\s|\{%[-+]?\s*(?:colspan|cellbg|vm|hm)\b|\{#|-%\}|\{%-"
)
MARKUP = re.compile(r"\{\{|\{%|\{#")
LOOP_WORDS = frozenset({"index", "first", "last", "length"})
#: A template of an office has some 30 kB; one of 2 MB holds something else.
MAX_TEMPLATE_BYTES = 2 << 20


def check_template(path: Path, name: str, kind: DocumentKind) -> tuple[str, ...]:
    """The names of the fields that the template at `path` prints, in alphabetical order.

    Raises `BadInput`: what `data.papers.check_paper` finds in any document, and `template_refused` with all
    `findings` of this check.
    """
    check_paper(path, name)
    if not name.lower().endswith(".docx"):
        raise refused(name, ["a template is a Word file (.docx)"])
    if path.stat().st_size > MAX_TEMPLATE_BYTES:
        raise refused(name, [f"it has more than {MAX_TEMPLATE_BYTES:,} bytes"])
    findings = list(_package_findings(path))
    if findings:
        raise refused(name, findings)
    findings = list(_text_findings(path))
    used, wrong = _fields(path, kind)
    if findings or wrong:
        raise refused(name, [*findings, *wrong])
    return tuple(sorted(used))


def refused(name: str, findings: list[str]) -> BadInput:
    """The refusal of a template with everything that speaks against it."""
    return BadInput(
        f"{name} cannot be a template: {'; '.join(findings)}. Nothing was stored.",
        code="template_refused",
        findings=findings,
    )


def _package_findings(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.namelist():
            if not PARTS.fullmatch(member) and not member.endswith("/"):
                yield f"the part {member[:80]} is not one that a template has"
            elif member.endswith((".xml", ".rels")):
                yield from _part_findings(member, archive.read(member))


def _part_findings(member: str, content: bytes) -> Iterator[str]:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or not _is_utf8(content):
        yield f"{member} declares entities or is not in UTF-8"
        return
    if member.endswith(".rels") and re.search(rb"TargetMode\s*=\s*[\"']External", content, re.I):
        yield f"{member} leads outside the file (a link, a linked picture, an attached template)"
    words = re.sub(r"<[^>]*>", "", content.decode())
    if member != "word/document.xml" and MARKUP.search(words):
        yield f"fields are printed in the text only, not in {member}"
    if re.match(r"word/(header|footer)\d*\.xml", member) and not FOLIO.fullmatch(words.replace("PAGE", "")):
        yield f"{member} holds more than a page number; the PDF has no other header or footer"


def _is_utf8(content: bytes) -> bool:
    head = content[:200].lower()
    if b"encoding=" in head and not re.search(rb"encoding=[\"'](utf-8|ascii|us-ascii)[\"']", head):
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _text_findings(path: Path) -> Iterator[str]:
    document = Document(str(path))
    yield from dict.fromkeys(_element_findings(document.element.body))
    for n, paragraph in enumerate(document.paragraphs, 1):
        style = paragraph.style.name if paragraph.style is not None else "Normal"
        if style not in STYLES:
            yield f"paragraph {n} ({paragraph.text[:20]!r}) has the style {style!r}; known are {', '.join(STYLES)}"


def _element_findings(body: Any) -> Iterator[str]:
    for element in body:
        name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else "comment"
        if name in PROPERTIES:
            continue
        if name == "tcPr":
            merged = [m for m in ("gridSpan", "vMerge", "hMerge") if element.find(qn(f"w:{m}")) is not None]
            if merged:
                yield "merged cells of a table are not carried into the PDF"
            continue
        if name not in TEXT:
            yield f"the text holds {NAMED.get(name, name)}, which the PDF would not show"
        elif name == "br" and element.get(qn("w:type")) not in (None, "textWrapping"):
            yield "the text holds a page break; the pages are divided by the layout"
        else:
            yield from _element_findings(element)


#: What elements are called by those who make templates.
NAMED = {
    "drawing": "a picture or drawing",
    "pict": "a picture or text box",
    "object": "an embedded object",
    "AlternateContent": "a drawing or text box",
    "hyperlink": "a link",
    "fldSimple": "a field of Word",
    "fldChar": "a field of Word",
    "instrText": "a field of Word",
    "ins": "a tracked change",
    "del": "a tracked change",
    "sdt": "a content control",
    "footnoteReference": "a footnote",
    "endnoteReference": "an endnote",
    "commentReference": "a comment",
    "commentRangeStart": "a comment",
    "sym": "a symbol of a font of its own",
    "altChunk": "another document",
}


def _fields(path: Path, kind: DocumentKind) -> tuple[set[str], list[str]]:
    """The fields that are printed, and what is wrong with the words between the braces."""
    template = DocxTemplate(str(path))
    template.init_docx()
    plain = "\n".join(_all_text(template.docx))
    if NOT_OFFERED.search(plain):
        return set(), ["{{r …}}, {%r …%}, {# … #}, {%- … -%}, colspan, cellbg, vm and hm are not offered here"]
    try:
        tree = make_environment().parse(template.patch_xml(template.get_xml()))
    except TemplateSyntaxError as error:
        return set(), [f"the words between braces cannot be understood: {error.message}"]
    reader = _Reader(kind)
    reader.read(tree)
    misplaced = _picture_findings(template.docx, list(dict.fromkeys(reader.pictures)))
    return reader.used, list(dict.fromkeys([*reader.wrong, *misplaced]))


def _picture_findings(document: Any, pictures: list[str]) -> Iterator[str]:
    """A picture is alone in a paragraph of its style, and in no table: so the PDF has it where the Word file has it."""
    printed = re.compile(r"\{\{[^}]*\b(" + "|".join(map(re.escape, pictures)) + r")\b") if pictures else None
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            found = printed and printed.search("\n".join(cell.text for row in block.rows for cell in row.cells))
            if found:
                yield f"the picture {found[1]} stands in a table; it stands between paragraphs"
        else:
            yield from _placed(block.text.strip(), block.style is not None and block.style.name, printed)


def _placed(words: str, style: str | bool, printed: re.Pattern[str] | None) -> Iterator[str]:
    wanted = STYLE_OF[FIGURE]
    found = printed and printed.search(words)
    if found and (style != wanted or not re.fullmatch(r"\{\{\s*[\w.]+\s*\}\}", words)):
        yield f"the picture {found[1]} is alone in its paragraph, in the style {wanted}"
    elif style == wanted and words and not found and not words.startswith("{%"):
        yield f"a paragraph in the style {wanted} prints a picture, not {words[:20]!r}"


def _all_text(document: Any) -> Iterator[str]:
    for paragraph in document.element.body.iter(qn("w:p")):
        yield "".join(node.text or "" for node in paragraph.iter(qn("w:t")))


class _Reader:
    """Walks what Jinja made of the text; whatever is not a field, a list of rows or a condition is wrong."""

    def __init__(self, kind: DocumentKind) -> None:
        self.kind = kind
        self.used: set[str] = set()
        self.wrong: list[str] = []
        self.rows: dict[str, frozenset[str]] = {}
        self.lists: dict[str, FieldSpec] = {}
        self.pictures: list[str] = []

    def read(self, node: nodes.Node) -> None:
        """One node with everything in it."""
        handler = getattr(self, f"_{type(node).__name__.lower()}", None)
        if handler is None:
            self.wrong.append(f"only fields, {{%p for … %}} and {{%p if … %}} are offered, not {type(node).__name__}")
            return
        handler(node)

    def _all(self, node: nodes.Node) -> None:
        for child in node.iter_child_nodes():
            self.read(child)

    _template = _output = _not = _and = _or = _all

    def _templatedata(self, node: nodes.TemplateData) -> None:
        """Text."""

    def _name(self, node: nodes.Name) -> None:
        if node.name in self.rows:
            return
        field = self.kind.field(node.name)
        if field is None:
            known = ", ".join(f.name for f in self.kind.fields)
            self.wrong.append(f"there is no field {node.name[:40]!r}; {self.kind.key} has {known}")
        else:
            self.used.add(node.name)
            self.pictures += [node.name] if field.picture else []

    def _getattr(self, node: nodes.Getattr) -> None:
        owner = node.node.name if isinstance(node.node, nodes.Name) else ""
        allowed = LOOP_WORDS if owner == "loop" and self.rows else self.rows.get(owner, frozenset())
        if node.attr not in allowed:
            self.wrong.append(f"there is no {owner[:40]}.{node.attr[:40]}")
        elif owner in self.lists and node.attr in (self.lists[owner].pictures or ()):
            self.pictures.append(f"{owner}.{node.attr}")

    def _if(self, node: nodes.If) -> None:
        self._all(node)

    def _for(self, node: nodes.For) -> None:
        field = self.kind.field(node.iter.name) if isinstance(node.iter, nodes.Name) else None
        if field is None or field.columns is None or not isinstance(node.target, nodes.Name):
            self.wrong.append("{% for … %} goes through a field that is a list")
            return
        if node.recursive or node.test is not None or node.else_:
            self.wrong.append("{% for … %} has no condition and no else here")
            return
        self.used.add(field.name)
        self.rows[node.target.name] = frozenset(field.columns)
        self.lists[node.target.name] = field
        for child in node.body:
            self.read(child)
        del self.rows[node.target.name]
