"""The form of the files in catalog_data/panel/: elders whose answers are compared before a change is accepted."""

from __future__ import annotations

from typing import Any

from bot.catalog.schema import FileForm, Sentence


class ElderForm(FileForm):
    """`name` tells who it is, in words; `facts` in the contract's §1 form, with the place."""

    name: Sentence
    facts: dict[str, Any]
