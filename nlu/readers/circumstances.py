"""Reads everything else the lists ask about: support, needs, hospital, family help, and what the neighbours below read."""

from __future__ import annotations

import re

from nlu.readers import home, merit, pension
from nlu.readers.assertion import asserted, denied
from nlu.readers.clauses import Clause, split
from nlu.readers.mentions import mentions
from nlu.readers.stance import Stance
from nlu.readers.words import any_of, pattern

_DEVICE = any_of(
    "轮椅 拐杖 拐棍 双拐 助听器 助行器 护理床 假肢 义肢 辅具 辅助器具 辅助用具 坐便椅 坐便器 防褥疮(?:床)?垫 气垫床 盲杖 助视器 洗澡椅",
    "移位机 矫形器 电动床",
)
_NEEDS = pattern(
    f"(?:需要|急需|缺|想要|想配|想申请|想领|想买|想租|想弄|要|得用|没有|想换|想借|给(?:我|俺|他|她|老人|俺娘|俺爹|我妈|我爸)(?:配|"
    f"装|弄|发|申请)|想给[^，,]{{1,4}}(?:买|配|弄|申请|租|借))(?:一?[个副台张辆只付条套])?(?:好点的|电动|新的?|能用的)?{_DEVICE}"
)
_NEEDS_NOT = pattern(
    f"(?:不需要|不用|不要|用不着|不缺)(?:一?[个副台张辆只付])?{_DEVICE}|{_DEVICE}(?:已经|都|也|早就?)*(?:有了|不需要|不用|用不着|不缺)"
)
_IN_HOSPITAL = pattern(
    any_of(
        "(?:正|正在|现在|目前|还|这会儿?|眼下|都)?(?:在)?住(?:着)?院(?:了|呢|着|中|里)?",
        "在(?:医院|卫生院|病房|ICU|重症监护室)(?:里)?(?:住|躺|抢救|治|输液)(?:院)?(?:着|呢|了)? 住进(?:了)?(?:医院|病房|ICU|重症)",
        "刚住(?:进|上)?(?:了)?(?:医)?院 还没出院 没出院呢 住院住了",
    )
)
_NOW = pattern(
    "正|现在|目前|还在|这会儿|眼下|着|呢|在住院|住院了|住进|刚|躺|在医院|还没出院|没出院|住院住了|住院(?:都|已经)?[\\d一二两三四五六七八九十半好几]+天"
)
_NOT_HOSPITAL = pattern("(?<!没)出院(?:了|回家|的)|(?:没|没有|不)(?:在)?住院|从医院回来了?")
_STAY_TALK = pattern(
    any_of(
        "住院(?:费|部|押金|报销|补|能|的话|可以|手续|护理|有|时|期间|要|期|看病|证明|钱|票|是|险|怎|咋) 上个?月 上周 去年 前年",
        "今年[春夏] \\d月份? 住过 那(?:回|次|年) 每次 经常 老是 一住院 要住院 准备住院 让住院 住院住不起",
    )
)
_TRAINING = pattern(
    "(?:护理员?|照护人?|照护员?|护工|照料|陪护|养老护理)(?:的)?(?:技能|职业技能|知识)?(?:的)?(?:培训班?|课|学习班)"
)
_TRAINED = pattern(
    "(?:参加|上|学|报|去|在|接受)(?:了|过|着)|正在(?:参加|上|学)|参加(?:过|了|着|的)?|培训过|结业|拿了证"
)
_LAWYER = pattern(
    any_of(
        "(?:请|雇|找)不起(?:个)?(?:律师|代理人?) 没钱(?:请|雇|找|打)(?:个)?(?:律师|官司)",
        "(?:官司|律师|法律|诉讼)[^。]{0,14}?(?:没钱|请不起|付不起|出不起|拿不出钱|掏不起|打不起) 没钱[^。]{0,4}打官司 打不起官司",
        "付不起律师费 律师费(?:出|付|掏|交)不起",
    )
)
_ALONE_IN_LAW = pattern(
    any_of(
        "无儿无女 没儿没女 无儿女 没有?儿没有?女",
        "(?<!不是)没有?(?:一个)?(?:儿女|子女|孩子|后人|后代|后)(?=$|[^在的能不管住照]|了|也没) 膝下无[子儿]",
        "(?:没有?人?|无人|没有)(?:能)?(?:赡养|抚养|扶养)(?:我|俺|他|她|的)? 没有?(?:法定)?(?:赡养|扶养|抚养)(?:义务)?人",
        "(?:赡养|扶养)人(?:都)?(?:没有?|无)(?:赡养|扶养)?(?:的)?能力",
        "(?:儿女|孩子|子女|儿子|闺女)(?:都|也)?(?:没有?能力|没那个能力|没本事|没力量)(?:赡养|养|养活)",
        "(?:儿女|孩子|子女|儿子)(?:都|也)?养不起(?:我|俺|他|她|老人)?",
    )
)
# A question names the childless in general too: 没儿没女的老人咋管.
_CHILDLESS = pattern("(?:无儿无女|没儿没女)(?!的(?:老|人))")
_SUPPORTED = pattern(
    any_of(
        "(?<!没)(?<!没有)有(?:法定)?(?:赡养|扶养)人",
        "(?:儿女|孩子|子女|儿子|闺女)(?:都|也)?(?:能|有能力)(?:赡养|养)(?:我|俺|老人|他|她)? 有人(?:赡养|养活)",
    )
)
_SPOUSE = pattern("(?:跟|和|与|有)(?:我|俺)?(?:老伴|老头|老婆|丈夫)|老两口|老伴(?:还|也|身体|在)")
_PENSION_OF_STATE = pattern(
    any_of(
        "(?:国家)?定期(?:定量)?(?:抚恤|抚恤补助|补助金?)(?:金|补助)?",
        "(?:每个?月|月月|按月|每季度?|一直)(?:都)?(?:领|有|拿|发)(?:着|国家的?|民政的?|军人的?|的)*抚恤(?:金|补助)?",
        "国家抚恤(?:金|补助)?",
    )
)
_VAGRANT = pattern("流浪|讨饭|要饭(?!吃)|讨米|乞讨|无家可归|露宿|睡(?:桥洞|大街|街头|马路边|车站)|沿街要")
_NOT_PEOPLE = pattern("狗|猫|歌|地球|儿子|救助站|怎么|剧|电视")
_CENTRAL_WISH = pattern(
    "(?:想|愿意?|要|希望|打算|申请|同意|情愿)(?:去|住|进|到|搬|办|转|转到|改成?|弄|走|住进|搬到|搬去){0,3}(?:集中(?:供养|住|照料)|"
    "(?:镇|乡|县|区|村)?(?:里|上|的)*(?:敬老院|福利院|供养(?:服务)?机构|养老院))"
)
_CENTRAL_NO = pattern(
    "(?:不想|不愿意?|不要|不肯|不情愿|不打算|不同意)(?:去|住|进|到|搬|住进)*(?:集中(?:供养|住)?|(?:镇|乡|县)?(?:里|上)*(?:敬老院|福利院))"
)
_SUPPORT_HINT = pattern("特困|[五5]保|供养")
_SCATTERED = pattern("分散(?:供养|特困|五保|的|安置)?|散居")
_CENTRAL = pattern("集中(?:供养|特困|五保|的)|敬老院(?:集中)?供养|(?:^|是)集中$")
_NOT_A_MODE = pattern("烈|军|标准|金额|机构|和集中|还是")
_BED = pattern(
    any_of(
        "(?:敬老院|养老院|福利院|院里|那边|镇上|机构)?[^，,没]{0,6}?(?:有|空着?|空出)(?:了|一?个|一?张|好?几个|"
        "\\d+个?)?(?:空余?(?:的)?|闲)?床位",
        "(?:敬老院|养老院|福利院|院里)[^，,没]{0,5}(?:有|空出?)(?:一?个|一?张|着|了)*空?床(?!垫|上)",
        "床位(?:有|空着|空出来|还有|多) 有空床位?",
    )
)
_NO_BED = pattern(
    any_of(
        "没(?:有)?(?:空)?(?:的)?床位?(?:了)?$ 没(?:有)?(?:空)?床位 床位(?:都|全|已经|早就?)*(?:满了?|没了|没有|紧张|住满)",
        "(?:敬老院|养老院|福利院)(?:都|全|已经)*(?:住)?满(?:了|员)",
    )
)
_HINTS = pattern(
    any_of(
        "椅 拐 助 辅 假肢 床 院 垫 杖 培训 课 学习班 官司 律师 法律 诉讼 代理 儿 子女 赡养 扶养 孩子 抚 定期 流浪 饭 讨 家可归",
        "露宿 睡 供养 分散 集中 散居 特困 保 后人 满 膝下",
    )
)


