"""An installation's own plans: read whole or refused with what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import BadInput
from data.quotas.plans import PLANS_FILE, quotas

OWN = PLANS_FILE.read_text("utf-8")


def written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "plans.toml"
    path.write_text(text, "utf-8")
    return str(path)


def test_an_installation_sets_its_own_figures(tmp_path: Path) -> None:
    found = quotas(written(tmp_path, OWN.replace("per_minute = 300", "per_minute = 7")))
    assert found.plan_of("address").per_minute == 7


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('holder = "address"', 'holder = "somebody"', "holder is one of"),
        ("per_minute = 300", "per_minute = 0", "at least 1"),
        ("per_day = 20000", "per_day = 10", "at most per_day"),
        ('first_plan = "trial"', 'first_plan = "anonymous"', "no plan of keys"),
        ('key = "large"', 'key = "standard"', "two plans"),
        ("[keys]", "[key_rules]", "keys"),
        ("per_minute = 300", "per_minute =", "Invalid value"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_the_reason(tmp_path: Path, before: str, after: str, said: str) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        quotas(written(tmp_path, OWN.replace(before, after, 1)))
    assert refused.value.code == "bad_quotas"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No such file"):
        quotas(str(tmp_path / "nothing.toml"))
