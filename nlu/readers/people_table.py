"""A pasted table told row by row: 是 under 低保 is 低保, 否 is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from nlu.readers.words import any_of

_BETWEEN: Final = re.compile(r"[\s|，,、]+")
_YES: Final = frozenset(["是", "有", "√", "✓", "✔", "对"])
_NO: Final = frozenset(["否", "无", "没有", "没", "不是", "×", "✗", "✘", "-", "—", "/", "0"])
_COUNT: Final = frozenset(["序号", "编号", "号"])
_LEAD: Final = re.compile("是否(?:是|有|为)?")
# What a column is called, and what 是 and 否 in it say.
_SAYS: Final = {
    "低保边缘": ("低保边缘", "不是低保边缘"),
    "低保": ("低保", "不是低保"),
    "特困": ("特困", "不是特困"),
    "五保": ("五保", "不是五保"),
    "残疾": ("有残疾证", "没有残疾证"),
    "独居": ("独居", ""),
    "空巢": ("空巢", ""),
    "失能": ("失能", ""),
}
_STATUS: Final = re.compile(
    rf"(?P<name>{'|'.join(_SAYS)})(?:户|证|等级|级别|情况|人员|对象|老人|（是/否）|\(是/否\))*"
)
_PLAIN: Final = re.compile(
    any_of(
        "序号 编号 号 姓名 名字 老人姓名 性别 年龄 岁数 周岁 出生年?月? 出生日期 类别 类型 户别 户籍 身份 住址 地址 村组 社区",
        "电话 联系方式 联系电话 备注 情况 家庭情况 自理能力 自理情况 居住情况 居住方式 居住 困难类型 能力 能力等级 健康 健康状况",
    )
)
_LEVEL: Final = re.compile("[一二三四1-4]级")
_FEWEST: Final = 2


def rows_told(text: str) -> str:
    """`text` with each row of a table as a clause for each cell; unchanged where no line is the head of a table."""
    lines = text.split("\n")
    head = next((at for at, line in enumerate(lines[:-1]) if _is_head(_cells(line))), None)
    if head is None:
        return text
    columns = _cells(lines[head])
    rows = [_row(columns, _cells(line)) or line for line in lines[head + 1 :]]
    return "\n".join([*lines[:head], *rows])


def _cells(line: str) -> list[str]:
    return [cell for cell in _BETWEEN.split(line.strip()) if cell]


def _is_head(cells: Sequence[str]) -> bool:
    named = [cell for cell in cells if _status(cell) or _PLAIN.fullmatch(cell)]
    return len(cells) >= _FEWEST and named == list(cells) and any(map(_status, cells))


def _status(column: str) -> str:
    found = _STATUS.fullmatch(_LEAD.sub("", column))
    return found["name"] if found else ""


def _row(columns: Sequence[str], cells: Sequence[str]) -> str:
    if len(cells) != len(columns):
        return ""
    told = (_told(column, cell) for column, cell in zip(columns, cells, strict=True))
    return "，".join(one for one in told if one)


def _told(column: str, cell: str) -> str:
    status = _status(column)
    if column in _COUNT or (not status and cell in _NO):
        return ""
    if not status:
        return cell
    if cell in _YES or cell in _NO:
        return _SAYS[status][cell in _NO]
    return f"残疾{cell}" if status == "残疾" and _LEVEL.fullmatch(cell) else cell
