"""Takes out of a text the danger that is only asked about, laughed or laboured over, or that did not come."""

from __future__ import annotations

import re

from nlu.readers.tables import read_table
from nlu.readers.words import any_of, pattern

_IF = "(?:要是|万一|假如|如果|假设|若是|倘若|要万一|真要|一旦)(?!是|再不)"
_ASKS = any_of(
    "该(?:打|找|拨|咋|怎么|叫|去|干|做|联系|先) 打(?:哪|啥|什么|几) 找谁 找哪 咋办 怎么办 咋弄 咋整 哪个(?:号|电话) 谁(?:来|能)?管",
    "有人(?:管|来|知道) 去哪 给谁 联系谁 (?:怎么|咋)(?:叫|打|联系|救|处理|求助|通知)",
    "能不能 有没有 干啥 做(?:什么|啥) 按哪 来(?:人)?(?:不|吗)",
)
_WHAT_IF = re.compile(
    f"{_IF}[^。！!？?]{{0,30}}?{_ASKS}|(?:问一?[问下]|请问|打听|{_ASKS})[^。！!？?]{{0,12}}{_IF}[^，,。！!？? ]{{0,16}}"
    f"|[^，,。！!？? ]{{2,14}}的话[，, ]?[^。！!？?]{{0,12}}?{_ASKS}"
)
# What goes on while it is asked about is not supposed; of dying and being struck nobody asks idly.
_STILL_GOES_ON = pattern("还(?:是|不|没|在)|一直|越来越|止不住|再打|又打|[不没]活|死|不在了|这样")
_NOW = pattern("现在|这会儿|刚|正在|已经|快来|救命|眼下|赶紧|快点")

_NO_BREATH = "(?:气(?:都|也)?(?:喘|上|出|接|倒)?不(?:上|过|匀|赢)来?|喘不[上过匀](?:来)?气?来?|上气不接下气)"
_ACHE = "(?:肚子|肚皮|肋叉子|肋骨|腮帮子)(?:都|也|直|发)*(?:疼|痛|酸)|岔气|直不起来?腰|腰(?:都|也)?直不起来?"
_JOY = pattern(f"(?:乐|笑|逗|高兴|欢喜|喜|激动|美|开心)得[^，,。 ]{{0,8}}?(?:{_NO_BREATH}|{_ACHE})了?")
_WORK = pattern(f"(?:累|跑|爬|赶|忙|干|追|搬|抬|挑|跳|蹬)得[^，,。 ]{{0,8}}?(?:{_NO_BREATH}|{_ACHE})了?")
_WORSE = pattern("现在|这会儿|还没缓|胸|心口|心慌|紫|脸色|发黑|倒|晕|不行|不中|救|汗|突然")
_AVERTED = pattern(
    "[^，,。 烟]{0,8}(?:锅|壶|水|粥|饭|灶|炉|火|电|菜)[^，,。 烟]{0,8}[，,。 ]?"
    "(?:幸亏|好在|亏得|多亏|还好|幸好|得亏|万幸)[^，,。 ]{0,4}没(?:有|啥|什么)?(?:着|起火|烧起|炸|出事|事)[^，,。 ]{0,4}"
)

