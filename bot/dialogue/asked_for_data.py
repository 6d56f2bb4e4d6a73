"""Whether somebody asks what is kept of them."""

from __future__ import annotations

from typing import Final

from bot.dialogue.wording import words

# A longer message tells of something else as well, and that comes first.
_LONGEST: Final = 24


def asks_what_is_kept(text: str) -> bool:
    """你们存了我什么, 导出我的资料, 把俺的信息发我看看."""
    return _holds(text, "my_data_asked")


def names_own_data(text: str) -> bool:
    """Whether one's own data are named: 我的个人信息在哪里看. What is asked of them only the intent tells."""
    return _holds(text, "my_data_mine")


def _holds(text: str, phrases: str) -> bool:
    plain = _plain(text)
    for pair in words("my_data_same"):
        said, _, meant = pair.partition(">")
        plain = plain.replace(said, meant)
    return len(plain) <= _LONGEST and any(phrase in plain for phrase in words(phrases))


def speaks_of_erasing(text: str) -> bool:
    """Whether a word of it may mean that something shall be erased; a model alone takes 我的信息安全吗 for that."""
    plain = _plain(text)
    for harmless in words("my_data_no_erase_words"):
        plain = plain.replace(harmless, " ")
    return any(word in plain for word in words("my_data_erase_words"))


def _plain(text: str) -> str:
    return "".join(text.split())
