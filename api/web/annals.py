"""The annals of a unit in words (区划沿革), in the language of a page: for the page, the Word file, the command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from api.web.i18n import Translator
from data.documents.blank import blank
from data.documents.elements import TABLE

#: The order in which what happened on a day is told.
TOLD = ("start", "established", "renamed", "retyped", "recoded", "moved", "ended")


def sentence(t: Translator, entry: Mapping[str, Any]) -> str:
    """What happened by one document on one day, without its date and document."""
    said = [*_events(t, entry), *_land(t, entry["land"])]
    return t("annals.then").join(said) + t("annals.stop")


def _events(t: Translator, entry: Mapping[str, Any]) -> Iterator[str]:
    """A clause for each event; a new name with a new type is one (撤县设市), and the retyping tells both."""
    events, values = set(entry["events"]), _values(entry)
    for event in (e for e in TOLD if e in events and not (e == "renamed" and "retyped" in events)):
        yield t(f"annals.{_wording(event, values)}", **values)
        if event in ("start", "established") and values["parent"]:
            yield t("annals.under", **values)
    if not events and not entry["land"]:
        yield t("annals.changed", **values)


def _wording(event: str, values: Mapping[str, str]) -> str:
    if event != "moved":
        return event
    if not values["parent"]:
        return "moved_from"
    return "moved" if values["parent_before"] else "moved_to"


def _values(entry: Mapping[str, Any]) -> dict[str, str]:
    before, after = entry["before"] or {}, entry["after"] or {}
    return {
        "before": before.get("name", ""),
        "after": after.get("name", ""),
        "type": after.get("type", ""),
        "type_before": before.get("type", ""),
        "code": after.get("code", ""),
        "code_before": before.get("code", ""),
        "parent": (after.get("parent") or {}).get("name", ""),
        "parent_before": (before.get("parent") or {}).get("name", ""),
    }


def _land(t: Translator, edges: list[Mapping[str, Any]]) -> Iterator[str]:
    """A clause for each way in which land passed, with all units of that way.

    Land that passed with units below says no more than that: whether the unit was merged or split is not in it.
    """
    ordered = sorted(edges, key=_way)
    for (side, kind, derived, attested), same in groupby(ordered, key=_way):
        units = t("annals.and").join(dict.fromkeys(edge["unit"]["name"] for edge in same))
        if derived:
            extent = "all" if kind == "merger" else "part"
            yield t(f"annals.derived.{side}.{extent}", units=units)
        else:
            yield t(f"annals.{side}.{kind}", units=units) + ("" if attested else t("annals.unattested"))


def _way(edge: Mapping[str, Any]) -> tuple[str, str, bool, bool]:
    return edge["side"], edge["kind"], edge["derived"], edge["attested"]


def doubt(t: Translator, entry: Mapping[str, Any]) -> str:
    """What is to be said of a day that no document says; empty where one does."""
    if not entry["date_within"]:
        return ""
    first, last = entry["date_within"]
    return t("annals.within", first=t.day(first), last=t.day(last))


def rows(t: Translator, annals: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The entries as pages show them; `decision` None where only a list of codes says so."""
    documents = {decision["id"]: decision for decision in annals["decisions"]}
    return [
        {
            "date": entry["date"],
            "when": t.day(entry["date"]),
            "text": sentence(t, entry),
            "doubt": doubt(t, entry),
            "decision": _document(documents.get(entry["decision"])),
        }
        for entry in annals["entries"]
    ]


def _document(decision: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return decision if decision and decision["kind"] != "source_record" else None


def told(t: Translator, row: Mapping[str, Any]) -> str:
    """A row as one line of text: day, sentence, document, doubt."""
    number = row["decision"]["doc_no"] if row["decision"] else None
    line: str = t("annals.on", day=row["when"]) + row["text"] + (t("annals.doc", doc=number) if number else "")
    return line + (t("annals.doc", doc=row["doubt"]) if row["doubt"] else "")


def word_of(t: Translator, annals: Mapping[str, Any]) -> bytes:
    """The annals as a Word file: text, then a table with the documents; the same register gives the same bytes."""
    shown = rows(t, annals)
    lines = [("title", t("annals.title", name=annals["name"]))]
    if annals["demonstration"]:
        lines.append(("body", t("annals.demonstration")))
    lines.append(
        ("body", t("annals.covers", first=t.day(annals["register_from"]), last=t.day(annals["register_through"])))
    )
    lines += [("rank1", t("annals.text")), *(("body", told(t, row)) for row in shown)]
    cited = [row for row in shown if row["decision"]]
    if cited:
        heads = "\t".join(t(key) for key in ("annals.date", "annals.document"))
        table = "\n".join([heads, *(f"{row['when']}\t{_cited(row['decision'])}" for row in cited)])
        lines += [("rank1", t("annals.sources")), (TABLE, table)]
    return blank(lines)


def _cited(decision: Mapping[str, Any]) -> str:
    """Number and title in one cell: no tab or line break of theirs parts it."""
    return " ".join(" ".join(filter(None, (decision["doc_no"], decision["title"]))).split())
