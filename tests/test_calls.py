"""The calls and the holidays: each complete, each place's own, nothing that can be changed."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.catalog.calls import Call
from bot.catalog.load import load_catalog
from bot.catalog.model import Catalog

BOOKED = [
    "meals", "bathing", "cleaning", "medical-escort", "repairs", "outing", "visit", "errands", "assessment",
    "policy-callback",
]  # fmt: skip
WOLONG, WANCHENG, NANYANG, BEIJING = "411303", "411302", "411300", "110000"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def had(found: Catalog, place: str, id_: str) -> Call:
    call = found.call(id_, found.region(place))
    assert call is not None
    return call


def ids(found: Catalog, place: str) -> list[str]:
    return [call.id for call in found.calls_of(found.region(place))]


def test_the_ten_calls_in_the_order_in_which_they_are_told(catalog: Catalog) -> None:
    assert [call.id for call in catalog.calls.every.values()] == [*BOOKED, "urgent"]
    assert [call.name for call in catalog.calls.every.values()] == [
        "助餐", "助浴", "助洁", "助医", "助急", "助行", "探访", "代办", "能力评估预约", "政策咨询回电", "紧急呼叫",
    ]  # fmt: skip


@pytest.mark.parametrize("id_", BOOKED)
def test_every_call_is_complete(catalog: Catalog, id_: str) -> None:
    call = had(catalog, WOLONG, id_)
    assert len(call.words) >= 5
    assert call.what
    assert call.taken_by
    assert call.costs
    assert set(call.needs) == {"time", "address", "phone"} - (
        {"address"} if id_ == "policy-callback" else set()
    )
    assert call.hours is not None
    assert call.hours.days <= set(range(1, 8))
    assert call.hours.opens < call.hours.closes
    assert 0 < call.lead_minutes < call.horizon_days * 24 * 60
    assert call.late_minutes > 0
    assert call.phone in catalog.hotlines
    assert set(call.fits) <= set(catalog.services)


def test_the_urgent_call_asks_nothing_and_knows_no_hours(catalog: Catalog) -> None:
    call = catalog.urgent_call(catalog.region(WOLONG))
    assert call is not None
    assert (call.needs, call.hours, call.lead_minutes) == ((), None, 0)
    assert call.id not in ids(catalog, WOLONG)
    assert call.name not in catalog.call_names.values()


def test_every_place_with_a_list_offers_all_ten(catalog: Catalog) -> None:
    for region in catalog.regions.values():
        expected = BOOKED if catalog.list_for(region) else []
        assert [call.id for call in catalog.calls_of(region)] == expected, region.name


@pytest.mark.parametrize("place", [BEIJING, "许昌市", "不知道的地方"])
def test_where_nobody_of_ours_is_nothing_is_promised(catalog: Catalog, place: str) -> None:
    region = catalog.region(place)
    assert catalog.calls_of(region) == ()
    assert catalog.call("meals", region) is None
    assert catalog.urgent_call(region) is None
    assert catalog.calls.phone == "12345"


def test_what_people_say_finds_its_call(catalog: Catalog) -> None:
    for word, id_ in [("助浴", "bathing"), ("洗澡", "bathing"), (" 紧急 呼叫 ", "urgent"), ("送饭", "meals")]:
        call = catalog.call_named(word)
        assert call is not None
        assert call.id == id_
    assert catalog.call_named("低保") is None
    assert catalog.call("no-such") is None


def test_every_word_of_the_lexicon_calls_something(catalog: Catalog) -> None:
    for word, name in catalog.call_names.items():
        call = catalog.call_named(word)
        assert call is not None
        assert call.name == name
    assert set(catalog.call_names.values()) == {catalog.calls.every[id_].name for id_ in BOOKED}


def test_what_is_worth_offering_after_an_entitlement(catalog: Catalog) -> None:
    region = catalog.region(WOLONG)
    pairs = [("home-visits", "visit"), ("ability-assessment", "assessment"), ("canteen", "meals")]
    for service, id_ in pairs:
        assert [call.id for call in catalog.calls_fitting(service, region)] == [id_]
    assert catalog.calls_fitting("home-visits", catalog.region(BEIJING)) == ()
    assert catalog.calls_fitting("elder-allowance", region) == ()


def test_a_place_says_only_what_differs(catalog: Catalog) -> None:
    assert "有偿" in had(catalog, WOLONG, "meals").costs
    assert "有偿" not in had(catalog, WANCHENG, "meals").costs
    assert had(catalog, WOLONG, "meals").hours == had(catalog, WANCHENG, "meals").hours


def test_nothing_can_be_changed(catalog: Catalog) -> None:
    calls: Any = catalog.calls
    with pytest.raises(TypeError):
        calls.every["meals"] = None
    with pytest.raises(TypeError):
        calls.places[WOLONG]["meals"] = None
    with pytest.raises(FrozenInstanceError):
        calls.every["meals"].lead_minutes = 1
    with pytest.raises(AttributeError):
        had(catalog, WOLONG, "meals").hours.days.add(8)  # type: ignore[union-attr]


def place_file(copy: Path, code: str, text: str) -> Catalog:
    (copy / f"calls/regions/{code}.yaml").write_text(text, encoding="utf-8")
    return load_catalog(copy)


def test_a_county_switches_off_what_it_does_not_have(copy: Path) -> None:
    found = place_file(copy, "411302", "name: 宛城区\nnot_offered: [bathing, urgent]\n")
    assert ids(found, WANCHENG) == [id_ for id_ in BOOKED if id_ != "bathing"]
    assert found.call("bathing", found.region(WANCHENG)) is None
    assert found.call("bathing") is not None
    assert found.urgent_call(found.region(WANCHENG)) is None
    assert ids(found, WOLONG) == BOOKED


def test_a_county_changes_one_hour_and_keeps_the_rest(copy: Path) -> None:
    text = (
        'name: 宛城区\ndiffers:\n  meals: {hours: {to: "13:00"}, late_minutes: 30}\nfallback_phone: "12333"\n'
    )
    call = had(place_file(copy, "411302", text), WANCHENG, "meals")
    assert call.hours is not None
    assert (call.hours.opens, call.hours.closes, call.hours.on_holidays) == (time(7), time(13), False)
    assert (call.hours.days, call.late_minutes, call.phone) == (frozenset(range(1, 8)), 30, "12333")


def test_hours_may_end_at_midnight(copy: Path) -> None:
    text = 'name: 宛城区\ndiffers: {repairs: {hours: {to: "00:00"}}}\n'
    call = had(place_file(copy, "411302", text), WANCHENG, "repairs")
    assert call.hours is not None
    assert (call.hours.opens, call.hours.closes) == (time(8), time(0))


def test_a_county_without_a_file_is_served_as_its_city(copy: Path) -> None:
    found = place_file(copy, "411300", "name: 南阳市\nnot_offered: [outing]\n")
    assert "outing" not in ids(found, NANYANG)
    assert "outing" not in ids(found, WANCHENG)
    assert "outing" in ids(found, WOLONG)


def test_the_operator_may_take_calls_from_elsewhere(copy: Path) -> None:
    path = copy / "calls/defaults.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("elsewhere: []", "elsewhere: [policy-callback]"))
    found = load_catalog(copy)
    assert ids(found, BEIJING) == ["policy-callback"]
    assert ids(found, "不知道的地方") == ["policy-callback"]


def test_a_call_that_no_order_names_comes_last(copy: Path) -> None:
    text = (copy / "calls/errands.yaml").read_text(encoding="utf-8")
    text = text.replace("name: 代办", "name: 理发").replace("words: [", "words: [理发, 剃头]\nwas: [")
    text = "\n".join(line for line in text.splitlines() if not line.startswith("was"))
    (copy / "calls/haircut.yaml").write_text(text, encoding="utf-8")
    assert ids(load_catalog(copy), WOLONG) == [*BOOKED, "haircut"]


A_YEAR = (
    "- {{year: {0}, source: 练习, verified_at: 2026-11-22, "
    "days_off: [{{name: 元旦, from: {0}-01-01, to: {0}-01-01}}]}}\n"
)
# The notice of 4 November 2025, from and to of each holiday, read apart from the file.
HOLIDAYS_2026 = [
    ((1, 1), 3),
    ((2, 15), 9),
    ((4, 4), 3),
    ((5, 1), 5),
    ((6, 19), 3),
    ((9, 25), 3),
    ((10, 1), 7),
]


def test_the_holidays_of_2026_are_those_of_the_notice(catalog: Catalog) -> None:
    known = catalog.holidays
    off = [date(2026, *first) + timedelta(days=i) for first, count in HOLIDAYS_2026 for i in range(count)]
    assert known.days_off == set(off)
    assert len(known.days_off) == 33
    assert {(day.month, day.day) for day in known.worked} == {
        (1, 4),
        (2, 14),
        (2, 28),
        (5, 9),
        (9, 20),
        (10, 10),
    }
    assert (known.first, known.last) == (date(2026, 1, 1), date(2026, 12, 31))
    assert known.names[date(2026, 10, 1)] == "国庆节"


def test_a_second_year_is_added_by_one_entry(copy: Path) -> None:
    path = copy / "holidays.yaml"
    path.write_text(path.read_text(encoding="utf-8") + A_YEAR.format(2027), encoding="utf-8")
    assert load_catalog(copy).holidays.last == date(2027, 12, 31)