_SOUNDS = [(re.compile(heard), meant) for heard, meant in read_table("danger", "sounds.yaml").items()]
_ANY_SOUND = re.compile("|".join(heard.pattern for heard, _ in _SOUNDS))
# A dream lasts until one wakes up; what one wants or feels after it is real.
_DREAM = re.compile(
    "(?:梦见|梦到|梦里|做(?:了?一?个)?[噩恶怪]?梦)(?:(?!醒|现在|这会|早[上晨]?起|起来|想死|不想活|不活|跟[他她]去|陪[他她]|我也|从床|床上|床下|炕上)[^。！!]){0,30}"
)
_PLAYING = pattern(
    "玩具|水枪|过家家|(?:玩|医生|打仗)游戏|玩打仗|玩医生|(?:演|排)(?:个|一个)?(?:小品|话剧|节目|戏)|彩排|扮演"
)
_PLAYED = re.compile(
    "[^，,。 ]{0,6}[枪刀剑][^，,。 ]{0,12}|追着?[^，,。 ]{0,6}[打砍]|打(?:我|俺|爷爷|奶奶)|[^，,。 ]{0,4}中弹[^，,。 ]{0,8}"
    "|(?:你|我|爷爷|奶奶)(?:都|就)?(?:死|不行)了"
    "|快?[倒躺]下|要?抢救|晕倒|扎针|演[^，,。 ]{0,5}(?:摔|晕|死|病|瘫)[^，,。 ]{0,6}"
)
_SNORE = pattern("(?:呼噜|鼾)[^，,。 ]{0,16}")
_SICK_TOO = pattern("不喘|不出气|憋|紫|青|[叫喊推]不|歪|没气|停|不醒|突然|口水|血|快来|救命|快救|救护")
_PAPERWORK = pattern(
    "(?:跌倒|摔倒|走失|坠床|噎食|火灾|中毒|卒中|中风)(?:的)?(?:风险|隐患|事件|发生率|率|筛查|评估|登记|台账|统计)[^，,。 ]{0,6}"
    "|怕[^，,。 ]{0,10}(?:中毒|熏着|着火|起火|摔|跌)[^，,。 ]{0,4}[，,。 ][^，,。 ]{0,8}报警器(?!响|叫|一直)"
    "|自杀风险(?:筛查|评估|表)|(?:一氧化碳|煤气|燃气|烟雾|烟感|火灾|跌倒|摔倒|离床)(?:的)?(?:报警|警报|探测|感应)器?"
    "[^，,。 响叫嘀滴闪]{0,8}"
    "(?:给|发|装|买|领|免费|多少钱|哪|换|申请|有没有|有吗|有不|送|配)[^，,。 ]{0,4}"
)
# Money, tyres and balloons are out of breath too.
_THINGS_BREATH = pattern(
    "(?:钱|款|补贴|申请|补助|津贴|(?<!出)事|材料|球|胎|三轮车?|电动车|自行车|啤酒|汽水|可乐|打火机|救生圈|气垫)"
    "[^，,。 人爸妈爹娘爷奶他她摔撞倒翻轧砸]{0,9}"
    "[没断]气儿?了?"
)
_DRY = pattern(
    "(?:旱|渴|晒|忙|跑|急|喊|说|热)得[^，,。 ]{0,6}冒烟|嗓子[^，,。 ]{0,5}冒烟|嗓子[^，,。 ]{0,3}哑[^，,。 ]{0,4}说不[出了成]来?话"
)
_PET = pattern("不咬人|会叫|尾巴|铃铛|项圈|[白黑黄花长短]毛|宠物|疫苗|品种|见人就摇|喵|汪")
_PET_IS_GONE = re.compile(
    "[^，,。 妈爸爹娘爷奶人]{0,6}(?:跑丢|走丢|丢了|跑了|不见了|没影)[^，,。 ]{0,6}"
    "|[^，,。 ]{0,6}[拴系戴挂套][^，,。 ]{0,6}[绳牌圈铛]|会叫[^，,。 ]{0,6}|不咬人"
)
_PERSON = pattern("老人|妈|爸|爹|娘|爷|奶|老伴|老头|老太|公公|婆婆|孩子")


def _as_meant(text: str) -> str:
    if _ANY_SOUND.search(text):
        for heard, meant in _SOUNDS:
            text = heard.sub(meant, text)
    return text


def _out_of_play(text: str) -> str:
    """Without dreams, games, snoring, forms, and what things and pets do."""
    text = _THINGS_BREATH.sub("　", _PAPERWORK.sub("　", _DREAM.sub("　", _DRY.sub("　", text))))
    if _PLAYING.search(text):
        text = text if _SICK_TOO.search(text) else _PLAYED.sub("　", text)
    if _SNORE.search(text) and not _SICK_TOO.search(text):
        text = _SNORE.sub("　", text)
    if _PET.search(text) and not _PERSON.search(text):
        text = _PET_IS_GONE.sub("　", text)
    return text


def without(text: str) -> str:
    """The normalised `text` without the danger that is none; what stands beside it is kept."""
    text = _out_of_play(_as_meant(text))
    text = _AVERTED.sub("　", _JOY.sub("　", text))
    if not _WORSE.search(text):
        text = _WORK.sub("　", text)
    return text if _NOW.search(text) else _WHAT_IF.sub(_supposed, text)


def _supposed(found: re.Match[str]) -> str:
    return found.group() if _STILL_GOES_ON.search(found.group()) else "　"
