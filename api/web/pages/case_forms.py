"""What the pages of cases share: what was typed, telling a refusal beside what was typed, keys of forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.web.casewords import Words
from api.web.pages.account_forms import NO_STORE
from api.web.problem_page import keep_typed, wording
from api.web.rendering import renderer_of
from api.web.visit import Visit
from data.errors import BadRequest, DimingError
from data.ids import new_id

#: Before the names of an action's own fields, so that none of them is taken for one of the form's.
FIELD = "f."
#: Fields of one form: those of an action, the form's own, and the cases chosen on the desk.
MAX_FIELDS = 260
CASE_NUMBER = re.compile(r"[A-Z0-9]{1,12}-\d{4}-[0-9A-Z]{10}")


@dataclass(frozen=True, slots=True)
class TypedForm:
    """What came with a form."""

    data: FormData

    def one(self, name: str) -> str:
        """The value of a field of the form's own; empty where it is missing."""
        value = self.data.get(name, "")
        return value if isinstance(value, str) else ""

    def many(self, name: str) -> list[str]:
        """All values of a field that may come several times."""
        return [value for value in self.data.getlist(name) if isinstance(value, str)]

    def fields(self) -> dict[str, str]:
        """The action's fields; one that was left blank was not given."""
        given = ((name, value) for name, value in self.data.multi_items() if name.startswith(FIELD))
        return {
            name.removeprefix(FIELD): value.strip().replace("\r\n", "\n")
            for name, value in given
            if isinstance(value, str) and value.strip()
        }

    def version(self) -> int | None:
        """The version of the case that was looked at."""
        text = self.one("version")
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise BadRequest("The version of the case is a whole number.", code="bad_parameter")
        return int(text)


async def _typed(request: Request) -> TypedForm:
    form = await request.form(max_files=0, max_fields=MAX_FIELDS)
    keep_typed(request, form)
    return TypedForm(form)


Typed = Annotated[TypedForm, Depends(_typed)]


def fresh_key() -> str:
    """The name of a form: sent twice, it has one effect (Idempotency-Key)."""
    return str(new_id())


def known_case_note(number: str | None) -> str | None:
    """A case number from the address, where it has the form of one; nothing else is repeated on a page."""
    return number if number and CASE_NUMBER.fullmatch(number) else None


def case_page(visit: Visit, template: str, error: DimingError | None = None, **values: Any) -> HTMLResponse:
    """The page made of `template`, kept nowhere; with `error` it says what was refused, with the error's status."""
    given: Mapping[str, Any] = {
        "problem": None if error is None else _told(visit, error),
        "words": Words(visit.view.t),
        "fresh_key": fresh_key,
        **values,
    }
    response = renderer_of(visit.request).page(template, visit.view, given, error.status if error else 200)
    response.headers["Cache-Control"] = NO_STORE
    return response


def _told(visit: Visit, error: DimingError) -> dict[str, Any]:
    problem = error.problem()
    words = wording(visit.view.t.language, problem)
    return {**problem, "heading": words["title"], "advice": words["advice"]}
