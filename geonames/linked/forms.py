"""A place as `/v1/places/{id}` shows it, in the forms of others. Pure.

Linked Places Format 1.3: https://github.com/LinkedPasts/linked-places-format; LP-TSV 0.5: the same; JSON-LD with the
words of https://schema.org. Coordinates are CGCS2000 longitude and latitude in all of them, and each says so where
it has a place for it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from geonames.places.classes import class_tree

Place = Mapping[str, Any]
LPF_CONTEXT = "https://raw.githubusercontent.com/LinkedPasts/linked-places/master/linkedplaces-context-v1.3.jsonld"
CRS_NOTE = "CGCS2000 (EPSG:4490), longitude first"
#: Prefixes of other gazetteers in the format, by our names for them.
NAMESPACES = {"geonames": "gn", "wikidata": "wd"}
#: Languages of names as BCP 47 has them.
_UNKNOWN = "und"
TSV_COLUMNS = (
    "id", "title", "title_source", "attestation_year", "start", "end", "title_uri", "ccodes", "matches", "variants",
    "types", "parent_name", "parent_id", "lon", "lat", "geo_source",
)  # fmt: skip


def linked_places(places: Iterable[Place], base: str) -> dict[str, Any]:
    """A Linked Places feature collection; `base`: the address of this installation."""
    features = [feature(place, base) for place in places]
    return {"type": "FeatureCollection", "@context": LPF_CONTEXT, "features": features}


def address(base: str, identifier: Any) -> str:
    """The stable identifier of a place."""
    return f"{base}/id/place/{identifier}"


def feature(place: Place, base: str) -> dict[str, Any]:
    """A place as a feature of the format."""
    told: dict[str, Any] = {
        "@id": address(base, place["id"]),
        "type": "Feature",
        "properties": {
            "title": place["name"],
            **({} if place.get("demonstration") else {"ccodes": ["CN"]}),
            "code": place.get("code"),
            "crs": CRS_NOTE,
            "demonstration": bool(place.get("demonstration")),
        },
        "geometry": geometry(place),
        "when": _when(place["life"], place["as_of"]),
        "names": [_name(name) for name in all_names(place)],
        "types": [_type(place)],
        "links": _links(place),
    }
    above = place.get("parent")
    if above is not None:
        told["relations"] = [
            {
                "relationType": "gvp:broaderPartitive",
                "relationTo": address(base, above["id"]),
                "label": above["name"],
                "when": {"timespans": [{"start": {"latest": str(place["as_of"])}}]},
            }
        ]
    return told


def geometry(place: Place) -> dict[str, Any] | None:
    """The position; null where none is known."""
    point = place["point"]
    if not point or point[0] is None:
        return None
    return {"type": "Point", "coordinates": [round(point[0], 6), round(point[1], 6)]}


def _when(valid: Mapping[str, Any], as_of: date) -> dict[str, Any]:
    """The time for which something held. Where the beginning is not known, it was there on the day asked about."""
    begun = valid.get("from")
    known = begun is not None and valid.get("precision") != "before"
    start = {"in": str(begun)} if known else {"latest": str(begun or as_of)}
    span: dict[str, Any] = {"start": start}
    if valid.get("to") is not None:
        span["end"] = {"in": str(valid["to"])}
    return {"timespans": [span]}


def all_names(place: Place) -> list[dict[str, Any]]:
    """Every name once: the one that holds first, then names of the past, then the others."""
    found = [_bearing(place), *place["past_names"], *place["names"]]
    seen: dict[tuple[str, str | None], dict[str, Any]] = {}
    for name in found:
        seen.setdefault((name["text"], name.get("script")), {**name, "as_of": place["as_of"]})
    first = {name["text"]: name for name in reversed(list(seen.values()))}
    return [name for name in seen.values() if first[name["text"]] is name]


def _bearing(place: Place) -> dict[str, Any]:
    """The name that it bears, with the name's own time: a place may be older than its name."""
    same = [name for name in (*place["past_names"], *place["names"]) if name["text"] == place["name"]]
    borne = [name for name in same if name["kind"] in ("standard", "unverified")]
    holding = [name for name in borne if _holds(name["valid"], place["as_of"])]
    own = {"text": place["name"], "language": "zh", "script": None, "kind": "standard", "valid": place["valid"]}
    return next(iter((*holding, *borne)), own)


def _holds(valid: Mapping[str, Any], day: Any) -> bool:
    """Days are dates or, in exports, their text in ISO 8601, which has the same order."""
    begins, ends = valid.get("from"), valid.get("to")
    return (begins is None or str(begins) <= str(day)) and (ends is None or str(day) < str(ends))


def _name(name: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"toponym": name["text"], "lang": _language(name), "kind": name["kind"]}
    if name["valid"].get("from") is not None or name["valid"].get("to") is not None:
        shown["when"] = _when(name["valid"], name["as_of"])
    if name.get("source"):
        shown["citations"] = [{"label": name["source"]}]
    return shown


