"""What the rounds of whole turns came to: tables, ratios, charts and bars."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import median

from tests.bench.peers.environments import python_of, version_of
from tests.bench.peers.figures import Bar, Chart, Part, Spread, Table, percentile, ratio, row, short, spread
from tests.bench.peers.runner import OURS, WEROBOT, Plan, Runner

_HEAD = ("server", "turns/s", "ms of processor", "p99 at capacity, ms", "p50 at half, ms", "p99 at half, ms")


def one_core(
    part: Part, plan: Plan, runners: Sequence[Runner], memory: Mapping[str, float], spent: Mapping[str, float]
) -> None:
    """Everything but two processes; `spent` is where a turn's time goes."""
    part.method += _method(plan)
    for keep in (False, True):
        _in_manner(part, runners, keep, spent)
    kept = next(one for one in runners if one.who == OURS and one.keep)
    spent = {**spent, "the store itself": spread(kept.store_costs[1:]).median}
    part.tables.append(_inside(spread(kept.costs[1:]).median, spent))
    part.bars += [_tail(runner) for runner in runners if runner.who == OURS]
    told = [(name, short(each)) for name, each in memory.items()]
    part.tables.append(Table("Memory after all rounds (PSS)", ["server", "MiB"], told))
    part.notes += [f"{one.name}, {_manner(one.keep)}: {dict(one.faults)}" for one in runners if one.faults]
    part.raw["one"] = [_raw(runner) for runner in runners] + [memory, spent]


def _in_manner(part: Part, runners: Sequence[Runner], keep: bool, spent: Mapping[str, float]) -> None:
    rows = [_row(runner) for runner in runners if runner.keep == keep]
    part.tables.append(Table(f"One core, {_manner(keep)}", _HEAD, rows))
    part.tables.append(_ratios(runners, keep, f"Ratios on one core, {_manner(keep)}"))
    part.bars.append(_bar(runners, keep, spent))
    name, title = "turns-one" + "-kept" * keep, f"Turns a second on one core, {_manner(keep)}"
    part.charts.append(_chart(name, title, runners, keep))


def two_processes(part: Part, runners: Sequence[Runner]) -> None:
    """Both cores for everything."""
    for keep in (False, True):
        rows = [
            (one.name, str(spread(one.counted)), str(spread(one.costs[1:])))
            for one in runners
            if one.keep == keep
        ]
        part.tables.append(
            Table(f"Two processes, {_manner(keep)}", ["server", "turns/s", "ms of processor"], rows)
        )
        part.tables.append(_ratios(runners, keep, f"Ratios of two processes, {_manner(keep)}"))
    part.raw["two"] = [_raw(runner) for runner in runners]


def _method(plan: Plan) -> list[str]:
    werobot, flask = python_of("werobot"), python_of("wechatpy")
    return [
        f"Ours decrypts, understands, decides, remembers and encrypts; WeRoBot {version_of(werobot, 'werobot')} "
        f"(sessions off) and wechatpy {version_of(flask, 'wechatpy')} on Flask {version_of(flask, 'flask')} say back "
        f"what they were told, under gunicorn {version_of(werobot, 'gunicorn')}; WeRoBot also by the server it starts "
        "by itself (wsgiref, as long as no other is installed).",
        f"Every server with its store has one core, the load generator the other. {plan.rounds} rounds, each of "
        f"{plan.batch_s:g} s of pushes of {plan.users} elders to every server in turn, 16 under way at a time; signed, encrypted, "
        "every MsgId new. Ratios are taken round by round. At half of capacity pushes come as independent people do, "
        "and times count from when a push was due.",
        "Nineteen in twenty of the texts are short ones that come again (是, 83, 低保), as in real talks: ours understands each of "
        'them once a day. A long message costs what "Understanding a sentence" below says.',
        "Two processes have both cores, and share them with the load generator and the store.",
    ]


