"""Judges whether what a text mentions is held, denied, applied for or left open."""

from __future__ import annotations

from enum import Enum

from nlu.readers.clauses import Clause
from nlu.readers.words import ADVERB, CHILD, DOUBT, FILL, NO, PERSON, THING, any_of, pattern


class Stance(Enum):
    """What a text says of a thing that it mentions; OPEN stands for doubt, questions, conditions and the past."""

    HELD = "held"
    DENIED = "denied"
    APPLYING = "applying"
    OPEN = "open"


# How far the words may stand that decide on a term, in characters.
_REACH = 22
_JOIN = any_of("、 和 跟 与 或者? 以及 及 还有 也 啥的")
_GAP = rf"{FILL}*"
_NO_BEFORE = pattern(rf"{NO}{_GAP}(?:{THING}(?:{_JOIN}+{NO}?{_GAP})?)*$")
_NO_NO_BEFORE = pattern(rf"(?:不是|并不是|并非|哪能|哪会)说?(?:没有?|不是|无){_GAP}$")
_ASK_BEFORE = pattern(
    any_of(
        "有没有? 是不是 算不算 是否 属不属于? 能不能 可不可以 够不够 符不符合 吃没吃 领没领 办没办 什么是 什么叫 啥是",
        "啥叫 哪些是 谁是 怎样算 怎么算 咋算 怎么 咋 如何 能 可以 哪能 去哪 哪里 哪儿",
    )
    + rf"{_GAP}$"
)
_DOUBT = any_of(
    DOUBT,
    "说成 写成 打成 记成 弄成 选成 (?:刚才|前面|刚|先前|上面|一开始)(?:我|俺)?(?:说|填|写|选)(?!错|漏|了)",
    "应该 (?:邻居|人家|别人|他们|有人|村里人|大家|隔壁)[^，,]{0,3}说",
)
_DOUBT_BEFORE = pattern(rf"{_DOUBT}[^我俺咱啥吗呢]{{0,7}}$")
_DOUBT_AFTER = pattern(
    "^.{0,10}?"
    + any_of(
        "不清楚 不知道?(?!道) 不晓得 说不准 拿不准 忘了 记不清 不确定 算不算 是不是 有没有 搞不清 弄不清 分不清 说不清"
    )
    + "(?!几|多少|能|啥|什么|咋|怎|哪|可以|有啥)"
    + r"|^.{0,6}?([给批让补发管])不\1"
)
_CONDITION_BEFORE = pattern(
    any_of(
        "(?<!主)要 得 需要? 非得 才 只有 凡是? 除了 按照? 根据 关于 咨询 了解 查查? 问问? 打听 说说 看看 讲讲? 预约(?:一下)? 约"
    )
    + "(?:是|有|先)?(?:那个|一下|下)?$"
)
# 只有低保没别的, 除了低保啥也没有
_ONLY_BEFORE = pattern("(?:只有|就有|光有|就是个?)$|除了$")
_NOTHING_ELSE = pattern(
    "^(?:户|证)?(?:以外|之外|外)?(?:这个)?(?:啥|什么|别的|其[他它]的?)?(?:都|也)?(?:没|木)"
)
_BUT_FOR = pattern("除了?$")
_CAN = pattern("才|能|可以|给|还|也|户|的|[?？吗]|算|领|补|啥|什么|以外|之外|外")
_WAITS = pattern("等着?$|盼着?$")
# 吃过两年低保 says nothing of today.
_ONCE_BEFORE = pattern("(?<!没)(?<!没有)(?:吃|领|享受|拿|当)过(?!兵)[^，,]{0,6}$")
_WANT = any_of("想 打算 准备 (?<!主)要 计划 希望 争取 等着? 盼着? 愿意?")
_TRY = any_of("办理? 申请 申办 评 吃 报 弄 整 领 享受 拿 有 要 进 住 考 鉴定 当")
_WANT_BEFORE = pattern(rf"{_WANT}[^，,]{{0,5}}?{_TRY}(?:一?个|一下|上|到|这个|那个|张|本|的)*$")
_APPLY_BEFORE = pattern(
    any_of(
        "(?:申请|申办|申报|审批|审核|公示)(?:了|着|过|办理?|一?个|的|一下)*",
        "(?:正在?|还在|(?<!现)在|刚去|才去|去)(?:办理?|评|弄|报|整|跑|审|补办|鉴定)(?:着|理)?(?:一?个)?",
        "(?:交|递|报)了?(?:材料|申请)(?:办|评)?",
    )
    + "$"
)
_APPLY_AFTER = pattern(
    rf"^{ADVERB}*?"
    + any_of(
        "(?:正在?|还?在)(?:办|申请|审|评|批|弄|跑|走|等) (?:申请|材料)?刚?(?:交上去|递上去|报上去|交了材料|等着批|公示)",
        "(?:打算|准备|想)去?办 办着呢? 正办 申请了$ 申请着",
    )
)
_HOLD = any_of(
    "是 有 吃 领 拿 享受? 属于? 评定? 认定 办好 办到 办下来 办 给 纳入 列入 列为 列 定 批 靠 凭 持有? 进 入 上 算 归 当",
    "转 改成 变成 申请[到上]了? 申请下来 申请成",
)
_HOLD_GAP = any_of(
    "了 着 上 成 为 到 过 的 一?个 那个? 这个? 我 俺 咱 们 村里?的? 国家的? 农村 城市 城镇 城乡 [张本份户] 第?二代 就 也",
    "都 里 一 老 建档",
)
_HOLD_BEFORE = pattern(rf"{_HOLD}{_HOLD_GAP}*$")
# 办低保 is a thing to do, 办了低保 is done.
_TO_DO_BEFORE = pattern(
    "(?:(?<!刚)办理?|评|申请|给|(?<![上汇通])报|(?<![吃评办领拿享列])上|进|批|定|(?<![列纳])入|转)(?:一?个|一下)?$"
)
GONE = any_of(
    "取消 停(?!车) 退出 没了 掉了 到期(?!间) 过期 作废 注销 失效 不批 不让 刷下? 拿掉 撤 吃不上 没份 没有?我的 没有?俺的",
    "掐 (?:被|叫|让|给)(?:人|人家|别人|他们)*给?顶",
    "[没木冇](?:能|给|我|俺|咱|让|来得及|去|再)*(?:过(?!期)|办|批|评|下|通过|过审|申|领|吃|享受|拿|纳入|续|年检|弄|到手|换|审)",
    "批不下 办不[了下成来] 评不上 不给 轮不[到上着] 不够 不沾 沾不[上着] 不占 挨不[着上] 不符合 不达标 不合格 够不[着上] 解除 消除",
    "退了 下了 不吃了 抹 砍 销[了掉] 清退 清出 剔 踢 断了 摘 收回 收走 拿走 不叫[吃领享] 不让[吃领享] 不给[吃领享发]",
)
_LIMIT = (
    any_of("没有? 没得 木有 冇 莫得 不是 不算")
    + rf"(?!{THING}(?!{ADVERB}*[没有])|[一二三四1-4]级|\w{{0,3}}[证金险]|"
    + any_of("人 钱 用 办法 问题 关系 意思 那个 别的 其[他它] 多少 提 啥 什么 补 退休")
    + ")"
)
_NO_AFTER = pattern(rf"^(?:{_JOIN}|{THING}|{ADVERB})*?(?:{GONE}(?!吗|么|怎|咋)|{_LIMIT})")
_GOT_AFTER = pattern(
    rf"^{ADVERB}{{0,6}}?(?:(?:批|评|办|审)(?:了|好|过了|成)|(?:批|评|办|申请)?(?:下来|到手)了?|(?:批|评|办|申请)(?:上|到)了)"
)
_WRONG_AFTER = pattern(
    "^(?:那个|那条|那项|这个|这条)?(?:是|都是|我)?(?:不对|错的|说错|写错|填错|选错|去掉|删)|^(?:改|换)成"
)
_HAS_AFTER = pattern(
    rf"^(?:{_JOIN}|{THING}|残疾|{ADVERB})*(?:有|是)(?:证(?!明)|本子?$|的|了|啊|呀|呢|哩|嘞)*$"
)
_NOW_LOST = pattern("取消|停了|没了|不是了|没有了|过期|作废|注销|不吃了|不享受了|退了|到期了|失效")
_STILL = pattern("现在还|现在也|一直|到现在|至今|还是|还在|还吃")
_ASK_AFTER = pattern(
    "^(?:户|家庭|证|对象|人员?|老人|的|了|过)*(?:吗|么|(?:不|没有?|没得|算不|是不|嘛|啊|呀|吧)?$)"
)
_TOPIC_AFTER = pattern(
    "^(?:户|家庭|老人|证|人)?的?"
    + any_of(
        "标准 政策 条件 申请 材料 手续 流程 电话 窗口 办公室 专干 怎 咋 如何 能 可以 可不 多少 啥 什么 几 哪 要 需要",
        "得 给 发 都给 涨 事儿? 名额 问题 审核 认定 查 资格 待遇 补[贴助] 津贴 护理 生活补 [好难]办 下个?月 那(?!点|些) 线 对象[有能]",
        "多着 多得 多了去 不少 有的是 很多 咋恁多 [越最]来 和 跟 与 有(?![一二三\\d]) 会 是啥 是什么 是怎 是不是",
        "到底 规定 优先 免 比 高 两项 服务 通知 该 应该 自付 报销",
        "交 还能 还可 才 办(?![了好下]) 工作 评定 申报 登记 年审 救助 供养(?:标准|机构|金) 老人[能有] 和",
    )
)
_GENERAL_AFTER = pattern("^(?:户|证|级|残疾|卡)*的(?:老人|老年人|人|家庭|群众|老头|老太|咋|怎么)")
_AGE = r"(?:[\d零一二三四五六七八九十]+(?:多|来)?(?:周|虚)?岁?(?:了|的|多)*)"
_PERSON_BEFORE = pattern(
    rf"(?:{PERSON}(?:家|今年|现在|也|都|就|们|这个)*{_AGE}?|\d+(?:多|来)?(?:周|虚)?岁(?:了|的|多)*)$"
)
_OTHERS_BEFORE = pattern(
    rf"(?:{CHILD}|别人|人家|有的人?|有些人?|村里人|邻居们|他们|有钱人|关系户|当官的|干部|穷人|同村的?)"
    r"(?:家|们|也|都|是|有|吃|拿|领|办|享受|着|了|的|个|一个|属于|就|现在|肢体|视力|听力|智力|精神|得了){0,4}$"
)


