"""Writes catalog_data/pinyin.yaml anew: `uv run --no-project --with pypinyin --with pyyaml tests/pinyin_file.py`.

What people added by hand stays. The server never needs pypinyin, it reads the file.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pypinyin
import yaml

DATA = Path(__file__).parents[1] / "catalog_data"
FILE = DATA / "pinyin.yaml"
HEAD = """\
# 每个音有哪些字，一行一个音，不写声调；查服务时打拼音（gaoling）、打首字母（gljt）、打了同音的别字，都靠它找到。
# 检查说某个字没有拼音，就把这个字加到它的音那一行的末尾；多音字在几行里各写一次。ü写成v。
"""
# The second readings that everyday words have; pypinyin knows many more that nobody types.
SEVERAL = {
    "重": "zhong chong", "长": "chang zhang", "行": "xing hang", "乐": "le yue", "还": "hai huan", "参": "can shen",
    "率": "lv shuai", "给": "gei ji", "得": "de dei", "地": "di de", "了": "le liao", "着": "zhe zhao", "差": "cha chai",
    "觉": "jue jiao", "强": "qiang jiang", "数": "shu", "传": "chuan zhuan", "降": "jiang xiang", "薄": "bo bao",
    "血": "xue xie", "折": "zhe she", "弹": "tan dan", "舍": "she", "藏": "cang zang", "朝": "chao zhao",
    "角": "jiao jue", "校": "xiao jiao", "便": "bian pian", "卡": "ka qia", "调": "tiao diao", "会": "hui kuai",
    "都": "dou du", "单": "dan shan", "区": "qu ou", "曾": "ceng zeng", "属": "shu zhu", "车": "che ju", "宿": "su xiu",
    "助": "zhu", "女": "nv nu", "旅": "lv lu", "律": "lv lu", "绿": "lv lu", "老": "lao", "六": "liu lu", "厦": "sha xia",
    "大": "da dai", "什": "shen shi", "没": "mei mo", "的": "de di", "为": "wei", "和": "he huo", "陵": "ling",
}  # fmt: skip


def common() -> str:
    """The 3755 characters of everyday writing (GB 2312, level 1), for what is typed with a wrong one."""
    raw = (bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    return "".join(one.decode("gb2312", "ignore") for one in raw)


def texts() -> str:
    """All words of the catalog but the borders of places."""
    files = sorted(path for path in DATA.rglob("*.yaml") if path != FILE and path.parent.name != "areas")
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def readings() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for word in re.findall("[一-鿿]+", texts()):
        for character, reading in zip(word, pypinyin.lazy_pinyin(word, v_to_u=False), strict=True):
            found[character].add(reading)
    for character in common():
        found[character].add(pypinyin.lazy_pinyin(character, v_to_u=False)[0])
    for character, several in SEVERAL.items():
        found[character] |= set(several.split())
    return found


def main() -> None:
    lines: dict[str, dict[str, None]] = defaultdict(dict)
    for character, several in sorted(readings().items()):
        for reading in several:
            lines[reading][character] = None
    by_hand = yaml.safe_load(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    for reading, characters in by_hand.items():
        lines[reading].update(dict.fromkeys(characters))
    rows = [f"{reading}: {''.join(lines[reading])}" for reading in sorted(lines)]
    assert all(a < b for a, b in pairwise(rows))
    FILE.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
