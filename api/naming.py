"""Which naming rules this process uses: those of this version, and those of the office that runs it."""

from __future__ import annotations

from pathlib import Path

from api.settings import Settings
from geonames.rules.rows import RuleBook
from geonames.rules.service import use_office


def use_office_of(settings: Settings) -> RuleBook:
    """The rules with those in `DIMING_NAMING_FOLDER`; the process does not start with rules that mean nothing."""
    return use_office(Path(settings.naming_folder) if settings.naming_folder else None)
