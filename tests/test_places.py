"""Where a location lies: by its address, by the borders, and never taken silently where that is unsure."""

from __future__ import annotations

import math
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog.addresses import inside, region_in
from bot.catalog.areas import SURE_KM, Area, Spot, find, points_of
from bot.catalog.load import load_catalog
from bot.catalog.model import Catalog
from bot.config import SHANGHAI
from bot.dialogue.places import read_place
from bot.dialogue.turn import take_turn
from bot.models import Message, Place, Session
from nlu.understanding import Understanding
from tests.catalog_copy import findings

CATALOG = load_catalog()
NOW = datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)
CORNERS = [point for area in CATALOG.areas for ring in area.rings for point in ring]
OFFSETS = st.tuples(st.floats(-0.05, 0.05), st.floats(-0.05, 0.05))
# Anywhere around the covered places, and close to their borders, where it is hard.
POINTS = st.tuples(st.floats(110.8, 116.2), st.floats(32.0, 37.8)) | st.builds(
    lambda corner, off: (corner[0] + off[0], corner[1] + off[1]), st.sampled_from(CORNERS), OFFSETS
)
NUMBERS = st.floats() | st.sampled_from([0.0, 90.0, -90.0, 180.0, -180.0, math.inf, math.nan])
LABELS = st.text(max_size=20) | st.sampled_from([
    "河南省南阳市卧龙区车站路88号", "南阳市", "河南省", "河南省郑州市金水区", "开封市鼓楼区", "邢台市", "南阳路1号",
])  # fmt: skip


def located(place: Place | None, session: Session | None = None, catalog: Catalog = CATALOG) -> Session:
    message = Message("elder", kind="location", place=place)
    turn = take_turn(session or Session(), message, Understanding("inform", 0.0, "embedded"), catalog, NOW)
    assert turn.reply.texts[0].strip()
    assert all(len(text.encode()) <= 2000 for text in turn.reply.texts)
    return turn.session


def in_polygon(area: Area, longitude: float, latitude: float) -> bool:
    """An independent reading: the winding of the border around the point, added up as angles."""
    turns = 0.0
    for ring in area.rings:
        angles = [math.atan2(y - latitude, x - longitude) for x, y in ring]
        steps = zip(angles, [*angles[1:], angles[0]], strict=True)
        turns += sum(math.remainder(after - before, math.tau) for before, after in steps)
    return round(turns / math.tau) % 2 != 0


@given(POINTS)
def test_no_point_sets_a_region_whose_border_it_is_outside_of(point: tuple[float, float]) -> None:
    region = located(Place(point[1], point[0])).region
    holding = [area.code for area in CATALOG.areas if in_polygon(area, *point)]
    assert region is None or holding == [region]


@given(POINTS)
def test_a_point_near_a_border_sets_nothing(point: tuple[float, float]) -> None:
    near = [a for a in CATALOG.areas if a.km_to_border(point) < SURE_KM]
    if near:
        assert located(Place(point[1], point[0])).region is None


@given(NUMBERS, NUMBERS, LABELS)
def test_whatever_is_sent_there_is_an_answer_and_no_other_region(lat: float, lon: float, label: str) -> None:
    session = located(Place(lat, lon, label))
    read = read_place(Place(lat, lon, label), CATALOG)
    assert session.region == (read.regions[0].code if read.kind == "sure" else None)
    if session.region:
        assert CATALOG.regions[session.region].list


@given(POINTS, LABELS)
def test_what_is_not_sure_leaves_the_region_as_it_was(point: tuple[float, float], label: str) -> None:
    place = Place(point[1], point[0], label)
    before = Session(region="411024", greeted=True)
    if read_place(place, CATALOG).kind != "sure":
        assert located(place, before).region == "411024"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("河南省南阳市卧龙区车站路88号", "411303"),
        ("中国河南省开封市鼓楼区中山路", "410204"),
        ("开封市顺河区 公园路", "410203"),
        ("河南省南阳市宛城区卧龙区医院旧址", "411302"),
        ("南阳市中心医院(卧龙区工农路312号)", "411303"),
        ("河南省邓州市花洲街道", "411381"),
        ("河北省邢台市南宫市凤岗街道", "130581"),
        ("江苏省南京市鼓楼区湖南路", "320100"),
        ("河南省郑州市金水区南阳市场", "410100"),
        ("河南省南阳市", "411300"),
        ("河南省南阳县道12号", "410000"),
        ("鼓楼区中山路", None),
        ("南阳路88号", None),
        ("南阳市场", None),
        ("车站路88号", None),
        ("", None),
    ],
)
def test_the_region_of_an_address(address: str, code: str | None) -> None:
    region = region_in(address, CATALOG)
    assert (region.code if region else None) == code


