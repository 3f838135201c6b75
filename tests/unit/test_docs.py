"""The documentation points at what is there, and says nothing of where it was written."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "data" / "reference").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:|#|/)([^)#\s]+)")
#: The listing of decision texts quotes sources with brackets of their own.
QUOTED = re.compile(r"^\* `[0-9]{4}-[0-9]{4}\.diff", re.MULTILINE)

#: A folder of some person's or build's machine, or one beside this repository.
ELSEWHERE = re.compile(r"(?<![\w.$}])/(?:home|work|Users)/\w|\.\./shared\b")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    missing = [target for target in LINK.findall(text) if not (page.parent / target).exists()]
    assert missing == []


def test_every_guide_and_report_is_in_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    folders = [ROOT / "docs" / name for name in ("guide", "reports", "api")]
    absent = [p.name for folder in folders for p in folder.glob("*.md") if p.name not in index]
    assert absent == []


def test_decision_records_have_numbers_of_their_own() -> None:
    numbers = [p.name[:4] for p in (ROOT / "docs" / "decisions").glob("*.md")]
    assert sorted(numbers) == sorted(set(numbers))
    assert all(number.isdigit() for number in numbers)


def test_nothing_kept_names_a_folder_of_the_machine_it_was_written_on() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    texts = [
        ROOT / name for name in listed if name.endswith((".py", ".md", ".sql", ".toml", ".html", ".js", ".css", ".in"))
    ]
    found = [p for p in texts if p.is_file() and ELSEWHERE.search(p.read_text("utf-8", "replace"))]
    assert found == []
