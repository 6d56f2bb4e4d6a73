"""The report: what counts as right, what is added up, and what people see of it."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from aiohttp import web
from aiohttp.test_utils import TestServer

from nlu import embedded
from nlu.__main__ import main
from nlu.report import (
    Case,
    CaseError,
    Measured,
    Outcome,
    Scores,
    as_text,
    cases,
    confusions,
    engines,
    faults,
    judge,
    lexicon,
    measure,
    page,
    picture,
    resident,
    training,
)
from nlu.report.scores import Count, Share
from nlu.understanding import INTENTS, PersonHeard, Understanding
from nlu.wire import SLOTS

ROOT = Path(__file__).parents[1]
CALM = Understanding("inform", 0.9, "embedded")
WRITTEN = """
- {text: 俺娘83, intents: [inform, correct], people: [{subject: mother, facts: {age: 83}}], emergency: null}
- {text: 俺爹摔了, intent: emergency, people: any, emergency: fall}
- {text: 不约了, intent: cancel_booking, slots: {service: any}}
- {text: 中, context: confirm, intent: affirm}
"""


class Parrot:
    """An Understander that says what it was told to say."""

    def __init__(self, answers: Mapping[str, Understanding]) -> None:
        self._answers = answers

    async def understand(self, text: str, context: str | None, now: datetime) -> Understanding:
        return self._answers.get(text, CALM)

    async def state(self) -> str:
        return "a parrot"


GOOD = {
    "俺娘83": Understanding("correct", 0.8, "embedded", (PersonHeard("mother", None, {"age": 83}),)),
    "俺爹摔了": Understanding("emergency", 0.99, "rules", emergency="fall"),
    "不约了": Understanding("cancel_booking", 0.9, "embedded", slots={"service": "助浴"}),
    "中": Understanding("affirm", 0.99, "rules"),
}
BAD = {
    "俺娘83": Understanding("inform", 0.8, "rasa", (PersonHeard("self", None, {"age": 83}),), {}, "fall"),
    "俺爹摔了": Understanding("inform", 0.4, "embedded", perhaps_emergency="fall"),
    "不约了": Understanding("book_call", 0.9, "rasa"),
    "中": Understanding("deny", 0.99, "rasa"),
}


@pytest.fixture
def written(tmp_path: Path) -> list[Case]:
    path = tmp_path / "written.yaml"
    path.write_text(WRITTEN, encoding="utf-8")
    return cases(path)


@pytest.fixture
def two(written: list[Case]) -> list[Measured]:
    good, bad = (asyncio.run(measure(Parrot(told), written)) for told in (GOOD, BAD))
    return [Measured("embedded", "first", Scores(good), 4.25), Measured("rasa", "second", Scores(bad))]


def test_every_written_sentence_is_a_case() -> None:
    known = cases(ROOT / "tests" / "sentences")
    assert {case.theme.split("/")[0] for case in known} == {"intents", "whole", "facts", "sentences"}
    assert len(known) > 3_000


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{text: 中, intnet: affirm}", "unknown key 'intnet'"),
        ("{text: 中, intent: yes_indeed}", "'yes_indeed' is none of greet, "),
        ("{text: 中, context: dinner}", "'dinner' is none of"),
        ("{intent: affirm}", "the key 'text' is missing"),
        ("{text: 中, people: [{facts: {}}]}", "the key 'subject' is missing"),
        ("{text: 中, emergency: flood}", "'flood' is none of fall, "),
        ("{text: 中", "no YAML"),
        ("只有字", "只有字"),
    ],
)
def test_a_sentence_in_the_wrong_form_is_named(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(f"- {line}\n", encoding="utf-8")
    with pytest.raises(CaseError, match=re.escape(told)) as caught:
        cases(path)
    assert str(path) in str(caught.value)


def test_a_folder_without_sentences_is_named(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="no sentences there"):
        cases(tmp_path)


def test_numbers_may_stand_without_quotes(tmp_path: Path) -> None:
    path = tmp_path / "numbers.yaml"
    path.write_text(
        "- {text: 一, people: [{subject: self, facts: {region: 411303, birth_date: 1943}}],"
        " slots: {phone: 13912345678, time: 2026-11-22T09:00:00+08:00}}\n",
        encoding="utf-8",
    )
    (case,) = cases(path)
    assert case.people
    assert case.people[0].facts == {"region": "411303", "birth_date": "1943"}
    assert case.slots == {"phone": "13912345678", "time": "2026-11-22T09:00:00+08:00"}


def test_what_an_engine_did_is_added_up(two: list[Measured]) -> None:
    good, bad = (each.scores for each in two)
    assert (good.strict, good.accepted, good.flawless) == (Share(3, 4), Share(4, 4), Share(4, 4))
    assert (bad.strict, bad.accepted, bad.flawless) == (Share(1, 4), Share(1, 4), Share(0, 4))
    assert (good.all_facts(), bad.all_facts()) == (Count(1, 0, 0), Count(0, 1, 1))
    assert bad.facts()["subject"] == Count(0, 1, 1)
    assert bad.slots() == {"service": Count(0, 0, 1)}
    assert bad.dangers()["missed"] == Share(1, 1)
    assert bad.dangers()["asked"] == Share(1, 1)
    assert bad.dangers()["false"] == Share(1, 1)
    assert good.dangers()["false"] == Share(0, 1)
    assert bad.engines() == {"rasa": 3, "embedded": 1}
    assert bad.recalls()["affirm"] == Share(0, 1)
    assert not good.confusions()


def test_times_may_leave_out_what_the_rules_decided() -> None:
    ruled = Understanding("affirm", 1.0, "rules")
    outcomes = [
        Outcome(Case("", ""), heard, micros) for heard, micros in ((ruled, 1.0), (CALM, 9.0), (CALM, 5.0))
    ]
    assert Scores(outcomes).micros(0.5) == 5.0
    assert Scores(outcomes).micros(0.5, rules=False) == 9.0
    assert Scores([]).micros(0.5) == 0.0


def test_honest_confidence_is_off_by_nothing() -> None:
    sure = [Outcome(Case("", "", ("inform",)), Understanding("inform", 1.0, "rules"), 1.0)]
    rash = [Outcome(Case("", "", ("deny",)), Understanding("affirm", 1.0, "rules"), 1.0)]
    assert (Scores(sure).calibration(), Scores(rash).calibration()) == (0.0, 1.0)


def test_what_does_harm_comes_first(two: list[Measured]) -> None:
    many = [each.scores.confusions() for each in two]
    many[0]["help", "human"] += 9
    assert confusions.ordered(many) == [
        ("affirm", "deny"),
        ("cancel_booking", "book_call"),
        ("emergency", "inform"),
        ("help", "human"),
    ]
    assert not confusions.costly("affirm", "affirm")
    assert {intent for pair in confusions._PAIRS for intent in pair} | confusions._ALONE <= set(INTENTS)


def test_the_text_shows_both_engines_side_by_side(two: list[Measured]) -> None:
    told = "\n".join(as_text(two))
    assert re.search(r"^  strict accuracy +75\.0 % 3/4 +25\.0 % 1/4$", told, re.MULTILINE)
    assert re.search(r"^  training s +4\.2 +–$", told, re.MULTILINE)
    assert re.search(r"^! missed +0/1 +1/1$", told, re.MULTILINE)
    assert re.search(r"^! affirm -> deny +0 +1$", told, re.MULTILINE)
    assert re.search(r"^  age +100\.0 % 1/1 +100\.0 % 1/1 +0\.0 % 0/1 +0\.0 % 0/1$", told, re.MULTILINE)


def test_every_fault_is_told_with_its_sentence(two: list[Measured]) -> None:
    good, bad = ("\n".join(faults(each.scores.outcomes)) for each in two)
    assert "也算对：correct，最好是inform" in good
    assert "意思应是affirm，读成deny（把握0.99）" in bad
    assert "不是急事，读成了fall" in bad
    assert "急事fall，读成None（也许：fall）" in bad
    assert "mother：漏了 age=(83, 83)" in bad
    assert "service应是有的，读成None" in bad
    assert "中　（刚问过：confirm）" in bad


class Seen(HTMLParser):
    """Every tag, and every address that a browser would fetch."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [str(value) for name, value in attrs if name in ("src", "href", "srcset", "data")]