def _row(one: Runner) -> tuple[str, ...]:
    half = one.half.times if one.half else []
    tails = [short(percentile(half, share) * 1e3) if half else "–" for share in (0.5, 0.99)]
    return (
        one.name,
        str(spread(one.counted)),
        str(spread(one.costs[1:])),
        str(spread(one.tails[1:])),
        *tails,
    )


def _ratios(runners: Sequence[Runner], keep: bool, title: str) -> Table:
    mine, theirs = _parted(runners, keep)
    rows = [
        (
            one.site.name,
            peer.name,
            str(ratio(one.counted, peer.counted)),
            str(ratio(peer.costs[1:], one.costs[1:])),
        )
        for one in mine
        for peer in theirs
    ]
    return Table(
        title, ["ours with", "against", "turns/s, ours ÷ theirs", "processor a turn, theirs ÷ ours"], rows
    )


def _parted(runners: Sequence[Runner], keep: bool) -> tuple[list[Runner], list[Runner]]:
    parted = defaultdict(list)
    for one in runners:
        if one.keep == keep:
            parted[one.who == OURS].append(one)
    return parted[True], parted[False]


def _bar(runners: Sequence[Runner], keep: bool, spent: Mapping[str, float]) -> Bar:
    """Ours with Redis against the fastest of WeRoBot's servers."""
    mine, theirs = _parted(runners, keep)
    best = max((one for one in theirs if one.who == WEROBOT), key=lambda one: median(one.counted))
    got: Spread = ratio(mine[0].counted, best.counted)
    what = f"turns a second, ours with Redis ÷ {best.name}, {_manner(keep)}"
    return Bar(what, 1.0, got.median, "", at_most=False, hindrance=_hindrance(mine[0], best, spent))


def _hindrance(mine: Runner, best: Runner, spent: Mapping[str, float]) -> str:
    """In milliseconds, what the echo does not do."""
    whole, echo = spread(mine.costs[1:]).median, spread(best.costs[1:]).median
    parts = ", ".join(f"{name} {short(each)} ms" for name, each in spent.items())
    rest = max(0.0, whole - sum(spent.values()))
    return f"of {short(whole)} ms a turn (the echo takes {short(echo)}): {parts}, HTTP and the store {short(rest)} ms"


def _inside(whole: float, spent: Mapping[str, float]) -> Table:
    rest = {"HTTP, and asking the store": max(0.0, whole - sum(spent.values()))}
    rows = [(name, f"{each:.2f}", f"{each / whole:.0%}") for name, each in {**spent, **rest}.items()]
    return Table(
        "Where the time of a whole turn goes (with Redis, connections kept)",
        ["", "ms of processor", "share"],
        rows,
    )


def _tail(one: Runner) -> Bar:
    assert one.half
    what = f"p99 at half of capacity, {one.site.name}, {_manner(one.keep)}"
    middle, cost = percentile(one.half.times, 0.5) * 1e3, spread(one.costs[1:]).median
    hindrance = (
        f"a turn takes {short(cost)} ms of the core, the p50 is {short(middle)} ms; turns wait for each other"
    )
    tail = percentile(one.half.times, 0.99) * 1e3
    return Bar(what, 50.0, tail, "ms", at_most=True, hindrance=hindrance)


def _chart(name: str, title: str, runners: Sequence[Runner], keep: bool) -> Chart:
    rows = [row(one.name, spread(one.counted)) for one in runners if one.keep == keep]
    alt = "; ".join(f"{label} {short(middle)} a second" for label, middle, _, _ in rows)
    return Chart(name, title, alt, "turns a second", rows)


def _manner(keep: bool) -> str:
    return "connections kept" if keep else "a connection a push"


def _raw(one: Runner) -> dict[str, object]:
    half = one.half.times if one.half else []
    shares = (
        {f"p{share * 100:g}": percentile(half, share) for share in (0.5, 0.9, 0.99, 0.999)} if half else {}
    )
    kept = {"rates": one.rates, "processor_ms": one.costs, "p99_ms": one.tails}
    return {"name": one.name, "kept": one.keep, "faults": one.faults, **kept, "half_s": shares}
