"""The certificate of address change (地址变更证明) in Word and PDF: what the register says, and where to check it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time
from typing import Any

from data.documents.blank import blank
from data.documents.fonts import Fonts
from data.documents.model import Marking
from data.documents.official import Setting, to_pdf
from data.documents.values import written_date
from data.documents.word import paragraphs_of


def word_of(change: Mapping[str, Any], checked_at: str) -> bytes:
    """The certificate as a Word file; `checked_at`: the address at which anybody sees the same."""
    return blank(_lines(change, checked_at))


def pdf_of(change: Mapping[str, Any], checked_at: str, fonts: Fonts) -> bytes:
    """The same as PDF/A-2u. BadInput `characters_without_glyph`; IntegrityError `document_incomplete`."""
    marking = Marking.DEMONSTRATION if change["plate"]["demonstration"] else Marking.NONE
    at = datetime.combine(change["later"]["day"], time(), UTC)
    setting = Setting("zh", marking, sealed=False, at=at, doc_no=number_of(change))
    return to_pdf(paragraphs_of(word_of(change, checked_at)), setting, fonts)


def number_of(change: Mapping[str, Any]) -> str:
    """The number of a certificate: of the same door and days the same, whoever makes it."""
    told = f"{change['plate']['id']} {change['earlier']['day']} {change['later']['day']}"
    return f"DZ-{hashlib.sha256(told.encode()).hexdigest()[:10].upper()}"


def _lines(change: Mapping[str, Any], checked_at: str) -> Iterator[tuple[str, str]]:
    earlier, later = change["earlier"], change["later"]
    yield "title", "地址变更证明"
    yield "number", number_of(change)
    yield "body", f"{written_date(earlier['day'], 'zh')}的地址：{earlier['address']}"
    yield "body", f"{written_date(later['day'], 'zh')}的地址：{later['address']}"
    if change["same"]:
        yield "body", "经查，上述两日登记的地址相同，没有变更。"
    else:
        days = "、".join(written_date(day, "zh") for day in change["changed_on"])
        yield "body", f"经查，上述两个地址为同一门牌在不同日期的标准地址，变更日期：{days}。"
    for decision in change["decisions"]:
        number = f"（{decision['doc_no']}）" if decision["doc_no"] else ""
        yield "body", f"依据：{decision['title']}{number}。"
    yield "body", f"门牌标识：{change['plate']['id']}。本证明由地名登记生成，任何人可在下列地址核对：{checked_at}"
    yield "note", "本证明只说明标准地址的变更，不证明房屋权属和居住情况。"
