"""Every operation of the API asked by everybody, in good form and in bad: one share of it in one process.

Cases are schemathesis': what its rules derive from each schema at its limits first, then what Hypothesis invents, by a
seed, so that a run can be had again. Who asks changes from case to case. In good form, half of the addresses name
something that is there. Nothing raises: each kind of failure is kept once, with the question that showed it.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import requests
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.core.failures import Failure as Found
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.bench.security.known import Known
from tests.bench.security.scene import EVERY_ROLE
from tests.contract.test_openapi import BY_CONTENT, everything, ogc

#: Whatever the description of an operation is made of.
Operation = APIOperation[Any, Any, Any, Any]
#: The stream never ends and is read for some seconds: so many cases of it.
STREAM, STREAM_CASES = "/v1/changes/stream", 6
#: Rounds in which what simple operations do not need is given to the others.
ROUNDS = 8
PATIENCE_S = 60.0
DERIVED = [HypothesisTestMode.EXAMPLES, HypothesisTestMode.COVERAGE]
#: Refusals of a question in good form that only somebody signed in meets: they depend on what the register holds.
BY_MATTER = BY_CONTENT | {
    "bad_account_field",
    "bad_code",
    "bad_import",
    "bad_paper",
    "bad_scale",
    "bad_webhook_url",
    "missing_parameter",
    "period_too_long",
    "purpose_missing",
    "unknown_parameter",
}


@dataclass
class Told:
    """What one share found: cases by operation and by who asked, statuses, kinds of failure with one question each."""

    cases: Counter[str] = field(default_factory=Counter)
    askers: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    failures: dict[str, dict[str, Any]] = field(default_factory=dict)

    def failed(self, key: str, said: str, question: str) -> None:
        """Count a failure; the first of its kind keeps its question."""
        kept = self.failures.setdefault(key, {"times": 0, "said": said[:2000], "question": question[:4000]})
        kept["times"] += 1


@dataclass(frozen=True)
class Door:
    """One application's address, and how to come in as whom."""

    address: str
    secrets: dict[str, str]
    known: Known


