"""What must hold of the panel of elders; every finding names file, line and mend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

from bot.catalog.files import Files, Read
from bot.catalog.schema import RegionForm
from bot.catalog.schema_panel import ElderForm
from bot.eligibility.facts import read_facts
from bot.errors import BadValue

# No elder of the panel has a date of birth: any day reads them alike.
ANY_DAY = date(2000, 1, 1)


def check_panel(files: Files) -> list[str]:
    """All findings, in the order of the files."""
    regions = {one.form.code: one.form for one in files.regions}
    names = Counter(one.form.name for one in files.panel)
    return [finding for one in files.panel for finding in _elder(one, regions, names)]


def _elder(
    one: Read[ElderForm], regions: Mapping[str, RegionForm], names: Mapping[str, int]
) -> Iterator[str]:
    facts = one.form.facts
    if names[one.form.name] > 1:
        yield one.problem(
            ("name",), f"{one.form.name!r} stands here twice; give each elder words of their own"
        )
    if "birth_date" in facts:
        yield one.problem(
            ("facts", "birth_date"), "who has a date of birth grows older; write age or age_range"
        )
    region = regions.get(str(facts.get("region")))
    if region is None or not (region.list or region.floor):
        yield one.problem(
            ("facts", "region"), "write the code of a place with a list, as regions.yaml has it"
        )
    try:
        read_facts(facts, ANY_DAY)
    except BadValue as error:
        yield one.problem(tuple((error.field or "facts").split(".")), error.message)
