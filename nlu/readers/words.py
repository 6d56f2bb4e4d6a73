"""Words that several readers share, and the small helper that turns word lists into regular expressions."""

from __future__ import annotations

import re


def any_of(*lists: str) -> str:
    """A group that matches any of the words; each list holds words (or bits of pattern) between blanks."""
    return "(?:" + "|".join(word for words in lists for word in words.split()) + ")"


def set_of(*lists: str) -> frozenset[str]:
    """The words of all lists, which hold them between blanks."""
    return frozenset(word for words in lists for word in words.split())


def pattern(words: str) -> re.Pattern[str]:
    """Compiled with a bound on every run of words: without one a hostile text could make a search take for ever."""
    return re.compile(words.replace(")*", "){0,8}").replace(")+", "){1,8}"))


PERSON = any_of(
    "我 俺 咱 他 她 本人 爸 妈 爹 娘 父亲 母亲 爷爷? 奶奶? 姥姥 姥爷 外公 外婆 公公 婆婆 岳母 岳父 丈母娘 老丈人",
    "老伴儿? 老头子? 老太太 老婆子? 大爷 大妈 大娘 大伯 大叔 叔 婶 舅 姑 姨 伯 嫂 哥 姐 丈夫 老公 老人家",
)

CHILD = any_of(
    "独生子女? 独生女 独子 儿子 女儿 闺女 孙子 孙女 外孙女? 孩子们? 儿媳妇? 媳妇 女婿 姑爷 小孩 娃 姑娘 儿女们? 子女们? 小子 妮儿? 丫头",
)

# The things a list may name one after the other, so that "没有低保和残疾证" denies both.
THING = "(?:农村|城市|城镇)?" + any_of(
    "低保边缘户? 低保户? 特困户? 五保户? 支出型(?:困难|贫困) 返贫致贫 监测户 残疾人?证 退休金 养老金 医保 社保",
    "子女 儿女 老伴 独居 空巢 留守 残疾 失能 烈属 军属 新农保 长护险",
)

# Whoever says these is not sure.
DOUBT = any_of(
    "可能 好像 像是 大概其? 也许 许是 兴许 说不定 说不准 估计 估摸 约莫 八成 备不住 保不[齐准住] 指不定 没准儿? 搞不好 闹不好 弄不好",
    "听说 听人说 听人家说 据说 恐怕 似乎 仿佛 大约 怕是 敢是 莫不是 吃不准 拿不准 摸不准 记不清 记不准 搞不清 弄不清 闹不清 忘了? 想不起",
    "不知道?(?!道) 不清楚 不晓得 晓不得 不确定",
)

# What has not come to pass.
FUTURE = any_of(
    "赶明儿? 哪天 有一天 有朝一日 将来 往后 一旦 早晚 迟早 将要 快要 差点儿? 险些 等我 等俺 等他 等她 等咱 等老了 真要 真的?要是",
    "(?:^|就)(?:得|要|会)",
)

NO = any_of(
    "没有?+(?!成家|成过家|结婚|结过婚|娶|嫁|文化|错|变|假|问题) 没能 没得 木有 冇 莫得 无 未 非 不是 不算 不属于? 并非 不够",
    "够不[上着到] 不符合 达不到 评不[上了]",
    "吃不[上着了] 办不[了下成来上]+ 领不[到上着了] 享受不[了到上] 不享受? 不吃 不领 不拿 不给 不在 不具备",
    "申请不[到了上下来]+ 捞不[着到] 没资格 没条件 拿不[到着] 轮不[到上着]",
)

# What may stand between a verb, or its negation, and the thing it is about.
FILL = any_of(
    "去 有 是 过 着 了 上 成 到 下来 下 办理? 申请 领取? 吃 享受 拿 评定? 认定 定 纳入 进 算 批 给 参加 买 交 弄 入",
    "啥 什么样? 任何 那个 这个 那种 那 这 一?个 一分 的 所谓 我 俺 他 她 咱 们 国家 家 农村 城市 城镇 城乡 真 证 本",
    "村里? 社区 民政",
)

# Words of time, place and feeling that may stand before a verdict: 去年就给取消了.
ADVERB = any_of(
    "[0-9一二三四五六七八九十]{1,3}(?:月份?|号|年)(?:[初底里]|上半月|下半月)? 上半年 下半年 春上 开春 年前 年后 前两[天年]",
    "昨儿个? 今儿个? 前一?阵子? 一直 总算 最后 末了",
    "其实 实际上? 申请 了?好?几[回次趟年] 可是 可 但是? 不过 后来 然后 去年 前年 今年 上个?月 这个月 上年 头年 到?现在 如今 目前 已经",
    "早就? 又 就 给",
    "被 都",
    "也 全 还 一直 从来 至今 我 俺 他 她 咱 们 家里? 村里? 社区 街道 人家 让 叫 说是? 这些? 那些? 反正 唉 哎 嗨 一个",
    "一?样 啥的? 什么的? 到底 结果 [俩两三]个 通通 统统 刚 今天 昨天 的 户 压根 根本 倒是 年初 年底 一点 嘛 呀 啊 么",
)