def test_the_page_needs_nothing_else_and_shows_both(two: list[Measured]) -> None:
    text = page.as_page(two, date(2026, 11, 21))
    seen = Seen(text)
    assert seen.fetched == []
    assert "url(" not in text
    assert "@import" not in text
    assert not {"script", "link", "img", "iframe"} & set(seen.tags)
    assert seen.tags.count("svg") == 2
    assert "说是 → 说不是" in text
    assert text.count("⚠ 会误事") > 2


def test_the_page_escapes_what_people_wrote(tmp_path: Path) -> None:
    path = tmp_path / "hostile.yaml"
    path.write_text(
        yaml.safe_dump([{"text": "<script>alert(1)</script>", "intent": "deny"}]), encoding="utf-8"
    )
    found = Measured("embedded", "<b>", Scores(asyncio.run(measure(Parrot({}), cases(path)))))
    text = page.as_page([found], date(2026, 11, 21))
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_the_picture_says_in_numbers_what_its_colours_say(two: list[Measured]) -> None:
    text = page.as_page(two, date(2026, 11, 21))
    drawings = [ET.fromstring(one) for one in re.findall(r"<svg.*?</svg>", text, re.DOTALL)]  # noqa: S314 - our own
    name = "{http://www.w3.org/2000/svg}"
    good, bad = ([square.findtext(f"{name}text") for square in one.iter(f"{name}g")] for one in drawings)
    assert sorted(map(str, good)) == ["(1)", "1", "1", "1"]
    assert sorted(map(str, bad)) == ["1", "⚠1", "⚠1", "⚠1"]
    assert all(one.findtext(f"{name}title") for one in drawings)


