"""The words of the catalog's pages and of `catalog diff`: whose answer changes, as a person reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from bot.catalog import lined_yaml
from bot.catalog.compare import Answer, Changed, Entry
from bot.catalog.model import Catalog
from bot.dialogue.amounts import amount_words, yuan
from bot.dialogue.wording import say
from bot.errors import CatalogError

Json = dict[str, Any]
_GONE: Final = Entry("", "gone")


@cache
def words() -> Mapping[str, Any]:
    """The words of the YAML beside this module; raises `CatalogError`."""
    path = Path(__file__).with_name("catalog_words.yaml")
    read = lined_yaml.read(path, path.name)
    if read.problems:
        raise CatalogError(read.problems)
    found: Mapping[str, Any] = read.data
    return found


def told(changed: Sequence[Changed], panel: int, catalog: Catalog) -> Json:
    """{"panel": how many were asked, "changed": [{"elder", "answer": aspects, "entries": [{"id", "name", "aspects"}]}]};
    an aspect is {"aspect", "name", "before", "after"}, all in words."""
    return {"panel": panel, "changed": [_elder(one, catalog) for one in changed]}


def lines(comparison: Json) -> Iterator[str]:
    """The same as text."""
    for one in comparison["changed"]:
        yield one["elder"]
        for aspect in one["answer"]:
            yield f"  {_line(aspect)}"
        for entry in one["entries"]:
            yield f"  {entry['name']}（{entry['id']}）"
            yield from (f"    {_line(aspect)}" for aspect in entry["aspects"])


def _line(aspect: Json) -> str:
    return f"{aspect['name']}：{aspect['before']} → {aspect['after']}"


def _elder(one: Changed, catalog: Catalog) -> Json:
    entries = []
    for id_ in one.ids:
        was, is_ = (answer.entries.get(id_, _GONE) for answer in (one.before, one.after))
        entries.append({"id": id_, "name": is_.name or was.name, "aspects": _entry(was, is_, catalog)})
    return {"elder": one.name, "answer": _answer(one.before, one.after), "entries": entries}


def _entry(was: Entry, is_: Entry, catalog: Catalog) -> list[Json]:
    """Where one side is told nothing else, only the verdict and what the other side brings in money."""
    silent = {"no", "gone"} & {was.verdict, is_.verdict}
    aspects = _aspects(_ENTRY, was, is_, catalog)
    if silent:
        return [one for one in aspects if one["aspect"] in ("verdict", "amount", "agencies")]
    return aspects or [{"aspect": "code", **words()["not_told"]}]


def _answer(was: Answer, is_: Answer) -> list[Json]:
    names = {id_: one.name for answer in (was, is_) for id_, one in answer.entries.items()}
    return _aspects(_ANSWER, was, is_, names)


def _aspects(table: Mapping[str, Callable[[Any, Any], str]], was: Any, is_: Any, by: Any) -> list[Json]:
    named = words()["aspects"]
    nothing = words()["nothing"]
    pairs = [(aspect, tell(was, by), tell(is_, by)) for aspect, tell in table.items()]
    return [
        {"aspect": aspect, "name": named[aspect], "before": before or nothing, "after": after or nothing}
        for aspect, before, after in pairs
        if before != after
    ]


def _doubt(entry: Entry, _catalog: Catalog) -> str:
    if entry.verdict != "maybe":
        return ""
    return entry.says or (say("why_extension") if entry.reason == "extension" else "")


def _missing(entry: Entry, catalog: Catalog) -> str:
    return "、".join(catalog.facts[fact].name for fact in entry.missing if fact in catalog.facts)


def _agencies(entry: Entry, _catalog: Catalog) -> str:
    return "、".join(entry.agencies) + (f"（{entry.agency_note}）" if entry.agency_note else "")


def _total(answer: Answer, _names: Mapping[str, str]) -> str:
    if answer.month_min is None:
        return str(words()["no_total"])
    return str(words()["per_month"]).format(value=yuan(answer.month_min))


def _either_or(answer: Answer, names: Mapping[str, str]) -> str:
    one = str(words()["instead_of"])
    return "；".join(one.format(take=names[take], other=names[left]) for take, left in answer.either_or)


_ENTRY: Final[Mapping[str, Callable[[Entry, Catalog], str]]] = {
    "verdict": lambda one, _: words()["verdicts"][one.verdict],
    "name": lambda one, _: one.name,
    "amount": lambda one, _: amount_words(one.benefits) or "",
    "label": lambda one, _: "、".join(benefit.label for benefit in one.benefits),
    "agencies": _agencies,
    "doubt": _doubt,
    "missing": _missing,
    "check": lambda one, _: one.check or "",
    "clause": lambda one, _: one.clause,
    "service": lambda one, _: one.service,
    "what": lambda one, _: one.what,
    "ask": lambda one, _: one.ask,
    "hotlines": lambda one, _: "、".join(one.hotlines),
}
_ANSWER: Final[Mapping[str, Callable[[Answer, Mapping[str, str]], str]]] = {
    "month_min": _total,
    "document": lambda one, _: one.document or "",
    "status": lambda one, _: words()["statuses"][one.status] if one.status else "",
    "year": lambda one, _: str(one.year or ""),
    "either_or": _either_or,
    "notes": lambda one, _: "；".join(one.notes),
}
