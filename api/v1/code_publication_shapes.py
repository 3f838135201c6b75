"""The shapes of publications of codes in answers, with an example of a county that never was."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from api.v1.inspection_shapes import Sent
from api.v1.params import CODE_PATTERN, Day
from api.v1.schemas import CodeAndName, DecisionBrief, Shape

ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60e1"
NUMBER = "990100-H-2026-01"
BRIEF: dict[str, Any] = {"id": ID, "doc_no": "云民发〔2026〕3号", "title": "关于撤销麦坡镇的批复（虚构）"}
CHANGE: dict[str, Any] = {
    "on": "2026-03-01",
    "late": False,
    "what": ["abolished"],
    "before": {"code": "990121101", "name": "麦坡镇", "parent_code": "990121"},
    "after": None,
    "into": ["990121100 横岭镇"],
    "decision": BRIEF,
}
CODE: dict[str, Any] = {
    "code": "990121100",
    "name": "横岭镇",
    "level": "township",
    "type": "镇",
    "parent_code": "990121",
    "uncertain": False,
}
PREVIOUS = {"id": ID, "number": "990100-H-2025-02"}
HASHES = {"codes_sha256": "0f" * 32, "changes_sha256": "f0" * 32}
PUBLICATION: dict[str, Any] = {
    "id": ID,
    "number": NUMBER,
    "kind": "half_yearly",
    "title": "2026年上半年乡级行政区划代码（虚构）",
    "note": "",
    "codes_on": "2026-06-30",
    "since": "2025-12-31",
    "codes": 5,
    "changes": 1,
    "recorded_at": "2026-07-03T09:00:00+08:00",
    "decision": ID,
    "demonstration": False,
    "unit": {"code": "990100", "name": "云溪市"},
    **HASHES,
    "previous": PREVIOUS,
    "corrects": None,
    "corrected_by": None,
    "next_due_on": "2026-12-31",
}
WHOLE: dict[str, Any] = {**PUBLICATION, "by": {**BRIEF, "title": "关于公布乡级行政区划代码的通知（虚构）"}}
PREVIEW: dict[str, Any] = {
    **{name: PUBLICATION[name] for name in ("kind", "codes_on", "since", "previous", "codes", "changes")},
    **HASHES,
    "next_due_on": "2026-12-31",
    "items": [CHANGE],
}
PUBLISHED: dict[str, Any] = {"id": ID, "number": NUMBER, "codes": 5, "changes": 1}

Kind = Literal["yearly", "half_yearly"]
What = Literal["established", "moved_in", "abolished", "moved_out", "renamed", "recoded", "retyped", "moved"]


class PublicationNamed(Shape):
    """Another publication."""

    id: UUID
    number: str


class PublishedSide(Shape):
    """A unit before or after a change."""

    code: str
    name: str
    parent_code: str | None


class PublishedChange(Shape):
    """What happened to one unit."""

    on: date = Field(description="The day from which it holds.")
    late: bool = Field(description="In effect before the last publication, recorded after it.")
    what: list[What]
    before: PublishedSide | None
    after: PublishedSide | None
    into: list[str] = Field(description="Code and name of the units that the land of one that ended went to.")
    decision: DecisionBrief | None = Field(description="As it was printed; null: no document is known.")


class PublishedCode(Shape):
    """A code in force."""

    code: str
    name: str
    level: Literal["province", "prefecture", "county", "township"]
    type: str
    parent_code: str | None
    uncertain: bool = Field(description="No document says that it was so on that day.")


class CodePublication(Shape):
    """A publication of codes. It is never changed; a later one may put it right (`corrected_by`)."""

    id: UUID
    number: str
    kind: Kind
    title: str
    note: str
    codes_on: date = Field(description="The day on which the codes were in force.")
    since: date | None = Field(description="The day that the changes are counted from; null: the first of its kind.")
    codes: int
    changes: int
    recorded_at: datetime
    decision: UUID
    demonstration: bool
    unit: CodeAndName | None = Field(description="Whose codes; null: the country's.")
    codes_sha256: str = Field(description="SHA-256 of codes.csv.")
    changes_sha256: str = Field(description="SHA-256 of changes.csv.")
    previous: PublicationNamed | None
    corrects: PublicationNamed | None
    corrected_by: PublicationNamed | None
    next_due_on: date | None


class CodePublications(Shape):
    """A page of publications, the latest first."""

    items: list[CodePublication]
    next: str | None
    as_of: date


class CodePublicationInFull(CodePublication):
    """A publication with its document."""

    by: DecisionBrief | None


class PublishedCodes(Shape):
    """A page of the codes of a publication."""

    items: list[PublishedCode]
    next: str | None
    number: str


class PublishedChanges(Shape):
    """A page of the changes of a publication."""

    items: list[PublishedChange]
    next: str | None
    number: str


class CodePreview(Shape):
    """What would be published; its hashes are those that the publication will bear."""

    kind: Kind
    codes_on: date
    since: date | None
    previous: PublicationNamed | None
    codes: int
    changes: int
    codes_sha256: str
    changes_sha256: str
    next_due_on: date
    items: list[PublishedChange]


class NewCodePublication(Sent):
    """Codes to be published. `title` is also that of the document. `within` absent: the country."""

    within: Annotated[str, Field(pattern=CODE_PATTERN, max_length=12)] | None = None
    kind: Kind
    codes_on: Day
    corrects: UUID | None = None
    title: Annotated[str, Field(min_length=1, max_length=200)]
    note: Annotated[str, Field(max_length=4000)] = ""
    authority: Annotated[str, Field(min_length=1, max_length=200)]
    doc_no: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    source: Annotated[str, Field(min_length=1, max_length=500)]


class CodesPublished(Shape):
    """The publication that was made."""

    id: UUID
    number: str
    codes: int
    changes: int
