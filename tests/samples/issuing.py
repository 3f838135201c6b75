"""The documents of the office of the sample procedure: their kinds, and under which numbers they are issued."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine

from data.db import unit_of_work
from data.documents import store
from data.documents.kinds import load_kinds
from data.documents.model import Documents, Marking
from data.ids import new_id
from tests.samples import SAMPLE_DOCUMENTS
from tests.samples.office import COUNTY

OFFICE = "示例县城市管理局（虚构）"


def sample_documents(marking: Marking = Marking.NONE) -> Documents:
    """The kinds of documents of the sample procedure."""
    return Documents(load_kinds(SAMPLE_DOCUMENTS), marking)


def add_numbering(engine: Engine) -> None:
    """Lay down who numbers what in the sample county: approvals under a head, all else as plain letters."""
    with unit_of_work(engine) as connection:
        for kind in sample_documents().kinds:
            headed = kind.key == "approval"
            values = {
                "id": new_id(),
                "kind": kind.key,
                "unit": COUNTY,
                "office": OFFICE,
                "heading": "示例县城市管理局文件" if headed else None,
                "series": "示城" if headed else "示城函",
                "sealed": True,
                "rare": "refuse",
                "from": date(2020, 1, 1),
                "by": "test",
            }
            connection.execute(store.ADD_NUMBERING, values)
