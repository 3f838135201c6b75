"""What a server process runs: the application, warm before it is copied into processes and before anybody asks."""

from __future__ import annotations

import gc

from fastapi import FastAPI


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