def stance(clause: Clause, start: int, end: int, *, personal: bool = False) -> Stance:
    """What `clause` says of the term in [start, end); `personal` where the term describes a person (低保户)."""
    before, after = clause.text[max(0, start - _REACH) : start], clause.text[end : end + _REACH]
    if _is_open(clause, before, after):
        return Stance.OPEN
    if _NO_NO_BEFORE.search(before):
        return Stance.HELD
    if clause.past:
        return _of_the_past(before, after)
    if not clause.asks and _HAS_AFTER.match(after):
        return Stance.HELD
    if _denied(before, after):
        return Stance.OPEN if clause.asks and _GENERAL_AFTER.match(after) else Stance.DENIED
    return _asserted(clause, before, after, personal)


_SEEKS = pattern("怎|咋|如何|哪|能不能|可以")


def _asserted(clause: Clause, before: str, after: str, personal: bool) -> Stance:
    if not clause.asks and _GOT_AFTER.match(after):
        return Stance.HELD
    if _applying(before, after):
        return Stance.OPEN if _SEEKS.search(clause.text) else Stance.APPLYING
    return Stance.HELD if _held(clause, before, after, personal) else Stance.OPEN


def _is_open(clause: Clause, before: str, after: str) -> bool:
    return bool(
        clause.supposes
        or _ONCE_BEFORE.search(before)
        or _ASK_BEFORE.search(before)
        or _DOUBT_BEFORE.search(before)
        or _OTHERS_BEFORE.search(before)
        or _DOUBT_AFTER.match(after)
    )


