"""The same talk with every peer: a line of JSON in, a line of JSON out, until the input ends."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable


def answer(ways: dict[str, Callable[[dict], list[str]]], elders: list[dict]) -> None:
    """`{"way", "calls"}` gives microseconds an elder; without calls, the entries that are so for every elder."""
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        decide = ways[asked["way"]]
        told = _timed(decide, elders, asked["calls"]) if "calls" in asked else [decide(one) for one in elders]
        print(json.dumps(told), flush=True)


def _timed(decide: Callable[[dict], list[str]], elders: list[dict], calls: int) -> float:
    began = time.process_time()
    for number in range(calls):
        decide(elders[number % len(elders)])
    return (time.process_time() - began) / calls * 1e6
