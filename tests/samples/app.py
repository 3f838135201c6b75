"""The application before the office of the samples, as a server process makes it: `tests.samples.app:create()`."""

from __future__ import annotations

from fastapi import FastAPI

from api.serving import serving_app
from data.clock import system_clock
from tests.samples.office import make_casework


def create() -> FastAPI:
    """The application for the environment's settings, with the sample procedure and the time of day."""
    app = serving_app()
    app.state.casework = make_casework(app.state.databases.office, system_clock)
    return app