def read(text: str, _context: str | None) -> dict[str, object]:
    """Every fact of the contract that no other reader of facts reads, as far as the text tells it."""
    facts = {**home.read(text), **pension.read(text), **merit.read(text)}
    if not _HINTS.search(text):
        return facts
    clauses = split(text)
    for gate, reader in _READERS:
        if gate.search(text):
            for clause in clauses:
                reader(clause, facts)
    if _LAW.search(text) and not any(clause.supposes for clause in clauses) and _LAWYER.search(text):
        facts["legal_need_no_agent_poor"] = True
    if facts.get("no_supporter") and _SPOUSE.search(text):
        del facts["no_supporter"]
    _support(text, clauses, facts)
    return facts


def _device(clause: Clause, facts: dict[str, object]) -> None:
    if _NEEDS_NOT.search(clause.text):
        facts["needs_device"] = False
        return
    found = _NEEDS.search(clause.text)
    if (
        found
        and not clause.supposes
        and not clause.past
        and not re.search("要是|需不需要|有没有|是不是", clause.text)
    ):
        without = found.group().startswith("没有") and clause.asks
        if not without and not denied(clause, found.start()):
            facts["needs_device"] = True


def _hospital(clause: Clause, facts: dict[str, object]) -> None:
    if _NOT_HOSPITAL.search(clause.text) and not clause.asks and not clause.supposes:
        facts["hospitalized"] = False
        return
    found = _IN_HOSPITAL.search(clause.text)
    if found is None or _STAY_TALK.search(clause.text) or not _NOW.search(clause.text):
        return
    if asserted(clause, found.start(), found.end(), official=False):
        facts["hospitalized"] = True


