"""The words of danger, by kind, read from `danger/`: those that say it is happening, and those that leave it open."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlu.readers.tables import read_table


@dataclass(frozen=True, slots=True)
class Sign:
    """How one kind of emergency is told: `sure` in words that say it, `unsure` in words that call for a question.

    Every such word holds one of the characters of `gate`, which is much quicker to look for.
    """

    kind: str
    letters: frozenset[str]
    gate: re.Pattern[str]
    sure: re.Pattern[str]
    unsure: re.Pattern[str] | None


def _load(name: str) -> dict[str, list[str]]:
    loaded: dict[str, list[str]] = read_table("danger", f"{name}.yaml")
    return loaded


_PARTS = {name: "(?:" + "|".join(words) + ")" for name, words in _load("parts").items()}


def _sign(kind: str, name: str | None = None) -> Sign:
    """The sign of `kind`, from the file `name` where it is not the kind's own."""
    words = _load(name or kind)
    unsure = _either(words["unsure"]) if "unsure" in words else None
    gate = str(words["gate"])
    return Sign(kind, frozenset(gate), re.compile(f"[{gate}]"), _either(words["sure"]), unsure)


def _either(words: list[str]) -> re.Pattern[str]:
    """One pattern of all words. The fillers between two words are few: without a bound on them a hostile text could
    make the search take for ever."""
    pattern = re.sub(r"<(\w+)>", lambda part: _PARTS[part[1]], "|".join(words))
    return re.compile(pattern.replace(")*", "){0,5}"))


FIRE, GAS, POISON, VIOLENCE, SELF_HARM = map(_sign, ("fire", "gas", "poison", "violence", "self_harm"))
STROKE, UNCONSCIOUS, BREATHING, CHEST = map(_sign, ("stroke", "unconscious", "breathing", "chest_pain"))
CHOKING, HEART = _sign("breathing", "choking"), _sign("chest_pain", "heart")
BLEEDING, LOST, FALL, OTHER = map(_sign, ("bleeding", "lost_elder", "fall", "other"))

# Causes stand before what they bring about; among complaints the one told first gives the name.
RANKS = (
    (FIRE, GAS, POISON, VIOLENCE, SELF_HARM),
    (CHOKING, HEART),
    (STROKE,),
    (UNCONSCIOUS,),
    (BREATHING, CHEST, BLEEDING, LOST, FALL),
    (OTHER,),
)
SIGNS = tuple(sign for rank in RANKS for sign in rank)
# Which of them a character may belong to.
AT_LETTER = {
    letter: tuple(at for at, sign in enumerate(SIGNS) if letter in sign.letters)
    for letter in frozenset().union(*(sign.letters for sign in SIGNS))
}

_ELDER = "(?:痴呆|糊涂|老人|妈|爸|爹|娘|爷|奶|公公|婆婆|老伴|老头)"
_OUT = (
    "(?:出门|出去|出走|出的门|赶集|赶会|上会|上集|遛弯|买菜|散步|溜达|转转|串门|走亲戚|看戏|下地|地里|扔垃圾|倒垃圾|下楼|晒太阳|坐公交|骑三轮"
    "|骑车|拎着马扎|摸出去|跑出去|上坟)(?!打工|上班|上学|挣钱|做生意|做活|干活)"
)
_AWAY = "(?:打工|上班|上学|念书|当兵|做生意|挣钱|跑车|外地|出差|[一二三四五六七八九十两几0-9]年|过年|快递|外卖|送饭|送餐|师傅)"
_GONE = (
    "(?:没回(?!话|信|复|电)|没见回|不见回|没到家|没进家|没着家|没进屋|不着家|没上来|没见影|没影|不见影|没照面|没露面|没个?音信|没个?信儿?(?!号)|不见人|联系不上"
    "|找不着人|找不到人|没进过家)"
)
_BAD_FOOD = "(?:蘑菇|菌子|野菜|野果|毒|发芽|长芽|发霉|变质|坏了的|馊|过期|没[煮炒]熟|河豚|白果|苦杏仁|木薯|曼陀罗|苍耳|剩[^，,。]{0,5}菜)"
_SICK = (
    "(?:上吐下泻|[都直又]吐|吐(?:了|个|得|不)|说胡话|胡说|抽(?:搐|抽|风)|晕(?!车)|发?麻|眼花|重影|看(?:见|到)小人"
    "|叫不|喊不|站不|起不来|昏)"
)
_SEVERAL = (
    "(?:一家|全家|[两俩三四五六七八九十几]口|[两三四五六七八九十几]个(?:人|老人)?|老两口|[我俺]俩|好些人|都)"
)
_ALL_SICK = "(?:都|就|全|也|又|开始|一齐){0,3}(?:上吐下泻|吐|拉肚子|恶心|头晕|发烧)"
_TOO_OFTEN = "(?:[两三四五]|好几)(?:遍|次|回|份|顿的|倍)"
_UNWELL = "(?:心慌|发抖|哆嗦|手抖|冒汗|出汗|晕|迷糊|恶心|吐|站不|坐不|睁不开|叫不|瞌睡得|难受得)"
# Somebody behind a door that nobody opens: the door, and what is heard, seen or missed behind it.
_UNOPENED = (
    "(?:(?:(?:敲|拍|叫|喊|砸|捶|擂)[^，,。]{0,6}|按[^，,。]{0,3}铃)"
    "(?:不应|不开|不吭|不答应|不理|不吱声|没动静|没反应|没人(?:应|开|答应|搭腔|来开|吱声|吭))|[敲叫喊拍]不开"
    "|门[^，,。]{0,4}(?:反锁|插着|插上|锁着|锁上|锁死|打不开|推不开|开不开|弄不开)|进不去|电话[^，,。]{0,8}(?:不接|没人接|不通))"
)
_HEARD = (
    "(?:[哎唉][哟呦呀唷约]|哼哼|直哼|呻吟|叫唤|直叫|哭喊|喊(?:救命|疼|来人)|救命|惨叫|呼救|求救|[扑噗]通|咕咚|[咚嗵]的?一[声下]"
    "|一声闷?响|像是?人?[摔倒]|说起不来)"
)
_MISSED = (
    "(?:灯[^，,。]{0,3}[亮开]|电视[^，,。]{0,3}[响开]|鞋[^，,。]{0,4}在|臭味|异味|怪味|(?:半天|半晌|一直|好久)(?:都)?没(?:见)?出来"
    "|(?:[两俩三四五六七八九十]|好几|好些)天(?:都|了)*[没不][^，,。]{0,4}(?:出|露|见|取|动静|吃饭))"
)
_LYING = "(?:躺|趴|倒|歪|栽|瘫|摔)[^，,。]{0,4}(?:地|炕|床[下边]|灶|沙发|厕所|门口|椅|不动)"
_HARMLESS = (
    "(?:戏匣子|唱戏|电视里|收音机|装修|施工|电钻|(?:小孩|娃|孙子|孩子)[^，,。]{0,4}哭|麻将|下棋|打牌|赶集|串门|走亲戚|快递|外卖|推销"
    "|办公室|民政|客服|后来[^，,。]{0,3}开|原来)"
)


