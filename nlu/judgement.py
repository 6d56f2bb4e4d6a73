"""What the readers found speaks for or against an intent; any engine's ranking is weighed with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nlu.readers.emergency import Emergency
from nlu.understanding import PersonHeard

_ASKS = re.compile(
    r"[?？]|吗|么$|呢$|(?:啥|什么)(?!也|都)|多少|几[个样项]|怎|咋|哪|能不能|有没有|可不可以|行不行|中不中|是不是|如何|为何|凭啥|何时|谁|[不没]$"
    r"|(?<=[\u4e00-\u9fff])(?<![还也都从就并可是])[不没](?=[，,。 ])|管[^，,。]{1,14}不管|多大|多久|几点|几号"
    r"|[要是得能在去给][^，,。]{1,10}还是(?!那|不|老|没|得|吧)"
)
_GIVES = r"(?:补贴|补助|津贴|待遇|政策|福利|服务|照顾|优惠|优待|好处|帮扶|救助|保障|钱)"
_WHAT = r"(?:啥|什么|哪些|多少|哪几|几[样项个种])"
_ELIGIBLE = re.compile(
    rf"(?:能|可以|该|应该|够|得)?(?:领|享受|享有|拿|得到|得|申请|沾|占)(?:上|到|点|些|个)*{_WHAT}"
    rf"|(?:有|给|补|发|管|办|帮)(?:点|些|我|俺)*{_WHAT}.{{0,4}}{_GIVES}?|{_WHAT}(?:样的)?{_GIVES}"
    rf"|符合.{{0,4}}(?:条件|哪|啥|什么)|够(?:不够)?(?:格|条件)|资格|(?:有|给).{{0,6}}{_GIVES}(?:没有?|吗|不|么|$)|{_GIVES}(?:没有|有没有|吗)"
    r"|(?:能|可以|该)(?:享受|领|申请|拿)的|能不能(?:领|享受|申请|拿)|(?:能|可以)(?:领|享受|申请|拿).{0,12}(?:吗|不|么|没)$"
)
_BOOKS = re.compile(
    r"约(?!好|上了|的|过|了|没)|叫(?:个|人|一|服务|上|师傅)|派(?:个|人|一|名)|安排|(?:找|请|喊|雇|要)(?:个|人|一[个位名])|来(?:个|人|一[个位名趟])"
    r"|订(?!单)|下单|上门|一键呼叫|呼叫|(?:帮|给|替)(?:我|俺|咱|忙).{0,6}(?:买|取|送|洗|打扫|做|修|理|剪|擦|搓|换)"
)
_CORRECTS = re.compile(
    r"(?:说|打|写|记|弄|搞|点|选|按|填|算|发|报|听)(?:错|岔|反|混)|(?<!也)(?<!还)不是[^，,。不]{1,8}[，,、 ]?"
    r"(?:(?<!也)(?<!都)是(?!不)|应该是)[^，,。]{1,10}"
    r"|是[^，,。不]{1,8}[，,、 ]?(?<!也)不是[^，,。]{1,8}$|不对.{0,3}(?:是|应该|我|俺|没|有)"
    r"|更正|纠正|订正|修正|勘误|有误|应该是|改成|改为|改一下|修改|(?:换|说)成了?|(?:刚才|刚刚|前面|上面|前头|上一[条题步个]).{0,10}(?:错|不对|有误|作废|不算)"
    r"|^(?:哦|不|唉|哎)?[，,]?(?:其实|实际|准确|严格|重新说|刚想起来|刚查了|刚问了)|去掉$"
)
_BOOKED = re.compile(
    r"(?:取消|退[掉了单订]|撤|改[到成约期时天个]|推迟|推后|延|提前|挪|换[到成个]|(?:别|不用|不要|甭)(?:来|送|派|叫))"
)
_CANCELS = re.compile(
    r"取消|撤[销掉了]|退[掉了]|不要了|不用来|(?:别|甭|不要)(?:再)?(?:来|送|派)|不弄了|不约了|不做了|作罢"
)
_UNHAPPY = re.compile(
    r"投诉|举报|上访|信访|曝光|告你|骗|差劲|太差|真差|差评|态度(?!好)|糊弄|忽悠|敷衍|气[死人]|没用|烦[死人]|不满|破(?:玩意|机器|系统|东西)|笨|傻|蠢|白跑|白等|踢皮球"
    r"|打不通|没(?:一个)?(?:能)?打得?通|没人接|没人理|占线|忙音|爱搭不理|推诿|刁难|卡着|拖(?:着|了)|没动静|没个头|乱收|多收|少发|克扣|黑心|贪|坑(?:人|老)|偏心|关系户|走后门|开后门"
    r"|虐待|欺负|偷懒|骂人|吼|馊|难吃|凉的|凉透|不干净|不新鲜|迟到|爽约|放鸽子|(?:约|说)好的.{0,6}没来|没来人|咋没人来|答非所问|听不懂(?:我|人)|胡说|瞎说|扯淡|说话不算|失望|寒心|不公平"
)
_REQUESTS = re.compile(r"求|需要|想要|申请个|(?<![主只重])要(?!钱|不要|紧|是|交|多少)")
# 八十岁以上的那个钱咋领: it has no name and yet one thing is asked for.
_AGE_MONEY = re.compile(
    r"(?:岁|[五六七八九]十|以上|往上|以后|往后)[^，,。]{0,6}(?:钱|补贴|津贴|补助)[^，,。]{0,6}(?:咋|怎么|如何|在?哪|啥时|什么时候|多少|按)"
)
_OFFERS = re.compile(
    r"管[^，,。]{1,14}不管|管不管|[你恁您]们?(?:这儿?|那儿?|这里|那里)(?:管|有|给|提供)[^，,。]{1,14}[不没吗么]$"
)
# Asked outright, so that what was told beside it is only why it is asked.
_QUESTION = re.compile(
    r"[?？]|[吗么]$|吗[，,。 ]|能不能|有没有|可不可以|是不是|行不行|多少钱|[要收]钱不|咋|怎么|如何|(?<![不管])谁|哪里|哪儿|[在去到]哪"
    r"|啥时候|什么时候"
    r"|[要是得能在去给][^，,。]{1,10}还是(?!那|不|老|没|得|吧)"
    r"|(?:多少|几[块元]|[不没])$|(?:能|给|有|管|领|要|办|补|发|算)[^，,。]{0,8}(?<![还也都从就并可是])[不没](?=[，,。 ]|$)"
)
_NO_QUESTION = re.compile(r"不知道|不清楚|弄不清|忘了|记不|说不[准好]|不管|怎么也|咋也|咋都|怎么都")
_FOLLOWS = re.compile(
    r"(?:约|叫|订|下|申请|安排|预约)(?:的|好|上|过|成|到|了).{0,14}(?:吗|没有?$|没|几|啥时候|什么时候|何时|哪|呢$|咋样|怎么样|谁|定|进度|情况)"
    r"|(?:师傅|护工|护士|医生|大夫|理发的|送饭的|送餐的|洗澡的|评估的|陪诊的|上门的|来的|的人|人|车|单子?)(?:还|都|到底|今天|明天|咋|怎么)*"
    r"(?:要)?(?:到哪|啥时候|什么时候|几点|哪天|何时|还来|来不来|定了?没|有人接|接了?[没吗]|派)"
    r"|(?:查|看).{0,6}(?:预约|订单|单子|约)|(?:我的|俺的)(?:预约|订单|单子?)"
)
_PRICE = re.compile(
    r"多少钱|咋办|怎么办|哪[里儿]?(?:办|领|申请|做|有|买|能)|在哪|为啥|为什么|凭啥|咋没|咋还没|啥时候|什么时候|几号|要钱|收费|材料|手续|证件"
)

_TOTAL = re.compile(r"(?:一共|总共|拢共|合计|全部|加起来|加一起).{0,8}(?:多少|几)")
_AND_THEM = re.compile(r"^(?:那|还有)?.{1,6}(?:呢|嘞)[?？]?$")


@dataclass(frozen=True, slots=True)
class Heard:
    """All that the readers found in one normalised text."""

    text: str
    context: str | None = None
    people: tuple[PersonHeard, ...] = ()
    slots: Mapping[str, str] = field(default_factory=dict)
    alarm: Emergency | None = None

    @property
    def facts(self) -> bool:
        return any(person.facts for person in self.people)

    @property
    def asks(self) -> bool:
        return _ASKS.search(self.text) is not None

    @property
    def names(self) -> bool:
        return "benefit" in self.slots or "service" in self.slots


Test = Callable[[Heard], bool]


def _says(pattern: re.Pattern[str]) -> Test:
    return lambda heard: pattern.search(heard.text) is not None


_eligible, _books, _corrects = _says(_ELIGIBLE), _says(_BOOKS), _says(_CORRECTS)
_and_them, _total = _says(_AND_THEM), _says(_TOTAL)
_requests, _offers = _says(_REQUESTS), _says(_OFFERS)


def _questions(heard: Heard) -> bool:
    return _QUESTION.search(heard.text) is not None and not _NO_QUESTION.search(heard.text)


_booked, _unhappy, _price, _follows = _says(_BOOKED), _says(_UNHAPPY), _says(_PRICE), _says(_FOLLOWS)

# When this holds, this intent is so many times as likely.
_SPEAKS: tuple[tuple[Test, str, float], ...] = (
    (lambda h: h.facts and not h.asks and not _corrects(h) and not _books(h), "inform", 12.0),
    (
        lambda h: h.facts and _eligible(h) and not _price(h) and "benefit" not in h.slots,
        "ask_eligibility",
        12.0,
    ),
    (lambda h: not h.facts, "inform", 0.3),
    (lambda h: not h.facts and _questions(h), "inform", 0.3),
    # "你好，我妈83了" is no greeting any more.
    (lambda h: h.facts or h.names, "greet", 0.05),
    (lambda h: h.facts or h.names, "thanks", 0.2),
    (lambda h: _eligible(h) and not h.names and not _price(h), "ask_eligibility", 4.0),
    (lambda h: h.names and h.asks and not h.facts and not _books(h), "ask_service", 5.0),
    (lambda h: h.facts and _questions(h) and not _corrects(h), "inform", 0.06),
    (lambda h: "benefit" in h.slots and h.facts and _questions(h) and not _unhappy(h), "ask_service", 14.0),
    (lambda h: "service" in h.slots and _says(_CANCELS)(h) and not h.asks, "cancel_booking", 8.0),
    (_says(_AGE_MONEY), "ask_service", 6.0),
    (lambda h: h.facts and _questions(h) and _price(h) and not _unhappy(h), "ask_service", 6.0),
    (lambda h: "service" in h.slots and _offers(h), "ask_service", 8.0),
    (lambda h: "service" in h.slots and h.facts and _questions(h) and not _books(h), "ask_service", 5.0),
    (lambda h: h.names and _price(h) and not _unhappy(h), "ask_service", 3.0),
    (lambda h: "service" in h.slots and _books(h) and not _booked(h) and not h.asks, "book_call", 5.0),
    (
        lambda h: "service" in h.slots and "time" in h.slots and not _booked(h) and not h.asks,
        "book_call",
        8.0,
    ),
    (lambda h: "service" in h.slots and _requests(h) and not _booked(h) and not h.asks, "book_call", 14.0),
    (lambda h: "service" in h.slots and _requests(h) and not h.asks, "inform", 0.03),
    (lambda h: _corrects(h) and not _booked(h), "correct", 6.0),
    (lambda h: _corrects(h) and h.facts, "correct", 4.0),
    (lambda h: bool(h.people) and not h.facts and _and_them(h), "ask_eligibility", 50.0),
    (lambda h: _total(h) and not h.names, "ask_eligibility", 8.0),
    (_unhappy, "complain", 10.0),
    (lambda h: _follows(h) and not _booked(h) and not _unhappy(h), "check_booking", 10.0),
    (lambda h: _booked(h) and h.context is None, "inform", 0.5),
)
_BARE_NUMBER = re.compile(r"[0-9一二三四五六七八九十]{1,3}[.、。号]?")
_HALF_SURE = 0.4
# The slot or fact that answers what was asked just before.
_ANSWERS = {
    "booking_time": "time_text",
    "booking_address": "address",
    "booking_phone": "phone",
    "booking_name": "contact",
    "booking_service": "service",
}
_ANSWERED = 30.0


def settle(ranking: Mapping[str, float], heard: Heard) -> tuple[str, float]:
    """The likeliest intent and its probability, from a model's probabilities and what the readers found."""
    if _BARE_NUMBER.fullmatch(heard.text) and not heard.facts:
        # A choice from some list; only whoever knows the list can tell what it means.
        return "inform" if heard.context else "out_of_scope", _HALF_SURE
    odds = dict(ranking)
    for holds, intent, times in _SPEAKS:
        if intent in odds and holds(heard):
            odds[intent] *= times
    if _answers(heard):
        odds["inform"] = odds.get("inform", 0.0) * _ANSWERED + 4.0
    best = max(odds, key=lambda intent: odds[intent])
    return best, odds[best] / (sum(odds.values()) or 1.0)


def _answers(heard: Heard) -> bool:
    """Whether the text gives what was asked for, without asking back."""
    if heard.context is None or heard.asks or _corrects(heard) or _booked(heard):
        return False
    slot = _ANSWERS.get(heard.context)
    return slot in heard.slots if slot else heard.facts and heard.context not in ("confirm", "offer_booking")
