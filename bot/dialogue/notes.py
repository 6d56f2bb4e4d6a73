"""What must be said with every answer of a list: its standing, its age, what it leaves open."""

from __future__ import annotations

from bot.catalog.assess import Assessment
from bot.catalog.model import Catalog
from bot.dialogue.wording import say
from bot.eligibility.outcome import YES


def notes(assessment: Assessment, catalog: Catalog) -> list[str]:
    """Short plain sentences, the most important first."""
    region, benefit_list = assessment.region, assessment.benefit_list
    if region is None:
        return []
    if benefit_list is None:
        return [say("not_covered", region=region.name)]
    told = list(benefit_list.document.notes)
    if region.floor:
        told.insert(0, say("floor", region=region.name, title=benefit_list.document.title))
    told += [note.says for note in benefit_list.notes if note.when(assessment.facts.known).truth is YES]
    if assessment.facts.conflicts:
        names = "、".join(catalog.facts[fact].name for fact in assessment.facts.conflicts)
        told.append(say("conflict", facts=names))
    return told
