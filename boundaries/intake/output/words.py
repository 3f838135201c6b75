"""What the files of a report say, in both languages; findings have words of their own."""

from __future__ import annotations

from boundaries.intake.catalogue import catalogue
from boundaries.intake.model import Finding
from boundaries.intake.report import SEVERITIES, VERDICTS, Language

#: English, Chinese.
WORDS: dict[str, tuple[str, str]] = {
    "title": ("Check of a boundary file", "界线数据检查报告"),
    "file": ("File", "文件"),
    "sha256": ("SHA-256", "SHA-256"),
    "verdict": ("Verdict", "结论"),
    "scale": ("Scale", "比例尺"),
    "against": ("Checked against", "对照的法定界线"),
    "layers": ("Layers", "图层"),
    "layer": ("Layer", "图层"),
    "geometry": ("Geometry", "几何类型"),
    "features": ("Features", "要素数"),
    "vertices": ("Vertices", "顶点数"),
    "crs": ("Coordinate system", "坐标系"),
    "declared": ("declared", "声明"),
    "believed": ("Believed", "判定"),
    "why": ("Why", "依据"),
    "encoding": ("Encoding", "编码"),
    "findings": ("Findings", "问题"),
    "number": ("No.", "序号"),
    "severity": ("Severity", "程度"),
    "kind": ("Kind", "类别"),
    "message": ("What and where", "问题说明"),
    "feature": ("Feature", "要素"),
    "field": ("Field", "字段"),
    "longitude": ("Longitude (CGCS2000)", "经度（CGCS2000）"),
    "latitude": ("Latitude (CGCS2000)", "纬度（CGCS2000）"),
    "file_x": ("X in the file", "文件中X"),
    "file_y": ("Y in the file", "文件中Y"),
    "rule": ("Rule", "规则"),
    "not_checked": ("Not checked", "未检查"),
    "check": ("Check", "检查项"),
    "tolerances": ("Tolerances", "限差"),
    "value": ("Value", "数值"),
    "summary": ("Summary", "摘要"),
    "counts": ("Number of each kind", "各类问题数量"),
    "nothing": ("Nothing was found.", "未发现问题。"),
    "map": ("Map of the findings", "问题分布图"),
    "no_map": ("No finding has a known position.", "各问题均无可定位的位置。"),
    "more": (
        "{count} further findings are not printed; the workbook and the GeoPackage have all of them.",
        "另有{count}条问题未打印，工作簿和GeoPackage中载有全部问题。",
    ),
    "changes_nothing": (
        "The check changes nothing in the file and nothing in the register.",
        "检查不改动文件，也不改动登记册。",
    ),
    "page": ("page", "页"),
}


def word(key: str, language: Language) -> str:
    """The text under `key`; KeyError for an unknown key."""
    return WORDS[key][language == "zh"]


def verdict_words(verdict: str, language: Language) -> str:
    """The verdict in words."""
    return VERDICTS[verdict][language == "zh"]


def severity_words(severity: str, language: Language) -> str:
    """The severity in a word."""
    return SEVERITIES[severity][language == "zh"]


def kind_words(kind: str, language: Language) -> str:
    """What the kind is called in the catalogue."""
    row = catalogue()[kind]
    return (row.title, row.title_zh)[language == "zh"]


def rule_words(finding: Finding, language: Language) -> str:
    """Why it is a finding."""
    return catalogue()[finding.kind].rule_zh if language == "zh" else finding.rule


def message(finding: Finding, language: Language) -> str:
    """The finding in words."""
    return finding.message_zh if language == "zh" else finding.message
