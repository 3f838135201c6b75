"""A morning's work for the invented office: cases in every state, with findings, opinions and documents."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

import typst
from sqlalchemy import Engine, text

from data.blobs import Blobs
from data.cases import service
from data.cases.attachments import keep_attachment
from data.cases.model import Action, Opening
from data.db import reading
from tests.samples.office import BEGIN, COUNTY, Office

STREETS = ("示例路", "虚构大道", "样本巷", "演示街", "试验里", "范例桥")
LETTER = """
#set page(width: 210mm, height: 297mm, margin: 26mm)
#set text(size: 14pt, lang: "zh", font: ("Noto Serif CJK SC", "Noto Serif SC", "SimSun"))
#align(center, text(20pt, weight: "bold")[灯杆编号申请书（虚构）])
#v(12mm)
申请人在 {street} 新设灯杆一座，请予编号。

#v(6mm)
#rect(width: 100%, height: 70mm, stroke: 0.6pt)[#align(center + horizon)[位置示意图（虚构）]]
"""


#: What each case is an example of, by the number in its title.
EXAMPLES = {
    1: "overdue", 2: "approved", 3: "correcting", 4: "review", 5: "findings", 6: "without_paper",
    **{number: f"new{number}" for number in range(7, 14)},
}  # fmt: skip
#: Where the clock stands after `fill`.
AFTERWARDS = BEGIN + timedelta(days=17, hours=2)


@dataclass(frozen=True)
class Caseload:
    """The cases by what they are an example of: their ids and numbers."""

    cases: dict[str, dict[str, Any]]

    def number(self, what: str) -> str:
        number: str = self.cases[what]["number"]
        return number

    def id(self, what: str) -> UUID:
        return UUID(self.cases[what]["id"])


def stored(engine: Engine) -> Caseload:
    """The cases of a database on which `fill` was done."""
    with reading(engine) as connection:
        rows = connection.execute(text("SELECT id, number, title FROM diming.case_file")).mappings().all()
    number_of = re.compile(r"(\d+)号")
    found = ((number_of.search(row["title"]), row) for row in rows)
    return Caseload({EXAMPLES[int(m[1])]: {"id": str(row["id"]), "number": row["number"]} for m, row in found if m})


@cache
def letter(street: str) -> bytes:
    """An application of one page."""
    made = typst.compile(LETTER.replace("{street}", street).encode())
    assert isinstance(made, bytes)
    return made


def act(office: Office, who: str, case: dict[str, Any], action: str, **fields: str) -> dict[str, Any]:
    """One step."""
    return service.act(office.casework, office[who], UUID(case["id"]), Action(action, fields))


def open_one(office: Office, blobs: Blobs, number: int, *, paper: bool = True) -> dict[str, Any]:
    """A case of the applicant, with its application unless that is what it lacks."""
    street = STREETS[number % len(STREETS)]
    papers = []
    if paper:
        name = f"申请书（{street}{number}号）.pdf"
        papers = [keep_attachment(office.casework, blobs, office["applicant"], io.BytesIO(letter(street)), name)["id"]]
    facts = {"street": street, "position": [112.1401 + number / 1000, 32.0423]}
    opening = Opening("sample.lamp_post", f"{street}{number}号灯杆", COUNTY, facts, papers)
    return service.open_case(office.casework, office["applicant"], opening)


def fill(office: Office, blobs: Blobs) -> Caseload:
    """Thirteen cases over three weeks; the office's clock stands at the end of them."""
    people = {name: str(actor.account_id) for name, actor in office.people.items()}
    cases: dict[str, dict[str, Any]] = {}
    cases["overdue"] = open_one(office, blobs, 1)
    act(office, "clerk", cases["overdue"], "assign", to=people["clerk"])
    cases["approved"] = open_one(office, blobs, 2)
    act(office, "clerk", cases["approved"], "accept")
    act(office, "mayor", cases["approved"], "approve", number="SL-0002")
    office.clock.forward(days=9)
    cases["correcting"] = open_one(office, blobs, 3, paper=False)
    _find(office, cases["correcting"], "block", "申请书没有附位置图。", "补交标明坐标的位置图。")
    act(office, "clerk", cases["correcting"], "ask_corrections")
    cases["review"] = open_one(office, blobs, 4)
    act(office, "clerk", cases["review"], "assign", to=people["reviewer"])
    act(office, "clerk", cases["review"], "accept")
    act(office, "reviewer", cases["review"], "call_expert", to=people["expert"])
    act(office, "expert", cases["review"], "opine", text="灯杆间距符合要求，同意编号。", stance="for")
    act(office, "expert", cases["review"], "vote", stance="for")
    act(office, "reviewer", cases["review"], "consult", to=people["governor"], text="此处将改扩建，请提出意见。",
        due_on="2026-03-27")  # fmt: skip
    office.clock.forward(days=8)
    cases["findings"] = open_one(office, blobs, 5)
    _find(office, cases["findings"], "block", "街道名称与标准地名不符。", "改用标准地名后重新提交。")
    _find(office, cases["findings"], "warn", "位置图没有比例尺。", "在图上标注比例尺。")
    _find(office, cases["findings"], "info", "邻近已有两座灯杆。", None)
    cases["without_paper"] = open_one(office, blobs, 6, paper=False)
    for number in range(7, 14):
        cases[f"new{number}"] = open_one(office, blobs, number)
    office.clock.forward(hours=2)
    return Caseload(cases)


def _find(office: Office, case: dict[str, Any], severity: str, message: str, cure: str | None) -> None:
    given = {"rule": "示例规则", "severity": severity, "message": message, "article": "示例灯杆编号办法 第三条（虚构）"}
    act(office, "clerk", case, "find", **given, **({"cure": cure} if cure else {}))