def _behind_a_door(scenes: str) -> re.Pattern[str]:
    return re.compile(f"^(?=.*[门铃话窗缝眼监摄进开])(?!.*{_HARMLESS}).*?(?:{scenes})")


_STOVE = (
    "(?:(?:烧|生|点|封|拢)[了着哩嘞的个]{0,2}[^，,。]{0,4}(?:炉|煤|炭|火盆)"
    "|(?:炉|煤|炭)[^，,。]{0,6}(?:没灭|没熄|没封|着呢|着嘞|烧着)|倒烟)"
)
_FUMES = "(?:头都?晕|头都?[疼痛]|恶心|想吐|吐了|腿软|迷糊|起不来|叫不|喊不|不应|没动静|没人应|没劲|打晃)"
_ARM = "(?:膀子|胳膊|手指|肩膀|后背|下巴|牙根)"
_ARM_HURTS = f"{_ARM}[^，,。]{{0,8}}(?:麻|疼|痛|酸|抬不|木)"
_HEART_HURTS = "(?:胸口?|心口|心窝|心脏)[^，,。不没]{0,6}(?:疼|痛|闷|拧|绞|揪|压)"
_HEART_PILL = "(?:救心丸?|硝酸甘油|小药片|丹参滴丸)"
# Where the papers are, together with a farewell.
_PAPERS = "(?:存折|存单|房本|房产证|银行卡|密码|钱)[^，,。]{0,4}(?:在|放|搁|写|是|你|恁)"
_FAREWELL = (
    "(?:对不[住起](?:你|恁|孩子|闺女|儿|大家)|(?:往后|以后)[^，,。]{0,8}(?:好好的|好好过|互相|照应)|先走一步了?|[妈爸娘爹奶爷我俺]先走了(?![^。]{0,3}(?:回头|再聊|改天|明))|别(?:怪|恨)(?:我|俺|妈|爸|娘|爹)"
    "|保重|别找我|下辈子)"
)
_PAPERS_ONLY = "(?:忘|补贴|津贴|代领|说错|打错|久等|不能说|银行(?!卡)|挂失|多少)"

