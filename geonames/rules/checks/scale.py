"""R05: the generic fits the size of the thing. 规模."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator

from geonames.rules.checks.saying import Asked, Gap, Hit, Parameters, Said, check
from geonames.rules.metrics import metric_name, metrics
from geonames.rules.model import Text

_COMPARE = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}
_WORDS = {
    ">=": Text("不少于", "at least"),
    ">": Text("大于", "more than"),
    "<=": Text("不超过", "at most"),
    "<": Text("小于", "less than"),
}


def _known_metric(metric: str) -> str:
    if metric not in metrics():
        raise ValueError(f"{metric} is none of {sorted(metrics())}")
    return metric


class Condition(Parameters):
    """A figure and what it must be, in the unit of the metric."""

    metric: Annotated[str, AfterValidator(_known_metric)]
    op: Literal[">=", ">", "<=", "<"] = ">="
    value: float


class Standard(Parameters):
    """What things called `generics` must be: every condition of `all`, and one of `any` if there are some."""

    generics: tuple[str, ...]
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()


class ScaleParameters(Parameters):
    """The standards of a place; empty where no local numbers are known."""

    standards: tuple[Standard, ...] = ()


@check(
    "scale",
    ScaleParameters,
    cases={"too_small": ("wanted", "given")},
    gaps={"no_standards": (), "no_figures": ("metrics",)},
)
def scale(asked: Asked[ScaleParameters]) -> Iterator[Said]:
    """The figures reach what the place asks of the generic: 大厦 of ten storeys or more."""
    if not asked.parameters.standards:
        yield Gap("no_standards")
        return
    standard = _standard(asked.name, asked.parameters.standards)
    if standard is not None:
        yield from _measured(asked, standard)


def _standard(name: str, standards: tuple[Standard, ...]) -> Standard | None:
    """The standard of the longest generic at the end of the name."""
    fitting = [(len(term), s) for s in standards for term in s.generics if name.endswith(term)]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def _measured(asked: Asked[ScaleParameters], standard: Standard) -> Iterator[Said]:
    figures = asked.subject.proposal.figures
    missing = [c for c in standard.all if c.metric not in figures]
    failed = [c for c in standard.all if c.metric in figures and not _holds(c, figures[c.metric])]
    given = [c for c in standard.any if c.metric in figures]
    if standard.any and not any(_holds(c, figures[c.metric]) for c in given):
        unknown = [c for c in standard.any if c.metric not in figures]
        missing += unknown
        failed += [] if unknown else list(standard.any)
    if failed:
        wanted = (*standard.all, *standard.any)
        yield Hit("too_small", asked.generic, {"wanted": _conditions(standard), "given": _given(wanted, figures)})
    elif missing:
        yield Gap("no_figures", {"metrics": _listed([metric_name(c.metric) for c in missing], "、", ", ")})


def _holds(condition: Condition, value: float) -> bool:
    return bool(_COMPARE[condition.op](value, condition.value))


def _conditions(standard: Standard) -> Text:
    both = [_condition(c) for c in standard.all]
    either = [_condition(c) for c in standard.any]
    joined = [_listed(either, "或", " or ")] if either else []
    return _listed([*both, *joined], "，且", ", and ")


def _condition(condition: Condition) -> Text:
    name, words = metric_name(condition.metric), _WORDS[condition.op]
    return Text(f"{name.zh}{words.zh} {condition.value:g}", f"{name.en} {words.en} {condition.value:g}")


def _given(conditions: tuple[Condition, ...], values: Mapping[str, float]) -> Text:
    known = dict.fromkeys(c.metric for c in conditions if c.metric in values)
    return _listed(
        [Text(f"{metric_name(m).zh} {values[m]:g}", f"{metric_name(m).en} {values[m]:g}") for m in known], "、", ", "
    )


def _listed(texts: list[Text], zh: str, en: str) -> Text:
    return Text(zh.join(t.zh for t in texts), en.join(t.en for t in texts))
