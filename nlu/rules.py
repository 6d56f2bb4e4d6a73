"""Intents that are decided before any model is asked: whole messages of one meaning, and what is no message to us."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nlu.readers import answers

SURE = 0.99
LATIN_AT_MOST = 3
HELD_KEY, HELD_KEYS = 12, 2
# Whoever says one thing only says it shortly.
LONGEST_WHOLE = 60

_MARKS = re.compile(r"[\s,，.。;；:：、!！~～…\-_()（）“”\"'‘’*]+")
_SOFT = re.compile(r"(?:[啊呀哇呢嘛吧哈哦噢呗咯]|了(?=$))+$")
_WORDS = re.compile(r"[0-9A-Za-z\u3400-\u9fff]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_FOREIGN = re.compile(r"[\u3040-\u30ff\uac00-\ud7af\u0400-\u04ff\u0600-\u06ff\u0e00-\u0e7f]")

# Of what may be repeated no piece may be read in two ways (嗯+ in a star, 谢 beside 谢谢): the time would double with each.
_PLEASE = "(?:请|麻烦|那|咱|我想|我要|俺要|俺想|我们|帮我|给我|帮俺|给俺)*"
_WHOLE = {
    "restart": (
        rf"{_PLEASE}(?:(?:清空|乱了|全部?|都)?(?:重新|从新)(?:再?来|开始|问|查|填|测|算|说|弄|做)(?:一[遍下次回])?"
        r"|(?:[从重打]头|从新)(?:再)?(?:来|开始|问|说|查)(?:过|一[遍次回])?|(?:全部?|都)?重[来置启弄](?:一[遍下次回])?"
        r"|再来一遍|reset|restart)"
    ),
    "greet": (
        r"(?:喂|嗨|哈[喽啰罗]|hello|hi|hey|嘿|早|早安|(?:早上|上午|中午|下午|晚上)好|[你您恁]们?好|大家好|在(?:[不没么]在?|吗在)"
        r"|[你您]?在吗|有人(?:没有?|吗|么|在吗?|不)|(?:请问|打扰)(?:一下|了)?|小?同志|闺女|姑娘|小伙子)+"
    ),
    "thanks": (
        r"(?:好的?|嗯|行|中|知道了|明白了|懂了|清楚了|太|非常|真是?|真的)*(?:多谢|谢|感谢|thanks?|thankyou|3q|辛苦)+"
        r"(?:[你您恁]们?|大家|了|啦|啊|嘞|闺女|姑娘|小伙子|小?同志|政府|政策|的帮助)*"
        r"|[你您恁]?(?:可|真|太|挺|很|非常|真是)+(?:好|不错|棒|厉害|管用|方便|满意|好用|有用)(?:的|了)?"
    ),
    "goodbye": (
        r"(?:好的?|行|中|嗯|那|得|没事了?|没问题了?|不问了|先这样)*(?:再见|再会|拜|bye|886?|回头见|明[天儿]见|下次见|晚安)+"
        r"|(?:好的?|行|中|嗯|那|得)*没(?:有)?(?:别的|啥|什么|其他)?事儿?"
    ),
    "book_call": (
        r"(?:我要|我想|俺要|俺想|给我|给俺|帮我|帮俺|要)*(?:(?:预约|约|下单|一键呼叫|呼叫)(?:一下|一个|个|下)?|叫(?=服务|人))"
        r"(?:上门)?(?:服务|人)?"
    ),
    "human": r"(?:请|麻烦|快|赶紧)?(?:我要|给我|帮我|我想)?(?:转|找|接|要|叫|换|请)?(?:到)?(?:人工|真人|活人|客服)(?:服务|客服|人员|坐席)*",
    "help": (
        r"help|[?？]+|帮助|使用(?:说明|帮助|方法)|(?:这个?)?(?:怎么|咋|如何)(?:用|使|操作)|(?:主|功能)?菜单"
        r"|[你您恁]都?(?:能|会)(?:干|做|弄)(?:些|点)?(?:啥|什么)"
    ),
    "cancel_booking": (
        rf"(?:不约了?|不要了?|算了)?{_PLEASE}(?:取消|撤销|退掉|退)(?:掉|了)?(?:这个|那个|刚才的?|我的|全部)?"
        r"(?:预约|订单|服务|单子?|呼叫)?"
    ),
}
_TELL = r"(?:给|留|说|告诉|讲|透露|写|填|报)"
_OF_ME = r"(?:(?:我|俺)?的?(?:(?:电话|手机)(?:号码?)?|号码?|地址|住址|门牌号?|名字?|姓名|家?住?在?哪[里儿]?)|[这那](?:个|些))"
_UNWILLING = r"(?:可|都|也|就|真)*不(?:想|愿意?|能|方便|便|敢|肯|乐意)?"
_YOU = "(?:[你恁您]们?)?"
# These mean the same whatever was asked just before.
_ALWAYS = {
    "ask_service": (
        r"(?:那|先|我|俺|想|就|请|咱|[你恁您]们?)*(?:问(?:一下|一声|问|下)?)?(?:[你恁您]们?|[这那]个?|上门|来|人|一[次回趟顿]|服务|约|叫)*"
        r"(?:[要收用花掏给]不[要收用花掏给](?:我|俺)?(?:花|掏|交)?[钱费]|(?:要|收|用|花|掏|给|交)*[钱费](?:不(?:要|收|用|花)?|吗|么)"
        r"|(?:[得要收花]|需要)*(?:多少|几个?)钱(?:一[次回顿趟个])?|贵不贵|贵[不吗么]|(?:是|算)?不?(?:是)?(?:免费|白给)的?[不吗么]?"
        r"|咋收[费钱]|怎么收[费钱])"
        r"|(?:[是会]|到底)*(?:谁|啥人|什么人|哪[个里]的?人?)(?:过?来|上门)(?:弄|干活|洗|修|做)?|来的(?:人|师傅)?[是会]*(?:谁|啥人|什么人|男的?(?:还是)?女的?)"
    ),
    "correct": (
        r"(?:哎呀?|哎哟|等等|等一下|等会儿?|不好意思|我|俺|刚才?)*(?:说|打|写|记|弄|搞|点|选|按|填|发|输)(?:错|岔|反|混)"
        r"(?:字|人|数)?(?:了|嘞|啦)?"
    ),
    "dont_know": r"(?:让|等|叫|容)?(?:我|俺)?再?(?:想一?想|考虑(?:考虑|一下)?|琢磨琢磨|寻思寻思|合计合计"
    r"|商量商量|问问(?:孩子|儿子|闺女|家里人?))(?:再说|看)?",
    "deny": (
        r"(?:那|还是|就|先|我看)*(?:算了?|拉倒|不用了?|免了)"
        rf"|(?:我|俺|咱)?(?:{_OF_ME}(?:我|俺)?)?{_UNWILLING}{_TELL}{_YOU}(?:{_OF_ME})?(?:了|的)?(?:(?:我|俺)?(?:怕|担心)(?:是|有|遇上?|上)?(?:骗子?|骗人|当|当受骗))?"
    ),
}


def _compiled(words: Mapping[str, str]) -> dict[str, re.Pattern[str]]:
    return {intent: re.compile(pattern, re.IGNORECASE) for intent, pattern in words.items()}


_YES_OR_NO = ("confirm", "offer_booking")
_WHOLE_RE, _ALWAYS_RE = _compiled(_WHOLE), _compiled(_ALWAYS)

_MINE = r"(?:资料|信息|数据|隐私|记录|个人情况|账号|账户|帐号|东西|聊天内容|说(?:过)?的(?:话|事|内容)?|电话|号码|住址|地址)"
# Asks for the opposite.
_KEEP = re.compile(
    rf"(?:不要|别|甭|不用|不能|莫)再?(?:把|给|将)?(?:我|俺|咱)?(?:们)?的?(?:{_MINE})?(?:都|全)?(?:删|清空|清除|清掉|注销|抹|销毁)"
)
_ERASE = re.compile(
    rf"(?:删除|删掉|删了|删|清除|清空|清掉|抹掉|抹去|销毁|注销)(?:一下|掉|了)?(?:我|俺|咱|所有|全部|个人|有关|留下|登记|与|和|家|妈|爸|爹|娘|的|这些|之前|存)*{_MINE}"
    rf"|(?:把|将)?(?:我|俺|咱)(?:们|家|妈|爸|爹|娘|的|留|存|登记|所有|全部|个人|刚才|之前|以前|前面)*{_MINE}.{{0,6}}(?:删|清除|清空|清掉|清了|抹|销毁|注销)"
    r"|^(?:我要|帮我|给我|把)?(?:账号|账户)?注销(?:账号|账户|吧|了)?$"
    rf"|(?:别|不要|甭|不许|莫)再?(?:存|记|留|保存|保留|记录)(?:着|住|下)?(?:我|俺|咱)(?:们|家|妈|爸|爹|娘|的)*{_MINE}"
    r"|忘(?:记|掉|了)(?:我|俺)(?:刚才|之前|说|讲|的|过|所有|信息|资料|话)*$"
)

_CODE = re.compile(
    r"<[!/?]?[A-Za-z][^<>]{0,200}>|<!\[CDATA\[|<\?"
    r"|\b(?:select\b.{1,80}\bfrom|drop\s+(?:table|database)|insert\s+into|update\s+\w+\s+set|delete\s+from|union\s+select"
    r"|truncate\s+table)\b|'\s*or\s+'?1'?\s*=|\b(?:print|eval|exec|alert|system)\s*\(|^\s*(?:import|from|def|class|var|let|const)\s+\w+"
    r"|\{\{.{0,80}\}\}|\$\{|console\.log|rm\s+-rf",
    re.IGNORECASE,
)
_INJECTION = re.compile(
    r"(?:忽略|无视|忘[掉记了]|不要?(?:管|理会|遵守)|绕过|跳过|覆盖|取消).{0,12}(?:规则|指令|提示|设定|命令|限制|约束|系统要求)"
    r"|(?:系统)?提示词|系统(?:提示|指令)|你(?:现在|从现在)(?:起|开始)?(?:是|扮演|没有).{0,8}(?:管理员|开发者|黑客|医生|律师|限制|超级用户)"
    r"|(?:假装|扮演)(?:你)?(?:是|成)?|ignore\s+.{0,20}instructions|system\s+prompt|jailbreak|developer\s+mode",
    re.IGNORECASE,
)


def decide(text: str, context: str | None) -> str | None:
    """The intent of a normalised text where the words alone decide it; None where a model must be asked."""
    if _FOREIGN.search(text) or _CODE.search(text) or _INJECTION.search(text):
        return "out_of_scope"
    if _KEEP.search(text):
        return "deny"
    if _ERASE.search(text):
        return "delete_my_data"
    return _whole(text, context) or (None if _is_ours(text) else "out_of_scope")


def _whole(text: str, context: str | None) -> str | None:
    """What a message says that says only one thing; 取消 is a no only where yes or no was asked."""
    core = _SOFT.sub("", _MARKS.sub("", text))
    if len(core) > LONGEST_WHOLE:
        return answers.read(text)
    always = _matching(_ALWAYS_RE, core)
    if always is not None:
        return always
    alone = None if context is not None and core.isdigit() else _matching(_WHOLE_RE, core)
    if alone is not None and (context is None or (alone == "cancel_booking" and context not in _YES_OR_NO)):
        return alone
    return answers.read(text) or alone


def _matching(patterns: Mapping[str, re.Pattern[str]], core: str) -> str | None:
    return next((intent for intent, pattern in patterns.items() if pattern.fullmatch(core)), None)


def _is_ours(text: str) -> bool:
    """Chinese, a number or a short word like OK; not marks, not smileys, not another language, not one key held."""
    held = len(text) >= HELD_KEY and len(set(text)) <= HELD_KEYS
    if held or not _WORDS.search(text):
        return False
    return bool(_HAN.search(text)) or len(re.findall(r"[A-Za-z]", text)) <= LATIN_AT_MOST