def light(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("tone", [*picture.RIGHT, *picture.WRONG, picture.ACCEPTED])
def test_the_numbers_can_be_read_on_their_squares(tone: picture.Tone) -> None:
    """WCAG's contrast, of the strictest level."""
    lighter, darker = sorted((light(tone.ground), light(tone.ink)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 7


def test_the_page_has_a_word_for_everything() -> None:
    said = page.words()
    assert set(said["intents"]) == set(INTENTS)
    assert set(said["slots"]) == set(SLOTS)
    told = {key.split(".")[0] for case in cases(ROOT / "tests" / "sentences") for person in case.people or ()
            for key in judge.flat(person.facts)}  # fmt: skip
    assert told <= set(said["facts"])


def test_every_row_and_column_of_the_page_has_a_word(two: list[Measured]) -> None:
    from nlu.report.tables import tables

    for table in tables(two):
        assert table.name in page.words()["tables"]
        assert {part for column in table.columns for part in column if part} <= set(page.words()["columns"])
        if table.name in ("summary", "emergencies"):
            assert {key for row in table.rows for key in row.keys} <= set(page.words()["rows"])


def test_how_long_a_training_took_is_told_only_of_that_model(tmp_path: Path) -> None:
    assert training.kept(tmp_path, "one") is None
    training.keep(tmp_path / "new", "one", 4.26)
    assert training.kept(tmp_path / "new", "one") == 4.3
    assert training.kept(tmp_path / "new", "another") is None
    (tmp_path / "new" / "training.json").write_text("[]", encoding="utf-8")
    assert training.kept(tmp_path / "new", "one") is None


def test_the_embedded_engine_is_weighed_in_a_process_of_its_own() -> None:
    names = ROOT / "tests" / "sentences" / "lexicon.yaml"
    embedded.load(ROOT / "var", lexicon(names))
    grown = resident.added(ROOT / "var", names)
    assert grown is None or 0 < grown < 150
    assert resident.of(0) is None
    assert resident.added(ROOT / "nothing here", ROOT / "nothing here") is None


async def test_rasa_is_measured_beside_the_embedded_engine(tmp_path: Path) -> None:
    async def status(_: web.Request) -> web.Response:
        return web.json_response({"model_file": "strange.tar.gz"})

    async def parse(_: web.Request) -> web.Response:
        return web.json_response({"intent": {"name": "deny", "confidence": 1.0}, "intent_ranking": []})

    path = tmp_path / "own.yaml"
    path.write_text(
        "- {text: 咱啥时候去赶集呀, intent: out_of_scope}\n- {text: 中, intent: affirm}\n", encoding="utf-8"
    )
    app = web.Application()
    app.add_routes([web.get("/status", status), web.post("/model/parse", parse)])
    async with TestServer(app) as server:
        names, url = ROOT / "tests" / "sentences" / "lexicon.yaml", str(server.make_url("/"))
        # Of a folder of its own, in which nobody noted how long a training of Rasa took.
        shutil.copy(ROOT / "var" / "understanding.json", tmp_path)
        plan = engines.Plan(cases(path), tmp_path, names, url, rasa_pid=os.getpid())
        first, second = await engines.compare(plan)
    assert (first.label, second.label) == ("embedded", "rasa")
    assert "strange" in second.state
    assert second.scores.engines() == {"rasa": 1, "rules": 1}
    assert second.scores.confusions() == {("out_of_scope", "deny"): 1}
    assert second.resident_mb is not None
    assert second.trained_s is None


def test_the_command_lists_faults_and_writes_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sentences, written = tmp_path / "own.yaml", tmp_path / "report.html"
    sentences.write_text("- {text: 俺娘83了, intent: goodbye}\n", encoding="utf-8")
    asked = [
        "report",
        "--data-dir",
        str(ROOT / "var"),
        "--sentences",
        str(sentences),
        "--faults",
        "--page",
        str(written),
    ]
    assert main(asked) == 0
    assert "意思应是goodbye，读成inform" in capsys.readouterr().out
    assert "听懂了多少" in written.read_text(encoding="utf-8")


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--data-dir", str(ROOT / "var"), "--sentences", str(tmp_path / "nothing")]) == 1
    assert "no sentences there" in capsys.readouterr().err
    sentences = tmp_path / "own.yaml"
    sentences.write_text("- {text: 俺娘83了, intent: inform}\n", encoding="utf-8")
    asked = [
        "report",
        "--data-dir",
        str(ROOT / "var"),
        "--sentences",
        str(sentences),
        "--rasa",
        "http://127.0.0.1:9",
    ]
    assert main(asked) == 1
    assert "http://127.0.0.1:9" in capsys.readouterr().err
