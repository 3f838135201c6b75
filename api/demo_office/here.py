"""The stage of this installation: what the commands and the start of the server work on."""

from __future__ import annotations

from sqlalchemy import Engine

from api.cli.environment import environment
from api.cli.lifecycle.start import is_demonstration
from api.demo_accounts import require_demonstration
from api.demo_office.model import Progress, Stage
from data.db import reading
from data.errors import NotPermitted


def stage_here(engine: Engine, progress: Progress) -> Stage:
    """The stage on this installation's database; with accounts only where nobody else can reach or works."""
    place = environment()
    try:
        with reading(engine) as connection:
            require_demonstration(connection, place, is_demonstration(place.home))
    except NotPermitted as refused:
        progress(refused.detail)
        return Stage(engine, place.home, progress)
    return Stage(engine, place.home, progress, with_accounts=True)
