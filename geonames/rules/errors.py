"""What is wrong with the rules or the word lists themselves; the program does not work with them."""

from __future__ import annotations

from collections.abc import Iterable

from data.errors import BadInput


class RuleError(BadInput):
    """Rows or lists say something that has no meaning; `findings` lists all of it, nothing was loaded."""

    code, title = "rules_unusable", "The naming rules cannot be used"

    def __init__(self, where: str, findings: Iterable[str]) -> None:
        self.findings = tuple(findings)
        super().__init__(
            f"{where}: {'; '.join(self.findings)}. Put this right in the file named; until then nothing is checked.",
            findings=list(self.findings),
        )
