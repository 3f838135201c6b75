"""The report of a screening as an Excel workbook: summary, one sheet for each group, all rows, what was not checked.

Every text is written as a text: a name that begins with `=`, `+`, `-` or `@` is never a
formula, and nothing becomes a link or a number by itself.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from data.errors import BadInput
from geonames.rules.model import Severity
from geonames.screening.groups import TITLES, Group, groups
from geonames.screening.service import Said, Screened, Screening

#: Characters of a cell (Excel specifications and limits); what is longer is cut, and says so.
LONGEST_CELL = 32_767
CUT = "…（已截短）"
SEVERITIES = {Severity.BLOCK: "不符合", Severity.WARN: "需说明", Severity.ASK: "请判断"}
FINDINGS = (
    ("行号", 7),
    ("名称", 22),
    ("程度", 8),
    ("规则", 8),
    ("依据", 26),
    ("问题", 44),
    ("所指部分", 12),
    ("涉及", 34),
    ("建议", 30),
)
#: A4 in Excel's numbering of paper sizes.
A4 = 9
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_report(screening: Screening, target: Path) -> None:
    """Write the report to `target`; a failure leaves what stood there.

    Raises `BadInput` `file_not_writable`.
    """
    try:
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=target.name)
        os.close(handle)
    except OSError as error:
        raise BadInput(f"{target} cannot be written: {error.strerror}.", code="file_not_writable") from error
    try:
        with xlsxwriter.Workbook(temporary, _OPTIONS) as book:
            _Report(book, screening).write()
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


class _Report:
    """One workbook on its way."""

    def __init__(self, book: Any, screening: Screening) -> None:
        self.book, self.screening = book, screening
        self.head = book.add_format({"bold": True, "bg_color": "#eceff2", "border": 1, "text_wrap": True})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.count = book.add_format({"num_format": "#,##0", "valign": "top"})
        self.severity = {
            Severity.BLOCK: book.add_format({"font_color": "#a8221a", "valign": "top"}),
            Severity.WARN: book.add_format({"font_color": "#7a5200", "valign": "top"}),
            Severity.ASK: book.add_format({"font_color": "#1c4b82", "valign": "top"}),
        }

    def write(self) -> None:
        """All sheets."""
        found = _by_group(self.screening.rows)
        self._summary(found)
        for group in Group:
            self._group(group, found[group])
        self._all_rows()
        self._not_checked()

    def _summary(self, found: dict[Group, list[tuple[Screened, Said]]]) -> None:
        sheet = self._sheet("汇总", (("", 30), ("", 16), ("", 60)), heading=False)
        screening = self.screening
        sheet.write_string(0, 0, "地名筛查报告", self.title)
        facts = [
            ("名单", screening.names.file),
            ("SHA-256", screening.names.sha256),
            ("编码", screening.names.encoding),
            ("依据何日的规定", screening.as_of.isoformat()),
            ("登记册截至", screening.register_day.isoformat()),
        ]
        numbers = [
            ("名单行数", len(screening.rows)),
            ("有问题的行", sum(bool(row.findings) for row in screening.rows)),
            ("没有发现问题的行", sum(not row.findings and row.problem is None for row in screening.rows)),
            ("未能筛查的行", sum(row.problem is not None for row in screening.rows)),
        ]
        line = 2
        for label, fact in facts:
            sheet.write_string(line, 0, label, self.text)
            sheet.write_string(line, 1, _fitting(fact), self.text)
            line += 1
        for label, number in numbers:
            sheet.write_string(line, 0, label, self.text)
            sheet.write_number(line, 1, number, self.count)
            line += 1
        self._table(sheet, line + 1, ("组", "行数", "说明"), _group_lines(found))
        self._table(sheet, line + 4 + len(Group), ("规则", "处数", "归组依据"), _rule_lines(found))

    def _table(self, sheet: Any, line: int, headings: Sequence[str], rows: Iterable[tuple[str, int, str]]) -> None:
        for column, heading in enumerate(headings):
            sheet.write_string(line, column, heading, self.head)
        for at, (label, number, note) in enumerate(rows, line + 1):
            sheet.write_string(at, 0, label, self.text)
            sheet.write_number(at, 1, number, self.count)
            sheet.write_string(at, 2, note, self.text)

    def _group(self, group: Group, found: list[tuple[Screened, Said]]) -> None:
        """The findings of a group, rule by rule, the most severe first."""
        sheet = self._sheet(TITLES[group].partition("：")[0], FINDINGS)
        order = list(Severity)
        ordered = sorted(found, key=lambda pair: (pair[1].rule, order.index(pair[1].severity), pair[0].row))
        for line, (row, said) in enumerate(ordered, 1):
            sheet.write_number(line, 0, row.row, self.count)
            texts = (row.name, SEVERITIES[said.severity], said.rule, said.article, said.message, said.part, said.meets)
            for column, text in enumerate((*texts, said.cure), 1):
                style = self.severity[said.severity] if column == 2 else self.text
                sheet.write_string(line, column, _fitting(text), style)

    def _all_rows(self) -> None:
        """Every row of the list in its order, with all its columns."""
        names = self.screening.names
        own = (("行号", 7), ("程度", 10), ("规则", 16), ("问题", 50))
        sheet = self._sheet("全部名称", (*own, *((heading, 18) for heading in names.headings)))
        for line, (row, cells) in enumerate(zip(self.screening.rows, names.rows, strict=True), 1):
            sheet.write_number(line, 0, row.row, self.count)
            worst = row.worst
            verdict = "未能筛查" if row.problem else SEVERITIES[worst] if worst else "未发现问题"
            rules = "、".join(sorted({said.rule for said in row.findings}))
            message = row.problem or " ".join(said.message for said in row.findings)
            sheet.write_string(line, 1, verdict, self.severity[worst] if worst else self.text)
            for column, text in enumerate((rules, message, *cells), 2):
                sheet.write_string(line, column, _fitting(text), self.text)

    def _not_checked(self) -> None:
        """Rules that could not be checked, why, and for how many rows: not checked is not passed."""
        sheet = self._sheet("未检查的规则", (("规则", 10), ("原因", 70), ("行数", 10)))
        counts = Counter(gap for row in self.screening.rows for gap in row.not_checked)
        for line, ((rule, why), number) in enumerate(sorted(counts.items()), 1):
            sheet.write_string(line, 0, rule, self.text)
            sheet.write_string(line, 1, _fitting(why), self.text)
            sheet.write_number(line, 2, number, self.count)

    def _sheet(self, name: str, columns: Sequence[tuple[str, int]], *, heading: bool = True) -> Any:
        """A sheet that prints on A4 across, as wide as the page, its first row on every page."""
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&R&P / &N")
        for at, (title, width) in enumerate(columns):
            sheet.set_column(at, at, width)
            if heading:
                sheet.write_string(0, at, _fitting(title), self.head)
        if heading:
            sheet.repeat_rows(0)
            sheet.freeze_panes(1, 0)
        return sheet


def _by_group(rows: Iterable[Screened]) -> dict[Group, list[tuple[Screened, Said]]]:
    found: dict[Group, list[tuple[Screened, Said]]] = defaultdict(list)
    for row in rows:
        for said in row.findings:
            found[said.group].append((row, said))
    return found


def _group_lines(found: dict[Group, list[tuple[Screened, Said]]]) -> Iterable[tuple[str, int, str]]:
    for group in Group:
        rows = {row.row for row, _ in found[group]}
        yield TITLES[group], len(rows), f"共{len(found[group])}处，见“{TITLES[group].partition('：')[0]}”表"


def _rule_lines(found: dict[Group, list[tuple[Screened, Said]]]) -> Iterable[tuple[str, int, str]]:
    counts = Counter(said.rule for pairs in found.values() for _, said in pairs)
    for rule, number in sorted(counts.items()):
        belonging = groups().get(rule)
        note = f"{belonging.source} [{belonging.mark}]" if belonging else TITLES[Group.OTHER]
        yield rule, number, note


def _fitting(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - len(CUT)] + CUT