def _of_the_past(before: str, after: str) -> Stance:
    if _NO_BEFORE.search(before):
        return Stance.OPEN
    if _NOW_LOST.search(after):
        return Stance.DENIED
    return Stance.HELD if _STILL.search(after) else Stance.OPEN


# 退伍老兵七十一岁有啥优待没有: told of somebody.
AGED_AFTER = pattern(
    "(?:户|人员|老人)?(?:分散|集中)?(?:供养)?(?:(?:今年|现年|都|已经)+(?:[6-9][0-9]|[六七八九]十[一二三四五六七八九]?)|(?:[6-9][1-9]|[六七八九]十[一二三四五六七八九]))(?:周?岁)?(?!以|的|多|及|岁|块|元|个)"
)
# 我家不低保
_BARE_NO = pattern("(?:^|家里?|我|俺|他|她|也|都|又|还|们)不$")


def _denied(before: str, after: str) -> bool:
    if _BUT_FOR.search(before) and _NOTHING_ELSE.match(after):
        return False
    if _NO_BEFORE.search(before) or _BARE_NO.search(before) or _WRONG_AFTER.match(after):
        return True
    if _has(before) and not _NOW_LOST.search(after[:8]):
        return False
    return _NO_AFTER.match(after) is not None


def _has(before: str) -> bool:
    return _HOLD_BEFORE.search(before) is not None and not _TO_DO_BEFORE.search(before)


def _applying(before: str, after: str) -> bool:
    if _has(before) and not _WANT_BEFORE.search(before):
        return False
    return bool(_APPLY_BEFORE.search(before) or _APPLY_AFTER.match(after) or _WANT_BEFORE.search(before))


def _held(clause: Clause, before: str, after: str, personal: bool) -> bool:
    if _ONLY_BEFORE.search(before) and (_NOTHING_ELSE.match(after) or not _CAN.search(after)):
        return not _GENERAL_AFTER.match(after)
    if _CONDITION_BEFORE.search(before) or _TO_DO_BEFORE.search(before) or _WAITS.search(before):
        return False
    if clause.asks and (_ASK_AFTER.match(after) or _GENERAL_AFTER.match(after)):
        return False
    if _has(before):
        return True
    if clause.asks or _TOPIC_AFTER.match(after):
        return personal and (_PERSON_BEFORE.search(before) or AGED_AFTER.match(after)) is not None
    return after != "呢"
