"""What the models see of a text: pieces of 1 to 3 characters, after words that mean the same became one word."""

from __future__ import annotations

import re
from collections.abc import Mapping

LONGEST, PAIR = 3, 2
# Longer than a pair, so that nothing counts it as one of the plain text's.
AS_WRITTEN = "=="
# What is wanted shows early; beyond this a text only costs time.
READ_AT_MOST = 400

_GAP = re.compile(r"[\s,，.。;；:：、!！~～…—\-_()（）\[\]【】“”\"'‘’《》<>/\\|·*#]+")

# Patterns first, in this order: what is counted, dated or related is one sign each.
_SIGNS = (
    (re.compile(r"1\d{10}|0\d{2,3}-?\d{7,8}"), "☎"),
    (
        re.compile(
            r"(?:大?[前后今明昨]天|[今明后昨]儿个?|(?:下|这|上)?个?(?:周|星期|礼拜)[一二三四五六日天末1-7])"
        ),
        "⌚",
    ),
    (
        re.compile(
            r"(?:早上|上午|中午|晌午|下午|下晌|晚上|傍晚)?[0-9一二三四五六七八九十]{1,3}点(?:半|钟|[一三]刻)?"
        ),
        "⌚",
    ),
    (re.compile(r"\d+(?:\.\d+)?"), "0"),
    (re.compile(r"[一二三四五六七八九]?[十百][一二三四五六七八九零有]{0,3}(?=[岁多来了整]|$)"), "0"),
    (
        re.compile(
            r"(?:[我俺你恁他她]们?)?家?(?:老?(?:母亲|父亲|妈妈?|爸爸?|娘|爹|爷爷|奶奶?|姥姥|姥爷|外公|外婆|公公|婆婆"
            r"|岳父|岳母|老伴儿?|老头子?|老太太|老婆子?|老婆|大爷|大妈|大娘|大伯|叔叔?|姑姑?|姨妈?|舅舅?))"
        ),
        "亲",
    ),
)

_WORDS = {
    "有没有": "有吗", "是不是": "是吗", "能不能": "能吗", "可不可以": "能吗", "行不行": "行吗", "要不要": "要吗",
    "什么时候": "何时", "啥时候": "何时", "多会儿": "何时", "几时": "何时", "啥时": "何时",
    "怎么样": "咋样", "怎样": "咋样", "如何": "咋", "怎么": "咋", "咋样": "咋", "咋着": "咋", "怎": "咋",
    "什么": "啥", "甚么": "啥", "哪些": "啥", "为何": "为啥", "凭啥": "为啥", "咋就": "为啥", "咋还": "为啥", "咋没": "为啥没",
    "哪里": "哪", "哪儿": "哪", "哪块": "哪", "在什么地方": "在哪", "啥地方": "哪",
    "可以": "能", "能够": "能", "享受": "领", "领取": "领", "享有": "领",
    "补助": "补贴", "津贴": "补贴", "待遇": "补贴", "福利": "补贴", "优惠": "补贴", "优待": "补贴",
    "没有": "没", "木有": "没", "冇": "没", "没得": "没",
    "不晓得": "不知道", "知不道": "不知道", "木知道": "不知道", "弄不清": "不清", "搞不清": "不清", "闹不清": "不清",
    "不用": "不要", "甭": "不要", "别": "不要", "莫": "不要", "不必": "不要", "不需要": "不要",
    "喊": "叫", "派": "叫", "请个": "叫个", "找个": "叫个", "雇": "叫", "预约": "约", "预定": "约", "预订": "约",
    "师傅": "师", "护工": "工", "护理员": "工", "护士": "工", "工作人员": "员", "客服": "员",
    "我": "我", "俺": "我", "咱": "我", "恁": "你", "您": "你", "他": "他", "她": "他",
    "告诉": "说", "讲": "说", "嘞": "了", "啦": "了", "喽": "了", "咧": "了",
    "呀": "", "啊": "", "哇": "", "呢": "", "哈": "", "嘛": "", "吧": "", "哎": "", "的": "", "们": "",
    "么": "吗", "不?": "吗", "麻烦": "请", "信息": "资料", "数据": "资料", "记录": "资料", "个人": "",
    "删掉": "删", "删除": "删", "清除": "删", "清空": "删", "抹掉": "删", "去掉": "删",
    "挪到": "改到", "换到": "改到", "调到": "改到", "推到": "改到", "换成": "改到", "改成": "改到", "推迟": "往后", "延后": "往后",
    "重头": "从头", "重新": "重新", "再见": "再见",
}  # fmt: skip


def _swap(words: Mapping[str, str]) -> tuple[re.Pattern[str], Mapping[str, str]]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), words


_SAME, _AS = _swap(_WORDS)


def plain(text: str) -> str:
    """The text with its signs and its words of one meaning made alike."""
    kept = _GAP.sub(" ", text[:READ_AT_MOST]).strip()
    for pattern, sign in _SIGNS:
        kept = pattern.sub(sign, kept)
    return _SAME.sub(lambda found: _AS[found[0]], kept)


def grams(text: str, longest: int = LONGEST) -> list[str]:
    """The pieces of 1 to `longest` characters of a normalised text made plain, its ends marked, and about how long it is."""
    kept = f"^{plain(text)}$"
    return [*_pieces(kept, longest), f"size{min(len(kept) // 3, 7)}"]


def pairs(text: str) -> list[str]:
    """Single characters and pairs of a normalised text, once made plain and once as it was written."""
    written = _GAP.sub(" ", text[:READ_AT_MOST]).strip()
    return [*grams(text, PAIR), *(AS_WRITTEN + piece for piece in _pieces(f"^{written}$", PAIR))]


def _pieces(text: str, longest: int) -> list[str]:
    return [text[at : at + n] for n in range(1, longest + 1) for at in range(len(text) - n + 1)]
