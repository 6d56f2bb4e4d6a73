"""Who only lends a hand, and the child who is told to be ill: words that stand around somebody who is no elder."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers.words import any_of

# 平常都是俺喂饭
ALWAYS: Final = re.compile("(?:都|全|总|一直|还|光)(?:是|得|靠)$")
# 穿衣裳得老伴儿搭把手, 洗澡得我帮: who helps is not who is told of.
_CALLED_FOR: Final = re.compile(
    "(?:得|要|靠|需要?|让|叫|由|凭|指望着?|离不[开了]|多亏|[都全]是|一直是|平时是)(?:有)?$|"
    "(?:洗澡|搓澡|穿衣[裳服]?|穿裤子|穿鞋|吃饭|上厕所|解手|下床|起床|翻身|走路|洗脚|洗脸|洗头)(?:都|也|还|时)?$"
)
# 洗澡得隔壁我堂嫂帮
_HELPER_BETWEEN: Final = re.compile(
    "(?:隔壁|邻居|对门)?家?的?(?:(?:我|俺|他|她|咱)家?的?)?[大二三四五小堂表老亲]?(?:嫂子?|哥|姐|弟媳妇?|弟|妹|婶子?|叔|姨|姑|妗子|舅妈?|侄子|侄女|侄媳妇?|媳妇|邻居"
    "|外甥女?|孙女|孙子|[\u4e00-\u9fff](?:大?[哥姐嫂婶姨叔]|大[爷妈娘]))"
)
_NEXT_DOOR: Final = re.compile("(?:隔壁|邻居|对门)(?:家|的)*$")
_LENDS_A_HAND: Final = re.compile(
    "(?:一直|天天|每天|顿顿|平时|来|去|在(?:旁边|跟前|边上)|过来|自己|一个人){0,3}"
    + any_of(
        "帮 扶 搀 搭把?手 搭手 喂 伺候 侍候 照顾 照看 照应 照料 服侍",
        "端[屎尿饭水茶] 背着? 抱[着他她起上下] 架着 [推拉][着一他她] 管着 看着 守着 陪着",
        "给(?:我|俺|他|她|老人)?(?:洗|搓|穿|擦|喂|端|弄|梳|脱|系|剪)",
    )
    + "(?!我[填问报查写]|俺[填问报查写])"
)
_BARELY: Final = re.compile("(?:来|去)?[弄管看陪背抱](?=[，,。；;了]|$)")
# 全靠我爸, 离不了老伴
_LEANT_ON: Final = re.compile(
    "(?:靠着?|指望着?|仗着|离不[开了]|吃喝拉撒睡?[都全][得靠要]|(?:喂饭|穿衣[裳服]?|洗澡|擦洗?|做饭|吃饭|洗衣[裳服]?|伺候|侍候|照顾|照料|端屎端尿|拉尿|翻身)(?:啥的|什么的)?[都全]是)$"
)
# 全靠老伴，她八十了 tells of her after all.
SPOKEN_OF: Final = re.compile("[，,。；;！!\\s][他她](?!们)")
_ENDS: Final = re.compile("(?:了|呢|哩|嘞|们|一个人)?(?=[，,。；;！!\\s]|$)")
# 就一个闺女，生下来就智力残疾; 一个儿还是残废
_AILING: Final = any_of(
    "残疾 残废 残 瘫 傻 智障 智力 精神 肢体 脑瘫 痴 聋 哑 瞎 盲 瘸 自闭 弱智 唐氏 小儿麻痹 癫痫 疯 神经病 [一二三四]级"
)
_AILING_CHILD: Final = re.compile(
    rf"(?:也|还|又|就|都|是|个|有)*{_AILING}|[，, ]*(?:也|可|却|偏偏|现在|又)?"
    + any_of(
        "还是 也是 又是 是个 是[一二三四]级 还有 生下来 一生下来 打小 从小 自小 天生 先天 落生 小时候 得了 有(?=残|精|智|脑|肢)"
    )
    + rf"[^，,。；;0-9我俺]{{0,6}}?{_AILING}"
)


def only_helps(text: str, left: str, end: int) -> bool:
    """Whether somebody between `left` and `end` is only told to lend a hand: 洗澡得我帮, 做饭全靠老伴."""
    if next_door := _NEXT_DOOR.search(left):
        left = left[: next_door.start()]
    if text.startswith(("隔壁", "邻居", "对门"), end - 2) and (further := _HELPER_BETWEEN.match(text, end)):
        end = further.end()
    if _LEANT_ON.search(left) and _ENDS.match(text, end):
        return True
    if _CALLED_FOR.search(left) is None:
        return False
    # 家里都是我管 tells of the house.
    return bool(_LENDS_A_HAND.match(text, end) or (not left.endswith("是") and _BARELY.match(text, end)))


def is_ailing(text: str, end: int) -> bool:
    """Whether a child named before position `end` is told to be ill or disabled from there on."""
    return _AILING_CHILD.match(text, end) is not None
