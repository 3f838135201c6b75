"""All operations of version 1."""

from __future__ import annotations

from fastapi import APIRouter

from api.v1 import changes, codes, decisions, places, root, units

ROUTERS: tuple[APIRouter, ...] = tuple(part.router for part in (root, units, codes, places, decisions, changes))
