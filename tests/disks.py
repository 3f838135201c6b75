"""Disks of a test's own: small ones, that fill."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(size: str) -> Iterator[Path]:
    """A file system of its own in memory; only root may mount one."""
    with tempfile.TemporaryDirectory(prefix="diming-disk-") as name:
        Path(name).chmod(0o755)
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "diming-test", name],
            capture_output=True,
            check=False,
        )
        if mounted.returncode != 0:
            pytest.skip("a file system can be mounted by root only")
        try:
            yield Path(name)
        finally:
            # a test may have put a mount over a folder of it
            subprocess.run(["umount", "--recursive", "--lazy", name], check=True)