def _training(clause: Clause, facts: dict[str, object]) -> None:
    found = _TRAINING.search(clause.text)
    if found is None or clause.asks or clause.supposes:
        return
    if re.search("没(?:有)?(?:参加|上|学|去|接受|做|培训)", clause.text):
        facts["family_training"] = False
    elif _TRAINED.search(clause.text) and not re.search(
        "想|打算|准备|要去|能不能|愿意|可以|通知|哪", clause.text
    ):
        facts["family_training"] = True


def _supporter(clause: Clause, facts: dict[str, object]) -> None:
    if clause.supposes or clause.past or (clause.asks and not _CHILDLESS.search(clause.text)):
        return
    found = _ALONE_IN_LAW.search(clause.text)
    if found and not denied(clause, found.start()):
        facts["no_supporter"] = True
    elif _SUPPORTED.search(clause.text):
        facts["no_supporter"] = False


def _state_pension(clause: Clause, facts: dict[str, object]) -> None:
    for mention in mentions(clause.text, _PENSION_OF_STATE):
        if mention.stance is Stance.HELD and not clause.asks:
            facts["state_regular_pension"] = True
        elif mention.stance is Stance.DENIED:
            facts["state_regular_pension"] = False


def _vagrant(clause: Clause, facts: dict[str, object]) -> None:
    found = _VAGRANT.search(clause.text)
    if found is None or clause.asks or _NOT_PEOPLE.search(clause.text):
        return
    once = "过" in clause.text[found.end() - 1 :][:2]
    if not once and asserted(clause, found.start(), found.end(), official=False):
        facts["vagrant"] = True


def _bed(clause: Clause, facts: dict[str, object]) -> None:
    if clause.asks or clause.supposes or clause.past or re.search("想|如果|听说|可能|等", clause.text):
        return
    if _NO_BED.search(clause.text):
        facts["bed_available"] = False
    elif _BED.search(clause.text):
        facts["bed_available"] = True


def _support(text: str, clauses: tuple[Clause, ...], facts: dict[str, object]) -> None:
    """How a 特困 elder is supported, and whether they want to be in a home; only where 特困 or 供养 is spoken of."""
    if not _SUPPORT_HINT.search(text):
        return
    for clause in clauses:
        if clause.supposes or clause.past:
            continue
        if _CENTRAL_NO.search(clause.text):
            facts["wants_central"] = False
        elif _CENTRAL_WISH.search(clause.text):
            facts["wants_central"] = True
        elif not clause.asks or re.search("我是|俺是", clause.text):
            _mode(clause, facts)


def _mode(clause: Clause, facts: dict[str, object]) -> None:
    if _NOT_A_MODE.search(clause.text):
        return
    for words, mode in ((_SCATTERED, "scattered"), (_CENTRAL, "centralized")):
        found = words.search(clause.text)
        if found is None or denied(clause, found.start()):
            continue
        if asserted(clause, found.start(), found.end(), official=False):
            facts["support_mode"] = mode


# The readers of one clause each, behind a word or two that must be in the text.
_READERS = (
    (pattern("椅|拐|助|辅|假肢|义肢|床|垫|杖|器"), _device),
    (pattern("院|病房|ICU|重症|监护"), _hospital),
    (pattern("训|课|学习班"), _training),
    (pattern("儿|子女|赡养|扶养|抚养|孩子|养不起|后人|没后|没有后|膝下|有人"), _supporter),
    (pattern("抚恤|定期"), _state_pension),
    (pattern("流浪|饭|讨|家可归|露宿|睡"), _vagrant),
    (pattern("床|满"), _bed),
)
_LAW = pattern("律师|官司|法律|诉讼|代理")
