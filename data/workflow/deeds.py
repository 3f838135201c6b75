"""Deeds: what can be done in a case without moving it to another state. A state lists those it allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.workflow.model import Field, Label


@dataclass(frozen=True, slots=True)
class Deed:
    """One deed: the row of the permissions that must permit it, and what it brings with it."""

    key: str
    label: Label
    permission: str
    fields: tuple[Field, ...]


def _deed(key: str, zh: str, en: str, permission: str, *fields: Field) -> Deed:
    return Deed(key, Label(zh, en), permission, fields)


_ID = 36
_ROWS = (
    _deed("assign", "指派", "assign", "case.assign", Field("to", max_length=_ID)),
    _deed("attach", "提交附件", "hand in a document", "case.attach", Field("attachment", max_length=_ID)),
    _deed(
        "link",
        "关联",
        "link to another case",
        "case.link",
        Field("case", max_length=_ID),
        Field("relation", max_length=40),
    ),
    _deed(
        "find",
        "记录问题",
        "record a finding",
        "case.ask_corrections",
        Field("rule", max_length=200),
        Field("severity", max_length=5),
        Field("message"),
        Field("article", required=False, max_length=200),
        Field("cure", required=False),
    ),
    _deed(
        "settle_finding",
        "销号",
        "settle a finding",
        "case.ask_corrections",
        Field("finding", max_length=_ID),
        Field("reason"),
        Field("ground", required=False, max_length=40),
    ),
    _deed(
        "override_finding",
        "负责人依法决定",
        "override, on a legal basis",
        "case.override_finding",
        Field("finding", max_length=_ID),
        Field("reason"),
        Field("basis", max_length=300),
    ),
    _deed(
        "answer_finding", "答复问题", "answer a finding", "case.answer", Field("finding", max_length=_ID), Field("text")
    ),
    _deed("call_expert", "邀请专家", "call an expert", "case.consult", Field("to", max_length=_ID)),
    _deed(
        "opine",
        "出具意见",
        "give an opinion",
        "case.opine",
        Field("text"),
        Field("stance", required=False, max_length=11),
    ),
    _deed("vote", "表决", "vote", "case.vote", Field("stance", max_length=11), Field("text", required=False)),
    _deed(
        "consult",
        "征求意见",
        "consult",
        "case.consult",
        Field("to", max_length=_ID),
        Field("text"),
        Field("due_on", required=False, max_length=10),
    ),
    _deed(
        "reply",
        "回复意见",
        "reply",
        "case.reply",
        Field("answers", max_length=_ID),
        Field("text"),
        Field("stance", required=False, max_length=11),
    ),
    _deed("object", "提出异议", "object", "case.object", Field("text")),
)

#: All deeds by their key.
DEEDS: Mapping[str, Deed] = {deed.key: deed for deed in _ROWS}
