"""What a server process runs: the application, warm before it is copied into processes and before anybody asks."""

from __future__ import annotations

import gc
import os
import time
from pathlib import Path

from fastapi import FastAPI

#: Seconds between two looks whether it is time.
EVERY_S = 0.05


def serving_app() -> FastAPI:
    """The application with its pages read and compiled.

    What is made here lives as long as the process: it is set apart from what the
    garbage collector looks through, so that processes made from this one go on sharing
    its memory and no request waits while half a million lasting objects are counted
    again (the advice of `gc.freeze` in Python's own documentation).
    """
    gc.disable()
    try:
        from api.app import create_app, warmed  # the larger part of the work is this import

        app = warmed(create_app())
        gc.collect()
        gc.freeze()
    finally:
        gc.enable()
    return app


def waiting_app() -> FastAPI:
    """The same, once the file that `DIMING_STANDBY_UNTIL` names is there: a server that stands by, ready."""
    app, until = serving_app(), Path(os.environ["DIMING_STANDBY_UNTIL"])
    while not until.exists():
        time.sleep(EVERY_S)
    return app