@pytest.mark.parametrize(
    ("place", "kind", "codes"),
    [
        (Place(33.09, 112.16), "sure", ["411324"]),
        (Place(33.09, 112.16, "河南省"), "sure", ["411324"]),
        (Place(33.09, 112.16, "南阳市"), "sure", ["411324"]),
        (Place(33.09, 112.16, "河北省邢台市"), "choice", ["411324"]),
        (Place(32.99, 112.53, "河南省南阳市宛城区"), "sure", ["411302"]),
        (Place(32.99, 112.53, "河南省南阳市"), "choice", ["411303", "411302"]),
        (Place(0, 0, "河南省南阳市"), "sure", ["411300"]),
        (Place(33.09, 112.16, "河南省南阳市卧龙区"), "choice", ["411303", "411324"]),
        (Place(33.09, 112.16, "河南省郑州市"), "choice", ["411324", "410100"]),
        (Place(34.76, 113.65, "河南省郑州市"), "not_covered", ["410100"]),
        (Place(34.76, 113.65), "not_covered", []),
        (Place(math.nan, 112.5), "unknown", []),
        (None, "unknown", []),
    ],
)
def test_address_and_point_together(place: Place | None, kind: str, codes: list[str]) -> None:
    read = read_place(place, CATALOG)
    assert (read.kind, [one.code for one in read.regions]) == (kind, codes)


def test_the_borders_do_not_lie_in_each_other() -> None:
    assert CATALOG.areas
    for area in CATALOG.areas:
        others = [one for one in CATALOG.areas if one is not area]
        deep = [p for p in area.rings[0] for one in others if one.holds(p) and one.km_to_border(p) > 1]
        assert not deep


def test_a_hole_is_not_inside() -> None:
    square = points_of("112.0,33.0 113.0,33.0 113.0,34.0 112.0,34.0")
    hole = points_of("112.4,33.4 112.6,33.4 112.6,33.6 112.4,33.6")
    areas = [Area("411303", (square, hole))]
    assert find(areas, 33.5, 112.5) == Spot((), sure=False)
    assert find(areas, 33.2, 112.2) == Spot(("411303",), sure=True)
    assert find(areas, 33.2, 112.01) == Spot(("411303",), sure=False)
    assert areas[0].km_to_border((112.5, 33.0)) == 0
    assert areas[0].km_to_border((112.5, 33.1)) == pytest.approx(11.12, abs=0.01)


def test_codes_lie_in_their_city_and_province() -> None:
    assert inside("411303", "411300")
    assert inside("411303", "410000")
    assert not inside("411303", "410200")


def test_without_borders_the_address_still_tells(copy: Path) -> None:
    for path in (copy / "areas").iterdir():
        path.unlink()
    bare = load_catalog(copy)
    assert located(Place(33.09, 112.16, "河南省南阳市镇平县"), catalog=bare).region == "411324"
    assert located(Place(33.09, 112.16), catalog=bare).region is None


def test_the_event_of_an_opened_picker_needs_no_reply() -> None:
    message = Message("elder", kind="event", event="other")
    before = Session(asked="age", greeted=True)
    turn = take_turn(before, message, Understanding("inform", 0.0, "embedded"), CATALOG, NOW)
    assert (turn.reply.texts, turn.session) == ((), before)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ('- {code: "410100", name: 郑州市, rings: ["1"]}', "rings"),
        (
            '- {code: "410100", name: 郑州市, rings: ["112.0,33.0 113.0,33.0 113.0,34.0"]}',
            "no place with a list",
        ),
        ('- {code: "411024", name: 鄢陵, rings: ["112.0,33.0 113.0,33.0 113.0,34.0"]}', "is 鄢陵县"),
    ],
)
def test_a_wrong_border_is_named_with_its_line(copy: Path, row: str, says: str) -> None:
    (copy / "areas/xuchang.yaml").write_text(f"{row}\n", encoding="utf-8")
    told = findings(copy)
    assert "areas/xuchang.yaml:1" in told
    assert says in told
