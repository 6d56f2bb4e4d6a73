"""Reads what an elder needs or is in the midst of: aids, hospital, training in the family, a lawyer."""

from __future__ import annotations

import itertools

from nlu.readers.clauses import Clause
from nlu.readers.told import denied, holds
from nlu.readers.words import any_of, pattern

_DEVICE = any_of(
    "(?:电动)?轮椅(?:车)? 拐杖 拐棍 双拐 四脚拐 手杖 助听器 助行器 助步器 护理床 假肢 义肢 辅具 辅助器具 "
    "辅助用具 坐便椅 坐便器 马桶椅 防褥疮(?:床)?垫 气垫床 褥疮垫 盲杖 助视器 洗澡椅 洗澡凳",
    "移位机 矫形器 电动床 拐(?!弯|角|个弯|走|卖) 爬楼机",
)
_ONE = "(?:一?[个副台张辆只付条套根把]|两[个副根])?(?:好点的|电动|新的?|能用的|便宜的|那种)?"
_WHOM = "(?:给)?(?:我|俺|他|她|咱|老人|俺娘|俺爹|我妈|我爸|老伴|俺老伴|他们)?"
_GET = "(?:配|装|弄|发|申请|买|租|借|换|领|整|搞|要|安)"
_NEEDS = pattern(
    any_of(
        f"(?:需要?|急需|缺|想要|想{_WHOM}{_GET}|得{_WHOM}{_GET}|得(?:用|有)|要(?:是有)?{_WHOM}{_GET}?|得要|盼着有|求|差){_WHOM}(?:了|上|到)?{_ONE}{_DEVICE}",
        f"(?:离不[了开]|离了|没有?|没钱买|买不起|没配|缺少){_ONE}{_DEVICE} "
        f"{_WHOM}{_GET}(?:个|一个|上|副|一副|台|一台|根|张|辆){_ONE}{_DEVICE} (?:^|[，,])(?:给)?配{_DEVICE}",
        f"{_DEVICE}(?:也|都|还)?(?:得|要|想|该)(?:要|有)?{_WHOM}{_GET} "
        f"{_DEVICE}(?:的)?(?:轱辘|轮子?|把手|扶手|电池|刹车|座|腿|头|底|胶头|腿儿)?(?:也|又|都|早|已经)*(?:坏|旧|破|断|掉"
        f"|不能用|不好使|不中用|不响|烂)[^，,]{{0,8}}(?:换|要|没|配|申请|领|买) "
        f"{_DEVICE}(?:想要|离不[了开]|缺|还没有?|没有|也没有|买不起|急需|需要)",
    )
)
_BROKEN = pattern(
    f"{_DEVICE}(?:的)?[^，,能可]{{0,4}}(?:坏|旧|破|断|掉|丢|不能用|用不成|用不了|不好使|不中用|不响|烂|散架)(?:了|喽|嘞|啦)?[^，,]{{0,3}}$"
)
_ANOTHER = pattern(
    f"(?:我|俺|他|她|就|还|现在|也)*(?:想|要|得|该|能不能|可不可以|求)[^，,]{{0,5}}?(?:换|要|配|申请|领|买|弄|整|发|来)(?:上|到)?(?:{_ONE}|个?新的|一?个)"
)
_NEEDS_NOT = pattern(
    f"(?:不需要?|不用|不要|用不着|不缺|用不上|还用不着){_ONE}{_DEVICE}|{_DEVICE}(?:已经|都|也|早就?|家里)*(?:有了|有的|配过|配了|领过|不需要|不用|用不着|不缺|用不上)"
)
_HOW = pattern("要是|需不需要|有没有|是不是|多少钱|咋租|怎么租|咋领|怎么领|在哪|哪里|免费")
_IN_HOSPITAL = pattern(
    any_of(
        "(?:正|正在|现在|目前|还|这会儿?|眼下|都)?(?:在)?住(?:着)?(?:了)?院(?:了|呢|着|中|里|嘞|哩)? 住上(?:了)?院 住了[^，,]{1,6}院",
        "(?:人)?在(?:[^，,]{0,4})?(?:医院|卫生院|病房|ICU|重症监护室|重症)(?:[^，,]{1,3}科)?(?:里)?(?:住|躺|抢救"
        "|治|输液|吊水|打针)(?:院)?(?:着|呢|了)? 住进(?:了)?(?:医院|病房|ICU|重症)",
        "刚住(?:进|上)?(?:了)?(?:医)?院 还没出院 没出院呢 住院住了 "
        "人在(?:[^，,]{0,4})?(?:医院|卫生院|ICU|病房|重症)(?:$|里|呢|躺|住|没|还) "
        "^(?:现在|还|都|就)?在(?:病房|ICU|重症监护室)(?:里|呢|了)?$",
        "手术[^，,]{0,4}(?:还)?在医院(?:$|里|呢|躺|住) (?:躺|住)(?:在)?[^，,]{0,3}(?:病床|病房)(?:上|里|呢|$) "
        "住院第[一二三四五六七八九十\\d]+天 还?在医院观察",
    )
)
_SPAN = r"[\d一二两三四五六七八九十半好几]+(?:来|多|拉|个)?(?:天|个?月|个?礼拜|星期|周|宿)"
_NOW = pattern(
    f"正|现在|目前|还在|这会儿|眼下|着|呢|嘞|哩|在住院|住院了|住进|住上|刚|躺|(?:^|[我俺他她人])(?:就|还|都)?在[^，,]{{1,5}}住院|在医院|人在|病房|ICU|还没出院|没出院|观察|住院第|住院住了|住院(?:都|已经|快)?(?:了)?{_SPAN}|住了[^，,]{{1,6}}院"
)
_NOT_HOSPITAL = pattern(
    "(?<!没)(?<!没有)(?<!能)(?<!想)(?<!等)(?<!快)(?<!啥时候)出院(?:了|回家|的|好几|[一二两三四五六七八九十半\\d]+(?:天|个))|(?:没|没有|不)(?:在)?住院|从医院(?:回来|出来|回家|接回)了?|已(?:经)?出院|(?:刚|已经|昨天|前天|昨个)?出的院|出院(?:[一二两三四五六七八九十半\\d]+天)"
)
_STAY_TALK = pattern(
    any_of(
        "住院(?:费|部|押金|报销|补|能|的话|可以|手续|护理|有|时|期间|要|期|看病|证明|钱|票|是|险|怎|咋) 上个?月 上周 去年 前年",
        "今年[春夏] \\d月份? 住过 那(?:回|次|年) 每次 经常 老是 一住院 要住院 准备住院 让住院 住院住不起 年年 上班 陪护",
    )
)
_TRAINING = pattern(
    "学(?:过|了|习)(?:护理|照护|护工)|(?:家庭)?(?:护理员?|照护者?人?|照护员?|护工|照料|陪护|养老护理员?|失能照护)(?:的)?(?:技能|职业技能|知识)?(?:的)?(?:培训班?|课|学习班|培训课)|(?:家里人|家属|儿媳妇?|闺女|儿子|老伴|女儿|照顾[^，,]{1,4})[^，,]{0,4}培训"
)
_PAPER = pattern(
    "考[了过上](?:个)?(?:养老)?(?:护理员|照护员|护工)(?:证|资格)?|(?:有|拿了|领了|取得)(?:个)?(?:养老)?(?:护理员|照护员)证"
)
_TRAINED = pattern(
    "(?:参加|上|学|报名?|去|在|接受|听|学习)(?:了|过|着|完)|正在(?:参加|上|学)|参加(?:过|了|着|的)?|培训过|结业|拿了证|正上着|报名|报上了|学着"
)
_NOT_TRAINED = pattern(
    "没(?:有)?(?:去|人)?(?:参加|上|学|去|接受|做|培训|报|听)|(?:从没|未|没去)(?:参加|培训)"
)
_TO_TRAIN = pattern("想|打算|准备|要去|能不能|愿意|可以|通知|哪|听说|让我|叫我")
_LAWYER = pattern(
    any_of(
        "(?:请|雇|找)不起(?:个)?(?:律师|代理人?|人打官司)? 没钱(?:去)?(?:请|雇|找|打)(?:个)?(?:律师|官司|代理人?)",
        "(?:官司|律师|法律|诉讼|告)[^。]{0,14}?(?:没钱|请不起|付不起|出不起|拿不出钱|掏不起|打不起|没有钱"
        "|雇不起) (?:没钱|没有钱)[^，,]{0,6}(?:打官司|律师|告状) 打不起官司",
        "付不起律师费 律师费(?:出|付|掏|交|拿)不(?:起|出) 请律师(?:的钱)?(?:掏|出|拿|付)不(?:起|出)",
    )
)


