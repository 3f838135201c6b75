"""Work on a file of somebody in a process of its own, with limits of memory and time: what it breaks is only that.

The child gets JSON and answers with JSON; nothing that it says is ever executed.
A piece of work is a module with a function `answer(asked)` that takes and gives
JSON values and raises `DimingError` where the file is at fault.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from data import errors
from data.errors import DimingError

ROOT = Path(__file__).parents[1]
#: What a child may raise and its parent raises again.
EXPECTED = {kind.__name__: kind for kind in (errors.BadInput, errors.BadRequest, errors.NotFound)}
#: Hears how far a child is: so much done, of so much, at what.
Tell = Callable[[int, int, str], None]
#: Where the child finds the number of the pipe by which it says how far it is.
PIPE = "DIMING_FENCED_PIPE"
#: The exit status of a child that ran out of memory.
OUT_OF_MEMORY = 77


@dataclass(frozen=True, slots=True)
class Fences:
    """How much one piece of work may use. A line of a million vertices needs some 0.6 GB and a few seconds."""

    memory_bytes: int = 6 << 30
    cpu_s: int = 300
    wall_s: int = 600


class Broken(Exception):
    """The work broke its fences; the text says how, as the end of "the file cannot be read: …"."""


def fenced(
    work: str,
    asked: Mapping[str, Any],
    fences: Fences | None = None,
    environment: Mapping[str, str] | None = None,
    tell: Tell | None = None,
) -> Any:
    """What the module named `work` answers to `asked`, worked out in a child with `environment` beside its parent's.

    `tell` hears what the child says with `say`, in a thread of its own.
    Raises `Broken`, and the errors of `EXPECTED` as the work raised them.
    """
    fences = fences or Fences()
    given = json.dumps({"fences": asdict(fences), "asked": asked}).encode()
    command = [sys.executable, "-m", "data.fenced", work]
    surroundings = {**os.environ, **(environment or {}), "PYTHONPATH": str(ROOT)}
    try:
        with _hearing(tell) as pipes:
            child = subprocess.run(
                command, input=given, capture_output=True, timeout=fences.wall_s, check=False, pass_fds=pipes,
                env={**surroundings, **({PIPE: str(pipes[0])} if pipes else {})},
            )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Broken(f"it took longer than {fences.wall_s} s") from None
    if child.returncode != 0:
        raise Broken(_why(child.returncode, fences))
    return _answered(json.loads(child.stdout))


@contextmanager
def _hearing(tell: Tell | None) -> Iterator[tuple[int, ...]]:
    """The pipe that a child says by how far it is; none where nobody hears."""
    if tell is None:
        yield ()
        return
    read, write = os.pipe()
    listener = threading.Thread(target=_hear, args=(read, tell))
    listener.start()
    try:
        yield (write,)
    finally:
        os.close(write)
        listener.join()


def _hear(read: int, tell: Tell) -> None:
    with os.fdopen(read, encoding="utf-8") as told:
        for line in told:
            done, total, what = json.loads(line)
            tell(done, total, what)


def _why(status: int, fences: Fences) -> str:
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        return f"it took more than {fences.cpu_s} s of computing or was killed"
    if status == OUT_OF_MEMORY:
        return f"it needed more than {fences.memory_bytes >> 20:,} MB of memory"
    return f"the reader failed on it (status {status})"


def _answered(said: Mapping[str, Any]) -> Any:
    if "answer" in said:
        return said["answer"]
    raise EXPECTED[said["error"]](said["detail"], code=said["code"], **said["more"])


# -- in the child -------------------------------------------------------------------------------------------------


def say(done: int, total: int, what: str) -> None:
    """Say how far the work is: so much `done` of `total`, at `what`; nothing where nobody hears."""
    pipe = os.environ.get(PIPE)
    if pipe is not None:
        os.write(int(pipe), (json.dumps([done, total, what]) + "\n").encode())


def _fence(fences: Mapping[str, int]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (fences["memory_bytes"], fences["memory_bytes"]))
    resource.setrlimit(resource.RLIMIT_CPU, (fences["cpu_s"], fences["cpu_s"] + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _run(work: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {"answer": import_module(work).answer(asked)}
    except DimingError as error:
        more = {key: value for key, value in error.problem().items() if key == "kind"}
        return {"error": type(error).__name__, "code": error.code, "detail": error.detail, "more": more}


def main(arguments: Sequence[str]) -> int:
    """Do the work named first on what standard input asks; the answer goes to standard output as JSON."""
    given = json.load(sys.stdin)
    _fence(given["fences"])
    try:
        answer = json.dumps(_run(arguments[0], given["asked"]))
    except MemoryError:
        return OUT_OF_MEMORY
    sys.stdout.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
