"""An S3 server on loopback: moto's, which speaks the protocol over HTTP and keeps what it is given in memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from api.cli.environment import environment
from api.cli.lifecycle import artefacts
from tests.installation import free_port

BUCKET = "documents"
#: Moto asks for some credentials and takes any.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}


@contextmanager
def object_store() -> Iterator[Mapping[str, str]]:
    """The variables by which a process keeps its documents there."""
    folder, port = artefacts.tested_service(environment().home, "objects"), free_port()
    variables = {**os.environ, "PYTHONPATH": str(folder), "MOTO_CALL_RESET_API": "false"}
    command = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _make_bucket(f"{address}/{BUCKET}", process)
        yield {"DIMING_OBJECTS_URL": f"s3://{BUCKET}/diming", "AWS_ENDPOINT_URL": address, **CREDENTIALS}
    finally:
        process.kill()
        process.wait()


def _make_bucket(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(urllib.request.Request(address, method="PUT"), timeout=5).close()
            return
        except OSError:
            assert process.poll() is None, "the object store ended"
            assert time.monotonic() < deadline, "the object store did not start"
            time.sleep(0.1)
