"""A worker that is killed in the middle of a document: done once, later, and nothing is left over."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from data.blobs import FolderBlobs
from data.db import reading
from data.documents.making import Workshop, make_document
from data.documents.model import State
from data.documents.service import documents_of
from tests.integration.documents.conftest import Do
from tests.samples.office import Office

NAMED = text("""
    SELECT encode(sha256, 'hex') FROM diming.document_file
    UNION SELECT encode(sha256, 'hex') FROM diming.document_template
""")
#: A worker that stops at a place (the n-th file kept, or the transaction that names them) and says so.
WORKER = """
import sys, time
from pathlib import Path
from uuid import UUID
from sqlalchemy import event
from data.blobs import FolderBlobs
from data.db import make_engine
from data.documents.fonts import installed
from data.documents.making import Workshop, make_document
from tests.samples.issuing import sample_documents

url, folder, document, place = sys.argv[1:]

def stop():
    print("here", flush=True)
    time.sleep(60)

class Stopping(FolderBlobs):
    kept = 0
    def keep(self, path):
        digest = super().keep(path)
        Stopping.kept += 1
        if place == f"file {Stopping.kept}":
            stop()
        return digest

engine = make_engine(url)
if place == "commit":
    @event.listens_for(engine, "commit")
    def before_commit(connection):
        if Stopping.kept == 3:
            stop()
make_document(Workshop(engine, Stopping(Path(folder)), sample_documents(), installed), UUID(document))
"""


@pytest.mark.parametrize("place", ["file 2", "commit"])
def test_a_killed_worker_leaves_the_document_to_the_next_one(
    office: Office, opened: dict[str, Any], do: Do, workshop: Workshop, place: str
) -> None:
    """File 1 is the template that is kept first; 2 and 3 are Word and PDF."""
    do("clerk", "accept")
    engine = office.casework.engine
    assert isinstance(workshop.blobs, FolderBlobs)
    with reading(engine) as connection:
        [document] = documents_of(connection, UUID(opened["id"]))
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", WORKER, url, str(workshop.blobs.folder), str(document["id"]), place]
    worker = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3])
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"here\n"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    with reading(engine) as connection:
        assert documents_of(connection, UUID(opened["id"]))[0]["state"] == "pending"
    assert make_document(workshop, document["id"]) is State.MADE
    with reading(engine) as connection:
        [made] = documents_of(connection, UUID(opened["id"]))
        told = connection.scalar(text("SELECT count(*) FROM diming.audit WHERE action = 'document.made'"))
        named = set(connection.execute(NAMED).scalars())
    assert (made["state"], told) == ("made", 1)
    kept = {path.name for path in workshop.blobs.folder.rglob("*") if path.is_file()}
    assert kept == named
