"""Who may move a call, told as stories; and what holds whatever anybody does: one chain, in order, to one end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.booking.history import _seal, entered, intact
from bot.booking.moves import CHANGEABLE, change, hand_back, hand_over, move, rate, remark, submit
from bot.booking.table import FINISHED, MAY, Actor, Reason, Refusal, Role
from bot.models import Move, Request, RequestState

STORIES = yaml.safe_load((Path(__file__).parent / "booking" / "moves.yaml").read_text(encoding="utf-8"))
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
STATES: tuple[RequestState, ...] = get_args(RequestState)
CAST = {
    "elder": Actor("elder", "gh/zhang"),
    "other": Actor("elder", "gh/zhao"),
    "wang": Actor("worker", "wang", ("411303",)),
    "li": Actor("worker", "li", ("411300",)),
    "far": Actor("worker", "far", ("410200",)),
    "lead": Actor("lead", "lead", ("411303",)),
    "platform": Actor("platform"),
    "clock": Actor("clock"),
}
Outcome = Request | Refusal


def fresh(region: str | None = "411303") -> Request:
    return submit(Request("9417735", "gh/zhang", "bath", region=region, address="旧地方"), CAST["elder"], NOW)


def act(request: Request, step: dict[str, Any], now: datetime) -> Outcome:
    """One step of a story."""
    actor = CAST[step["who"]]
    match step:
        case {"to": to}:
            return move(request, to, actor, now)
        case {"back": _}:
            return hand_back(request, actor, now, "有事")
        case {"give": whom}:
            return hand_over(request, CAST[whom], actor, now)
        case {"change": fields}:
            return change(request, actor, now, **fields)
        case {"rate": rating}:
            return rate(request, actor, now, rating, step.get("comment", ""))
        case {"remark": note}:
            return remark(request, actor, now, note)
    raise AssertionError(step)


def walked(step: dict[str, Any], request: Request, minute: int) -> Request:
    """The request after the step, which must come out as it says."""
    outcome = act(request, step, NOW + timedelta(minutes=minute))
    if "refused" in step:
        assert outcome == Refusal(step["refused"], request.state), step
        return request
    assert isinstance(outcome, Request), step
    if "same" in step:
        assert outcome is request, step
        return request
    assert outcome.state == step["now"], step
    assert outcome.version == request.version + 1, step
    assert outcome.history[-1].note == step.get("note", outcome.history[-1].note), step
    return outcome


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["name"])
def test_story(story: dict[str, Any]) -> None:
    request = fresh()
    for minute, step in enumerate(story["story"], start=1):
        request = walked(step, request, minute)
    assert intact(request)


def test_every_reason_is_told_in_a_story_or_below() -> None:
    told = {step["refused"] for story in STORIES for step in story["story"] if "refused" in step}
    assert told == set(get_args(Reason)) - {"too_many"}


def test_the_table_knows_no_way_out_of_an_end() -> None:
    assert not {state for state, _ in MAY} & set(FINISHED)
    assert all(to != state for (state, _), targets in MAY.items() for to in targets)
    assert {role for _, role in MAY} == set(get_args(Role))


def test_a_call_from_nowhere_is_everybodys() -> None:
    assert isinstance(move(fresh(region=None), "accepted", CAST["far"], NOW), Request)


def test_no_area_is_nowhere() -> None:
    nobody = Actor("worker", "new", ("",))
    assert move(fresh(), "accepted", nobody, NOW) == Refusal("not_your_area", "submitted")


def test_what_one_took_stays_theirs_in_another_area() -> None:
    taken = move(fresh(), "accepted", CAST["wang"], NOW)
    assert isinstance(taken, Request)
    moved_away = replace(CAST["wang"], areas=("410200",))
    assert isinstance(move(taken, "done", moved_away, NOW), Request)


def test_submitting_again_changes_nothing() -> None:
    request = fresh()
    assert submit(request, CAST["elder"], NOW) is request


def test_the_history_names_no_user_and_no_value() -> None:
    changed = change(fresh(), CAST["elder"], NOW, phone="13800138000", address="新地方", contact="老伴")
    assert isinstance(changed, Request)
    assert changed.history[-1].note == "address contact phone"
    assert not any(word in str(changed.history) for word in ("zhang", "13800138000", "新地方", "老伴"))


@pytest.mark.parametrize(
    "fields", [{"worker": "staff:far"}, {"rating": "good"}, {"address": None}, {"id": "1"}]
)
def test_nothing_else_can_be_changed(fields: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=next(iter(fields))):
        change(fresh(), CAST["elder"], NOW, **fields)


def test_a_flood_of_changes_ends() -> None:
    request = fresh()
    for n in range(99):
        request = _request(change(request, CAST["elder"], NOW, address=f"{n}号"))
    assert change(request, CAST["elder"], NOW, address="又一处") == Refusal("too_many", "submitted")
    assert remark(request, CAST["clock"], NOW, "late") == Refusal("too_many", "submitted")
    assert _request(move(request, "cancelled", CAST["elder"], NOW)).state == "cancelled"


def test_a_flood_of_taking_and_handing_back_ends() -> None:
    request, wang, lead = fresh(), CAST["wang"], CAST["lead"]
    while isinstance(after := hand_back(_request(move(request, "accepted", wang, NOW)), wang, NOW), Request):
        request = after
    taken = _request(move(request, "accepted", wang, NOW))
    assert after == Refusal("too_many", "accepted")
    assert taken.version <= 101
    assert hand_over(taken, CAST["li"], lead, NOW) == Refusal("too_many", "accepted")
    assert _request(move(taken, "done", wang, NOW)).state == "done"


def test_a_comment_is_not_lost_by_rating_again() -> None:
    request = _request(move(fresh(), "done", CAST["platform"], NOW))
    request = _request(rate(request, CAST["elder"], NOW, "good", "师傅很好"))
    request = _request(rate(request, CAST["elder"], NOW, "fair"))
    assert (request.rating, request.comment) == ("fair", "师傅很好")


def test_a_moment_has_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        move(fresh(), "accepted", CAST["wang"], datetime(2026, 11, 23, 10, 0))  # noqa: DTZ001 - that is the mistake


def test_a_clock_that_jumps_back_leaves_the_order() -> None:
    taken = _request(move(fresh(), "accepted", CAST["wang"], NOW - timedelta(days=400)))
    assert [line.at for line in taken.history] == ["2026-11-23T10:00:00+08:00"] * 2
    assert intact(taken)


def test_lines_out_of_order_are_seen_though_they_are_sealed() -> None:
    """As a clock would leave them that nobody held back."""
    request = fresh()
    early = Move("2026-11-23T09:59:59+08:00", "accepted", "staff:wang")
    sealed = replace(early, seal=_seal(request.id, request.history[-1].seal, early))
    assert not intact(replace(request, history=(*request.history, sealed)))
    late = replace(early, at="2026-11-23T10:00:00+08:00")
    sealed = replace(late, seal=_seal(request.id, request.history[-1].seal, late))
    assert intact(replace(request, history=(*request.history, sealed)))


def test_a_line_is_written_to_the_second() -> None:
    request = submit(
        Request("9417735", "gh/zhang", "bath"), CAST["elder"], NOW + timedelta(milliseconds=1_900)
    )
    assert request.history[0].at == "2026-11-23T10:00:01+08:00"


def test_entered_is_the_last_move_not_the_last_line() -> None:
    request = _request(move(fresh(), "accepted", CAST["wang"], NOW))
    request = _request(remark(request, CAST["clock"], NOW, "late"))
    assert entered(request).by == "staff:wang"
    assert entered(fresh()).by == "elder"


def _request(outcome: Outcome) -> Request:
    assert isinstance(outcome, Request)
    return outcome


def _tampered(request: Request) -> Iterator[Request]:
    """The request with one line changed, left out, doubled, swapped or forged, and the number changed."""
    lines = request.history
    yield replace(request, id="9957627")
    yield replace(request, history=())
    for n, line in enumerate(lines):
        for field, value in (
            ("at", "2026-01-01T00:00:00+08:00"),
            ("by", "staff:x"),
            ("note", "x"),
            ("seal", ""),
        ):
            yield replace(request, history=(*lines[:n], replace(line, **{field: value}), *lines[n + 1 :]))
        yield replace(request, history=(*lines[:n], line, line, *lines[n + 1 :]))
        if n + 1 < len(lines):
            yield replace(request, history=(*lines[:n], *lines[n + 1 :]))
            yield replace(request, history=(*lines[:n], lines[n + 1], line, *lines[n + 2 :]))


STEPS = st.fixed_dictionaries({"who": st.sampled_from(sorted(CAST))}).flatmap(
    lambda who: st.one_of(
        st.fixed_dictionaries({"to": st.sampled_from(STATES)}),
        st.just({"back": True}),
        st.fixed_dictionaries({"give": st.sampled_from(["wang", "li", "far", "lead"])}),
        st.fixed_dictionaries(
            {"rate": st.sampled_from(["good", "fair", "bad"]), "comment": st.text(max_size=5)}
        ),
        st.fixed_dictionaries({"remark": st.text(max_size=5)}),
        st.fixed_dictionaries(
            {"change": st.dictionaries(st.sampled_from(CHANGEABLE), st.text(max_size=5), min_size=1)}
        ),
    ).map(lambda what: who | what)
)
MINUTES = st.integers(-1_000_000, 1_000_000)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(STEPS, MINUTES), max_size=12))
def test_whatever_anybody_does(steps: list[tuple[dict[str, Any], int]]) -> None:
    request = fresh()
    for step, minutes in steps:
        now = NOW + timedelta(minutes=minutes)
        outcome = act(request, step, now)
        if isinstance(outcome, Refusal):
            assert outcome.state == request.state
            continue
        _is_next(request, outcome)
        assert _allowed(request, outcome, CAST[step["who"]].role)
        again = act(outcome, step, now)
        assert again is outcome or isinstance(again, Refusal)
        request = outcome


def _is_next(before: Request, after: Request) -> None:
    """Whether the one can come of the other: nothing rewritten, one line more at most, no end left."""
    assert after is before or after.version == before.version + 1
    assert after.history[: before.version] == before.history
    assert after.state in STATES
    assert before.state not in FINISHED or after.state == before.state
    assert (after.worker is None) <= (after.state in {"submitted", *FINISHED})
    assert after.state != "submitted" or after.worker is None
    assert intact(after)
    assert (after.id, after.who, after.service) == (before.id, before.who, before.service)


def _allowed(before: Request, after: Request, role: Role) -> bool:
    """Whether the table lets them; a lead alone may give to another what somebody has."""
    given_away = role == "lead" and after.state == "accepted"
    return after.state == before.state or given_away or after.state in MAY.get((before.state, role), ())


@settings(max_examples=100, deadline=None)
@given(st.lists(STEPS, max_size=8))
def test_no_line_can_be_rewritten(steps: list[dict[str, Any]]) -> None:
    request = fresh()
    for step in steps:
        outcome = act(request, step, NOW)
        request = outcome if isinstance(outcome, Request) else request
    assert intact(request)
    assert not any(intact(forged) for forged in _tampered(request) if forged != request)


@given(st.lists(st.sampled_from(["wang", "li", "lead", "platform"]), min_size=2, max_size=8))
def test_one_alone_takes_it(order: list[str]) -> None:
    request, takers = fresh(), set()
    for who in order:
        outcome = move(request, "accepted", CAST[who], NOW)
        if isinstance(outcome, Request):
            request = outcome
            takers.add(who)
    assert takers == {order[0]}
