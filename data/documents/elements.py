"""The elements of an official document (公文要素) and their order: what is between the Word file and the PDF.

A template's paragraph styles say what each paragraph is. From the paragraphs
of a finished Word file the elements are made that the layout sets after
GB/T 9704-2012, so that Word and PDF say the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from unicodedata import east_asian_width

from data.documents.model import Picture

#: Names of paragraph styles as an office sees them, and the element that each is (GB/T 9704-2012, 7.1).
STYLES = {
    "发文机关标志": "heading",
    "发文字号": "number",
    "公文标题": "title",
    "主送机关": "addressee",
    "公文正文": "body",
    "正文": "body",
    "Normal": "body",
    "Body Text": "body",
    "Body": "body",
    "一级标题": "rank1",
    "二级标题": "rank2",
    "附件说明": "annexes",
    "发文机关署名": "office",
    "成文日期": "date",
    "附注": "note",
    "插图": "figure",
    "图注": "caption",
    "抄送机关": "copies",
    "印发机关和印发日期": "issued",
}
#: The style in which an element of a shipped template is written.
STYLE_OF = {role: name for name, role in reversed(STYLES.items())}
#: The role of a table: it stands between paragraphs and has no style of its own.
TABLE = "table"
#: A column whose longest cell has more half characters than this takes lines; of what the others leave it has a share
#: as large as that cell, up to so many.
ONE_LINE, MAX_SHARE = 12, 28
#: Half characters that columns of one line may take together of a line's 63 (156 mm of 14 pt): where they would take
#: more, every column has a share, so that none is left too narrow for its words.
ROOM, LEAST_SHARE, SHARE_IN_NEED = 28, 6, 18
#: A picture stands in a paragraph of its own; the words under it are its caption.
FIGURE, CAPTION = "figure", "caption"
#: What begins an annex where it follows the signature: an annex has pages of its own (GB/T 9704-2012, 7.3.7).
ANNEXED = ("rank1", TABLE)
#: Elements that a document has at most once.
SINGLE = ("heading", "number", "title", "office", "date", "copies", "issued")
#: The faces in which an element is set; a document's number and page number are in them too.
FACE_OF = {"heading": "xiaobiaosong", "title": "xiaobiaosong", "rank1": "hei", "rank2": "kai"}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of a Word file, one table with its rows of cells (`role` is `TABLE`), or one picture (`FIGURE`).

    `headings`: so many of the first rows of a table stand again at the head of each page.
    """

    role: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    picture: Picture | None = None
    headings: int = 0

    @property
    def face(self) -> str:
        """The face in which it is set."""
        return FACE_OF.get(self.role, "fangsong")

    @property
    def words(self) -> str:
        """Everything that it prints."""
        return self.text + "".join(cell for row in self.rows for cell in row)


def order_problems(paragraphs: Sequence[Paragraph]) -> list[str]:
    """What speaks against setting these paragraphs as one document; sentences for the person who made it."""
    roles = [p.role for p in paragraphs]
    findings = [f"there is more than one {name}" for name in SINGLE if roles.count(name) > 1]
    findings += [f"there is no {name}" for name in ("title", "office", "date") if name not in roles]
    if "body" not in roles:
        findings.append("there is no text of the document")
    if "heading" in roles and "number" in roles and roles.index("number") != roles.index("heading") + 1:
        findings.append("the number stands directly under the office's name")
    if "office" in roles and "date" in roles and roles.index("date") != roles.index("office") + 1:
        findings.append("the date stands directly under the office that signs")
    colophon = [i for i, role in enumerate(roles) if role in ("copies", "issued")]
    if colophon and colophon != list(range(len(roles) - len(colophon), len(roles))):
        findings.append("copies and the line of issue stand at the end")
    return findings


def laid_out(paragraphs: Sequence[Paragraph], *, sealed: bool) -> list[dict[str, Any]]:
    """The elements for the layout, with those joined that are set together."""
    by_role = {p.role: p for p in paragraphs}
    joined = [_joined(paragraph, by_role, paragraphs, sealed) for paragraph in paragraphs]
    elements = _figured([element for element in (*joined, _colophon(by_role)) if element is not None])
    for element, following in pairwise(elements):
        if element["role"] in ("rank1", "rank2") and following["role"] in (TABLE, FIGURE):
            element["keep"] = True  # a heading does not stay behind at the foot of a page
        if element["role"] == "title":
            element["spaced"] = following["role"] != "addressee"  # which keeps its own distance from the title
    _signed_with_text(elements)
    _annexed(elements)
    return elements


