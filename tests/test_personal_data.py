"""The page of what is kept of people is true to the models, to the store and to the times; a user can see it all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import models
from bot.app import lexicon
from bot.catalog.load import load_catalog
from bot.dialogue.asked_for_data import asks_what_is_kept, speaks_of_erasing
from bot.dialogue.my_data import Kept
from bot.dialogue.turn import take_turn
from bot.dialogue.wording import words
from bot.eligibility.facts import read_facts
from bot.eligibility.vocabulary import BOOLEANS, CHOICES, FLAG_SETS
from bot.models import Draft, Message, Notice, Person, Session
from bot.store import port, port_staff
from bot.store.kept import PLACES
from bot.store.port import Line
from bot.store.port_staff import AuditEntry, Credentials
from bot.store.terms import KINDS, LAPSE, SHELF
from nlu import embedded, rules
from nlu.embedded import Embedded
from nlu.understanding import Understanding
from tests.test_erasure import NOW, calls

PAGE = (Path(__file__).parents[1] / "deploy" / "personal-data.md").read_text("utf-8")
# What is never kept as such.
PASSING = {"Reply", "Effect", "Turn", "Held", "Outcome"}
CATALOG = load_catalog()


@pytest.fixture(scope="module")
def engine() -> Embedded:
    return embedded.load(Path(__file__).parents[1] / "var", lexicon(CATALOG))


def rows(title: str) -> list[list[str]]:
    part = PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]
    lines = [
        line
        for line in part.splitlines()
        if line.startswith("| ") and not line.startswith(("| field", "| name begins", "| family"))
    ]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def field_rows() -> list[list[str]]:
    return [row for title in ("Of users", "Of calls", "Of those who serve") for row in rows(title)]


def kept_fields() -> Iterator[str]:
    classes = [*vars(models).values(), Credentials, AuditEntry, Line]
    for one in classes:
        if isinstance(one, type) and is_dataclass(one) and one.__name__ not in PASSING:
            yield from (f"{one.__name__}.{field.name}" for field in fields(one))


def test_every_field_has_its_row_and_every_row_its_field() -> None:
    named = [row[0].strip("`") for row in field_rows()]
    assert sorted(named) == sorted(set(named))
    assert set(named) - set(kept_fields()) == set()
    assert set(kept_fields()) - set(named) == set()


def test_no_shape_of_the_store_is_forgotten() -> None:
    asked = {**vars(port), **vars(port_staff)}
    shapes = {name for name, one in asked.items() if isinstance(one, type) and is_dataclass(one)}
    named = {row[0].strip("`").partition(".")[0] for row in field_rows()}
    assert shapes - PASSING - named == set()


def test_every_row_says_all_of_it() -> None:
    for row in field_rows():
        assert len(row) == 5, row
        assert all(row), row


def test_every_time_is_one_of_the_sweep_s() -> None:
    terms = {term for title in ("Of users", "Of calls", "Of those who serve", "On the shelf", "Families of keys") for row in rows(title)
             for term in re.findall("`([a-z_]+)`", row[3] if len(row) == 5 else row[2])}  # fmt: skip
    assert terms - set(KINDS) == set()
    assert set(KINDS) - terms == set()


def test_the_families_are_those_of_the_store() -> None:
    told = {row[0].strip("`"): row[1:] for row in rows("Families of keys")}
    assert list(told) == [place.name for place in PLACES]
    for place in PLACES:
        sealed = place.sealed is not None or place.name == "data-keys"
        assert told[place.name][0] == ("yes" if sealed else "no"), place.name
        if place.name in LAPSE:
            assert told[place.name][1] == f"`{LAPSE[place.name]}`", place.name


def test_the_shelf_is_told_name_by_name() -> None:
    told = [(row[0].strip("`"), row[2].strip("`")) for row in rows("On the shelf")]
    assert told == [(begins or "anything else", kind) for begins, kind in SHELF]


class TestAsked:
    @pytest.mark.parametrize(
        "text",
        ["你们存了我什么", "导出我的资料", "你们都记了我啥", "俺的信息都有啥", "看看我的资料", "把我的资料发给我", "你们收集了我哪些信息",
         "查一下我的数据", "你 们 存 了 我 什 么 ？", "我的记录有哪些", "恁存了俺啥"],
    )  # fmt: skip
    def test_who_asks_is_heard(self, text: str) -> None:
        assert asks_what_is_kept(text)

    @pytest.mark.parametrize(
        "text",
        ["删除我的资料", "我要什么资料", "办高龄津贴要什么资料", "需要带什么材料", "我能领什么", "别存我的资料", "你们有什么服务",
         "我妈83岁", "要交什么资料", "准备资料", "我有什么补贴", "你们知道什么", ""],
    )  # fmt: skip
    def test_who_asks_for_something_else_is_not(self, text: str) -> None:
        assert not asks_what_is_kept(text)

    @pytest.mark.parametrize("phrase", words("my_data_asked"))
    def test_no_phrase_is_taken_for_erasing_by_the_rules(self, phrase: str) -> None:
        assert rules.decide(phrase, None) != "delete_my_data"

    def test_erasing_wins_where_both_are_said(self) -> None:
        text = "看看我的资料，都删除我的资料"
        turn = told(text, "delete_my_data", Session(greeted=True))
        assert [effect.kind for effect in turn.effects] == ["forget"]

    @pytest.mark.parametrize(
        "text",
        ["我的个人信息安全吗", "我的信息都给谁看", "你们保存我的信息了吗", "打印我的资料", "把我的数据给我一份", "我的资料能不能给我看看",
         "我的记录清楚不清楚"],
    )  # fmt: skip
    def test_without_a_word_of_erasing_nothing_is_erased(self, text: str) -> None:
        turn = told(text, "delete_my_data", full_session(), "embedded")
        assert turn.effects == ()
        assert "我这里记着您这些" in turn.reply.texts[0]

    @pytest.mark.parametrize(
        "file", ["nlu/data/delete_my_data.yml", "tests/sentences/intents/delete_my_data.yaml"]
    )
    def test_whoever_means_it_is_heard(self, file: str) -> None:
        read = yaml.safe_load((Path(__file__).parents[1] / file).read_text("utf-8"))
        said = read.get("sentences") or [line.strip("- ") for line in read["nlu"][0]["examples"].splitlines()]
        assert len(said) > 10
        for text in filter(None, said):
            assert speaks_of_erasing(text), text

    @pytest.mark.parametrize(
        "text",
        [
            "我的个人信息都在你这儿存着吗",
            "怎么查看我的个人信息",
            "我要一份我的资料副本",
            "俺娘的资料你们存了哪些",
            "恁都记着俺的啥",
        ],
    )
    def test_a_question_about_the_bot_that_names_ones_data_is_one_for_them(self, text: str) -> None:
        turn = told(text, "help", full_session(), "embedded")
        assert turn.effects == ()
        assert "我这里记着您这些" in turn.reply.texts[0]

    @pytest.mark.parametrize(
        "text", ["你能帮我做什么", "怎么用", "你的信息哪来的", "需要提供什么信息给你", "我记不住怎么用"]
    )
    def test_another_question_about_the_bot_is_not(self, text: str) -> None:
        turn = told(text, "help", full_session(), "embedded")
        assert "我这里记着" not in turn.reply.texts[0]

    @pytest.mark.parametrize(
        "text",
        ["你那儿存着俺哪些东西", "我的个人信息都在你这儿存着吗", "把我的信息打印一份给我", "我填过的资料在哪看", "怎么查看我的个人信息",
         "你们保存了我多少信息", "我要一份我的资料副本", "我妈的资料你们存了哪些", "给我导出一份个人数据", "查看个人信息", "我的资料",
         "我能看看你们存的我的数据吗", "我的信息在哪里可以查到", "恁都记着俺的啥"],
    )  # fmt: skip
    def test_whoever_asks_in_words_that_nobody_trained_is_shown_it(self, engine: Embedded, text: str) -> None:
        heard = engine.parse(text, None, NOW)
        assert heard.intent in ("help", "delete_my_data")
        turn = take_turn(full_session(), Message("u", text=text), heard, CATALOG, NOW)
        assert turn.effects == ()
        assert "我这里记着您这些" in turn.reply.texts[0]

    def test_what_is_about_something_else_is_not_swallowed(self) -> None:
        turn = told("梅溪路七十八号院", "delete_my_data", full_session(), "embedded")
        assert turn.effects == ()
        assert "我这里记着" not in turn.reply.texts[0]

    def test_a_guess_of_the_model_erases_nothing(self) -> None:
        session = replace(full_session(), draft=None)
        turn = told("导出我的资料", "delete_my_data", session, "embedded")
        assert turn.effects == ()
        assert turn.session.people == session.people
        assert turn.report["intent"] == "help"


def told(text: str, intent: str, session: Session, engine: str = "rules", **more: Any) -> models.Turn:
    return take_turn(
        session, Message("u", text=text), Understanding(intent, 0.99, engine), CATALOG, NOW, **more
    )


def full_session() -> Session:
    facts: dict[str, Any] = {"region": "411303", "age": 83, "care_months": 7}
    facts |= {name: {flag: at % 2 == 0 for at, flag in enumerate(flags)} for name, flags in FLAG_SETS.items()}
    facts |= {name: values[0] for name, values in CHOICES.items()}
    facts |= {name: at % 2 == 0 for at, name in enumerate(BOOLEANS)}
    facts["disability"] = {"kind": "visual", "level": 2}
    read_facts(facts, NOW.date())
    return Session(
        people={
            "mother": Person(facts),
            "欧阳大爷": Person(),
            "father": Person({"age_range": [70, 79], "disability": None}),
        },
        region="411303",
        greeted=True,
        draft=Draft("bathing", "mother", address="梅溪路", phone="13700001234"),
        address="滨河路",
        phone="13900005678",
        contact="诸葛",
    )


class TestShown:
    def test_everything_personal_is_shown(self) -> None:
        kept = Kept(full_session(), tuple(calls()), 2, serves=True)
        text = "\n".join(kept.lines(CATALOG, NOW))
        for word in ("您母亲", "83", "欧阳大爷", "卧龙区", "梅溪路", "13700001234", "滨河路", "13900005678", "诸葛", "2条",
                     *(one.contact for one in calls()), *(one.comment for one in calls()), "上官桂兰", "门铃坏了敲窗"):  # fmt: skip
            assert word in text, word
        assert "没有残疾证" in text
        assert "411303" not in text
        assert not re.search(r"[{}_]|None|True|False", text)

    def test_nothing_is_shown_as_nothing(self) -> None:
        text = "\n".join(Kept(Session()).lines(CATALOG, NOW))
        assert "一样也没记" in text
        assert "删除我的资料" in text

    def test_long_answers_come_in_pages(self) -> None:
        turn = told("你们存了我什么", "help", full_session(), requests=tuple(calls()))
        assert len(turn.reply.texts[0].encode()) <= 2000
        assert turn.session.pages
        assert all(len(page.encode()) <= 2000 for page in turn.session.pages)
        assert turn.session.draft is not None

    def test_the_question_that_waits_stays_asked(self) -> None:
        session = Session(
            people={"mother": Person({"age": 83})}, active="mother", asked="region", greeted=True
        )
        turn = told("你们存了我什么", "help", session)
        assert turn.session.asked == "region"

    def test_of_notices_it_tells_how_many(self) -> None:
        notices = (Notice("n", ("长" * 700,)), Notice("m", ("x",)))
        turn = told("你们存了我什么", "help", Session(greeted=True), notices=notices)
        assert "2条" in turn.reply.texts[0]
