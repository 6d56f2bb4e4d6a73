"""Tells a piece of the writer where they are an elder themselves, and not only ask for somebody."""

from __future__ import annotations

import re
from typing import Final

from nlu.readers import people_shared
from nlu.readers.elder_facts import has_elder_fact, is_young
from nlu.readers.gathering import Gathering, Piece, clauses_of
from nlu.readers.telling_elders import say_of_all
from nlu.readers.words import any_of

_OFTEN: Final = any_of("天天 每天 每[周月] 经常 一天 白天 黑了 夜里 得 还得 又得 都得")
_HELPER: Final = re.compile(
    r"(?:我|俺|本人|咱)们?(?:自己|就|主要|这次|现在|平时|今天|也|都|是|呢|要|能|可以|来|再)*"
    + any_of(
        "想(?:要)?(?:着)?(?:问|咨询|打听|了解|知道|请教|给|替|帮|查|看看|弄) 问 咨询 打听 替 帮 代 给 打电话 听说 听 看看",
        "在(?!家)[^，,。]{0,8}(?:打工|上班|工作|做生意|当兵) (?:常年|一直|长年)?在外 打工 上班 工作 照顾 伺候 照看 侍候 说 知道 觉得",
        "担心 怕 希望 谢谢 请 应该 咋 怎么 叫 姓 手机 电话 离得 没时间 没空 回不 不在家 不在身边 住得远 填 写 报 登记 负责 管 统计",
        f"整理 汇总 发 {_OFTEN}*(?:喂|端|擦|背着?|抱着?|扶着?|洗|照应|带|养|陪|守着?|接|送|做饭|跑|掏|出钱|交|花|嫁|买|拉着?|辞)",
    )
)
_SELF_FACT: Final = re.compile(
    any_of(
        "一个人(?!照顾|伺候|管|带|养|忙|弄|侍候|看|跑|来|在外) (?:独自|自个儿?|自己)(?:一个人)?(?:住|过) 动不了 走不动 看不见 听不见",
        "看不清 听不清 腿 眼 耳 身子 [有生得]病 孤 当过兵 参过军 老兵 党员 也是 也有 也没 也快 属[鼠牛虎兔龙蛇马羊猴鸡狗猪]",
        "没儿没女 无儿无女 农村的?户 常住 低收入 退休 养老金 需要",
    )
)
# 俺仨都是低保，俺83，老伴80
_ALL_OF_US: Final = re.compile(
    "(?:仨|[三四五几]个|[三四五几]口人?|一家[三四五几]?口?人?|全家|一家子)(?=[都全也])"
)
_MARKS: Final = "，,。 \n；;"


def take_self(gathering: Gathering, piece: Piece) -> None:
    others = piece.scene.others
    if others and (us := _ALL_OF_US.match(piece.body, piece.head)):
        gathering.common.append(people_shared.said_to_all(piece.body[us.end() :]))
        return
    first = "".join(clauses_of(piece.body)[:1])
    if others - {"spouse"} and is_young(first):
        gathering.dropping = True
    elif piece.group[0].who[0].name is None and _only_asks(piece, first):
        gathering.resume(_without_own_age(piece.body[len(first) :], gathering))
    else:
        gathering.turn(*piece.group[0].who)
        say_of_all(gathering, piece.body)


def _only_asks(piece: Piece, first: str) -> bool:
    if _HELPER.match(first):
        return True
    told = piece.body if len(first.strip(_MARKS)) <= 3 else first
    return bool(piece.scene.others) and not has_elder_fact(told) and _SELF_FACT.search(told) is None


def _without_own_age(text: str, gathering: Gathering) -> str:
    """我是她二小子，今年五十九: the asker's age, where the elder's is told already."""
    clauses = clauses_of(text)
    known = gathering.now and gathering.aged.issuperset(gathering.now)
    return "".join(clauses[1:]) if clauses and known and is_young(clauses[0]) else text
