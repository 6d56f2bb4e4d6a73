"""The ways in which a turn about a call ends: with the next question, or with requests to be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.booking.moves import submit
from bot.booking.table import Actor
from bot.dialogue.scene import Scene, end, report
from bot.dialogue.wording import say
from bot.models import Request, Tap, Turn


def elder(scene: Scene) -> Actor:
    """The user as the rules of a call know them."""
    return Actor("elder", scene.message.who)


def submitted(scene: Scene, request: Request) -> Request:
    """The request with its first line, which tells who of the staff booked it."""
    return submit(request, elder(scene), scene.now, f"staff:{scene.staff}" if scene.staff else "")


def ended(
    scene: Scene,
    lines: Sequence[str],
    *,
    question: str = "",
    asked: str | None = None,
    taps: Sequence[Tap] = (),
    requests: Sequence[Request] = (),
    **changes: Any,
) -> Turn:
    """Ends the turn with `question`, read last, waiting under the name `asked`; `requests` are the new and changed
    ones, each by one line."""
    scene = with_requests(scene, requests)
    turn = end(scene, lines, ahead=[question] if question else (), taps=taps, **changes)
    session = replace(turn.session, asked=asked)
    return replace(
        turn, session=session, report=report(scene.with_session(session)), requests=tuple(requests)
    )


def left_off(scene: Scene) -> list[str]:
    """That the call being arranged is dropped for another thing; nothing where there was none."""
    draft = scene.came.draft
    return [say("call_left_off")] if draft is not None and draft.changes is None else []


def with_requests(scene: Scene, requests: Sequence[Request]) -> Scene:
    """The scene as it is once these are kept."""
    changed = {one.id: one for one in requests}
    before = tuple(changed.pop(one.id, one) for one in scene.requests)
    return replace(scene, requests=(*changed.values(), *before))


def with_draft(scene: Scene, **fields: Any) -> Scene:
    """The scene with these fields of its draft changed; without a draft it stays."""
    draft = scene.session.draft
    return scene.with_session(replace(scene.session, draft=replace(draft, **fields))) if draft else scene
