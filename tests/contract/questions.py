"""The questions whose real answers are kept as the examples of the OpenAPI document.

`python -m tests.contract.questions URL` asks them of a server that holds the
demonstration and writes `api/v1/examples/`.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from data.clock import civil_date, system_clock

EXAMPLES = Path(__file__).parents[2] / "api" / "v1" / "examples"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question; `body` is sent as JSON by POST."""

    path: str
    body: dict[str, Any] | None = None


ANSWERS = {
    "root": Asked("/v1"),
    "viewer": Asked("/v1/viewer"),
    "unit": Asked("/v1/units/330522?as_of=1985-06-30"),
    "units": Asked("/v1/units?parent=420600&as_of=2010-11-25&limit=2"),
    "unit-history": Asked("/v1/units/110103/history"),
    "unit-annals": Asked("/v1/units/420607/annals"),
    "unit-seats": Asked("/v1/units/330603/seats"),
    "seats": Asked("/v1/seats?within=330000&limit=1"),
    "translation": Asked("/v1/codes/341400/translate"),
    "translations": Asked("/v1/codes/translate", {"codes": ["420600", "999999"], "from": "1990-01-01"}),
    "places": Asked("/v1/places?q=襄樊&limit=1"),
    "suggest": Asked("/v1/suggest?q=hz西湖&limit=1"),
    "place": Asked("/v1/places/5f255034-5091-50fc-ba39-ab2310e68b2d"),
    "reverse": Asked("/v1/reverse?lon=119.91&lat=31.0"),
    "decisions": Asked("/v1/decisions?q=襄樊市更名&limit=1"),
    "decision": Asked("/v1/decisions/7c2831c0-33c8-5746-b0ac-ba0577d84a44"),
    "changes": Asked("/v1/changes?limit=1"),
    "snapshot": Asked("/v1/snapshot?seq=1&limit=2"),
    "romanization": Asked("/v1/romanize?name=六安市&class=ADMIN_DIVISION&within=341500"),
    "romanizations": Asked(
        "/v1/romanize", {"items": [{"name": "呼和浩特市"}, {"name": "解放路南小街", "class": "STREET"}, {"name": ""}]}
    ),
    "unit-spellings": Asked("/v1/units/131025/spellings"),
    "romanizations-review": Asked("/v1/romanizations/review?reason=sources-disagree&collection=units&limit=2"),
    "classes": Asked("/v1/classes?as_of=2026-01-01&limit=2"),
    "lines": Asked("/v1/lines?name=长安线"),
    "line": Asked("/v1/lines/54d272a5-008a-5c3d-bca0-7394a9c67f70"),
    "line-versions": Asked("/v1/lines/54d272a5-008a-5c3d-bca0-7394a9c67f70/versions"),
    "markers": Asked("/v1/markers?limit=1"),
    "marker-schemes": Asked("/v1/marker-schemes?limit=1"),
    "rules": Asked("/v1/rules?as_of=2024-01-01&limit=2"),
    "rule": Asked("/v1/rules/R36"),
    "name-check": Asked("/v1/names/check?name=平山县&class=ADMIN_DIVISION&within=511500&as_of=2024-06-01"),
    "name-checks": Asked(
        "/v1/names/check",
        {
            "items": [
                {"name": "毫州市", "class": "ADMIN_DIVISION", "as_of": "2024-06-01"},
                {"name": " ", "class": "STREET"},
            ]
        },
    ),
    "name-counts": Asked("/v1/statistics/names?class=ADMIN_DIVISION&level=county&as_of=2024-12-31&limit=1"),
}

