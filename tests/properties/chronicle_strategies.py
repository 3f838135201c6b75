"""Random but possible yearly changes of an invented country, in the notation of the source."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

PREFECTURES = ("990100", "990200", "990300")


@dataclass
class Country:
    """A code list that changes are drawn against; every name is unique."""

    standing: dict[str, str] = field(default_factory=dict)
    used: int = 0

    @classmethod
    def first(cls) -> Country:
        country = cls({"990000": "示例省"})
        for number, code in enumerate(PREFECTURES):
            country.standing[code] = f"市{number}市"
            for _ in range(4):
                country.add(code[:4])
        return country

    def name(self, generic: str) -> str:
        self.used += 1
        return "名" + "".join("〇一二三四五六七八九"[int(c)] for c in str(self.used)) + generic

    def free(self, prefix: str, taken: set[str]) -> str:
        return next(
            code for n in range(21, 80) if (code := f"{prefix}{n:02}") not in self.standing and code not in taken
        )

    def add(self, prefix: str) -> None:
        self.standing[self.free(prefix, set())] = self.name("县")

    def counties(self) -> list[str]:
        return sorted(c for c in self.standing if not c.endswith("00"))


@st.composite
def chronicles(draw: st.DrawFn) -> tuple[dict[str, str], list[str]]:
    """The first list, and for each of up to eight years the text of its changes."""
    country = Country.first()
    first = dict(country.standing)
    return first, [_year(draw, country, 1982 + n) for n in range(draw(st.integers(1, 8)))]


def _year(draw: st.DrawFn, country: Country, year: int) -> str:
    lines: list[str] = []
    touched: set[str] = set()
    before = set(country.standing)
    for number in range(draw(st.integers(0, 4))):
        pool = [c for c in country.counties() if c in before and c not in touched]
        if len(pool) < 3:
            break
        kind = draw(st.sampled_from(["rename", "recode", "move", "merge", "split", "transfer", "unite"]))
        chosen = draw(st.permutations(pool))[:3]
        month = draw(st.one_of(st.none(), st.integers(1, 12)))
        dated = f"# 日期：{year}年{month}月{number + 1}日\n" if month else ""
        lines.append(f"## 批复{year}-{number}\n{dated}{_change(kind, country, chosen, touched, before)}")
    return "".join(lines)


def _change(kind: str, country: Country, chosen: list[str], touched: set[str], before: set[str]) -> str:
    standing = country.standing
    a, b, _ = chosen
    taken = touched | before
    if kind == "rename":
        touched.add(a)
        old, standing[a] = standing[a], country.name("县")
        return f"-{a} {old}>.\n+{a} {standing[a]}<.\n"
    if kind in ("recode", "move"):
        touched.add(a)
        prefix = a[:4] if kind == "recode" else next(p for p in PREFECTURES if p[:4] != a[:4])[:4]
        new = country.free(prefix, taken)
        standing[new] = standing.pop(a)
        touched.add(new)
        return f"-{a} {standing[new]}>_\n+{new} {standing[new]}<_\n"
    if kind == "merge":
        touched.update((a, b))
        return f"-{a} {standing.pop(a)}>{standing[b]}\n"
    if kind == "transfer":
        touched.update((a, b))
        return f"={a} {standing[a]}>{standing[b]}\n"
    new = country.free(a[:4], taken)
    name = country.name("县")
    touched.update((a, b, new))
    standing[new] = name
    if kind == "split":
        return f"+{new} {name}<{standing[a]},{standing[b]}\n"
    old_a, old_b = standing.pop(a), standing.pop(b)
    return f"-{a} {old_a}>{name}\n-{b} {old_b}>{name}\n+{new} {name}<{old_a},{old_b}\n"
