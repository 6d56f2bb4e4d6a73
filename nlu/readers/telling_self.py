"""Tells a piece of the writer where they are an elder themselves, and not only ask for somebody."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers import people_shared
from nlu.readers.elder_facts import has_elder_age, has_elder_fact, is_young
from nlu.readers.gathering import Gathering, Piece, clauses_of
from nlu.readers.telling_elders import say_of_all
from nlu.readers.words import any_of

_OFTEN: Final = any_of("天天 每天 每[周月] 经常 一天 白天 黑了 夜里 得 还得 又得 都得")
_HELPER: Final = re.compile(
    r"(?:我|俺|本人|咱)们?(?:自己|就|主要|这次|现在|平时|今天|也|都|是|呢|要|能|可以|来|再)*"
    + any_of(
        "想(?:要)?(?:着)?(?:问|咨询|打听|了解|知道|请教|给|替|帮|查|看看|弄) 问 咨询 打听 替 帮 代 给 打电话 听说 听 看看",
        "在(?!家)[^，,。]{0,8}(?:打工|上班|工作|做生意|当兵) (?:常年|一直|长年)?在外 打工 上班 工作",
        "照顾 伺候 照看 侍候 说(?!的?是|错) 知道 觉得",
        "担心 怕 希望 谢谢 请 应该 咋 怎么 叫 姓 手机 电话 离得 没时间 没空 回不 不在家 不在身边 住得远 填 写 报 登记 负责 管 统计",
        f"整理 汇总 发 {_OFTEN}*(?:喂|端|擦|背着?|抱着?|扶着?|洗|照应|带|养|陪|守着?|接|送|做饭|跑|掏|出钱|交|花|嫁|买|拉着?|辞)",
    )
)
_SELF_FACT: Final = re.compile(
    any_of(
        "一个人(?!照顾|伺候|管|带|养|忙|弄|侍候|看|跑|来|在外) (?:独自|自个儿?|自己)(?:一个人)?(?:住|过) 动不了 走不动 看不见 听不见",
        "看不清 听不清 腿 眼 耳 身子 [有生得]病 孤 当过兵 参过军 老兵 党员 也是 也有 也没 也快 属[鼠牛虎兔龙蛇马羊猴鸡狗猪]",
        "没工作过? 没上过班 没单位 没(?:有)?正式工作 没退休 [养退][老休]金(?:也|都)?[没木] 没交过 务农 没儿没女 无儿无女"
        " 农村的?户 常住 低收入 退休 养老金 需要",
    )
)
# 俺仨都是低保，俺83，老伴80
_ALL_OF_US: Final = re.compile(
    "(?:仨|[三四五几]个|[三四五几]口人?|一家[三四五几]?口?人?|全家|一家子)(?=[都全也])"
)
# 我妈83，我们是低保户: a household's state is asked for by whoever belongs to it.
_HOUSEHOLD: Final = re.compile(
    "(?:(?:我|俺|咱|本人)(?:们|家里?|们家里?|一家人?)|咱)(?:全家)?[也都现在]*(?:还|就)?(?:不|没有?)?(?:是|属于|算|有|吃|拿|享受|领|评上|办)?[着了]?[个的]?"
    rf"(?:[村社]里?区?认定的)?(?:{people_shared.HOUSEHOLD_STATES}|易返贫|防返贫|边缘|困难家庭|计生特殊|失独)[^，,。；;！!？?0-9]{{0,6}}[，,。；;！!？?]*$"
)
# 我是外地嫁来的，今年七十六，老头子八十
_SIXTY: Final = re.compile(
    r"[，,。；;\s](?:我|俺)?(?:今年|现年|虚岁|周岁|如今|现在|已经|都|快)+(?:[6-9][0-9](?![0-9.])|[六七八九]十)"
)
_I_AM_CALLED: Final = re.compile("(?:我|俺|本人)(?:叫|姓|名叫)")
_ENQUIRES: Final = re.compile(
    "(?:我|俺|本人|咱)们?(?:就|想|要|来|现在)*(?:问|咨询|打听|了解|替|帮|代|给|听|知道)"
)
_MARKS: Final = "，,。 \n；;"


def take_self(gathering: Gathering, piece: Piece) -> None:
    others = piece.scene.others
    if others and (us := _ALL_OF_US.match(piece.body, piece.head)):
        gathering.common.append(people_shared.said_to_all(piece.body[us.end() :]))
        return
    first = "".join(clauses_of(piece.body)[:1])
    if others and _HOUSEHOLD.match(first):
        gathering.common.append(first)
        gathering.resume(piece.body[len(first) :])
        return
    if others and _LIVES_WITH_US.match(first):
        gathering.resume(piece.body)
    elif others - {"spouse"} and is_young(first):
        gathering.dropping = True
    elif piece.group[0].who[0].name is None and _only_asks(piece, first) and not _age_next(gathering, piece):
        minded = first[piece.head :] if _MINDED_FOR.search(first) else ""
        gathering.dropping = False
        say_of_all(
            gathering,
            _apart(
                minded
                + _without_own_age(piece.body[len(first) :], gathering, _I_AM_CALLED.match(first) is not None)
            ),
        )
    else:
        gathering.turn(*piece.group[0].who)
        say_of_all(gathering, piece.body)


# 我妈照顾着一起住, told of the grandmother
_LIVES_WITH_US: Final = re.compile(
    "(?:我|俺)(?:爸妈|爹娘|妈|爸|娘|爹|媳妇|对象|哥|姐|弟|妹|大姑|小姑|姑|叔|舅|姨|家人|大伯|伯)[^，,。；;0-9]{0,4}"
    "(?:照顾|伺候|照看|照应|陪|带|跟|和)着?[^，,。；;0-9]{0,4}(?:一起|一块儿?)[^，,。；;0-9]{0,3}(?:住|过)"
)


def _apart(text: str) -> str:
    """特困有没有(我不清楚)人八十八了: what was left out leaves a gap."""
    return "，" + text if text and text[0] not in _MARKS else text


# 我伺候五年了 tells how long the elder has needed it.
_MINDED_FOR: Final = re.compile("(?:伺候|侍候|服侍|照顾|照看|照料|照护|护理|喂)[^，,。；;]{0,6}(?:年|月)")


# 我姓魏，七十九
_NAMED: Final = re.compile(
    r"(?:我|俺|本人)(?:姓|叫|名叫)[^，,。；;\s]{1,4}?[，, ]?(?:[男女][，, ]?)?(?:今年|现年|虚岁|周岁|也|都|快|已经|满|刚)*"
    r"(?:[6-9][0-9](?![0-9.])|1[01][0-9](?![0-9.])|[六七八九]十)"
)


def _age_next(gathering: Gathering, piece: Piece) -> bool:
    """我啥都没，七十九: the writer's own age, where the other's is told already."""
    clauses = clauses_of(piece.body)
    known = bool(gathering.now) and gathering.aged.issuperset(gathering.now)
    return known and len(clauses) > 1 and not _HELPER.match(clauses[0]) and has_elder_age(clauses[1][:7])


def _only_asks(piece: Piece, first: str) -> bool:
    if piece.scene.others == {"spouse"} and _SIXTY.search(piece.after) and not _ENQUIRES.match(first):
        return False
    if _HELPER.match(first):
        return _NAMED.match(piece.body, piece.lead) is None
    told = piece.body if len(first.strip(_MARKS)) <= 3 else first
    return bool(piece.scene.others) and not has_elder_fact(told) and _SELF_FACT.search(told) is None


def _without_own_age(text: str, gathering: Gathering, named: bool) -> str:
    """我是她二小子，今年五十九: the asker's age, where the elder's is told already; 我叫李娜，38岁."""
    clauses = clauses_of(text)
    known = (gathering.now and gathering.aged.issuperset(gathering.now)) or named
    return "".join(clauses[1:]) if clauses and known and is_young(clauses[0]) else text
