"""Reads everything else the lists ask about: home, pension, merit, support, needs."""

from __future__ import annotations

from nlu.readers import home, merit, pension, situation, support
from nlu.readers.thoughts import split
from nlu.readers.words import any_of, pattern

_HINTS = pattern(
    any_of(
        "椅 拐 助 辅 假肢 义肢 床 院 垫 杖 ICU 病房 重症 训 课 学习班 护理员 官司 律师 法律 诉讼 代理 儿 子女 "
        "赡养 扶养 孩 抚 定期 流浪 饭 讨 家可归",
        "露宿 睡 供养 分散 集中 散居 特困 保 后 满 膝下 绝户 养",
    )
)
# The readers of one clause each, behind a word or two that must be in the text.
_READERS = (
    (pattern("椅|拐|助|辅|假肢|义肢|床|垫|杖|器"), situation.device),
    (pattern("院|病房|ICU|重症|监护"), situation.hospital),
    (pattern("训|课|学习班|护理员|照护员"), situation.training),
    (pattern("儿|子女|赡养|扶养|抚养|孩|养|后人|没后|没有后|膝下|绝户|断后|断了后|没生"), support.supporter),
    (pattern("抚恤|定期"), support.state_pension),
    (pattern("流浪|饭|讨|家可归|露宿|睡|没家没业"), support.vagrant),
    (pattern("床|满"), support.bed),
)
_LAW = pattern("律师|官司|法律|诉讼|代理")


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
    if _LAW.search(text) and situation.no_lawyer(text, clauses):
        facts["legal_need_no_agent_poor"] = True
    situation.new_device(clauses, facts)
    support.unable_children(clauses, facts)
    if facts.get("no_supporter") and support.with_spouse(text):
        del facts["no_supporter"]
    support.by_state(text, clauses, facts)
    return facts
