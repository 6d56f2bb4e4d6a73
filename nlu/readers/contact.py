"""Whom to ask for when the service people come or call."""

from __future__ import annotations

import re

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田"
    "任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦"
    "季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位"
    "覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕"
    "郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银"
    "扬明沙薄伏岑习胥保和蔺尚闫肖岑门化付郏桐慕"
)
_DOUBLE = "欧阳|上官|司马|诸葛|夏侯|皇甫|尉迟|公孙|令狐|慕容|东方|西门|南宫"
_TITLE = (
    "先生|女士|大爷|大妈|大娘|大伯|大叔|大婶|大姐|大哥|奶奶|爷爷|阿姨|叔叔|师傅|老师|医生|同志|姐|哥|婶|嫂"
)
# Ordinary words that begin like a surname.
_WORDS = (
    "高兴|方便|时间|时候|成了|白天|金钱|安排|温水|关系|关键|常年|常常|单子|单独|应该|国家|程序|万一|毛病|马上|石头|花钱|房子|"
    "来人|"
    "车子|易县|都行|都中|都不|都是|成不|解决|管用|管不|计划|全部|连忙|简单|明天|明儿|向我|于是|和我|和他|祝您|安心|原来|门口|"
    "党员|商量|宁可|保密|谈谈|冷的|华为|水管|鲁山|项目|左右|康复|平时|方城|单身|连个|台子|都在|全家|古稀|盖房|应当|习惯|和俺|强调|单位|方法|路子|门路|银行|车站|党委|"
    "党组|应聘|药店|药房|商店|房东|房产"
)
_GIVEN = r"(?![十0-9就的了吧是在不电手号]|[一二三四五六七八九][十百岁号点楼单组级])[\u4e00-\u9fff]"
_FULL = rf"(?!{_WORDS})(?:(?:{_DOUBLE})(?:{_GIVEN}){{1,2}}|[{_SURNAMES}](?:{_TITLE})|[{_SURNAMES}](?:{_GIVEN}){{1,2}}?)"
_KIN = (
    r"(?:(?:我|俺|他|她|咱)(?:家)?的?)?(?:大|小|二)?(?:儿子|儿媳妇?|闺女|女儿|女婿|媳妇|孙子|孙女|外孙女?|侄子|侄女|外甥女?|"
    r"老伴儿?|老头子?|"
    r"老婆子?|爱人|娘|妈妈?|爹|爸爸?|母亲|父亲|哥|姐|弟|妹|邻居)"
)
_ENDS = r"(?=$|[，,。！!；;：: ()（）、]|[0-9幺零]|吧|就行|就中|就好|即可|好了|的名|这个名|电话|手机|的电话|的手机|今年|他|她|在家|接)"
_LABELLED = re.compile(
    rf"(?:联系人|收件人|接头人|姓名|名字|(?:找|联系)(?={_KIN}))(?:是|为|叫|写|填|"
    rf"[:：])?\s*(?:{_KIN})?[，, ]?(?:名字|大名)?(?:叫|是)?(?P<name>{_FULL}){_ENDS}"
)
_MY_NAME = re.compile(
    rf"(?:(?<!把)(?:我|俺|本人)(?:的名字|大名)?(?:就)?叫|本人|名叫|叫我|喊我)\s?(?P<name>老[{_SURNAMES}](?=就|吧|[，,。 ]|$)|"
    rf"{_FULL}){_ENDS}"
)
# Behind the name somebody is only asked for, not what that one is to do: 找张大夫看病 names no contact.
_ASKED_FOR = re.compile(
    rf"(?:^|[，,。；;：: ]|到了?|到时候?|上门|门口|来了|来时|直接|就)找(?:到)?(?:{_KIN})?(?P<name>老[{_SURNAMES}]|{_FULL})"
    r"(?<!大夫)(?<!医生)(?<!主任)(?<!书记)(?<!经理)(?<!律师)(?<!支书)(?=$|[，,。！!；;： ]|[0-9幺]|吧|呗|就[行中好]|即可|电话|手机|的?号)"
)
# 打我闺女的15565018899，她叫陈静
_CALLED = re.compile(rf"(?:他|她|人家|名字)(?:就)?叫(?P<name>{_FULL}){_ENDS}")
# 姓 alone only where a mark stands before it: 护工姓王 tells of somebody else.
_SURNAME = re.compile(
    rf"(?:(?:我|俺|免贵|本人)(?:是)?|(?:^|[，,。；; 0-9]))姓(?P<name>[{_SURNAMES}])(?:的)?(?=$|[，,。！!；; 电手]|[0-9幺])"
)
_ANSWER = re.compile(
    rf"(?:^|[，,。：: ])(?:那|就|名字|姓名|写|填|留|登记|报|记|写上|用|找|联系|叫|是|我|俺|儿|娃|本人|姓[{_SURNAMES}][，, ]|"
    rf"{_KIN}|的名字|的名|的|[:：，, ]){{0,6}}"
    rf"(?P<name>老[{_SURNAMES}](?![\u4e00-\u9fff])|{_FULL}){_ENDS}"
)
# 登记个助浴，二十八号下午，王桂芝: a name that is a clause of its own where somebody is asked to come.
_GIVEN_LAST = (
    "兰英花梅玲芳桂秀珍珠凤霞云莲荣华芬芝琴菊香翠娥娟淑萍红艳丽娜敏静燕巧枝改爱莉美霖"
    "国强军民建伟明德福贵财有才发生成林山海江河水清志勇刚平安全良忠义仁礼信旺喜春夏秋冬松柏柱根栓奎祥瑞顺宝光亮新文武斌杰超鹏飞龙虎峰磊波涛俊豪康宁"
)
_GIVEN_FIRST = (
    "桂玉秀凤金银国建志文永世家少元宗学景庆怀殿占守运书廷连彩素月俊小大长新东西中天玲惠慧雪美爱瑞素振明晓佳"
)
_ALONE = re.compile(
    rf"(?:[，,。；; ])(?!{_WORDS})(?P<name>[{_SURNAMES}][{_GIVEN_FIRST}{_GIVEN_LAST}]?[{_GIVEN_LAST}])(?:收|接)?(?=$|[，,。；; ])"
)
_BOOKING = re.compile(r"预?约|登记|报个|报名|订|下单|[叫派来]个|陪诊|送[饭餐]|助[餐浴洁医急行]")
_ONLY_SURNAME = re.compile(rf"(?:我|俺|免贵|本人)?姓?(?P<name>[{_SURNAMES}])[。.!！]?")
_CALLING = ("booking_address", "booking_phone", "booking_name", "confirm")


def read(text: str, context: str | None) -> str | None:
    """The name told as the contact; without a label only where the name was asked for."""
    patterns = (_ANSWER, _SURNAME) if context == "booking_name" else (_SURNAME,)
    called = (_CALLED,) if context in _CALLING else ()
    for pattern in (_LABELLED, _MY_NAME, _ASKED_FOR, *called, *patterns):
        if told := pattern.search(text):
            return str(told["name"])
    if _BOOKING.search(text) and (told := _ALONE.search(text)):
        return str(told["name"])
    alone = _ONLY_SURNAME.fullmatch(text.strip()) if context == "booking_name" else None
    return alone["name"] if alone else None