def new_device(clauses: tuple[Clause, ...], facts: dict[str, object]) -> None:
    """轮椅坏了，想再要一个."""
    for one, other in itertools.pairwise(clauses):
        told = not (one.asks or one.supposes or one.past or other.supposes)
        if told and _BROKEN.search(one.text) and _ANOTHER.match(other.text):
            facts["needs_device"] = True


def device(clause: Clause, facts: dict[str, object]) -> None:
    if _NEEDS_NOT.search(clause.text):
        facts["needs_device"] = False
        return
    found = _NEEDS.search(clause.text)
    if found is None or clause.supposes or clause.past or _HOW.search(clause.text):
        return
    without = found.group().startswith("没") and clause.asks
    if not without and not denied(clause, found.start()):
        facts["needs_device"] = True


def hospital(clause: Clause, facts: dict[str, object]) -> None:
    if _NOT_HOSPITAL.search(clause.text) and not clause.asks and not clause.supposes:
        facts["hospitalized"] = False
        return
    found = _IN_HOSPITAL.search(clause.text)
    if found is None or _STAY_TALK.search(clause.text) or not _NOW.search(clause.text):
        return
    if holds(clause, found.start(), found.end()):
        facts["hospitalized"] = True


def training(clause: Clause, facts: dict[str, object]) -> None:
    if clause.asks or clause.supposes:
        return
    if _PAPER.search(clause.text):
        facts["family_training"] = True
    elif _TRAINING.search(clause.text) is None:
        return
    elif _NOT_TRAINED.search(clause.text):
        facts["family_training"] = False
    elif _TRAINED.search(clause.text) and not _TO_TRAIN.search(clause.text):
        facts["family_training"] = True


def no_lawyer(text: str, clauses: tuple[Clause, ...]) -> bool:
    """Whether somebody needs the law and cannot pay for it."""
    return not any(clause.supposes for clause in clauses) and _LAWYER.search(text) is not None
