"""QGIS styles (QML) of the layers of a report: the shape says how grave, as on the page; the number stands beside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from xml.sax.saxutils import quoteattr

Shape = Literal["point", "line", "area"]
#: Red, green, blue, alpha, as the pages have them (api/web/static/css/tokens.css): legal, warn-line, action, ink-soft.
COLOURS: Mapping[str | None, str] = {
    "error": "168,34,26,255",
    "warning": "217,169,58,255",
    "info": "28,75,130,255",
    None: "68,77,88,255",
}
MARKS: Mapping[str | None, str] = {"error": "square", "warning": "triangle", "info": "circle", None: "circle"}
OUTLINE = "26,32,39,255"
SYMBOL: Mapping[Shape, tuple[str, str]] = {
    "point": ("marker", "SimpleMarker"),
    "line": ("line", "SimpleLine"),
    "area": ("fill", "SimpleFill"),
}


def layer_style(shape: Shape, severity: str | None) -> str:
    """The style of a layer of findings of `severity`, or (None) of what was handed in."""
    kind, layer = SYMBOL[shape]
    options = "".join(f'<Option type="QString" name={quoteattr(k)} value={quoteattr(v)}/>'
                      for k, v in _options(shape, severity).items())  # fmt: skip
    symbol = (
        f'<symbol type="{kind}" name="0" alpha="1" clip_to_extent="1" force_rhr="0">'
        f'<layer class="{layer}" enabled="1" locked="0" pass="0"><Option type="Map">{options}</Option></layer></symbol>'
    )
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
        f'<qgis version="3.22.0" styleCategories="Symbology|Labeling" labelsEnabled="{int(severity is not None)}">'
        '<renderer-v2 type="singleSymbol" symbollevels="0" enableorderby="0" forceraster="0">'
        f"<symbols>{symbol}</symbols><rotation/><sizescale/></renderer-v2>{_labels(severity)}</qgis>"
    )


def _options(shape: Shape, severity: str | None) -> dict[str, str]:
    colour = COLOURS[severity]
    if shape == "point":
        size = "3.4" if severity else "1.8"
        return {"name": MARKS[severity], "color": colour, "size": size, "size_unit": "MM", "outline_color": OUTLINE,
                "outline_width": "0.2", "outline_width_unit": "MM"}  # fmt: skip
    if shape == "line":
        width = "1.2" if severity else "0.26"
        return {"line_color": colour, "line_width": width, "line_width_unit": "MM", "line_style": "solid"}
    fill = colour.rpartition(",")[0] + ",77"
    return {"color": fill, "style": "solid" if severity else "no", "outline_color": colour, "outline_width": "0.3",
            "outline_width_unit": "MM", "outline_style": "solid"}  # fmt: skip


def _labels(severity: str | None) -> str:
    """The number of the finding, as the report and its list have it."""
    if severity is None:
        return ""
    return (
        '<labeling type="simple"><settings calloutType="simple">'
        '<text-style fieldName="number" isExpression="0" fontSize="9" fontSizeUnit="Point" textColor="26,32,39,255">'
        '<text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="255,255,255,255"/>'
        "</text-style></settings></labeling>"
    )
