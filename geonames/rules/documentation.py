"""A rule as a page of the documentation, from its rows alone. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

_SEVERITY = {"block": "禁止 block", "warn": "提示 warn", "ask": "核实 ask"}
_MARK = {"V": "见于来源 seen in its source", "M": "凭记忆 from memory", "I": "推定 inferred"}
_MADE = "从 `data/rules/naming/` 生成,由 `./diming rules docs` 写出。Made from the rows; do not edit."


def rule_page(rule: dict[str, Any]) -> str:
    """One rule: its rows, latest national first, with cases and sources."""
    rows = sorted(rule["rows"], key=lambda r: (r["region"] or "", _backwards(r["valid"]["from"])))
    parts = [f"# {rule['id']} {rule['title']} · {rule['title_en']}", _MADE, *(_row(row) for row in rows)]
    return "\n\n".join(parts) + "\n"


def _backwards(day: str) -> tuple[int, ...]:
    return tuple(-int(part) for part in day.split("-"))


def _row(row: dict[str, Any]) -> str:
    where = f"行政区划代码 {row['region']}" if row["region"] else "全国 whole country"
    until = f" 至 {row['valid']['to']}（不含）" if row["valid"]["to"] else " 起"
    lines = [
        f"## {where},{row['valid']['from']}{until}",
        "",
        f"* **{row['article']}** · {row['article_en']}",
        f"* {row['text']} · {row['text_en']}",
        f"* 层级 level: `{row['level']}`",
        f"* 类别 classes: {_listed(row['classes'])}；事项 matters: {_listed(row['kinds'])}",
        _source(row["source"]),
        f"* 本行 this row: {_MARK[row['mark']]}",
    ]
    lines += [f"* 说明 note: {row['note']} · {row['note_en']}"] if row["note"] else []
    lines += _grounds(row["grounds"])
    lines += _parameters(row["check"], row["parameters"])
    return "\n".join([*lines, "", *_cases(row["cases"])])


def _source(source: dict[str, Any]) -> str:
    seen = f"{source['seen']} · {source['seen_en']}; {_MARK[source['mark']]}"
    return f"* 来源 source: {source['title']} · {source['title_en']} ({seen})"


def _listed(values: Sequence[str]) -> str:
    return ", ".join(f"`{value}`" for value in values) or "全部 all"


def _grounds(grounds: dict[str, str]) -> list[str]:
    named = ", ".join(f"`{ground}` → `{severity}`" for ground, severity in grounds.items())
    return [f"* 可减轻的理由 grounds that lower it: {named}"] if named else []


def _parameters(check: str, parameters: dict[str, Any]) -> list[str]:
    said = [f"* 检查 check: `{check}`"]
    return said + [
        f"    * `{key}`: `{json.dumps(value, ensure_ascii=False)}`" for key, value in parameters.items() if value
    ]


def _cases(cases: Sequence[dict[str, Any]]) -> list[str]:
    return [
        "| 情形 case | 程度 severity | 提示 message | 办法 cure |",
        "| --- | --- | --- | --- |",
        *(
            f"| `{case['case']}` | {_SEVERITY[case['severity']]} | {case['message']}<br>{case['message_en']} "
            f"| {case['cure']}<br>{case['cure_en']} |"
            for case in cases
        ),
    ]


def index_page(rules: Sequence[dict[str, Any]]) -> str:
    """The list of the rules, with the article in force last and its severities."""
    lines = [
        "# 命名规则 · Naming rules",
        "",
        _MADE,
        "",
        "How they are kept, and how an office adds its own: [naming rules](../guide/naming-rules.md).",
        "",
        "| 规则 rule | | 依据 article | 程度 severity |",
        "| --- | --- | --- | --- |",
    ]
    return "\n".join([*lines, *(_index_line(rule) for rule in rules)]) + "\n"


def _index_line(rule: dict[str, Any]) -> str:
    row = [r for r in rule["rows"] if not r["region"]][-1]
    order = ("block", "warn", "ask")
    severities = sorted({case["severity"] for case in row["cases"]}, key=order.index)
    title = f"{rule['title']} · {rule['title_en']}"
    return f"| [{rule['id']}]({rule['id']}.md) | {title} | {row['article']} | {', '.join(severities)} |"
