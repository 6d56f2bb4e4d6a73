"""Finding services by what staff type: names, everyday names, agencies, words, slips, pinyin and first letters."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.catalog.finding import Finder, names, without_sound
from bot.catalog.load import load_catalog
from bot.catalog.pinyin import FILE, load_pinyin, sounds_like, sounds_of, spells
from bot.commands.catalog import catalog_cli
from bot.errors import CatalogError

CATALOG = load_catalog()
PINYIN = load_pinyin()
FINDER = Finder(CATALOG, PINYIN)


def found(query: str) -> list[str]:
    return [hit.service for hit in FINDER.find(query)]


# what is typed, the service that stands first, how it was found
QUERIES = [
    ("高龄津贴", "elder-allowance", "name"),
    ("高龄津", "elder-allowance", "name"),
    ("我想问高龄津贴怎么领", "elder-allowance", "name"),
    (" 高 龄 津 贴 ", "elder-allowance", "name"),
    ("重残", "disability-nursing-allowance", "name"),
    ("gljt", "elder-allowance", "letters"),
    ("GLJT", "elder-allowance", "letters"),
    ("ｇｌｊｔ", "elder-allowance", "letters"),
    ("gaoling", "elder-allowance", "letters"),
    ("gao ling jin tie", "elder-allowance", "letters"),
    ("gaoljt", "elder-allowance", "letters"),
    ("zhucan", "meals", "letters"),
    ("高玲津帖", "elder-allowance", "sound"),
    ("老年饭棠", "meals", "sound"),
    ("老年能力评古", "ability-assessment", "slip"),
    ("残联", "disability-living-allowance", "agency"),
    ("轮椅", "assistive-device", "name"),
]


@pytest.mark.parametrize(("query", "first", "how"), QUERIES)
def test_what_is_typed_finds_what_is_meant(query: str, first: str, how: str) -> None:
    hit = FINDER.find(query)[0]
    assert (hit.service, hit.how) == (first, how)


def test_every_name_of_every_service_finds_it_as_it_is_and_spelt_and_by_its_first_letters() -> None:
    for name, slug in names(CATALOG):
        assert slug in found(name), name
        sounds = sounds_of(name, PINYIN)
        # Marks (（、) have no sound: nobody can type over them.
        if all(sounds):
            assert spells("".join(min(sound) for sound in sounds), sounds), name
            assert spells("".join(min(sound)[0] for sound in sounds), sounds), name


def test_an_agency_finds_all_that_it_leads() -> None:
    hits = FINDER.find("残疾人联合会")
    assert hits
    assert {hit.how for hit in hits} == {"agency"}


def test_a_name_that_several_share_finds_all_of_them() -> None:
    assert {"nursing-subsidy", "disability-nursing-allowance"} <= set(found("护理费"))
    assert {"extreme-poverty-at-home", "extreme-poverty-in-institution"} <= set(found("五保"))


@pytest.mark.parametrize(
    "query",
    ["", "  ", "\n", "火星车", "q", "z" * 5000, "shshshshshshshshsh", "🙂", "%", "'; drop", "123", "\ud800"],
)
def test_what_nobody_has_finds_nothing(query: str) -> None:
    assert FINDER.find(query) == []


def test_a_character_with_several_readings_is_found_by_each() -> None:
    assert spells("zhongcan", sounds_of("重残", PINYIN))
    assert spells("chongyang", sounds_of("重阳", PINYIN))
    assert not spells("gongcan", sounds_of("重残", PINYIN))
    assert sounds_like(sounds_of("重养", PINYIN), sounds_of("重阳节", PINYIN))
    assert not sounds_like(sounds_of("重阳节到", PINYIN), sounds_of("重阳节", PINYIN))


def test_every_character_of_the_names_and_agencies_has_its_pinyin() -> None:
    agencies = [
        agency for one in CATALOG.lists.values() for item in one.items for agency in item.form.agencies
    ]
    used = {character for text in (*(name for name, _ in names(CATALOG)), *agencies) for character in text}
    missing = sorted(one for one in used if "一" <= one <= "鿿" and one not in PINYIN)
    assert not missing, (
        f"catalog_data/pinyin.yaml: {'、'.join(missing)} 没有拼音；在它的音那一行末尾加上这个字，比如 gao: …膏"
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("gao: 高\ngao: 膏\n", "pinyin.yaml:2: 'gao' stands here twice"),
        ("高: gao\n", "pinyin.yaml:1: '高' is no pinyin"),
        ("gao: [高]\n", "pinyin.yaml:1: 'gao' is no pinyin"),
        ("", "pinyin.yaml:1: the file is empty"),
        ("gao 高\n", "pinyin.yaml:1: the file is empty"),
    ],
)
def test_a_broken_file_is_told_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "pinyin.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogError) as refused:
        load_pinyin(path)
    assert says in refused.value.message


def test_a_character_added_by_hand_counts(tmp_path: Path) -> None:
    path = tmp_path / "pinyin.yaml"
    path.write_text(FILE.read_text(encoding="utf-8").replace("\ngao: ", "\ngao: 龘"), encoding="utf-8")
    assert spells("gao", sounds_of("龘", load_pinyin(path)))


def test_names_that_pinyin_cannot_find_are_told_and_are_no_fault(copy: Path) -> None:
    assert not without_sound(CATALOG, PINYIN)
    service = copy / "services" / "meals.yaml"
    text = service.read_text(encoding="utf-8")
    service.write_text(text.replace("everyday: [", "everyday: [𬌗垚饭, ", 1), encoding="utf-8")
    told = CliRunner().invoke(catalog_cli, ["check", str(copy)])
    assert told.exit_code == 0
    assert "pinyin.yaml: '𬌗' of '𬌗垚饭' has no reading here" in told.stderr
    (copy / "pinyin.yaml").unlink()
    assert CliRunner().invoke(catalog_cli, ["check", str(copy)]).exit_code == 0
