"""What the festival day does by itself: its crowd, its counting, its full disk."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.bench.compared import DIFFERENT_UNSURE, Findings
from tests.bench.disturbance import Disturbance
from tests.bench.festival_crowd import Capacity, moments
from tests.bench.festival_site import small_disk
from tests.bench.festival_told import Day, part
from tests.bench.peers.figures import part_from
from tests.platform import shapes
from tests.platform.pushing import Push, Try
from tests.storage import real_server
from tests.two_servers import DURABLE


def test_bursts_and_calm_together_are_the_share() -> None:
    found = moments(100.0, 0.7, 60.0)
    assert len(found) == pytest.approx(100.0 * 0.7 * 60.0, rel=0.01)
    assert sum(27.0 <= one < 30.0 for one in found) == pytest.approx(3.0 * 150.0, rel=0.01)


def day(*pushes: Push, found: Findings | None = None) -> Day:
    capacity = Capacity((50.0,), 1.0, 64)
    sent, answered = [(1.0, one) for one in pushes], Counter(answered=len(pushes))
    told = [found or Findings()]
    return Day(
        "two services", capacity, 60.0, pushes, sent, answered, told, [], 0, 0, 0, 0, 0.0, Disturbance()
    )


def push(words: str, *tries: Try) -> Push:
    return Push("o-1", shapes.text(words), b"", list(tries))


def text(words: str, seconds: float) -> Try:
    return Try("http://127.0.0.1", "text", seconds, 200, b"", words)


def test_a_good_day_reaches_every_bar() -> None:
    told = day(push("我妈83岁", text("记下了。", 0.1)), push("我爸晕倒了叫不醒", text("请马上打120。", 0.2)))
    assert all(bar.reached for bar in told.bars)
    assert part_from(part([told]).as_json()) == part([told])


def test_what_is_lost_doubled_late_or_left_in_danger_is_counted() -> None:
    silent = Try("http://127.0.0.1", "silent", 5.0)
    findings = Findings()
    for kind in ("lost", "double", DIFFERENT_UNSURE):
        findings.note(kind, "o-1")
    told = day(push("我爸晕倒了叫不醒", silent), push("我妈83岁", text("记下了。", 4.5)), found=findings)
    assert told.found == {"lost": 1, "double": 1, "a push without any answer": 1}
    assert (told.lost, told.doubled, told.unhelped) == (2, 1, 1)
    assert told.late_during == {"nothing": 2}
    assert (told.late(4.0), told.late(4.9)) == (2, 1)
    assert not any(bar.reached for bar in told.bars)


def test_a_full_disk_ends_the_redis_and_keeps_what_it_has_acknowledged(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        if not disk.mounted:
            pytest.skip("no disk may be mounted here")
        with real_server(disk.folder, *DURABLE) as redis:
            redis.tell("SET", "before", "kept")
            disk.fill(redis)
            told = [redis.tell("SET", f"k{number}", "x" * 9000) for number in range(3)]
            disk.free(redis)
            redis.stop()
            redis.start()
            kept = [redis.tell("GET", f"k{number}") is not None for number in range(3)]
            assert redis.tell("GET", "before") == b"kept"
            assert not any(answer == b"OK" and not there for answer, there in zip(told, kept, strict=True))
            assert b"OK" not in told[1:]
