"""Whether the words around a number make it the age of an elder, or a price, a floor, a threshold, the past."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_BARE_LEAST: Final = 50

# What may stand behind a number only when it counts something; the look-aheads are ordinary words in that place.
_UNIT: Final = re.compile(
    r"\s?(?:多|来|几|好几)?\s?(?:元|块|毛(?!病)|角|分(?!不|散|别|开)|号|楼|层|栋|幢|单元|室|门(?!都|"
    r"也)|斤|公斤|千克|克|厘米|公分|米|平(?!时|常)|亩|里(?!外)|公里|个|位|口(?!齿|袋|眼)|户(?!口|"
    r"籍)|家(?!住|里|在|庭|人|中|属)|"
    r"人(?!瘫|在|已|不|家|住|还|糊|清)|名(?!下|叫|字)|年(?!龄|纪|老|轻|迈|高|岁)|月|天(?!天|生)|"
    r"日(?!常|子)|周年|星期|小时|钟|点|时(?!常|不)|度|℃|%|级|等(?!着)|次|回(?!不|答|来|家)|遍|片|"
    r"粒|颗|瓶|毫|路(?!都|也)|页|分之|万|千|百|亿|后(?!来|面)|届|团|"
    r"连(?!路|饭|床|门|话|屎|个|吃)|班|车|只(?!有|能|是|吃|领|靠|剩|会)|头(?!脑|晕|疼|痛|昏)|桶|"
    r"箱|包(?!括)|升|集(?!中)|期|票|场|杯|桌|床(?!都|上|也)|套|吨|寸|档|码|版|线|节|章|条(?!件)|"
    r"款|项|折|股(?!骨)|倍|秒|轮|伏|瓦|[a-zA-Z]|大寿)"
)
_COUNTED: Final = re.compile(
    r"(?:第|楼|房|号|村|组|队|排|巷|弄|路|街|大道|栋|幢|单元|室|门牌|电话|尾号|共|每月|每个月|月|"
    r"给|发|补|领|交|花|欠|剩|涨|价|费|钱|元|块|工资|退休金|养老金|津贴|补贴|补助|收入|待遇|标准|"
    r"存|借|卖|买|"
    r"百分之|[a-zA-Z#¥￥$]|瘦|胖|体重|身高|体温|血氧|心率|心跳|脉搏|血糖|血压|高压|低压|工作|干|"
    r"教|打|拨|叫|号码|验证码|占|评分|考|群|坐|降|升|跑|走|吃|喝|一天|每天|上面|下面|密码|编码|"
    r"邮编|转|按|回复|扣)"
    r"(?:到|了|是|有|才|就|都|只|要|为|在|的|达|能|过|够|得|[：: ])*$"
)
_MEASURED: Final = re.compile(r"(?<!高)血压|高压|低压|收缩压|血糖|心率|心跳")
_STRANGER: Final = re.compile(
    r"(?:独子|独女|独苗|独生[子女儿]|孙子|孙女|儿子|闺女|女儿|儿媳妇?|媳妇|女婿|外甥女?|侄子|侄女|重孙子?|孩子|娃|小孩|(?<!属)[狗猫牛羊驴猪鸡]|"
    r"树|房子|老屋|车|医生|护工|保姆|小姑娘)"
    r"(?:们|家|的|今年|都|也|已经|已|有|是|快|才|大概|[，, ])*$"
)
_COMPARED: Final = re.compile(r"比[^，,。]{1,8}[大小]$|[大小](?:我|俺|他|她)$|相?差$|大了?$|小了?$")
_PAST: Final = re.compile(
    r"(?:的)?(?:那年|那会|那时|那|时候|时(?!常|不)|以前|之前|前|就(?:瘫|开始|退|得|没了|守寡|查|"
    r"嫁|当|参|离|死|走(?!不)|结|生|领上|吃上|办|拿)|退休|去世|走的|没的|没了|过世|死|当兵|参军|"
    r"入党|入伍|结婚|嫁|守寡|得的|"
    r"查出|确诊|开始|起(?!不|来|夜)|生的?(?:我|俺|他|她|孩|儿|老)|上(?:得|中|瘫|就|没|走|开始)|"
    r"离婚|下岗|失明|瘫的|来的|的(?:儿子|闺女|女儿|孙|外孙|孩子|儿媳|女婿|弟|妹|狗|猫|重孙|侄))"
)
_PAST_BEFORE: Final = re.compile(
    r"(?:从|自从|打从|当年|那年|以前|年轻时|小时候|享年|终年)[^，,。]{0,4}$|(?:要是|如果|假如|若)[^，,。]{0,3}(?:活着|在世)[^，,。]{0,4}$"
)
_DEAD: Final = re.compile(r"[^，,。]{0,3}(?:去世|过世|走的|没的|逝世|死的|不在的)")
_ONLY_THEN: Final = re.compile(
    r"(?:以上|及以上|以后|之后)?(?:的|老人|老年人|人|高龄)*(?:才(?:能|给|有|可以|领|发|行|算|会|"
    r"中|管)|以后|之后|开始|起(?:步|算|[，,。]|$)|[办发领]还是|再(?:来|办|领|申请))"
)
_RULE_BEFORE: Final = re.compile(
    r"等(?:我|俺|咱|他|她|你|人)?(?:们)?老了(?:以后|后)?(?:到|活到)?$|(?:必须|规定|等到|等|凡是|只要|要满|得满|需满|要到|得到|要够|得够|标准|条件|听说|据说|听人说|"
    r"政策|文件|如果|要是|假如|假设|为啥|为什么|超过)(?:是|要|得|写|上|里|说|年|满|到|够|你|他|"
    r"她|老人|的|家里)*$"
)
_ELDER_BEHIND: Final = re.compile(
    r"(?:的?老?|的(?:那个?)?(?:才|就)?是(?:我|俺|咱)?家?老?)(?:娘(?!家)|妈|爹|爸|母亲|父亲|奶奶|爷爷|婆婆|公公|岳[父母]|丈母娘|丈人|姥[姥爷])"
)
_OVER: Final = re.compile(r"(?:以上|及以上|以下)(?!了)")
_RULE: Final = re.compile(
    r"能(?!自理|走|动|吃|干|自己)|可以|补贴|津贴|补助|政策|多少|什么|啥|咋|怎|吗|待遇|标准|规定|"
    r"享受|领|条件|几[块元个]|岁[办发给起]|福利(?!院)|办理|申请|[?？]|有没有|[没不]$|给不给|补不补|涨|翻倍|体检|免费|优待|多发"
)
_PERSON: Final = re.compile(
    r"(?:我|俺)(?!想[问咨打了知查]|问|要问|听|来问|说|咨询|打听|们?(?:村|社区|县|区|这|市|镇|那))|"
    r"(?<!大)娘|妈|爹|爸|父亲|母亲|爷|奶|老伴|婆|公公|老头|老太|大娘|婶|叔|姑|姨|舅|他|她|本人|"
    r"邻居|老爷子|岳|丈|今年|虚岁|现年|老汉"
)
_NEAR_PERSON: Final = re.compile(
    r"(?:娘|妈|爹|爸|大|达|爷|奶|姥|嫲|嬷|伯|婶|叔|姨|姑|舅|嫂|哥|姐|弟|妹|伴儿?|头子?|头儿|婆子?|"
    r"公|母|父|亲|老人家?|太太|太婆|老太|我|俺|咱|们|他|她|本人|男|女|老汉|自己|老师|先生|女士|"
    r"属.|爱人|丈夫|妻子|当家的|掌柜的|子家?|妗子|某|两口子?|两个|俩|儿|对象|师傅|的)"
    r"(?:\s|，|,|今年|现年|现在|今儿个?|今天|眼下|这会儿|这就|整|都|也|已经|已|有|够|满|到|过|是|今|俩|两人|们|一个|一位|不知道|记不清|不晓得|"
    r"好像|可能|应该|大概|岁数|年龄|这|就|呢|才|刚|、|[：:（(])*$"
)
_ELDER: Final = re.compile(
    r"低保|特困|五保|残疾|瘫|独居|失能|自理|空巢|留守|户口|户籍|老人|[一二三四1-4]级|退伍|痴呆|"
    r"男|女|退休|一个人|没人|农村|养老金|动不了|卧床|脑梗|偏瘫|孤寡|优抚|常住|住在|家住|供养|党员|属小龙|属长虫|"
    r"老兵|军人|失独|计生|退役|军属|烈属|无业|肢体|视力|听力|精神|智力|病|腿|聋|瞎|眼|不能动|无儿|没儿|敬老院|养老院|高龄|区|县|市|属[鼠牛虎兔龙蛇马羊猴鸡狗猪]"
)
_LOOSE_LEFT: Final = re.compile(
    r"(?:^|[\s，,、；;。：:（(\n|/+]|[区县市镇乡])(?:都|也|已经|已|现在|就|才|一个|一位)*$"
)
# 李秀英83低保, 卧龙83低保
_SHORT_HEAD: Final = re.compile(r"\s?[\u4e00-\u9fff]{2,4}\s?")
# 俺爹老年痴呆81
_AILMENT: Final = re.compile(
    r"(?:痴呆|瘫痪?|残疾|[一二三四1-4]级|独居|不好|不中|脑梗|中风|聋|瞎|失能|卧床|不利索|不灵便|不灵|不得劲|不好使|糊涂|摔断|有病|多病)\s?$"
)
_LOOSE_RIGHT: Final = re.compile(
    r"$|[\s，,、；;。）)\n|/！!？?吧呢呀啊哦]|[低特残独失瘫卧男女空留住农重半完生孤无没一二三四退有是五老肢视听精智言多能军烈护高求要]|的老?人"
)
_CORRECTION: Final = re.compile(
    r"不是\D{0,3}(?:[0-9]{2,3}|[一二三四五六七八九十百]{2,3})|不对|[说写打弄记]错"
)
_AROUND: Final = re.compile(r"(?:是|应该|应当|哦|不对|对|就|我|俺|他|她|今年|[ 。，,.了呢嘛啊吧])*")
# 八十三岁的能拿多少
_SUCH_A_ONE: Final = re.compile(r"的(?:能|可以|该|一个?月|每月|给|发|领|拿|补|有)")
_EMERGENCY: Final = frozenset({110, 119, 120, 122})


@dataclass(frozen=True, slots=True)
class Seen:
    """A number and what stands around it: `before` in its sentence, `rest` in its clause without the words that
    `lead` names (快, 不到, …); text[number_end:end] are the words behind it (多, 岁, 了)."""

    text: str
    start: int
    end: int
    number_end: int
    before: str
    rest: str
    age: int
    lead: str
    unit: bool
    rough: str
    done: bool
    cue: bool
    pair: bool
    context: str | None

    @property
    def after(self) -> str:
        return self.text[self.end : self.end + 14]


def is_age(seen: Seen) -> bool:
    """Whether the number is the present age of the elder the text is about."""
    if _ELDER_BEHIND.match(seen.after):
        return True
    if _STRANGER.search(seen.before) or _is_threshold(seen) or _is_past(seen):
        return False
    if seen.unit:
        return not _COMPARED.search(seen.rest)
    if _UNIT.match(seen.text, seen.number_end) or _COUNTED.search(seen.rest) or _MEASURED.search(seen.rest):
        return False
    if seen.age < _BARE_LEAST and not (seen.context == "age" or seen.cue):
        return False
    return _stands_as_age(seen)


def asks_a_rule(text: str) -> bool:
    """Whether a text asks what the rules say, and of nobody in particular."""
    return bool(_RULE.search(text) and not _PERSON.search(text))


def _stands_as_age(seen: Seen) -> bool:
    if seen.context == "age" or seen.cue or _NEAR_PERSON.search(seen.rest):
        return True
    if seen.age in _EMERGENCY or (seen.context or "").startswith("booking"):
        return False
    if (seen.done or seen.rough in ("好几", "出头", "来往", "开外")) and _LOOSE_LEFT.search(seen.rest):
        return True
    if _is_all(seen):
        return True
    if _CORRECTION.search(seen.text) and re.search("(?:是|错了|不对)[，,]?$", seen.before):
        return True
    whole = _LOOSE_LEFT.search(seen.rest) and _LOOSE_RIGHT.match(seen.after)
    spoken = seen.rough in ("上下", "左右", "几", "有余") or seen.pair
    if whole and (spoken or seen.lead in ("soon", "just", "short", "next")):
        return True
    named = _SHORT_HEAD.fullmatch(seen.rest) and _ELDER.search(seen.text)
    somebody = _PERSON.search(seen.rest) or (seen.done and "老人" in seen.rest)
    described = somebody and _AILMENT.search(seen.rest)
    if (named or described) and _LOOSE_RIGHT.match(seen.after):
        return True
    elder = _ELDER.search(seen.text) or _PERSON.search(seen.text)
    rough = seen.rough in ("多", "来", "几") and seen.age % 10 == 0
    return bool(elder and _LOOSE_LEFT.search(seen.rest) and (rough or _LOOSE_RIGHT.match(seen.after)))


def _is_all(seen: Seen) -> bool:
    """Whether a number is the whole answer to a question about the elder: 74 can be nothing else but the age."""
    around = seen.text[: seen.start] + seen.text[seen.number_end :]
    if not 60 <= seen.age <= 109 or _AROUND.fullmatch(around) is None:
        return False
    return bool(around.strip(" 。，,.")) or (
        seen.context is not None and not seen.context.startswith("offer")
    )


def _is_past(seen: Seen) -> bool:
    if seen.unit and (_PAST.match(seen.after) or _DEAD.match(seen.after)):
        return True
    return bool(
        _PAST_BEFORE.search(seen.rest) or (not seen.unit and re.match("那年|那会|去世|退休|时候", seen.after))
    )


def _is_threshold(seen: Seen) -> bool:
    """80岁能领多少, 满80岁才给: a rule is asked for or told, not somebody's age."""
    if seen.context == "age":
        return False
    if _ONLY_THEN.match(seen.after) or _RULE_BEFORE.search(seen.rest):
        return True
    if _OVER.match(seen.rough) and (
        _RULE.search(seen.text) or re.match("的|老", seen.after) or not _PERSON.search(seen.text)
    ):
        return True
    if (
        re.match("的?老年?人", seen.after)
        and _RULE.search(seen.text)
        and not _PERSON.search(seen.text.replace("今年", ""))
    ):
        return True
    if seen.unit and _SUCH_A_ONE.match(seen.after) and asks_a_rule(seen.text):
        return True
    if seen.cue or (seen.done and seen.unit is False):
        return False
    is_round = seen.age % 10 == 0 or seen.age == 65
    return is_round and asks_a_rule(seen.text) and not _tells_facts(seen)


def _tells_facts(seen: Seen) -> bool:
    """A number set apart by commas or spaces among other facts is no threshold."""
    return bool(
        _LOOSE_LEFT.search(seen.rest) and re.match(r"[，,；;\s]", seen.after) and _ELDER.search(seen.text)
    )
