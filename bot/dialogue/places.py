"""A location that was sent: which place it is, by the address beside it and by the borders; asked where unsure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.catalog.addresses import inside, region_in
from bot.catalog.areas import Spot, find
from bot.catalog.model import Catalog, Question, Region
from bot.dialogue.choices import DONT_KNOW, offered_tap
from bot.dialogue.intents import answer_of
from bot.dialogue.people import SELF, called
from bot.dialogue.scene import Scene, end, opened, report
from bot.dialogue.telling import told_something
from bot.dialogue.wording import say
from bot.models import Place, Tap, Turn
from nlu.understanding import PersonHeard, Understanding

_TAP = "place"
_NONE = f"{_TAP}:none"
_MOST_CHOICES = 4


@dataclass(frozen=True, slots=True)
class Read:
    """What a location tells: one place for sure, a few to choose from, one without a list, or nothing."""

    kind: Literal["sure", "choice", "not_covered", "unknown"]
    regions: tuple[Region, ...] = ()


def located(scene: Scene) -> Turn:
    """The place is taken as if it had been written; an unsure one is asked for, never taken silently."""
    turn = _located(scene, read_place(scene.message.place, scene.catalog))
    # Who was not asked for the place may be calling for help with it.
    return turn if scene.session.asked == "region" else opened(turn, say("place_unasked"))


def chosen_place(scene: Scene) -> Turn | None:
    """A tap, a number, a label or a yes or no under the question which of the places it is."""
    offered = offered_tap(scene.text, scene.session.offered)
    tap = scene.message.tap or (offered.id if offered else _said(scene))
    kind, _, code = tap.partition(":")
    if kind != _TAP:
        return None
    if code in scene.catalog.regions:
        return _taken(scene, scene.catalog.regions[code])
    return _nothing_taken(scene, [say("place_not_taken")], scene.catalog.questions["region"])


def read_place(place: Place | None, catalog: Catalog) -> Read:
    """The address is believed where the point does not speak against it; the point where there is no address."""
    spot = find(catalog.areas, place.latitude, place.longitude) if place and catalog.areas else None
    named = region_in(place.label, catalog) if place else None
    if named is None or _too_wide(named, catalog):
        return _by_point(named, spot, catalog)
    if named.list is None:
        against = spot is not None and spot.sure
        return _choice([*_near(spot, catalog), named]) if against else Read("not_covered", (named,))
    return _by_both(named, spot, catalog)


def _located(scene: Scene, read: Read) -> Turn:
    if read.kind == "sure":
        return opened(_taken(scene, read.regions[0]), say("place_sure", region=read.regions[0].full))
    if read.kind == "choice":
        return _asked(scene, read.regions)
    return _nothing_taken(scene, _why_not(scene, read))


def _by_point(wide: Region | None, spot: Spot | None, catalog: Catalog) -> Read:
    if spot is None:
        return Read("unknown")
    near = _near(spot, catalog)
    if not near:
        return Read("not_covered")
    agrees = wide is None or inside(spot.near[0], wide.code or "")
    return Read("sure", tuple(near)) if spot.sure and agrees else _choice(near)


def _by_both(named: Region, spot: Spot | None, catalog: Catalog) -> Read:
    """A county by its name; a city's county by the point; what speaks against each other is asked."""
    within = [area.code for area in catalog.areas if inside(area.code, named.code or "")]
    if spot is None or not (within or spot.sure):
        return Read("sure", (named,))
    agreeing = [code for code in spot.near if code in within]
    if named.code in agreeing:
        return Read("sure", (named,))
    if agreeing and spot.sure:
        return Read("sure", (catalog.regions[agreeing[0]],))
    return _choice([catalog.regions[code] for code in agreeing] or [named, *_near(spot, catalog)])


def _too_wide(named: Region, catalog: Catalog) -> bool:
    """A province or city without a list of its own, some of whose counties have one."""
    covered = (one.code for one in catalog.regions.values() if one.list)
    return named.list is None and any(inside(code or "", named.code or "") for code in covered)


def _near(spot: Spot | None, catalog: Catalog) -> list[Region]:
    return [catalog.regions[code] for code in spot.near] if spot else []


def _choice(regions: Sequence[Region]) -> Read:
    return Read("choice", tuple(regions[:_MOST_CHOICES]))


def _taken(scene: Scene, region: Region) -> Turn:
    """As if the place had been written and nothing else."""
    people = (PersonHeard(SELF, facts={"region": region.code}, named=False),)
    heard = Understanding("inform", 1.0, people=people, engine="rules")
    message = replace(scene.message, text="", tap=None)
    turn = told_something(replace(scene, message=message, heard=heard))
    # The place is always told of somebody, so there is always an answer.
    return turn or _nothing_taken(scene, [])


def _said(scene: Scene) -> str:
    """The tap that a plain yes or no stands for, where one place was asked about."""
    places = [tap.id for tap in scene.session.offered if tap.id.startswith(f"{_TAP}:")]
    told = any(heard.facts for heard in scene.heard.people)
    if len(places) != 2 or scene.session.asked != "region" or told:
        return ""
    return {"affirm": places[0], "deny": _NONE}.get(answer_of(scene.heard) or "", "")


def _asked(scene: Scene, regions: Sequence[Region]) -> Turn:
    """The places as taps; what else is written is heard as an answer to where they live."""
    taps = [
        *(Tap(f"{_TAP}:{one.code}", one.full) for one in regions),
        Tap(_NONE, say("place_none")),
        Tap(f"region:{DONT_KNOW}", say("dont_know_label")),
    ]
    names = say("place_or").join(one.full for one in regions)
    text = say("place_choice" if len(regions) > 1 else "place_confirm", regions=names)
    turn = end(scene, [text], rest=scene.session.pages, taps=taps)
    session = replace(turn.session, asked="region")
    return replace(turn, session=session, report=report(scene.with_session(session)))


def _why_not(scene: Scene, read: Read) -> list[str]:
    if read.kind == "unknown":
        return [say("location")]
    more = say("not_covered_more", who=called(scene.session.active or SELF))
    if not read.regions:
        return [say("place_outside"), more]
    region = read.regions[0]
    return [say("place_seen", region=region.full), say("not_covered", region=region.name), more]


def _nothing_taken(scene: Scene, lines: Sequence[str], ask: Question | None = None) -> Turn:
    """What was known stays; the question that waits, else the one for the place where it is not known."""
    waiting = ask or scene.catalog.questions.get(scene.session.asked or "")
    region = scene.session.region
    if region:
        lines = [*lines, say("place_kept", region=scene.catalog.region(region).name)]
    elif waiting is None:
        waiting = scene.catalog.questions["region"]
    return end(scene, lines, question=waiting, rest=scene.session.pages)
