"""The tables of an inspection's documents, made from its record alone: nothing is typed for them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from shapely.geometry import shape

from boundaries.geometry.ellipsoid import length_m
from boundaries.markers.model import Marker
from boundaries.markers.vocabulary import label_zh
from boundaries.records.checklist import checklist, contents
from boundaries.records.measurements import STATE, Measurement, by_witnesses, measured, of_task, off_of
from boundaries.records.model import SIDE_WORDS, Entry, Task

NOT_MEASURED = "未实测"
NOTHING = "—"
#: What a resurvey is, by the kind of its geometry.
RESURVEYED = {"Point": "点位", "LineString": "线状地物", "MultiLineString": "线状地物"}


def content_rows(entries: Sequence[Entry]) -> list[dict[str, str]]:
    """How each of the five contents was answered: how many questions, in order, changed, problems."""
    found = []
    for key, label in contents().items():
        answers = [entry.result for entry in entries if checklist()[entry.item].content == key]
        counts = {result: str(answers.count(result)) for result in ("in_order", "changed", "problem")}
        found.append({"content": label.zh, "answers": str(len(answers)), **counts})
    return found


def marker_rows(
    tasks: Sequence[Task], measurements: Sequence[Measurement], registered: Mapping[UUID, Marker]
) -> list[dict[str, str]]:
    """The markers as they were found: state, place, witness objects, photographs; one row for each who measured."""
    rows = []
    for task in tasks:
        if task.kind != "marker":
            continue
        photos = str(len(of_task(measurements, task.id, "photo")))
        marker = registered.get(task.target)
        taken = of_task(measurements, task.id, "marker")
        if marker is None or not taken:
            state = label_zh("marker_state", marker.state) if marker else NOTHING
            rows.append(_row(task.label, f"{state}（登记）", NOT_MEASURED, NOT_MEASURED, photos, ""))
        else:
            rows += [_measured_row(task, marker, one, photos) for one in taken]
    return rows


def _row(marker: str, state: str, place: str, witnesses: str, photos: str, remark: str) -> dict[str, str]:
    return {
        "marker": marker,
        "state": state,
        "place": place,
        "witnesses": witnesses,
        "photos": photos,
        "remark": remark or NOTHING,
    }


def _measured_row(task: Task, marker: Marker, one: Measurement, photos: str) -> dict[str, str]:
    fields = one.registration or {}
    said = "；".join(part for part in (SIDE_WORDS[one.side] if one.side != "joint" else "", one.remark) if part)
    found = measured(marker, {STATE: fields[STATE]} if fields.get(STATE) else {}).state
    return _row(task.label, label_zh("marker_state", found), off_text(marker, fields), witness_text(marker, fields),
                photos, said)  # fmt: skip


def off_text(marker: Marker, fields: Mapping[str, str]) -> str:
    """How far a marker was measured from its registered place, beside what both surveys can say."""
    off = off_of(marker, fields)
    if off is None:
        return NOT_MEASURED
    verdict = "超限" if off.beyond else "在限差内"
    return f"距登记位置{off.distance_m:.2f}米（限差{off.tolerance_m:.2f}米，{verdict}）"


def witness_text(marker: Marker, fields: Mapping[str, str]) -> str:
    """What the witness objects measured again say of its place."""
    found = by_witnesses(marker, fields)
    if found is None:
        told = any(value for key, value in fields.items() if key.startswith("witness_"))
        return "方位物更新" if told else NOT_MEASURED
    verdict = "证明移位" if found.proven else "相符" if found.distance_m <= found.tolerance_m else "互不一致"
    return f"按方位物距登记位置{found.distance_m:.2f}米（限差{found.tolerance_m:.2f}米，{verdict}）"


def resurvey_rows(tasks: Sequence[Task], measurements: Sequence[Measurement]) -> list[dict[str, str]]:
    """What was resurveyed (修测): where, what, how long, why."""
    labels = {task.id: task.label for task in tasks}
    return [
        {
            "task": labels[one.task],
            "what": RESURVEYED.get(str((one.geometry or {}).get("type")), "面状地物"),
            "length": length_text(one.geometry or {}),
            "remark": one.remark or NOTHING,
            "day": one.observed_on.isoformat(),
        }
        for one in measurements
        if one.kind == "resurvey"
    ]


def length_text(geometry: Mapping[str, Any]) -> str:
    """How long a resurveyed course is on the ellipsoid; nothing for points and areas."""
    if geometry.get("type") not in ("LineString", "MultiLineString"):
        return NOTHING
    return f"{length_m(shape(dict(geometry))):,.0f} 米"
