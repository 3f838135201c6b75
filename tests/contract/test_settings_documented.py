"""Every setting of the server is documented with its default, and no other."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from api.settings import Settings
from tests.contract.codes import REPOSITORY

ROW = re.compile(r"^\| (`DIMING_[^|]+) \| ([^|]+) \|", re.MULTILINE)


def documented() -> dict[str, str]:
    rows: dict[str, str] = {}
    for names, defaults in ROW.findall((REPOSITORY / "docs" / "api" / "README.md").read_text("utf-8")):
        variables = re.findall(r"`DIMING_([A-Z_]+)`", names)
        values = re.findall(r"`([^`]+)`", defaults) or [""] * len(variables)
        rows |= dict(zip(variables, values, strict=True))
    return rows


def test_every_setting_is_documented_with_its_default() -> None:
    defaults = {
        name.upper(): "" if field.is_required() else str(field.default) for name, field in Settings.model_fields.items()
    }
    said = documented()
    assert set(said) == set(defaults)
    for name, value in defaults.items():
        assert said[name].lower() == value.lower(), name


@pytest.mark.parametrize("bind", ["0.0.0.0", "192.168.1.2", "::"])
def test_a_demonstration_that_others_can_reach_does_not_start(bind: str) -> None:
    with pytest.raises(ValidationError, match="DIMING_DEMONSTRATION"):
        Settings(database_url="postgresql:///x", demonstration=True, bind=bind)


def test_the_origin_of_the_base_map_is_what_the_policy_needs() -> None:
    url = "https://t0.tianditu.example:8443/vec_w/wmts?tk=key&x={x}&y={y}&z={z}"
    settings = Settings(database_url="postgresql:///x", basemap_url=url)
    assert settings.basemap_origin == "https://t0.tianditu.example:8443"
    assert Settings(database_url="postgresql:///x").basemap_origin is None
