"""What could not be told in time: a late answer or a notice, told with the user's next message."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.choices import offered_tap, trimmed
from bot.dialogue.pages import PAGE_BYTES, size
from bot.dialogue.scene import Scene, end, report
from bot.dialogue.wording import say, words
from bot.models import Notice, Reply, Tap, Turn

FETCH = "fetch"


def promised() -> Reply:
    """What is said at once where the answer takes longer."""
    return Reply((say("looking"),), (Tap(FETCH, say("fetch_label")),))


def fetch(scene: Scene) -> Turn | None:
    """The user asks for what was promised: the oldest notice, whole."""
    if not _asked_for(scene):
        return None
    if scene.waiting:
        return _told(scene, scene.waiting[0])
    question = scene.catalog.questions.get(scene.session.asked or "")
    taps = (Tap(FETCH, say("fetch_label")),) if scene.owed else ()
    text = say("still_looking" if scene.owed else "nothing_waits")
    return end(scene, [text], question=question, rest=scene.session.pages, taps=taps)


def told_first(turn: Turn, scene: Scene) -> Turn:
    """The turn with what waits before its reply, where both fit; else with a tap to fetch it. Never before an
    emergency, never in the place of an answer, and not to who wants all of it erased."""
    erased = any(effect.kind == "forget" for effect in turn.effects)
    if erased or not scene.waiting or turn.told or turn.report.get("emergency") or not turn.reply.texts:
        return turn
    notice = scene.waiting[0]
    head, *others = turn.reply.texts
    both = "\n".join((*_lines(notice), say("now_this"), head))
    if not notice.taps and size(both) <= PAGE_BYTES:
        return replace(turn, reply=replace(turn.reply, texts=(both, *others)), told=(notice.id,))
    return _with_tap(turn)


def _asked_for(scene: Scene) -> bool:
    offered = offered_tap(scene.text, scene.session.offered)
    tapped = scene.message.tap == FETCH or (offered is not None and offered.id == FETCH)
    said = {scene.text, trimmed(scene.text)}
    something = bool(scene.waiting or scene.owed)
    return (
        tapped
        or say("fetch_label") in said
        or (something and bool(said & {*words("fetch")}))
        or (_promise_was_last(scene) and offered_tap(scene.text, promised().taps) is not None)
    )


def _promise_was_last(scene: Scene) -> bool:
    """Whether the promise is the last that the user has read: its number stands for its tap, then, and for no
    choice of a reply that still waits."""
    late = [notice for notice in scene.waiting if notice.kind == "late"]
    return scene.owed or bool(late and late[-1].taps == scene.session.offered)


def _told(scene: Scene, notice: Notice) -> Turn:
    """The choices of an answer that came late are those of the session already, for it was a turn."""
    taps = list(notice.taps)
    if len(scene.waiting) > 1:
        taps.append(Tap(FETCH, say("fetch_label")))
    offered = scene.session.offered if notice.kind == "late" else tuple(taps)
    session = replace(scene.session, misunderstood=0, offered=offered)
    reply = Reply(("\n".join(_lines(notice)),), tuple(taps))
    return Turn(session, reply, report=report(scene), told=(notice.id,))


def _lines(notice: Notice) -> tuple[str, ...]:
    head = say("late_head")
    # A late answer may itself begin with one that came late.
    headed = notice.kind != "late" or notice.texts[0].startswith(head)
    return notice.texts if headed else (head, *notice.texts)


def _with_tap(turn: Turn) -> Turn:
    tap = Tap(FETCH, say("fetch_label"))
    taps = (*turn.reply.taps, tap)
    head, *others = turn.reply.texts
    texts = ("\n".join((head, say("something_waits"))), *others)
    session = replace(turn.session, offered=(*turn.session.offered, tap))
    return replace(turn, session=session, reply=Reply(texts, taps))
