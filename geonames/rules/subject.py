"""Makes a proposal ready to be looked at: its name taken apart and spelled. Pure."""

from __future__ import annotations

from geonames.places.parsing import Parse, parse
from geonames.romanize.asking import check_name
from geonames.romanize.engine import romanize
from geonames.rules.model import Proposal, Subject


def subject_of(proposal: Proposal) -> Subject:
    """The proposal with its parts and its spelling.

    Raises `BadRequest` `name_empty`, `name_too_long`, `name_control_characters`, `bad_class`, `bad_type`.
    """
    name = check_name(proposal.name)
    within = proposal.within[-1].code if proposal.within else None
    parsed = parse(name, proposal.art3_class, proposal.type_code, within)
    specific, between, generic = _parts(parsed)
    return Subject(
        proposal=proposal,
        specific=specific,
        between=between,
        generic=generic,
        spelled=romanize(name, proposal.type_code or proposal.art3_class, within),
    )


def _parts(parsed: Parse) -> tuple[str, str, str]:
    """Three stretches that are the name again; modifiers before the specific count with it (西辽|河)."""
    if parsed.only_generic:
        return "", "", parsed.name
    rest = parsed.name.removesuffix(parsed.generic)
    specific = parsed.specific if rest.startswith(parsed.specific) else rest
    return specific, rest[len(specific) :], parsed.generic
