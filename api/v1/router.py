"""All operations of version 1 under one prefix; none ignores a parameter that it does not know."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from api.deps import only_known_parameters
from api.v1 import changes, codes, decisions, places, root, units

router = APIRouter(prefix="/v1", dependencies=[Depends(only_known_parameters)])
for part in (root, units, codes, places, decisions, changes):
    router.include_router(part.router)
