"""Opens what a voice keyboard wrote in one breath: a comma before each new fact, one word for each of dialect's."""

from __future__ import annotations

import re
from functools import lru_cache

from nlu.readers.words import any_of, pattern

# Shorter stretches without any mark are read as they stand.
_LONG = 9
_STRETCH = re.compile(rf"[^，,。!！?？;；:：\s（）()…~～、]{{{_LONG},}}")
_DIALECT = (
    (re.compile("搁(?=家|床|炕|屋|村|敬老院|养老院|外|这儿|那儿|俺|自己|县|城|老家|医院)"), "在"),
    (re.compile("木有|木得|没得(?!说|选|治|啥)|冇|莫得"), "没有"),
)
_THING = any_of(
    "低保 特困 五保 残疾证 残疾人证 退休金 退休工资 养老金 新农保 居民养老 长护险 长期护理险 [一二三四]级 "
    "肢体 视力 听力 精神 智力 特扶 独生子女证 户口 边缘户 监测户 轮椅 助听器 证(?=$|[^明])",
)
_VERB = (
    "(?:有|没有?(?!了)|是|不是|吃着?|领着?|拿着?|享受着?|办了?|没办过?|没领过?|没吃|没参加|参加了?|评上了?"
    "|没评上)(?:了|着|个|过|的|一个|那个|城乡|农村|职工)?"
)
# Behind these the thought goes on: a verb with its object, a time with its deed.
_UNFINISHED = pattern(
    "(?:[没不是也都有就还只才家我俺咱他她们和跟的要想能会既又可但却先从未被、给把让说在到户证吃领拿算对后前时]|现在|一直|以前|原来|去年|前年|今年|老人|一个人|自己|听力|视力|肢体|精神|智力|言语|多重|目前|后来|特困|低保|儿子|女儿|闺女|孩子|爹|娘|爸|妈|老伴儿?|公公|婆婆|爷|奶|叔|婶|舅|姨|姑)$"
)
# In these no fact is told outright.
_OPEN = pattern(
    "如果|要是|假如|万一|不知道|不清楚|分不清|弄不清|搞不清|还是|是不是|算不算|有没有|能不能|想|打算|准备|听说|好像|可能|大概|咋|怎|以前|原来|从前|过去|之前|没有?人说|只有|不是"
)
_SOMEBODY = pattern(
    "我|俺|咱|爹|娘|爸|妈|伴|他|她|公|婆|爷|奶|姥|叔|舅|姑|姨|婶|伯|岳|[0-9]{2}|[五六七八九]十|岁"
)
_QUESTION = pattern("(?:还)?能(?:领|享受|拿|申请|得到)|有(?:啥|什么|哪些)|能不能|该(?:找|咋|怎么)")
_OPENERS = any_of(
    "孩子们?(?:都|全|也)?(?:在|不在|没在|出) 儿女(?:都|全) 子女(?:都|全) 家里(?:就|只|没人|也没) 屋里就 平时 "
    "平常 现在(?!的|是|就|也|还|都|没) 目前 如今 老伴儿?(?:也)?(?:走|没了|去世|不在|瘫) "
    "一个人(?:住|过|在|生活) 身体(?:还|挺|很|不|好) 生活(?:能|不能|半|基本|完全)",
    "(?:还)?能(?:领|享受|拿|申请|得到)(?:点|到|上)?(?:啥|什么|哪|多少|几) "
    "有(?:啥|什么|哪些)(?:补|政策|待遇|福利|服务|钱) 能不能 该(?:找|咋|怎么) 没人(?:照顾|管|伺候) 吃喝拉撒 "
    "没评过 没做过评估 没鉴定 长护险 需要长期 一直(?:住|跟我|在家) 住在(?:自己|老|儿|闺|养|敬|村|县) "
    "在自己家 跟(?:我|俺|儿|闺|大|二|小|老|着)[^，,]{0,4}(?:住|过|生活) 残疾证(?!明)(?:没|有|是|一|二|三|四) "
    "独居 低保边缘 户口(?:在|不) 无儿无女 没儿没女 特扶金 走路 吃饭",
)
_OPENING = pattern(rf"(?=(?:也|都|还|又|但)?{_VERB}{_THING}|{_OPENERS})")
_ENDED = pattern(
    "(?<=没了|死了|走了|瘫了|停了)(?=[\u4e00-\u9fff]{3})|(?<=不在了|去世了|过世了|失能了|住院了|出院了|退休了|出嫁了|成家了|取消了|过期了|离婚了)(?=[\u4e00-\u9fff]{3})"
)
_GOES_ON = pattern(
    "以后|之后|的|吗|没|呢|啊|就|都|快|有|好|[一二两三四五六七八九十几半多0-9]|还|也|咋|怎|能|家|丧|抚|后"
)
_PIECE = 4
_BACK = 40


@lru_cache(maxsize=512)
def opened(text: str) -> str:
    """`text` in one way of speaking, with commas where a long stretch without marks begins to tell something else."""
    for said, plain in _DIALECT:
        text = said.sub(plain, text)
    return _STRETCH.sub(_broken, text)


def _broken(stretch: re.Match[str]) -> str:
    text, start, pieces = stretch[0], 0, []
    for at in _places(text):
        if (
            at - start >= _PIECE
            and len(text) - at >= _PIECE - 1
            and _may_break(text[max(start, at - _BACK) : at], text[at : at + _BACK])
        ):
            pieces.append(text[start:at])
            start = at
    return "，".join([*pieces, text[start:]])


def _places(text: str) -> list[int]:
    opening = (found.start() for found in _OPENING.finditer(text))
    ended = (found.start() for found in _ENDED.finditer(text) if not _GOES_ON.match(text, found.start()))
    return sorted({*opening, *ended})


def _may_break(piece: str, rest: str) -> bool:
    if _UNFINISHED.search(piece) or _OPEN.search(piece):
        return False
    asks = _QUESTION.match(rest) is not None
    return not asks or _SOMEBODY.search(piece) is not None
