"""Checking a BagIt package as RFC 8493 section 3 says, written apart from what makes it."""

from __future__ import annotations

import hashlib
import zipfile
from typing import BinaryIO


def faults_of(file: BinaryIO) -> list[str]:
    """What speaks against the package being a complete and valid bag."""
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        tops = {name.split("/", 1)[0] for name in names}
        if len(tops) != 1:
            return [f"{len(tops)} top folders"]
        content = {name.split("/", 1)[1]: archive.read(name) for name in names}
    faults = []
    if content.get("bagit.txt") != b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n":
        faults.append("bagit.txt")
    payload = {name for name in content if name.startswith("data/")}
    listed = _manifest(content.pop("manifest-sha256.txt", b""))
    if set(listed) != payload:
        faults.append(f"not complete: {sorted(set(listed) ^ payload)[:5]}")
    faults += [f"{name} has changed" for name in payload & set(listed) if _hash(content[name]) != listed[name]]
    with zipfile.ZipFile(file) as archive:
        (top,) = tops
        tags = _manifest(archive.read(f"{top}/tagmanifest-sha256.txt"))
        faults += [f"{name} has changed" for name in tags if _hash(archive.read(f"{top}/{name}")) != tags[name]]
    size = sum(len(content[name]) for name in payload)
    if f"Payload-Oxum: {size}.{len(payload)}\n".encode() not in content["bag-info.txt"]:
        faults.append("Payload-Oxum")
    return faults


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _manifest(content: bytes) -> dict[str, str]:
    rows = [line.split("  ", 1) for line in content.decode().splitlines()]
    return {path.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%"): digest for digest, path in rows}
