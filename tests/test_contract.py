"""The shapes that other programs count on: requests that are refused, look-ups, lists, one screening in all parts."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from bot import contract, contract_lists
from bot.catalog.load import load_catalog
from bot.errors import BadValue, NotFound
from nlu.understanding import CONTEXTS

TODAY = date(2026, 11, 21)
CATALOG = load_catalog()
VERDICTS = {"yes", "no", "maybe", "general"}
REASONS = {
    "missing_fact", "reading", "not_certified", "row_missing", "pilot", "criteria_not_attached", "outside_rule",
    "extension",
}  # fmt: skip
WHY_NOT = {"amount_not_printed", "to_institution", "per_year", "existing_policy", "lower_of_either_or"}


def screened(**facts: Any) -> contract.Json:
    return contract.screen(facts, "x", CATALOG, TODAY)


# a request of §4, and the field that is wrong with it
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({}, "user"),
    ({"user": ""}, "user"),
    ({"user": None, "text": "我83"}, "user"),
    ({"user": 7}, "user"),
    ({"user": "u" * 129}, "user"),
    ({"user": "u", "text": ["我83"]}, "text"),
    ({"user": "u", "text": "字" * 20_001}, "text"),
    ({"user": "u", "tap": 1}, "tap"),
    ({"user": "u", "event": "dance"}, "event"),
    ({"user": "u", "scene": {"code": 1}}, "scene"),
    ({"user": "u", "txet": "我83"}, "txet"),
    ({"user": "u", "b": 1, "a": 2}, "a"),
]


@pytest.mark.parametrize(("body", "field"), REFUSED, ids=[str(body)[:40] for body, _ in REFUSED])
def test_a_wrong_request_is_refused_by_its_field(body: dict[str, Any], field: str) -> None:
    with pytest.raises(BadValue) as refused:
        contract.message_of(body)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("body", "kind", "event", "tap"),
    [
        ({"user": "u", "text": "我83"}, "text", None, None),
        ({"user": "u", "text": None, "tap": None}, "text", None, None),
        ({"user": "u", "tap": "care:0"}, "text", None, "care:0"),
        ({"user": "u", "event": "scan", "scene": "411303"}, "event", "scan", None),
        ({"user": "u", "event": ""}, "text", None, None),
        ({"user": "u", "text": "字" * 20_000}, "text", None, None),
    ],
)
def test_a_request_is_a_message(body: dict[str, Any], kind: str, event: str | None, tap: str | None) -> None:
    message = contract.message_of(body, prefix="api:")
    assert (message.user, message.kind, message.event, message.tap) == ("api:u", kind, event, tap)
    assert message.text == (body.get("text") or "")


def test_the_context_is_one_of_the_contracts() -> None:
    assert contract.context({}) is None
    assert contract.context({"context": None}) is None
    assert [contract.context({"context": one}) for one in CONTEXTS] == list(CONTEXTS)
    for wrong in ("weather", "", 3, ["age"], {"age": 1}):
        with pytest.raises(BadValue) as refused:
            contract.context({"context": wrong})
        assert refused.value.field == "context"


def test_a_list_by_its_id_and_one_that_is_not() -> None:
    told = contract_lists.one_list(CATALOG, "wolong")
    assert told["region"] == {"code": "411303", "name": "南阳市卧龙区"}
    assert len(told["items"]) == len(CATALOG.lists["wolong"].items)
    with pytest.raises(NotFound) as missing:
        contract_lists.one_list(CATALOG, "x" * 500)
    assert "wolong" in missing.value.message
    assert len(missing.value.message) < 200


def test_every_amount_that_is_printed_is_in_the_data() -> None:
    item = next(
        one for one in contract_lists.one_list(CATALOG, "wolong")["items"] if one["id"] == "wolong-05"
    )
    (benefit,) = item["benefits"]
    assert [(tier["when"], tier["amount"]["value"]) for tier in benefit["tiers"]] == [
        ({"age": {"between": [80, 89]}}, 50),
        ({"age": {"between": [90, 99]}}, 100),
        ({"age": {"at_least": 100}}, 300),
    ]
    for told in contract_lists.lists(CATALOG)["lists"]:
        for one in told["items"]:
            assert one["source"]["document"], one["id"]
            assert one["source"]["item"], one["id"]
            for benefit in one["benefits"]:
                assert benefit["tiers"], one["id"]
                assert all(t["amount"]["value"] is not None or t["amount"]["text"] for t in benefit["tiers"])


@pytest.mark.parametrize(
    ("region", "query", "first"),
    [
        ("卧龙区", "高龄补贴", "wolong-05"),
        ("411303", "高龄津贴", "wolong-05"),
        (None, "高龄津贴", "nanyang-05"),
    ],
)
def test_looking_up(region: str | None, query: str, first: str) -> None:
    hits = contract_lists.benefits(CATALOG, region, query)["benefits"]
    assert first in [one["id"] for one in hits]
    assert all(one["list"]["id"] in one["id"] for one in hits)
    lists = {one["list"]["id"] for one in hits}
    assert lists == {"wolong"} if region else len(lists) > 1


@pytest.mark.parametrize("region", ["郑州", "419999", "火星"])
def test_looking_up_where_no_list_is(region: str) -> None:
    with pytest.raises(BadValue) as refused:
        contract_lists.benefits(CATALOG, region, "")
    assert (refused.value.code, refused.value.field) == ("not_covered", "region")
    assert "12345" in refused.value.message


def test_without_a_place_the_place_is_asked() -> None:
    told = screened(age=83)
    assert (told["region"], told["list"], told["results"], told["notes"]) == (None, None, [], [])
    assert told["next"]["fact"] == "region"
    assert told["total"]["month_min"] is None


def test_where_no_list_is_it_says_so_and_asks_nothing() -> None:
    told = screened(age=83, region="郑州")
    assert told["region"]["name"]
    assert told["list"] is None
    assert told["next"] is None
    assert "12345" in told["notes"][0]


def test_the_next_question_can_be_put_as_it_stands() -> None:
    following = screened(region="411303", age=83)["next"]
    assert set(following) == {"fact", "text", "options"}
    assert "{" not in following["text"]
    for option in following["options"]:
        after = screened(region="411303", age=83, **option["sets"])
        assert (after["next"] or {}).get("fact") != following["fact"], option["label"]


ELDERS: list[dict[str, Any]] = [
    {},
    {"age": 59},
    {"age": 83},
    {"age_range": [79, 90], "status": {"low_income": True}},
    {"age": 90, "status": ["extreme_poverty"], "support_mode": "scattered", "care_certified": True},
    {"age": 101, "disability": {"level": 1, "kind": "mental"}, "care_severe": True, "status": ["low_income"]},
    {"age": 66, "hukou_local": False, "resident": False},
    {"age": 70, "care": "partial", "place": "institution", "ltci": "assessed"},
    {"age": 83, "care": "independent", "care_certified": True},
    {"age": 84, "birth_date": "1943-05"},
    {"age": 62, "family": ["only_child_deceased"], "merit": ["martyr_survivor"], "vagrant": True},
]


@pytest.mark.parametrize("region", ["411303", "411300", "410200", "411024", "130581", "411302"])
@pytest.mark.parametrize("facts", ELDERS, ids=[str(one) for one in ELDERS])
def test_a_screening_has_the_contracts_shape(region: str, facts: dict[str, Any]) -> None:
    told = screened(region=region, **facts)
    assert json.loads(json.dumps(told)) == told, "it is plain JSON"
    for one in told["results"]:
        assert one["verdict"] in VERDICTS
        assert ("reason" in one) is (one["verdict"] == "maybe")
        assert one.get("reason", "pilot") in REASONS
        assert all(because["text"] and because["fact"] for because in one["because"])
        assert one["agencies"]
        for benefit in one["benefits"]:
            assert benefit["id"] == one["id"]
            assert benefit["amount"]["value"] is not None or benefit["amount"]["text"]
    ids = [one["id"] for one in told["results"]]
    assert set(told["total"]["counted"]) <= set(ids)
    assert {one["why"] for one in told["total"]["not_counted"]} <= WHY_NOT
    assert set(told["presumed"]) <= {"resident", "hukou_local", "place"}


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"age": 84, "birth_date": "1943-05"}, "前后对不上"),
        ({"age": 83, "care": "independent", "care_severe": True}, "前后对不上"),
        ({"family": {"special_family_planning": False, "only_child_disabled": True}}, "前后对不上"),
    ],
)
def test_what_contradicts_itself_is_said(facts: dict[str, Any], word: str) -> None:
    assert any(word in note for note in screened(region="411303", **facts)["notes"])
    assert not any(word in note for note in screened(region="411303", age=83)["notes"])
