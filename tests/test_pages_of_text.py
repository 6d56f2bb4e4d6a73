"""Splitting into messages: nothing is lost, every page fits, nothing is cut that must stay together."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.pages import PAGE_BYTES, pages, size

ENDS = "。；！？"
# What must stay in one piece wherever the page ends.
WHOLES = [
    "13800138000", "1,600.50", "2026-11-21", "０３７７６３１２３４５６", "https://www.gov.cn/zhengce/2024-01/11.htm?id=5#a",
    "Dibao", "👩‍👩‍👧‍👦", "👍🏽", "🇨🇳", "❤️", "1️⃣", "é",
]  # fmt: skip
LONGEST = max(map(size, WHOLES))
plain = st.text(alphabet="养老服务补贴每月元岁", min_size=1, max_size=12)
sentences = st.tuples(plain, st.sampled_from(ENDS)).map("".join)
anything = st.text(alphabet=st.characters(codec="utf-8"), max_size=300)
mixed = st.lists(st.one_of(plain, st.sampled_from(WHOLES)), max_size=60)


def without_lines(text: str) -> str:
    return text.replace("\n", "")


@given(st.lists(anything, max_size=6), st.integers(8, 200))
def test_nothing_is_lost_and_every_page_fits(blocks: list[str], limit: int) -> None:
    # The longest emoji of one piece may be longer than the smallest of these pages; it is then cut.
    found = pages(blocks, limit)
    assert without_lines("".join(found)) == without_lines("".join(blocks))
    assert all(size(page) <= limit for page in found)


@given(st.lists(sentences, min_size=1, max_size=30), st.integers(40, 300))
def test_a_page_ends_where_a_sentence_ends(told: list[str], limit: int) -> None:
    for page in pages(["".join(told)], limit):
        assert page[-1] in ENDS
        assert page[0] not in ENDS


@given(st.lists(st.lists(sentences, min_size=1, max_size=4).map("".join), max_size=12))
def test_blocks_that_fit_stay_whole_and_in_their_order(blocks: list[str]) -> None:
    found = pages(blocks, 200)
    assert "\n".join(found) == "\n".join(blocks)
    for before, after in pairwise(found):
        assert size(before) + 1 + size(after.split("\n")[0]) > 200, "the next block had room on this page"


@given(mixed, st.integers(LONGEST, 200))
def test_numbers_links_and_emoji_are_never_cut(parts: list[str], limit: int) -> None:
    """Between Chinese words, however long the sentence is."""
    text = "，".join(parts)
    found = pages([text], limit)
    assert "".join(found) == text
    ends = {sum(map(len, found[: i + 1])) for i in range(len(found) - 1)}
    for whole in WHOLES:
        for match in re.finditer(re.escape(whole), text):
            assert not ends & set(range(match.start() + 1, match.end())), f"{whole!r} was cut"


@pytest.mark.parametrize("whole", WHOLES)
@pytest.mark.parametrize("before", range(12))
def test_wherever_the_page_ends_it_stays_in_one_piece(whole: str, before: int) -> None:
    text = "字" * (PAGE_BYTES // 3 - before) + whole + "字" * 40
    found = pages([text])
    assert "".join(found) == text
    assert sum(whole in page for page in found) == 1


@pytest.mark.parametrize("mark", ["”", "’", "」", "）", "》"])
def test_a_closing_mark_stays_with_its_sentence(mark: str) -> None:
    text = f"他说“可以领。{mark}" * 60
    assert all(page.endswith(f"。{mark}") for page in pages([text], 100))


@pytest.mark.parametrize("limit", [-50, 0, 1, 3, 4, 5])
def test_a_limit_that_is_too_small_still_ends(limit: int) -> None:
    assert "".join(pages(["养老👍x1"], limit)) == "养老👍x1"


def test_a_word_longer_than_a_page_is_cut_and_fills_its_pages() -> None:
    found = pages(["x" * 9000])
    assert "".join(found) == "x" * 9000
    assert [size(page) for page in found] == [PAGE_BYTES] * 5 + [1000]


def test_no_block_is_no_page() -> None:
    assert pages([]) == []
    assert pages(["\n" * 900], 100) == []
