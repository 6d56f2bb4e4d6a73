"""Fits a reply into the one text that the platform takes: at most 2000 bytes, with its choices under it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate, takewhile
from urllib.parse import quote

from bot.models import Reply, Tap
from bot.wechat.strict_xml import without_forbidden

LIMIT = 2000
# However many choices there are, the text keeps at least the other half.
_MOST_FOR_CHOICES = LIMIT // 2

_ENTITY = re.compile(r"&(?=#?\w+;)")
_JOINED = "\u0300-\u036f\u200d\u20d0-\u20ff\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"
_DIGIT = "0-9０-９A-Za-z"
# What must not be cut: a number with its sign, an address or a word; a sentence's end with the marks that close
# it; an emoji with all that belongs to it. Each has less than half a message: what has no end at all is cut,
# for a text that does not even begin would leave the elder without an answer.
_ATOM = re.compile(
    rf"(?:[¥￥$+-]?[{_DIGIT}](?:[{_DIGIT}.,:/_%?=&#~+-]{{0,288}}[{_DIGIT}])?[%‰℃]?"
    rf"|[。！？；!?]{{1,8}}[”’」』）》】\"')]{{0,4}}|[\U0001f1e6-\U0001f1ff]{{2}}|.)"
    rf"(?:[{_JOINED}]|(?<=\u200d).){{0,24}}",
    re.DOTALL,
)
_LONGEST_ATOM = 400
_SENTENCE_ENDS = frozenset("。！？；!?\n")


def compose(reply: Reply, *, numbered: bool = True) -> str:
    """The words and choices of a reply in at most `LIMIT` bytes, empty where it has no words.

    The first text goes out, further ones as far as they fit whole. Choices are tap links; where these are too
    long, plain numbered words; where even these are, the first text ends a sentence earlier. Without `numbered` the
    links have no numbers: those that a user sends choose of the last answer, never of a notice that came after it.
    """
    texts = [text for text in map(clean, reply.texts) if text]
    choices = _choices(reply.taps, size("\n".join(texts[:1])) + 1, numbered=numbered)
    room = LIMIT - (size(choices) + 1 if choices else 0)
    parts = [shorten(text, room) for text in texts[:1]]
    for text in texts[1:]:
        if size("\n\n".join([*parts, text])) > room:
            break
        parts.append(text)
    return "\n".join(part for part in ("\n\n".join(parts), choices) if part)


def clean(text: str) -> str:
    """Words that stay words: no control characters, nothing that the platform would take for a link."""
    text = without_forbidden(text).replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("<", "＜").replace(">", "＞")
    return (_ENTITY.sub("＆", text) if "&" in text else text).strip()


def shorten(text: str, limit: int) -> str:
    """The longest beginning within `limit` bytes that ends with a sentence, or else between two words."""
    if size(text) <= limit:
        return text
    # A letter has a byte at least: what begins beyond the limit cannot fit.
    atoms = _ATOM.findall(text[: limit + _LONGEST_ATOM])
    count = len(list(takewhile(lambda total: total <= limit, accumulate(map(size, atoms)))))
    ends = [place for place, atom in enumerate(atoms[:count], 1) if atom[0] in _SENTENCE_ENDS]
    sentences = "".join(atoms[: ends[-1]]) if ends else ""
    return (sentences if size(sentences) * 2 > limit else "".join(atoms[:count])).rstrip()


def size(text: str) -> int:
    """Bytes of UTF-8."""
    return len(text.encode())


def _choices(taps: Sequence[Tap], taken: int, *, numbered: bool) -> str:
    named = [(tap.id, " ".join(clean(tap.label).split())) for tap in taps]
    named = [(tap_id, label) for tap_id, label in named if label]
    links = "\n".join(
        f"{number}. {_link(*choice)}" if numbered else _link(*choice)
        for number, choice in enumerate(named, 1)
    )
    if taken + size(links) <= LIMIT:
        return links
    return _as_many_as_fit(
        f"{number}. {label}" if numbered else label for number, (_, label) in enumerate(named, 1)
    )


def _as_many_as_fit(lines: Iterable[str]) -> str:
    kept: list[str] = []
    for line in lines:
        if size("\n".join([*kept, line])) > _MOST_FOR_CHOICES:
            break
        kept.append(line)
    return "\n".join(kept)


def _link(tap_id: str, label: str) -> str:
    content, menu_id = quote(label, safe=""), quote(without_forbidden(tap_id), safe=":-._~") or "0"
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={content}&msgmenuid={menu_id}">{label}</a>'
