"""The numbers of calls: short, read over the telephone, never the number next door, with a check digit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from stdnum import damm

# No local telephone number starts with 9 (2 to 8 do), no date does, and 95 and 96 are the short service numbers: so
# a number of a call can be told from both without knowing what was asked.
_PAIRS: Final = ("90", "91", "92", "93", "94", "97", "98", "99")
_SHORTEST, _LONGEST = 7, 10
# The golden section: numbers that follow one another lie far apart. Prime to 10, so that none comes twice.
_STEP: Final = 618_033_989
_START: Final = 271_828

_GAP: Final = r"[ \-‐–—−_·]{0,2}"
# What holds digits and is no number of a call; taken out, so that what stands beside it can still be read.
_OTHER: Final = re.compile(
    rf"(?<![0-9])(?:\+?86{_GAP})?1[3-9](?:{_GAP}[0-9]){{8,9}}(?![0-9])"  # mobiles, with a digit left out too
    rf"|(?<![0-9])\(?0[0-9]{{2,3}}\)?{_GAP}[0-9]{{7,8}}(?![0-9])"  # telephones with an area code
    r"|[0-9]{11,}[Xx]?"  # cards
    r"|(?<![0-9])(?:19|20)[0-9]{2}([-/.])[0-9]{1,2}\1[0-9]{1,2}(?![0-9])"  # dates
    r"|(?<![0-9])(?:19|20)[0-9]{6}(?![0-9])"
    r"|[0-9]+\.[0-9]+"  # fractions, coordinates
)
_SPOKEN: Final = str.maketrans("零〇○一幺壹二贰三叁四肆五伍六陆七柒八捌九玖", "0001112233445566778899")
# 一直, 一共: no digit.
_NUMERAL: Final = r"(?:[零〇○幺壹二贰三叁四肆五伍六陆七柒八捌九玖]|一(?![直共个起点下样次定般些]))"
_RUN: Final = re.compile(rf"[0-9](?:{_GAP}[0-9])*|{_NUMERAL}(?:[ ，,、]?{_NUMERAL})*")
_CUE: Final = re.compile(r"单号|工单|订单|编号|预约号|受理号|服务号")
_MEANT: Final = range(5, 13)


def number(counter: int) -> str:
    """The number of the call that was counted so, from 0: 7 digits, one more each time that they run out.

    An affine permutation of the counter (secret-free: it hides how many calls there are and keeps neighbours apart,
    it is no protection; whose call it is must be asked anyway) and the check digit of Damm's method. `ValueError`
    for a counter below 0 or over 88,880,000.
    """
    if counter < 0:
        raise ValueError("a counter starts at 0")
    for digits in range(_SHORTEST - 3, _LONGEST - 2):
        size = len(_PAIRS) * 10**digits
        if counter < size:
            return _numbered((counter * _STEP + _START) % size, digits)
        counter -= size
    raise ValueError("there are no more numbers")


def spoken(number: str) -> str:
    """The number in groups of three and four, as it is read aloud: 913 7482."""
    cuts = {7: (3,), 8: (4,), 9: (3, 6), 10: (3, 6)}[len(number)]
    return " ".join(number[a:b] for a, b in zip((0, *cuts), (*cuts, len(number)), strict=True))


def read(text: str) -> str | None:
    """The first number of a call in what somebody wrote: 913-7482, ９１３７４８２, 九幺三七四八二; None without one."""
    return next((run for run in _runs(text) if _valid(run)), None)


def looks_wrong(text: str) -> bool:
    """Whether a number of a call was meant, and a digit is wrong, missing or too many."""
    runs = list(_runs(text))
    if any(map(_valid, runs)):
        return False
    cued = _CUE.search(text) is not None
    return any(_shaped(run) or (cued and len(run) in _MEANT) for run in runs)


def _numbered(place: int, digits: int) -> str:
    pair, rest = divmod(place, 10**digits)
    body = f"{_PAIRS[pair]}{rest:0{digits}}"
    return body + damm.calc_check_digit(body)


def _runs(text: str) -> Iterator[str]:
    """The digits that stand together: such as can be a number by themselves (9137482 15号), then with their gaps."""
    plain = _OTHER.sub("|", unicodedata.normalize("NFKC", text))
    for run in _RUN.finditer(plain):
        groups = re.findall("[0-9]+", run[0].translate(_SPOKEN))
        yield from (group for group in groups if len(group) >= _SHORTEST)
        yield "".join(groups)


def _shaped(run: str) -> bool:
    return _SHORTEST <= len(run) <= _LONGEST and run.startswith(_PAIRS)


def _valid(run: str) -> bool:
    return _shaped(run) and damm.is_valid(run)
