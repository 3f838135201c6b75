"""Refuses casework that could not run: a procedure that names what its subject, the engine or the permissions lack."""

from __future__ import annotations

from data.cases.effects import ENGINE_EFFECTS
from data.cases.model import Casework
from data.workflow.checks import check_binding
from data.workflow.reading import ProcedureError


def checked(casework: Casework) -> Casework:
    """`casework`, if all its procedures can run; raises `ProcedureError` with everything that is missing."""
    findings = [f"{p.key}: it has no subject" for p in casework.procedures if p.key not in casework.subjects]
    for procedure in casework.procedures:
        if procedure.key in casework.subjects:
            subject = casework.subject(procedure.key)
            effects = {*ENGINE_EFFECTS, *subject.effects}
            found = check_binding(procedure, casework.conditions(procedure.key), effects, casework.permissions)
            findings += [f"{procedure.key}: {finding}" for finding in found]
    findings += _kinds_missing(casework)
    if findings:
        raise ProcedureError("procedures", findings)
    return casework


def _kinds_missing(casework: Casework) -> list[str]:
    """Documents that transitions name and the office does not know; an office that issues none needs none."""
    if casework.documents is None:
        return []
    known = {kind.key for kind in casework.documents.kinds}
    named = {(p.key, t.document) for p in casework.procedures for t in p.transitions if t.document}
    return [f"{key}: there is no kind of document {name}" for key, name in sorted(named) if name not in known]
