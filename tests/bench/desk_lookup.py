"""How long a hotline look-up takes at the server's side: from the words in a form to the page, over real HTTP.

`python -m tests.bench.desk_lookup` prints it; a tenth of the look-ups are services by name or by first letters.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from tests.desk_side import Seat, staff_session
from tests.running import Running, running

LOOKUPS = 200
_PLACES = ("卧龙", "开封", "鄢陵", "南宫", "南阳")
_STATUS = ("低保", "特困", "低保边缘", "一般家庭", "")
_CERTIFICATES = ("二级残疾", "三级残疾", "没有残疾证", "")
_CARE = ("瘫痪", "能自理", "半自理", "")
_NAMES = ("高龄津贴", "gljt", "hulibutie", "残联", "高玲津帖", "老年食堂")


def told(rng: random.Random) -> Iterator[str]:
    """What staff type, as they hear it."""
    while True:
        if rng.random() < 0.1:
            yield rng.choice(_NAMES)
            continue
        parts = (_PLACES, (str(rng.randint(60, 101)),), _STATUS, _CERTIFICATES, _CARE)
        yield " ".join(filter(None, (rng.choice(part) for part in parts)))


def measure(server: Running, seat: Seat, path: str) -> list[float]:
    """Milliseconds of each look-up, one after the other."""
    spent = []
    for _, words in zip(range(LOOKUPS), told(random.Random(6)), strict=False):  # noqa: S311 - the same words each time
        start = perf_counter()
        answer = seat.post(server, path, {"words": words})
        spent.append((perf_counter() - start) * 1000)
        assert answer.status == 200, answer.text
    return spent


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server:
        seat = staff_session(server, "hotline")
        for name, path in (("whole page", "/desk/lookup"), ("parts, by script", "/desk/lookup/part")):
            measure(server, seat, path)
            spent = measure(server, seat, path)
            late = quantiles(spent, n=20)[-1]
            print(f"{name}: median {median(spent):.0f} ms, p95 {late:.0f} ms, worst {max(spent):.0f} ms")


if __name__ == "__main__":
    main()