def _language(name: Mapping[str, Any]) -> str:
    language, script = name.get("language") or "zh", name.get("script")
    return f"{language}-{script}" if script and language != _UNKNOWN else language


def _type(place: Place) -> dict[str, Any]:
    code = place["type"]
    found = class_tree().nearest(code) if code else None
    label = found.name_en if found else place["class"]
    words = [{"label": found.name_zh, "lang": "zh"}] if found else []
    return {"identifier": f"gbt18521:{code or place['class']}", "label": label, "sourceLabels": words}


def _link(found: Mapping[str, Any]) -> dict[str, str]:
    """Matched by name and position, which is not proof: a close match."""
    return {"type": "closeMatch", "identifier": f"{NAMESPACES[found['authority']]}:{found['external_id']}"}


def _links(place: Place) -> list[dict[str, str]]:
    """Links to the gazetteers that the format has a prefix for."""
    return [_link(found) for found in place["concordances"] if found["authority"] in NAMESPACES]


def geojson(places: Iterable[Place], base: str) -> dict[str, Any]:
    """A GeoJSON feature collection (RFC 7946 in form)."""
    return {"type": "FeatureCollection", "features": [_plain_feature(place, base) for place in places]}


def _plain_feature(place: Place, base: str) -> dict[str, Any]:
    kept = ("name", "roman", "class", "type", "code", "place_code", "unit", "as_of")
    return {
        "type": "Feature",
        "id": address(base, place["id"]),
        "geometry": geometry(place),
        "properties": {**{key: place.get(key) for key in kept}, "crs": CRS_NOTE},
    }


def schema_org(places: Sequence[Place], base: str) -> dict[str, Any]:
    """JSON-LD in the words of schema.org: one node, or a graph of several."""
    nodes = [_node(place, base) for place in places]
    if len(nodes) == 1:
        return {"@context": "https://schema.org", **nodes[0]}
    return {"@context": "https://schema.org", "@graph": nodes}


def _node(place: Place, base: str) -> dict[str, Any]:
    node: dict[str, Any] = {
        "@id": address(base, place["id"]),
        "@type": "AdministrativeArea" if place["class"] == "ADMIN_DIVISION" else "Place",
        "name": place["name"],
        "url": address(base, place["id"]),
        "alternateName": [name["text"] for name in all_names(place)[1:]],
        "identifier": [
            {"@type": "PropertyValue", "propertyID": key, "value": place[key]}
            for key in ("code", "place_code")
            if place.get(key)
        ],
    }
    point = geometry(place)
    if point is not None:
        node["geo"] = {
            "@type": "GeoCoordinates",
            "longitude": point["coordinates"][0],
            "latitude": point["coordinates"][1],
        }
    if place.get("parent") is not None:
        above = place["parent"]
        node["containedInPlace"] = {
            "@type": "AdministrativeArea",
            "@id": address(base, above["id"]),
            "name": above["name"],
        }
    return node


def lp_tsv(places: Iterable[Place], base: str) -> str:
    """LP-TSV: a line of heads and one line for each place."""
    return "".join(tsv_lines([places], base))


def tsv_lines(pieces: Iterable[Iterable[Place]], base: str) -> Iterator[str]:
    """LP-TSV as it is written: the line of heads, then the lines of each piece."""
    written = io.StringIO()
    writer = csv.DictWriter(written, TSV_COLUMNS, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writeheader()
    yield written.getvalue()
    for places in pieces:
        written.seek(0)
        written.truncate()
        writer.writerows(_row(place, base) for place in places)
        yield written.getvalue()


def _row(place: Place, base: str) -> dict[str, Any]:
    point, above, valid = geometry(place), place.get("parent"), place["life"]
    known = valid.get("from") is not None and valid.get("precision") != "before"
    return {
        "id": place["id"],
        "title": place["name"],
        "title_source": "Diming 地名",
        "attestation_year": place["as_of"].year,
        "start": valid["from"] if known else "",
        "end": valid.get("to") or "",
        "title_uri": address(base, place["id"]),
        "ccodes": "" if place.get("demonstration") else "CN",
        "matches": ";".join(found["identifier"] for found in _links(place)),
        "variants": ";".join(name["text"] for name in all_names(place)[1:]),
        "types": _type(place)["label"],
        "parent_name": above["name"] if above else "",
        "parent_id": address(base, above["id"]) if above else "",
        "lon": point["coordinates"][0] if point else "",
        "lat": point["coordinates"][1] if point else "",
        "geo_source": CRS_NOTE if point else "",
    }


#: The forms by their names in addresses, each with its media type and its writer.
FORMS: Mapping[str, tuple[str, Callable[[Sequence[Place], str], Any]]] = {
    "lpf": ("application/geo+json", linked_places),
    "geojson": ("application/geo+json", geojson),
    "jsonld": ("application/ld+json", schema_org),
    "lp-tsv": ("text/tab-separated-values", lp_tsv),
}