class Asking:
    """Asks the cases of a share, one after another."""

    def __init__(self, door: Door, seed: int) -> None:
        self.door, self.seed, self.told = door, seed, Told()
        self._session = requests.Session()
        self._chance = random.Random(seed)
        self._who = [who for who in door.secrets if who != EVERY_ROLE]

    def operation(self, operation: Operation, prefix: str, examples: int, turn: int) -> int:
        """Ask one operation; the number of cases. Turn 0 is what is derived, any other what is invented."""
        label = f"{operation.method.upper()} {prefix}{operation.path}"
        before = self.told.cases[label]
        known = self.door.known.of(f"{prefix}{operation.path}")

        def ask(case: Case[Any]) -> None:
            self._ask(case, label, prefix, known)

        test = create_test(
            operation=operation,
            test_func=ask,
            config=HypothesisTestConfig(
                project=operation.schema.config,
                modes=[HypothesisTestMode.FUZZING] if turn else DERIVED,
                settings=_settings(examples),
                seed=hash_of(label, self.seed + turn),
            ),
        )
        try:
            test()
        except Exception as error:  # a case that cannot be made is a gap of the suite, and told as one
            self.told.failed(f"{label}: not asked: {type(error).__name__}", str(error), "")
        return self.told.cases[label] - before

    def _ask(self, case: Case[Any], label: str, prefix: str, known: list[dict[str, Any]]) -> None:
        if operation_is_stream(label) and self.told.cases[label] >= STREAM_CASES:
            return
        good = case.meta is not None and case.meta.generation.mode.is_positive
        if good and known and self._chance.random() < 0.7:
            case.path_parameters = {**case.path_parameters, **self._chance.choice(known)}
        if "wait" in case.query:
            case.query["wait"] = min(case.query["wait"], "1", key=str)
        who = self._asker(self.told.cases[label])
        headers = {"Authorization": f"Bearer {self.door.secrets[who]}"} if self.door.secrets[who] else {}
        self.told.cases[label] += 1
        self.told.askers[who] += 1
        try:
            answer = case.call(
                base_url=f"{self.door.address}{prefix}", session=self._session, headers=headers, timeout=PATIENCE_S
            )
        except (requests.RequestException, OSError) as error:
            if not operation_is_stream(label):
                self.told.failed(f"{label}: no answer", f"{who}: {error}", question(case))
            return
        self.told.statuses[str(answer.status_code)] += 1
        try:
            case.validate_response(answer, excluded_checks=[positive_data_acceptance], headers=headers)
        except FailureGroup as group:
            for one in group.exceptions:
                self._failed(label, who, one, case, answer.status_code)
        except Found as one:
            self._failed(label, who, one, case, answer.status_code)
        if good and answer.status_code == 400 and (code := _code(answer)) not in BY_MATTER:
            self.told.failed(f"{label}: refused in good form: {code}", f"{who}: {answer.text}", question(case))

    def _asker(self, number: int) -> str:
        """Every second case is asked by who may do everything, so that it comes in as far as it can."""
        return EVERY_ROLE if number % 2 else self._who[number // 2 % len(self._who)]

    def _failed(self, label: str, who: str, one: BaseException, case: Case[Any], status: int) -> None:
        title = getattr(one, "title", type(one).__name__)
        self.told.failed(f"{label}: {title} ({status})", f"{who}: {getattr(one, 'message', one)}", question(case))


def operation_is_stream(label: str) -> bool:
    """Whether it is the stream, which never ends."""
    return label.endswith(STREAM)


def question(case: Case[Any]) -> str:
    """The case as a command that asks it again, without the asker's secret."""
    try:
        return case.as_curl_command()
    except Exception as error:  # what was not asked in the form of a request has no command
        return f"{case.method} {case.path} {case.path_parameters} {case.query} {case.body!r} ({error})"


def _code(answer: Any) -> str:
    try:
        return str(answer.json().get("code"))
    except ValueError:
        return "no problem document"


def _settings(examples: int) -> settings:
    return settings(
        max_examples=max(1, examples),
        deadline=None,
        database=None,
        derandomize=False,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def hash_of(label: str, seed: int) -> int:
    """A seed of the operation's own that is the same in every run."""
    return random.Random(f"{seed} {label}").getrandbits(32)


def operations() -> list[tuple[Operation, str]]:
    """All operations of both applications, with what stands before their paths; TypeError where one cannot be read."""
    found = []
    for schema, prefix in ((everything, ""), (ogc, "/ogc")):
        for result in schema.get_all_operations():
            if not isinstance(result, Ok):
                raise TypeError(f"An operation of the description cannot be read: {result.err()}")
            found.append((result.ok(), prefix))
    return found


def ask_share(door: Door, share: tuple[int, int], cases: int, seed: int) -> Iterator[Told]:
    """Ask the operations `share[0]`, `share[0] + share[1]`, …, until so many cases were asked; told after each turn."""
    mine = operations()[share[0] :: share[1]]
    asking = Asking(door, seed)
    for turn in range(ROUNDS + 1):
        left = cases - asking.told.cases.total()
        if turn and left <= 0:
            return
        each = -(-left // max(1, len(mine)))
        fruitful = []
        for operation, prefix in mine:
            asked = asking.operation(operation, prefix, each, turn)
            # what has few questions is through: the others get its part in the next turn
            if turn == 0 or asked >= each:
                fruitful.append((operation, prefix))
            yield asking.told
        mine = [one for one in (fruitful or mine) if not one[0].path.endswith(STREAM)]


def main() -> int:
    """Ask a share and write what was found into the file, after each operation anew."""
    asked = argparse.ArgumentParser()
    asked.add_argument("scene", type=Path)
    asked.add_argument("told", type=Path)
    asked.add_argument("--share", type=int, required=True)
    asked.add_argument("--of", type=int, required=True)
    asked.add_argument("--cases", type=int, required=True)
    asked.add_argument("--seed", type=int, required=True)
    given = asked.parse_args()
    scene = json.loads(given.scene.read_text("utf-8"))
    clients = {
        who: httpx.Client(
            base_url=scene["address"],
            headers={"Authorization": f"Bearer {secret}"} if secret else {},
            timeout=PATIENCE_S,
            follow_redirects=False,
        )
        for who, secret in reversed(list(scene["secrets"].items()))
    }
    door = Door(scene["address"], scene["secrets"], Known(clients))
    for told in ask_share(door, (given.share, given.of), given.cases, given.seed):
        given.told.write_text(json.dumps(vars(told), ensure_ascii=False), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
