"""Cases in words: what the tables say in both languages, and the numbers beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from api.web.i18n import Translator, catalogue
from data.cases.sheet import Sheet
from data.workflow.deeds import DEEDS
from data.workflow.model import Guard, Label, Procedure
from data.workflow.moves import OPEN

#: Fields of deeds that name people, documents and other cases by their ids.
PEOPLE, DOCUMENT, CASE = ("to",), "attachment", "case"


@dataclass(frozen=True)
class Words:
    """The wording of one page's language."""

    t: Translator

    def label(self, label: Label | Mapping[str, str]) -> str:
        """A label of a table."""
        return label[self.t.language] if isinstance(label, Mapping) else getattr(label, self.t.language)

    def need(self, need: Mapping[str, Any]) -> str:
        """What is missing; in the table's own words where the pages have none."""
        key = f"case.need.{need['code']}"
        known = key in catalogue(self.t.language)
        said = self.t(key, **need.get("counts", {})) if known else str(need["message"])
        what = self._called(need)
        return f"{said} {self.t('case.lacking', what=what)}" if what else said

    def brief(self, need: Mapping[str, Any]) -> str:
        """What is missing in a few words, for a line of a list: by name where it has names."""
        key, what = f"case.brief.{need['code']}", self._called(need)
        if key not in catalogue(self.t.language):
            return self.need(need)
        return self.t(key, **need.get("counts", {}), what=what or self.t("case.brief.unnamed"))

    def _called(self, need: Mapping[str, Any]) -> str:
        return self.t("map.and").join(self.label(one) for one in need.get("lacking", ()))

    def guard(self, guard: Guard) -> str:
        """A condition of the table; a subject's own guard by its name where the pages have no words for it."""
        key = f"procedure.guard.{guard.name}"
        if key not in catalogue(self.t.language):
            return f"{guard.name} {guard.argument}".strip()
        return self.t(key, n=guard.argument) if guard.argument else self.t(key)

    def field(self, field: Mapping[str, Any]) -> str:
        """How a form asks for a field."""
        return self.label(field["label"]) if field.get("label") else self.t.term("case.field", field["name"])

    def days(self, left: int | None) -> str:
        """Days to a deadline, or since it."""
        if left is None:
            return ""
        if left < 0:
            return self.t("case.overdue", days=-left)
        return self.t("case.due_today") if left == 0 else self.t("case.days_left", days=left)

    def action(self, procedure: Procedure, action: str, state: str | None) -> str:
        """What a step is called: a deed, a transition out of `state`, or the opening."""
        if action == OPEN:
            return self.t("case.action.open")
        if action in DEEDS:
            return self.label(DEEDS[action].label)
        found = [t for t in procedure.transitions if t.action == action and t.state in (state, t.state)]
        return self.label(found[0].label) if found else action

    def state(self, procedure: Procedure, key: str) -> str:
        """What a state is called."""
        return self.label(procedure.states[key].label)

    def roles(self, roles: Any) -> str:
        """Several roles in one phrase."""
        return self.t("case.or").join(self.t.term("role", str(role)) for role in roles)

    def role(self, key: str) -> str:
        """One role."""
        return self.t.term("role", key)


def told_fields(words: Words, sheet: Sheet, step: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a step brought with it, in words: names for people, documents and cases, labels for what was chosen."""
    fields = [
        field
        for transition in sheet.dossier.case.procedure.transitions
        if transition.action == step["action"]
        for field in transition.fields
    ]
    labels = {field.name: words.label(field.label) for field in fields if field.label}
    chosen = {(field.name, key): words.label(label) for field in fields for key, label in field.choices}
    told = (
        (name, chosen.get((name, str(value))) or _told(words, sheet, name, value))
        for name, value in step["fields"].items()
    )
    return [(labels.get(name) or words.t.term("case.field", name), text) for name, text in told if text]


def _told(words: Words, sheet: Sheet, name: str, value: Any) -> str:
    if name in PEOPLE:
        return sheet.names.get(_uuid(value), "")
    if name == DOCUMENT:
        return next((row["file_name"] for row in sheet.dossier.attachments if str(row["id"]) == value), "")
    if name == CASE:
        linked = sheet.linked.get(_uuid(value))
        return linked["number"] if linked else ""
    if name == "stance":
        return words.t.term("case.stance", value)
    if name in ("finding", "answers", "attachments"):
        return ""
    return str(value)


def _uuid(value: Any) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        return UUID(int=0)
