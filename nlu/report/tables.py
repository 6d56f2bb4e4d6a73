"""The report as tables, a column an engine; the text and the page show the same ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from nlu.report import confusions
from nlu.report.measure import Measured
from nlu.report.scores import Count, Scores, Share
from nlu.understanding import INTENTS

UNKNOWN = "–"


@dataclass(frozen=True, slots=True)
class Row:
    """`keys` name what the row is about: one word, or the two intents of a confusion; `costly`: it does harm."""

    keys: tuple[str, ...]
    cells: tuple[str, ...]
    costly: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` stand over the cells of each row: an engine's name, and what of it ("" where it is one thing)."""

    name: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]


def tables(found: Sequence[Measured]) -> list[Table]:
    """All there is to tell, the most important first."""
    several = (_summary, _dangers, _confused, _recalls, _facts, _slots, _files)
    return [table for make in several if (table := make(found)).rows]


def _summary(found: Sequence[Measured]) -> Table:
    rows = [Row((name,), tuple(cell(each) for each in found)) for name, cell in _SUMMARY.items()]
    return Table("summary", _one_each(found), (*rows, _slower(found)))


def _slower(found: Sequence[Measured]) -> Row:
    """How many times as long as the first engine each takes for half of the sentences."""
    medians = [each.scores.micros(0.5) for each in found]
    return Row(("times_as_long",), tuple(number(each / medians[0]) for each in medians))


_SUMMARY: dict[str, Callable[[Measured], str]] = {
    "model": lambda each: each.state,
    "sentences": lambda each: str(len(each.scores.outcomes)),
    "flawless": lambda each: share(each.scores.flawless),
    "strict_accuracy": lambda each: share(each.scores.strict),
    "accepted": lambda each: share(each.scores.accepted),
    "fact_precision": lambda each: share(each.scores.all_facts().precision),
    "fact_recall": lambda each: share(each.scores.all_facts().recall),
    "decided_by": lambda each: "  ".join(
        f"{name} {many}" for name, many in each.scores.engines().most_common()
    ),
    "micros_median": lambda each: f"{each.scores.micros(0.5):.0f}",
    "micros_p99": lambda each: f"{each.scores.micros(0.99):.0f}",
    "micros_model_median": lambda each: f"{each.scores.micros(0.5, rules=False):.0f}",
    "calibration": lambda each: f"{each.scores.calibration():.3f}",
    "training_s": lambda each: number(each.trained_s),
    "resident_mb": lambda each: number(each.resident_mb),
}


def _dangers(found: Sequence[Measured]) -> Table:
    many = [each.scores.dangers() for each in found]
    rows = (Row((name,), tuple(counted(one[name]) for one in many), name in _HARM) for name in many[0])
    judged = any(one["missed"].whole + one["false"].whole for one in many)
    return Table("emergencies", _one_each(found), tuple(rows) if judged else ())


_HARM = ("missed", "false")


def _confused(found: Sequence[Measured]) -> Table:
    many = [each.scores.confusions() for each in found]
    rows = (
        Row(pair, tuple(str(one[pair]) for one in many), confusions.costly(*pair))
        for pair in confusions.ordered(many)
    )
    return Table("confusions", _one_each(found), tuple(rows))


def _recalls(found: Sequence[Measured]) -> Table:
    many = [each.scores.recalls() for each in found]
    asked = [intent for intent in INTENTS if intent in many[0]]
    rows = (Row((intent,), tuple(share(one[intent]) for one in many)) for intent in asked)
    return Table("recalls", _one_each(found), tuple(rows))


def _facts(found: Sequence[Measured]) -> Table:
    return _counts("facts", found, Scores.facts)


def _slots(found: Sequence[Measured]) -> Table:
    return _counts("slots", found, Scores.slots)


def _counts(name: str, found: Sequence[Measured], count: Callable[[Scores], dict[str, Count]]) -> Table:
    many = [count(each.scores) for each in found]
    kinds = dict.fromkeys(kind for one in many for kind in one)
    rows = (Row((kind,), tuple(_both(one.get(kind, Count(0, 0, 0)) for one in many))) for kind in kinds)
    columns = tuple((each.label, what) for each in found for what in ("precision", "recall"))
    return Table(name, columns, tuple(rows))


def _both(many: Iterable[Count]) -> Iterator[str]:
    for one in many:
        yield share(one.precision)
        yield share(one.recall)


def _files(found: Sequence[Measured]) -> Table:
    many = [dict(each.scores.by_theme()) for each in found]
    rows = (Row((theme,), tuple(share(one[theme].flawless) for one in many)) for theme in many[0])
    return Table("flawless_by_file", _one_each(found), tuple(rows))


def _one_each(found: Sequence[Measured]) -> tuple[tuple[str, str], ...]:
    return tuple((each.label, "") for each in found)


def share(one: Share) -> str:
    """`97.5 % 39/40`, rounded down: 100.0 % is said only of all."""
    return f"{one.part * 1000 // one.whole / 10:.1f} % {counted(one)}" if one.whole else UNKNOWN


def counted(one: Share) -> str:
    return f"{one.part}/{one.whole}" if one.whole else UNKNOWN


def number(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.1f}"
