"""An installation on a copy of the national register, before and after the demonstration comes in."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from api.demo_office.model import Stage
from data.server.home import home_at


@pytest.fixture
def stage(fresh_divisions: Engine, tmp_path: Path) -> Stage:
    return Stage(fresh_divisions, home_at(tmp_path), lambda _what: None)
