"""How long each kind is kept, as retention.yaml says it; read with errors that tell line, what and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import yaml

from bot.errors import SettingError

FILE: Final = Path(__file__).with_name("retention.yaml")
# Which families of keys lapse by themselves, after which kind's time at the latest.
LAPSE: Final[Mapping[str, str]] = {
    "session": "session",
    "answers": "answers",
    "answered": "answers",
    "late": "promises",
    "waiting": "notices",
    "order": "notices",
    "sending": "notices",
    "quota": "sending_rights",
    "consents": "consents",
    "tally-weeks": "weekly_counts",
    "tally-words": "weekly_words",
}
# The same for the shelf, by how a name begins; the first that fits.
SHELF: Final = (
    ("answer-link", "answer_links"),
    ("answer-code", "answer_codes"),
    ("staff-token", "staff_tokens"),
    ("staff-code", "staff_codes"),
    ("desk-", "desk_sessions"),
    ("dispatch:", "call_marks"),
    ("told:", "call_marks"),
    ("callback:", "platform_reports"),
    ("", "other_marks"),
)
SWEPT: Final = ("calls_with_persons", "calls", "audit", "staff_left")
KINDS: Final = tuple(dict.fromkeys((*LAPSE.values(), *(kind for _, kind in SHELF), *SWEPT)))
_KEEP: Final = re.compile("([1-9][0-9]{0,5}) (minutes|hours|days)")


@dataclass(frozen=True, slots=True)
class Term:
    """How long, and why."""

    keep: timedelta
    why: str

    @property
    def ms(self) -> int:
        return int(self.keep.total_seconds() * 1000)


Terms = Mapping[str, Term]


def load_terms(path: Path = FILE) -> Terms:
    """One term for each of `KINDS`; raises `SettingError` with a line for each thing that is wrong."""
    try:
        root = yaml.compose(path.read_text("utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise SettingError(
            f"{path.name}: it cannot be read ({type(error).__name__}); see the one that came with it"
        ) from None
    terms: dict[str, Term] = {}
    problems = list(_read(root, terms))
    problems += [
        f"{kind} is missing; add it with keep and why" for kind in KINDS if kind not in terms and not problems
    ]
    if not problems and terms["calls"].keep < terms["calls_with_persons"].keep:
        problems.append("calls are kept at least as long as calls_with_persons; make it longer")
    if problems:
        raise SettingError("\n".join(f"{path.name}: {one}" for one in problems))
    return terms


def kind_of(place: str, owner: str) -> str | None:
    """Under which kind the keys of a family lapse; None for those that the sweep judges one by one."""
    if place != "shelf":
        return LAPSE.get(place)
    return next(kind for begins, kind in SHELF if owner.startswith(begins))


def _read(root: Any, terms: dict[str, Term]) -> Iterator[str]:
    if not isinstance(root, yaml.MappingNode):
        yield "line 1: write a kind, a colon, and under it keep and why"
        return
    for name, node in root.value:
        line, kind = name.start_mark.line + 1, name.value
        if kind not in KINDS:
            yield f"line {line}: {kind} is no kind; there are {', '.join(KINDS)}"
        elif kind in terms:
            yield f"line {line}: {kind} is there twice; take one out"
        elif isinstance(term := _term(node), str):
            yield f"line {line}: {kind}: {term}"
        else:
            terms[kind] = term


def _term(node: Any) -> Term | str:
    """The term, or what is wrong with it."""
    fields = (
        {key.value: value.value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}
    )
    if set(fields) != {"keep", "why"}:
        return "it has keep and why, and nothing else"
    keep = _KEEP.fullmatch(str(fields["keep"]))
    if keep is None:
        return "keep is a number and minutes, hours or days, such as 90 days"
    if not str(fields["why"]).strip():
        return "why is empty; say why it must be kept so long"
    return Term(timedelta(**{keep[2]: int(keep[1])}), str(fields["why"]))
