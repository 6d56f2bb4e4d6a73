"""Where a word for a person stands for nobody who is told of: 跟他一样, 在他家, 我两个舅, 老人本人."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers.kin_seen import Seen

_LIKE: Final = re.compile("[跟和同与像]$")
_ALIKE: Final = re.compile("(?:也|都|倒)?(?:是)?(?:一样|差不多|似的|一般(?!大))")
_SOME_KIN: Final = re.compile(
    "(?:家|们)?(?:[两三四几]个|俩|仨)(?:亲|堂|表|老)?(?:舅|姨|姑|叔|伯|婶|妗|哥|姐|弟|妹|爷爷|奶奶|邻居)"
)


def is_measure(one: Seen) -> bool:
    """跟他一样也是低保 is told of whoever is like him."""
    return _LIKE.search(one.left) is not None and _ALIKE.match(one.text, one.end) is not None


def is_place(one: Seen) -> bool:
    """妈在他家住 is not told of him."""
    return one.text.startswith("家", one.end) and one.left.endswith(
        ("在", "到", "去", "搁", "上", "住", "回")
    )


def owns_some(one: Seen) -> bool:
    """我两个舅, 我俩姑姑: the writer is not told of."""
    return one.word[0] in "我俺咱" and _SOME_KIN.match(one.text, one.start + 1) is not None


def in_person(one: Seen) -> bool:
    """老人本人, 我妈本人."""
    last = one.last("elder", "self", "weak")
    return one.word == "本人" and last is not None and last.end == one.start
