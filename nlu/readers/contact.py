"""Whom to ask for when the service people come or call."""

from __future__ import annotations

import re

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田"
    "任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦"
    "季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位"
    "覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕"
    "郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银"
    "扬明沙薄伏岑习胥保和蔺"
)
_TITLE = "先生|女士|大爷|大妈|大娘|大伯|奶奶|爷爷|阿姨|叔叔|师傅|老师|同志|姐|哥"
_FULL = rf"[{_SURNAMES}](?:[\u4e00-\u9fff]{{1,2}}|(?:{_TITLE}))"
_LABELLED = re.compile(rf"(?:联系人|收件人|姓名|名字)(?:是|为|叫|[:：])?\s*({_FULL})(?![\u4e00-\u9fff])")
_CALLED = re.compile(
    rf"(?:我叫|叫我|我是|俺叫|俺是|找|联系|本人|叫|姓名)?(?:我|俺)?(?:儿子|闺女|女儿|老伴)?({_FULL})(?:吧|就行|就中|即可|好了)?[。.!！]?"
)


def read(text: str, context: str | None) -> str | None:
    """The name told as the contact; without a label only where the name was asked for."""
    if labelled := _LABELLED.search(text):
        return labelled[1]
    if context != "booking_name":
        return None
    called = _CALLED.fullmatch(text.strip())
    return called[1] if called else None