PROBLEMS = (
    Asked("/v1/units/420600?as_of=2030-01-01"),
    Asked("/v1/units/420600?as_of=1970-01-01"),
    Asked("/v1/units/420600?as_of=1986"),
    Asked("/v1/units/420600?asof=1990-01-01"),
    Asked("/v1/units/420600?as_of=1990-01-01&as_of=1991-01-01"),
    Asked("/v1/units/420600?known_at=2024"),
    Asked("/v1/units/4206"),
    Asked("/v1/units/999999"),
    Asked("/v1/units/110103?as_of=2020-01-01"),
    Asked("/v1/units/330522/geometry"),
    Asked("/v1/units?level=village"),
    Asked("/v1/units?limit=5000"),
    Asked("/v1/units?cursor=abc"),
    Asked("/v1/places?class=RIVER"),
    Asked("/v1/places?type=221"),
    Asked("/v1/places?q=%20"),
    Asked("/v1/places?q=%07"),
    Asked("/v1/places?q=" + "地" * 201),
    Asked("/v1/places?bbox=170,10,-170,20"),
    Asked("/v1/places?bbox=110,40,120,30"),
    Asked("/v1/places?bbox=110,40"),
    Asked("/v1/places?status=closed"),
    Asked("/v1/places?sort=name"),
    Asked("/v1/places?sort=distance"),
    Asked("/v1/places?near=120,30&radius=0"),
    Asked("/v1/places?polygon=POLYGON((0 0))"),
    Asked("/v1/places?polygon=POLYGON((" + ",".join("1 1" for _ in range(2001)) + "))"),
    Asked("/v1/places?bbox=119,30,120,31&polygon=POLYGON((119 30,120 30,120 31,119 30))"),
    Asked("/v1/places/1"),
    Asked("/v1/places/00000000-0000-0000-0000-000000000000"),
    Asked("/v1/reverse?lon=125&lat=30"),
    Asked("/v1/reverse?lon=31&lat=119.91"),
    Asked("/v1/reverse?lon=125"),
    Asked("/v1/decisions/00000000-0000-0000-0000-000000000000"),
    Asked("/v1/decisions?year=MMX"),
    Asked("/v1/changes?since=-1"),
    Asked("/v1/changes?wait=600"),
    Asked("/v1/changes?collection=secrets"),
    Asked("/v1/codes/translate", {"codes": ["420600"] * 10_001}),
    Asked("/v1/romanize?name=%20"),
    Asked("/v1/romanize?name=%07"),
    Asked("/v1/romanize?name=" + "地" * 501),
    Asked("/v1/romanize", {"items": [{"name": "六安市"}] * 2_001}),
    Asked("/v1/codes/translate", {"code": "420600"}),
    Asked(
        "/v1/names/check",
        {
            "name": "平山县",
            "class": "ADMIN_DIVISION",
            "as_of": "2024-06-01",
            "overrides": [{"rule": "R06", "ground": "whim", "reason": "?"}],
        },
    ),
    Asked(
        "/v1/names/check",
        {"name": "沿河路", "class": "STREET", "as_of": "2024-06-01", "geometry": {"type": "Line"}},
    ),
    Asked("/v1/rules/R99"),
    Asked("/v1/lines/00000000-0000-0000-0000-000000000000"),
    Asked("/v1/lines/54d272a5-008a-5c3d-bca0-7394a9c67f70?as_of=1999-01-01"),
    Asked("/v1/lines/54d272a5-008a-5c3d-bca0-7394a9c67f70/export?crs=EPSG:2433"),
)

#: What differs from one installation, run or request to the next, and what stands for it in the examples.
VARYING = {
    "request_id": "3f0c9a4be7d14c53a0c4a1f2b6d7e890",
    "at": "2026-01-01T00:00:00Z",
    "recorded_at": "2026-01-01T00:00:00Z",
}
#: Stands for the day on which this installation was loaded.
LOADED_ON = "2026-01-01"


def ask(client: httpx.Client, question: Asked) -> Any:
    """The answer, with fixed values where it would vary."""
    method = "GET" if question.body is None else "POST"
    answer = client.request(method, question.path, json=question.body)
    return _fixed(answer.json())


def examples(client: httpx.Client) -> dict[str, Any]:
    """All examples by the name of their file; a problem's is its code."""
    found = {name: ask(client, question) for name, question in ANSWERS.items()}
    for question in PROBLEMS:
        problem = ask(client, question)
        found[f"problem-{problem['code']}"] = problem
    return found


def _fixed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _value(key, item) for key, item in value.items()}
    if isinstance(value, list):
        return [_fixed(item) for item in value]
    return value


def _value(key: str, item: Any) -> Any:
    # what is loaded from this repository was retrieved on the day of the load
    if key == "retrieved_on" and item == str(civil_date(system_clock())):
        return LOADED_ON
    return VARYING.get(key) or _fixed(item)


def main() -> None:
    """Write the examples anew."""
    EXAMPLES.mkdir(exist_ok=True)
    with httpx.Client(base_url=sys.argv[1], timeout=60) as client:
        for name, value in examples(client).items():
            text = json.dumps(value, ensure_ascii=False, indent=2)
            (EXAMPLES / f"{name}.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
