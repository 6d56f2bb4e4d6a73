"""Finds the files of catalog_data/ and reads each into its checked form, collecting what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from bot.catalog import lined_yaml
from bot.catalog.lined_yaml import Lined, Where
from bot.catalog.schema import (
    AgencyForm,
    AreaForm,
    DocumentForm,
    FactForm,
    HotlineForm,
    ItemForm,
    QuestionForm,
    RegionForm,
    ServiceForm,
    SharedNameForm,
)
from bot.catalog.schema_calls import CLOCK, CallDefaultsForm, CallForm, CallsInPlaceForm, HolidaysForm
from bot.catalog.schema_panel import ElderForm

Form = TypeVar("Form", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Read(Generic[Form]):
    """One checked form and where it stands, so that later checks can name the line."""

    form: Form
    lined: Lined
    where: Where = ()
    stem: str = ""

    def problem(self, where: Where, text: str) -> str:
        return self.lined.problem((*self.where, *where), text)


@dataclass(slots=True)
class Files:
    """All files of the catalog as forms; `problems` is empty when all of them can be read."""

    root: Path
    problems: list[str] = field(default_factory=list)
    documents: list[Read[DocumentForm]] = field(default_factory=list)
    items: dict[str, list[Read[ItemForm]]] = field(default_factory=dict)
    services: list[Read[ServiceForm]] = field(default_factory=list)
    regions: list[Read[RegionForm]] = field(default_factory=list)
    agencies: list[Read[AgencyForm]] = field(default_factory=list)
    hotlines: list[Read[HotlineForm]] = field(default_factory=list)
    facts: list[Read[FactForm]] = field(default_factory=list)
    shared_names: list[Read[SharedNameForm]] = field(default_factory=list)
    calls: list[Read[CallForm]] = field(default_factory=list)
    call_defaults: list[Read[CallDefaultsForm]] = field(default_factory=list)
    call_places: list[Read[CallsInPlaceForm]] = field(default_factory=list)
    holidays: list[Read[HolidaysForm]] = field(default_factory=list)
    questions: list[Read[QuestionForm]] = field(default_factory=list)
    areas: list[Read[AreaForm]] = field(default_factory=list)
    panel: list[Read[ElderForm]] = field(default_factory=list)


def read_files(root: Path) -> Files:
    """Reads everything under `root`; raises nothing for what a person may have written."""
    files = Files(root)
    if not (root / "lists").is_dir():
        files.problems.append(f"{root.name}/lists:1: the folder is missing; put one folder a document there")
    for folder in sorted((root / "lists").glob("*/")):
        _read_list(files, folder)
    files.services = [one for path in _yaml(root / "services") for one in _whole(files, path, ServiceForm)]
    files.regions = _rows(files, root / "regions.yaml", RegionForm)
    files.agencies = _rows(files, root / "agencies.yaml", AgencyForm)
    files.hotlines = _rows(files, root / "hotlines.yaml", HotlineForm)
    files.facts = _rows(files, root / "facts.yaml", FactForm)
    files.shared_names = _rows(files, root / "shared_names.yaml", SharedNameForm)
    _read_calls(files, root / "calls")
    files.holidays = _rows(files, root / "holidays.yaml", HolidaysForm)
    files.questions = _rows(files, root / "questions.yaml", QuestionForm)
    files.areas = [one for path in _yaml(root / "areas") for one in _rows(files, path, AreaForm)]
    files.panel = [one for path in _yaml(root / "panel") for one in _rows(files, path, ElderForm)]
    return files


def _read_list(files: Files, folder: Path) -> None:
    document = folder / "document.yaml"
    if not document.is_file():
        files.problems.append(
            f"{_name(files, folder)}:1: document.yaml is missing; copy one from another list"
        )
        return
    for read in _whole(files, document, DocumentForm):
        files.documents.append(read)
        paths = [path for path in _yaml(folder) if path.name != "document.yaml"]
        files.items[read.form.list] = [one for path in paths for one in _whole(files, path, ItemForm)]


def _read_calls(files: Files, folder: Path) -> None:
    defaults = folder / "defaults.yaml"
    files.call_defaults = list(_whole(files, defaults, CallDefaultsForm))
    paths = [path for path in _yaml(folder) if path != defaults]
    files.calls = [one for path in paths for one in _whole(files, path, CallForm)]
    places = _yaml(folder / "regions")
    files.call_places = [one for path in places for one in _whole(files, path, CallsInPlaceForm)]


def _yaml(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml"))


def _name(files: Files, path: Path) -> str:
    return str(path.relative_to(files.root.parent))


def _lined(files: Files, path: Path) -> Lined | None:
    if not path.is_file():
        files.problems.append(f"{_name(files, path)}:1: the file is missing")
        return None
    lined = lined_yaml.read(path, _name(files, path))
    files.problems += lined.problems
    return None if lined.problems else lined


def _whole(files: Files, path: Path, form: type[Form]) -> Iterator[Read[Form]]:
    lined = _lined(files, path)
    if lined is not None:
        yield from _checked(files, lined, lined.data, (), form, path.stem)


def _rows(files: Files, path: Path, form: type[Form]) -> list[Read[Form]]:
    lined = _lined(files, path)
    if lined is None:
        return []
    if not isinstance(lined.data, list):
        files.problems.append(lined.problem((), "the file is a list; start each entry with '- '"))
        return []
    return [
        one for i, row in enumerate(lined.data) for one in _checked(files, lined, row, (i,), form, path.stem)
    ]


def _checked(
    files: Files, lined: Lined, data: Any, where: Where, form: type[Form], stem: str
) -> Iterator[Read[Form]]:
    try:
        yield Read(form.model_validate(data), lined, where, stem)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            place = tuple(one["loc"])
            files.problems.append(lined.problem((*where, *place), _mend(place, one, form)))


def _mend(place: Where, error: Any, form: type[BaseModel]) -> str:
    name = ".".join(map(str, place)) or "the file"
    worded = _MENDS.get(error["type"])
    if worded is None or error.get("ctx", {}).get("pattern", CLOCK) != CLOCK:
        return f"{name}: {error['msg']}"
    return f"{name} {worded(error, _form_at(place, form))}"


def _form_at(place: Where, form: type[BaseModel]) -> type[BaseModel]:
    """The form of the part of the file in which `place` stands."""
    for key in place[:-1]:
        found = [one for name, one in form.model_fields.items() if key in (name, one.alias)]
        form = (_form_in(found[0].annotation) if found else None) or form
    return form


def _form_in(annotation: Any) -> type[BaseModel] | None:
    if parts := get_args(annotation):
        return next((found for part in parts if (found := _form_in(part))), None)
    is_form = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    return annotation if is_form else None


def _keys(form: type[BaseModel]) -> str:
    return ", ".join(field.alias or name for name, field in form.model_fields.items())


_MENDS: dict[str, Callable[[Any, type[BaseModel]], str]] = {
    "missing": lambda _error, _form: "is missing; add it",
    "extra_forbidden": lambda _error, form: "is not known here; write one of " + _keys(form),
    "string_too_long": lambda error, _form: (
        f"is too long for a message; at most {error['ctx']['max_length']} characters"
    ),
    "string_type": lambda _error, _form: "must be text; put it in quotes",
    "string_pattern_mismatch": lambda _error, _form: 'is a time of day; write it as "08:30", in quotes',
    "literal_error": lambda error, _form: f"is not known; write one of {error['ctx']['expected']}",
}