# Signs that are told in two clauses, each harmless by itself.
ACROSS = (
    (
        SELF_HARM,
        re.compile(
            f"^(?=.*[折单本证卡码钱])(?!.*{_PAPERS_ONLY}).*?(?:{_PAPERS}[^。]{{0,36}}{_FAREWELL}|{_FAREWELL}[^。]{{0,20}}{_PAPERS})"
        ),
    ),
    (HEART, re.compile(f"{_ARM_HURTS}[^。]{{0,10}}{_HEART_HURTS}|{_HEART_HURTS}[^。]{{0,10}}{_ARM_HURTS}")),
    (
        HEART,
        re.compile(
            f"含了?[^，,。]{{0,6}}{_HEART_PILL}[^。]{{0,8}}(?:没用|不管用|没管用|还是?疼|不见好|不顶)"
        ),
    ),
    (
        CHOKING,
        re.compile(
            "(?:吃|喝|咽|嚼)[^。]{0,14}[指捂掐抓](?:着|住)?(?:自己)?的?(?:脖子|嗓子|喉咙)(?!上)[^。]{0,12}(?:话|咳|喘|出声|憋|紫|青|白眼)"
        ),
    ),
    (
        GAS,
        re.compile(
            f"^(?!.*(?:补贴|取暖费|贵|买煤|费)).*?(?:{_FUMES}[^。]{{0,24}}{_STOVE}|{_STOVE}[^。]{{0,16}}{_FUMES})"
        ),
    ),
    (OTHER, _behind_a_door(f"{_UNOPENED}[^。]{{0,24}}{_HEARD}|{_HEARD}[^。]{{0,20}}{_UNOPENED}")),
    (UNCONSCIOUS, _behind_a_door(f"{_UNOPENED}[^。]{{0,24}}{_MISSED}|{_MISSED}[^。]{{0,24}}{_UNOPENED}")),
    (FALL, _behind_a_door(f"(?:窗|门缝|猫眼|监控|摄像头)[^。]{{0,14}}{_LYING}")),
    (
        GAS,
        re.compile(
            "(?:烧|生|点)了?[^，,。]{0,3}(?:炉|煤|炭)[^。]{0,16}(?:头晕|头疼|恶心|起不来|叫不|喊不|不应|没动静|没人应|想吐|吐了|迷糊|没劲)"
        ),
    ),
    (
        LOST,
        re.compile(f"^(?!.*{_AWAY}).*?{_OUT}[^。]{{0,28}}{_GONE}"),
    ),
    (
        LOST,
        re.compile(
            "(?:没接|不接|没人接|打不通|关机)[^。]{0,30}(?:人?不在屋|屋里没人|被[子窝][^，,。]{0,3}(?:没动|凉|空)|灶[^，,。]{0,2}凉)"
            "|问(?:他|她)?[^，,。]{0,4}(?:家|住|叫啥|姓啥)[^，,。]{0,5}(?:摇头|不知道|说不[清上出]|答不)"
        ),
    ),
    (
        LOST,
        re.compile(
            f"^(?!.*(?:饭|餐|师傅|护工|钱|快递|陪诊|补贴|派|约)).*?{_ELDER}[^。]{{0,14}}(?:到现在|到这会儿?|到这时候|天都?黑了|半夜了)[^。]{{0,8}}"
            "(?:没到|没回|没影|没见)[^。]{0,14}(?:电话|手机)[^。]{0,6}(?:打不通|不通|关机|没人接|不接)"
        ),
    ),
    (
        VIOLENCE,
        re.compile(
            "(?:不给|不让)(?:我|俺|她|他|老人)?(?:吃|饭|喝|水)[^。]{0,10}(?:反锁|锁)|(?:反锁|锁)[^。]{0,10}(?:不给|没给)(?:我|俺|她|他)?(?:吃|饭|喝|水)"
        ),
    ),
    (
        LOST,
        re.compile(
            "这(?:是|里是|儿是)?(?:哪儿?|哪里|啥地方|什么地方)[^。]{0,16}(?:想回家|咋回家|回不去|不认得|找不着家)"
        ),
    ),
    (POISON, re.compile(f"(?:吃|喝|采|拾|炒|炖)[^。]{{0,14}}{_BAD_FOOD}[^。]{{0,18}}{_SICK}")),
    (POISON, re.compile(f"{_BAD_FOOD}[^。]{{0,8}}(?:吃|喝)[^。]{{0,18}}{_SICK}")),
    (POISON, re.compile(f"(?:吃|喝|坐席|酒席)[^。]{{0,18}}{_SEVERAL}[^。]{{0,5}}{_ALL_SICK}")),
    (POISON, re.compile(f"药[^，,。]{{0,6}}(?:吃|喝|服|吞)了?{_TOO_OFTEN}[^。]{{0,16}}{_UNWELL}")),
    (LOST, re.compile(f"{_ELDER}[^。卡证本包机钥药单]{{0,18}}(?:没找着|没找到|找不着人|找不见)")),
    (
        SELF_HARM,
        re.compile("活(?:着|得)[^。]{0,6}(?:累|没意思|没劲|够)[^。]{0,14}(?:绳|农药|安眠药|遗书|后事)"),
    ),
    (
        SELF_HARM,
        re.compile(
            "(?:存折|房本|钥匙|银行卡|[狗猫]|东西|首饰)[^。]{0,6}(?:送|给|交|托|分)[^。]{0,14}(?:以后都?不用|再不用|用不着(?:我|俺)?了|往后[^，,。]{0,6}不用|没啥放不下|别找(?:我|俺)|放心走)"
        ),
    ),
    (SELF_HARM, re.compile("(?:拖累|累赘|麻烦你们|添麻烦)[^。]{0,12}(?:药|走了(?:算|好|干净)|死|了结|一走)")),
)
