"""The pages under 界线: what the menu shows below that entry. A page adds its line here when it exists."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the boundary register: its key (text `boundaries.nav.<key>`), its address, and for whom it is."""

    key: str
    path: str
    #: Shown to whoever has signed in and to the user of a demonstration only.
    staff: bool = False


SECTIONS: tuple[Section, ...] = (
    Section("lines", "/lines"),
    Section("markers", "/markers"),
    Section("counter", "/counter", staff=True),
    Section("comparisons", "/comparisons", staff=True),
    Section("rounds", "/rounds", staff=True),
    Section("inspections", "/inspections", staff=True),
    Section("disputes", "/disputes", staff=True),
    Section("risks", "/risks", staff=True),
    Section("assets", "/line-assets", staff=True),
    Section("patrol", "/patrol/plans", staff=True),
)


def sections_for(*, staff: bool) -> list[Section]:
    """The sections that a visitor may open, in the order of the menu."""
    return [section for section in SECTIONS if staff or not section.staff]
