"""Reads what the state owes an elder for service in the army, their own or their family's."""

from __future__ import annotations

from nlu.readers.claims import claims
from nlu.readers.stance import Stance
from nlu.readers.words import any_of, pattern

_FAMILY = any_of(
    "遗属 家属 遗孀 子女 (?:的)?(?:家属|遗属|遗孀|子女|儿子|女儿|闺女|老婆|妻子|爱人|父亲|母亲|爹|娘|后代|父母|爸|妈|媳妇|家庭)",
)
_NEAR = any_of("爹 爸爸? 父亲 娘 妈妈? 母亲 儿子 闺女 女儿 老伴儿? 丈夫 老公 男人 老头子? 爱人 孩子")
_TERMS = {
    "martyr_survivor": any_of(
        f"(?:革命)?烈属 (?:革命)?烈士{_FAMILY} (?:军烈属|烈军属) {_NEAR}(?:都|就)?是(?:个|位)?(?:革命|抗美援朝|抗战|解放战争|"
        f"对越)?(?:的)?烈士",
    ),
    "duty_death_survivor": f"因公(?:牺牲|死|去世|殉职|没|走)(?:的)?军人{_FAMILY}?|"
    f"{_NEAR}[^，,]{{0,8}}(?:当兵|部队|军)[^，,]{{0,8}}因公牺牲",
    "illness_death_survivor": f"病故(?:的)?军人{_FAMILY}?|{_NEAR}是病故军人",
    "disabled_soldier": (
        f"(?:(?:革命)?(?:残疾|残废|伤残|伤残退伍)军人|革命伤残|革命残疾|军残|伤残老?兵|荣誉军人)(?!{_FAMILY})(?!证?的?(?:补贴|抚恤))"
    ),
    "demobilized_soldier": f"(?:在乡)?(?:复员(?:退伍)?军人|复员(?:的)?老?兵|复员老军人|老复员军人|老复员兵|复员证)(?!{_FAMILY})"
    f"|复员(?:的|回来|回乡|回家|下来|了|$)",
    "discharged_soldier": (
        f"(?:退伍(?:老?军人|老?兵|老战士)|退伍(?:的|嘞|哩|滴|下来|回来|回乡|回家|了|证)|退役(?:老?军人(?!事务)|老?兵|士兵|的|回来|下来|证)|参战退役人员|参战老?(?:兵|军人)|参战人员|"
        f"两参(?:人员)?|(?:部队|队伍)(?:上|里)?退(?:下来|回来|的)(?:的)?|^退伍$|^退役$|(?:兵|年|月|反击战|前线|朝鲜|部队|军队)退伍$)(?!{_FAMILY})(?!事务|怎|咋|补|费)"
    ),
    "active_military_family": any_of(
        "(?:光荣|现役)?军属 现役军人(?:的)?(?:家属|家庭|父母|父亲|母亲|妻子|爱人|爹|娘) 军人家(?:属|庭) 军嫂",
        "(?:儿子|[大小二三俺我]儿|闺女|女儿|孩子|老伴|丈夫|老公)(?:们)?(?:现在|还|正|目前|如今|都|是)*(?:在[^，,]{1,4}(?:当兵|服役|部队|军区)|在(?:部队|当兵|服役|军队|海军|空军|陆军)|"
        "现役(?:军人)?|服役|当兵(?:呢|着)|当着兵|是军人|是(?:个)?当兵的)(?!过)",
    ),
}
_TERM = pattern("|".join(f"(?P<{name}>{pattern})" for name, pattern in _TERMS.items()))
_PERSONAL = pattern(".")
_HINTS = pattern("烈|军|兵|复员|退伍|退役|牺牲|因公|病故|部队|服役|现役|两参|参战|队伍")
_OF_OTHERS = pattern("(?:儿子|孙子|女婿|闺女|女儿|弟弟|哥哥|兄弟|小舅子)(?:是|都|也|个|一个|现在|的|位|老)*$")
_OWN = ("disabled_soldier", "demobilized_soldier", "discharged_soldier")
_ENDED = pattern("当过|退伍|复员|转业|退役|以前|年轻|牺牲")


def read(text: str) -> dict[str, object]:
    """`{"merit": {name: bool}}` for what the text settles."""
    if not _HINTS.search(text):
        return {}
    merit: dict[str, bool] = {}
    for mention in claims(text, _TERM, _PERSONAL):
        name = str(mention.match.lastgroup)
        clause, start = mention.clause.text, mention.match.start()
        if name in _OWN and _OF_OTHERS.search(clause[:start]):
            continue
        if name == "active_military_family" and _ENDED.search(clause):
            continue
        if mention.stance is Stance.HELD:
            merit[name] = True
        elif mention.stance is Stance.DENIED:
            merit[name] = False
    return {"merit": merit} if merit else {}
