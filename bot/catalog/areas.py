"""Which county a point lies in, and how sure that is: borders simplified to some hundred metres."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

Point = tuple[float, float]  # longitude, latitude in degrees, GCJ-02

# The borders are up to 0.5 km off, and sources differ by more; nearer to one than this, nobody is sure.
SURE_KM = 1.5
_KM_A_DEGREE = 111.2
# In degrees; further than `SURE_KM` anywhere in China.
_CLOSE = 0.05


@dataclass(frozen=True, slots=True)
class Area:
    """The border of one place: closed rings; a ring within another is a hole."""

    code: str
    rings: tuple[tuple[Point, ...], ...]

    def holds(self, point: Point) -> bool:
        """Whether the point lies inside."""
        return sum(_crosses(a, b, point) for a, b in self._sides()) % 2 == 1

    def km_to_border(self, point: Point) -> float:
        """How far the border is, whether from inside or from outside."""
        return min(_km_to_side(a, b, point) for a, b in self._sides())

    def close(self, point: Point) -> bool:
        """Whether the point lies in the box around the border, or not far from it."""
        points = [one for ring in self.rings for one in ring]
        return all(
            min(one[axis] for one in points) - _CLOSE
            <= point[axis]
            <= max(one[axis] for one in points) + _CLOSE
            for axis in (0, 1)
        )

    def _sides(self) -> Iterator[tuple[Point, Point]]:
        for ring in self.rings:
            yield from zip(ring, (*ring[1:], ring[0]), strict=True)


@dataclass(frozen=True, slots=True)
class Spot:
    """The places (codes) a point may lie in, the likeliest first; `sure` where it is well inside the only one."""

    near: tuple[str, ...]
    sure: bool


def find(areas: Iterable[Area], latitude: float, longitude: float) -> Spot | None:
    """Where the point lies; an empty `near` is outside of all, None is no point on earth."""
    if not _on_earth(latitude, longitude):
        return None
    point = (longitude, latitude)
    depths = {area.code: _depth(area, point) for area in areas if area.close(point)}
    near = sorted((code for code in depths if depths[code] > -SURE_KM), key=lambda code: -depths[code])
    return Spot(tuple(near), len(near) == 1 and depths[near[0]] >= SURE_KM)


def points_of(ring: str) -> tuple[Point, ...]:
    """The points of a ring as the files write it: "112.53,32.99 112.54,33.01"."""
    pairs = (pair.split(",") for pair in ring.split())
    return tuple((float(longitude), float(latitude)) for longitude, latitude in pairs)


def _depth(area: Area, point: Point) -> float:
    """Kilometres inside the border, less than nothing outside of it."""
    km = area.km_to_border(point)
    return km if area.holds(point) else -km


def _on_earth(latitude: float, longitude: float) -> bool:
    """0, 0 is what a phone without a position sends; nan is nowhere."""
    known = abs(latitude) <= 90 and abs(longitude) <= 180
    return known and not (abs(latitude) < 1 and abs(longitude) < 1)


def _crosses(a: Point, b: Point, point: Point) -> bool:
    """Whether the side a–b crosses the ray that goes east from the point."""
    x, y = point
    if (a[1] > y) == (b[1] > y):
        return False
    return x < a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1])


def _km_to_side(a: Point, b: Point, point: Point) -> float:
    (ax, ay), (bx, by) = _km_from(point, a), _km_from(point, b)
    length = math.hypot(bx - ax, by - ay)
    if length == 0:
        return math.hypot(ax, ay)
    along = min(1.0, max(0.0, -(ax * (bx - ax) + ay * (by - ay)) / length**2))
    return math.hypot(ax + along * (bx - ax), ay + along * (by - ay))


def _km_from(origin: Point, point: Point) -> Point:
    """Flat kilometres east and north; true enough for some tens of them."""
    east = (point[0] - origin[0]) * _KM_A_DEGREE * math.cos(math.radians(origin[1]))
    return east, (point[1] - origin[1]) * _KM_A_DEGREE
