"""The report as one page that needs nothing else: tables, the confusion pictures, and every sentence with a fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from nlu.report import picture
from nlu.report.measure import Measured
from nlu.report.tables import Row, tables

_HERE = Path(__file__).parent
# The sections of words.yaml in which the rows of a table are named, where it is not "rows".
_NAMED_IN = {"confusions": "intents", "recalls": "intents", "facts": "facts", "slots": "slots"}


def as_page(found: Sequence[Measured], made_on: date) -> str:
    """HTML."""
    environment = Environment(loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("page.html").render(
        found=found,
        tables=tables(found),
        pictures=[picture.drawn(each.label, each.scores) for each in found],
        size=picture,
        made_on=made_on,
        word=word,
        row_name=row_name,
    )


def word(section: str, key: str) -> str:
    """What the page calls `key`; the key itself where words.yaml has no word for it."""
    return words()[section].get(key, key)


def row_name(table: str, row: Row) -> str:
    section = _NAMED_IN.get(table, "rows")
    return " → ".join(word(section, key) for key in row.keys)


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """words.yaml, by section."""
    body: Mapping[str, Mapping[str, str]] = yaml.safe_load((_HERE / "words.yaml").read_text(encoding="utf-8"))
    return body
