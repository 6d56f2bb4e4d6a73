"""Measures engines on sentences that they were not trained on."""

from nlu.report.case import Case, CaseError, cases
from nlu.report.measure import Measured, measure
from nlu.report.names import lexicon
from nlu.report.scores import Outcome, Scores
from nlu.report.text import as_text, faults

__all__ = [
    "Case",
    "CaseError",
    "Measured",
    "Outcome",
    "Scores",
    "as_text",
    "cases",
    "faults",
    "lexicon",
    "measure",
]