def _signed_with_text(elements: Sequence[dict[str, Any]]) -> None:
    """The last lines of the text go with the signature: no page bears it alone (GB/T 9704-2012, 7.3.5.5)."""
    roles = [element["role"] for element in elements]
    signed = roles.index("signature") if "signature" in roles else 0
    elements[signed]["keep"] = roles[signed + 1 : signed + 2] == ["note"]
    for number in range(signed - 1, 0, -1):
        annexed = roles[number + 1] == "annexes"
        if roles[number] not in ("body", "annexes") or (annexed and roles.count("body") == 1):
            return  # the only paragraph stays under the title where the list of annexes can go alone
        elements[number]["keep"] = True
        if roles[number] == "body":
            return


def _annexed(elements: Sequence[dict[str, Any]]) -> None:
    """What follows the signature as a part with a heading, or as a table, begins a page."""
    signed = next((n for n, element in enumerate(elements) if element["role"] == "signature"), len(elements))
    annex = next((element for element in elements[signed:] if element["role"] in ANNEXED), None)
    if annex is not None:
        annex["page"] = True


def pictures_of(paragraphs: Sequence[Paragraph]) -> list[Picture]:
    """The pictures that the document prints, in order: the layout knows each by its place among them."""
    return [p.picture for p in paragraphs if p.picture is not None]


def _figured(elements: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Pictures that follow each other are one element, each with its caption: small ones stand side by side."""
    found: list[dict[str, Any]] = []
    count = 0
    for element in elements:
        last = found[-1] if found and found[-1]["role"] == FIGURE else None
        if element["role"] == FIGURE:
            count += 1
            item = {**element["item"], "number": count, "caption": None}
            found += [] if last else [{"role": FIGURE, "items": []}]
            found[-1]["items"].append(item)
        elif element["role"] == CAPTION and last and last["items"][-1]["caption"] is None:
            last["items"][-1]["caption"] = element["text"]
        else:
            found.append(element)
    return found


def _joined(
    paragraph: Paragraph, by_role: Mapping[str, Paragraph], paragraphs: Sequence[Paragraph], sealed: bool
) -> dict[str, Any] | None:
    """The element that begins with `paragraph`; None where it belongs to another one."""
    role, headed = paragraph.role, "heading" in by_role
    if role in ("date", "copies", "issued") or (role == "number" and headed):
        return None
    if role == TABLE:
        return _table(paragraph)
    if paragraph.picture is not None:
        size = {"width_mm": paragraph.picture.width_mm, "height_mm": paragraph.picture.height_mm}
        return {"role": FIGURE, "item": size}
    if role == "annexes":
        annexes = [p for p in paragraphs if p.role == role]
        return {"role": role, "items": [p.text for p in annexes]} if paragraph is annexes[0] else None
    more: dict[str, Any] = {}
    if role == "heading":
        more = {"number": _text(by_role, "number")}
    elif role == "title":
        more = {"gap": "title_gap_lines" if headed else "addressee_gap_lines" if "number" in by_role else None}
    elif role == "office":
        date = _text(by_role, "date")
        return {"role": "signature", "office": paragraph.text, "date": date, "sealed": sealed}
    return {"role": role, "text": paragraph.text, **more}


def _colophon(by_role: Mapping[str, Paragraph]) -> dict[str, Any] | None:
    """The imprint (版记) at the foot of the last page."""
    copies, issued = _text(by_role, "copies"), _text(by_role, "issued")
    if copies is None and issued is None:
        return None
    return {"role": "colophon", "copies": copies, "issued": None if issued is None else issued.split("\t", 1)}


def _text(by_role: Mapping[str, Paragraph], role: str) -> str | None:
    return by_role[role].text if role in by_role else None


def _table(paragraph: Paragraph) -> dict[str, Any]:
    width = max(len(row) for row in paragraph.rows)
    rows = [(*row, *[""] * (width - len(row))) for row in paragraph.rows]
    return {
        "role": TABLE,
        "widths": _shares(list(zip(*rows, strict=True))),
        "headings": paragraph.headings,
        "cells": [cell for row in rows for cell in row],
    }


def _shares(columns: Sequence[Sequence[str]]) -> list[int]:
    """By column its share of what the others leave; 0: as wide as its longest cell. One at least has a share."""
    longest = [max(map(_characters, cells), default=0) for cells in columns]
    widest = max(longest)
    if sum(one for one in longest if one <= ONE_LINE and one != widest) > ROOM:
        words = [max(map(_longest_word, cells), default=0) for cells in columns]
        return [max(min(one, SHARE_IN_NEED), LEAST_SHARE, word + 3) for one, word in zip(longest, words, strict=True)]
    return [min(one, MAX_SHARE) or 1 if one > ONE_LINE or one == widest else 0 for one in longest]


def _characters(text: str) -> int:
    """The width of a text in halves of a Chinese character."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _longest_word(text: str) -> int:
    """The longest run of letters or digits, which no line breaks."""
    return max((len(run) for run in re.findall(r"[!-~]+", text)), default=0)


def all_words(paragraphs: Iterable[Paragraph]) -> str:
    """Everything that the document prints, in order."""
    return "".join(paragraph.words for paragraph in paragraphs)
