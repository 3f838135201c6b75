"""How the layers of a GeoPackage are drawn: styles that QGIS finds by itself, in the table `layer_styles`.

One place for all that is given out (reports of the counter, comparisons,
differences, exports), so that the same thing looks the same everywhere: errors
are squares, warnings triangles, the legal line dashes and dots, and no colour
is alone in saying anything.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
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
INK, WHITE = "26,32,39,255", "255,255,255,255"
#: Of a filled area this much of 255 is seen.
SEE_THROUGH = "77"
SYMBOL: Mapping[Shape, tuple[str, str]] = {
    "point": ("marker", "SimpleMarker"),
    "line": ("line", "SimpleLine"),
    "area": ("fill", "SimpleFill"),
}
#: The table that QGIS reads styles from, as its own writer makes it.
LAYER_STYLES = """
    CREATE TABLE layer_styles (
        id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
        f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
        useAsDefault BOOLEAN, description TEXT(256), owner TEXT(30), ui TEXT(30),
        update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
    )
"""
CONTENTS = """
    INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change)
    VALUES ('layer_styles', 'attributes', 'layer_styles', '', '2000-01-01T00:00:00.000Z')
"""
INSERT_STYLE = """
    INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML,
        styleSLD, useAsDefault, description, owner, ui, update_time)
    VALUES ('', '', ?, 'geom', ?, ?, '', 1, ?, '', '', '2000-01-01T00:00:00.000Z')
"""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A sign: its colour (red, green, blue, alpha), width or size in millimetres, `mark` of a point, dashes of a line
    in millimetres (dash, gap, …), whether an area is filled."""

    shape: Shape
    colour: str
    size_mm: float
    mark: str = "circle"
    dash_mm: tuple[float, ...] = ()
    filled: bool = True

    def options(self) -> dict[str, str]:
        """As QGIS names them."""
        size = f"{self.size_mm:g}"
        if self.shape == "point":
            return {"name": self.mark, "color": self.colour, "size": size, "size_unit": "MM", "outline_color": INK,
                    "outline_width": "0.2", "outline_width_unit": "MM"}  # fmt: skip
        if self.shape == "line":
            dashed = {"use_custom_dash": "1", "customdash": ";".join(f"{d:g}" for d in self.dash_mm),
                      "customdash_unit": "MM"} if self.dash_mm else {}  # fmt: skip
            return {"line_color": self.colour, "line_width": size, "line_width_unit": "MM", "line_style": "solid",
                    **dashed}  # fmt: skip
        fill = f"{self.colour.rpartition(',')[0]},{SEE_THROUGH}"
        return {"color": fill, "style": "solid" if self.filled else "no", "outline_color": self.colour,
                "outline_width": size, "outline_width_unit": "MM", "outline_style": "solid"}  # fmt: skip


#: Width of a line or outline, and size of a point, of a finding.
FINDING_MM: Mapping[Shape, float] = {"point": 3.4, "line": 1.2, "area": 0.3}
#: The same of what was handed in, which is ground.
GROUND_MM: Mapping[Shape, float] = {"point": 1.8, "line": 0.26, "area": 0.3}
#: The legal line: dashes and dots as on official maps, black; the width is that of the county line of our sheets.
LEGAL = Symbol("line", INK, 0.4, dash_mm=(4, 1.2, 0.6, 1.2))
#: The outline of a unit.
UNIT = Symbol("area", INK, 0.3, filled=False)


def of_finding(shape: Shape, severity: str | None) -> Symbol:
    """The sign of a finding of `severity`, or (None) of what was handed in."""
    size = (FINDING_MM if severity else GROUND_MM)[shape]
    return Symbol(shape, COLOURS[severity], size, MARKS[severity], filled=severity is not None)


def style(symbol: Symbol, label: str | None = None) -> str:
    """The style (QML) of a layer that is drawn alike; `label`: the field that is written beside each."""
    symbols = f"<symbols>{_symbol(0, symbol)}</symbols>"
    return _style(f'type="singleSymbol" symbollevels="0" enableorderby="0" forceraster="0">{symbols}', label)


def style_by(field: str, symbols: Mapping[str, tuple[str, Symbol]], label: str | None = None) -> str:
    """The style (QML) of a layer that is drawn by the value of a field: words and sign by value."""
    listed = "".join(
        f'<category symbol="{n}" value={quoteattr(value)} label={quoteattr(words)} render="true" type="string"/>'
        for n, (value, (words, _)) in enumerate(symbols.items())
    )
    drawn = "".join(_symbol(n, symbol) for n, (_, symbol) in enumerate(symbols.values()))
    inner = f"<categories>{listed}</categories><symbols>{drawn}</symbols>"
    return _style(
        f'type="categorizedSymbol" attr={quoteattr(field)} symbollevels="0" enableorderby="0" forceraster="0">{inner}',
        label,
    )


def _symbol(number: int, symbol: Symbol) -> str:
    kind, layer = SYMBOL[symbol.shape]
    options = "".join(
        f'<Option type="QString" name={quoteattr(k)} value={quoteattr(v)}/>' for k, v in symbol.options().items()
    )
    return (
        f'<symbol type="{kind}" name="{number}" alpha="1" clip_to_extent="1" force_rhr="0">'
        f'<layer class="{layer}" enabled="1" locked="0" pass="0"><Option type="Map">{options}</Option></layer></symbol>'
    )


def _style(renderer: str, label: str | None) -> str:
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
        f'<qgis version="3.22.0" styleCategories="Symbology|Labeling" labelsEnabled="{int(label is not None)}">'
        f"<renderer-v2 {renderer}<rotation/><sizescale/></renderer-v2>{_labels(label)}</qgis>"
    )


def _labels(field: str | None) -> str:
    if field is None:
        return ""
    return (
        '<labeling type="simple"><settings calloutType="simple">'
        f'<text-style fieldName={quoteattr(field)} isExpression="0" fontSize="9" fontSizeUnit="Point" '
        f'textColor="{INK}">'
        f'<text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="{WHITE}"/>'
        "</text-style></settings></labeling>"
    )


def write_styles(path: Path, styled: Sequence[tuple[str, str, str]]) -> None:
    """Add to a GeoPackage the styles of its layers: (layer, QML, words of what it holds)."""
    with sqlite3.connect(path) as connection:
        connection.execute(LAYER_STYLES)
        connection.execute(CONTENTS)
        connection.executemany(INSERT_STYLE, [(name, name[:30], qml, title) for name, qml, title in styled])
    connection.close()
