"""The facts that can be known of an elder, and the values each may take (the contract's §1)."""

from __future__ import annotations

from types import MappingProxyType

FLAG_SETS = MappingProxyType(
    {
        "status": (
            "low_income",
            "extreme_poverty",
            "low_income_margin",
            "expenditure_poverty",
            "returned_poverty",
            "rural_at_risk",
        ),
        "family": (
            "special_family_planning",
            "only_child_deceased",
            "only_child_disabled",
            "only_child_parents",
        ),
        "living": ("alone", "empty_nest", "left_behind", "with_family"),
        "merit": (
            "martyr_survivor",
            "duty_death_survivor",
            "illness_death_survivor",
            "disabled_soldier",
            "demobilized_soldier",
            "discharged_soldier",
            "active_military_family",
        ),
    }
)

CHOICES = MappingProxyType(
    {
        "support_mode": ("scattered", "centralized"),
        "care": ("independent", "partial", "dependent"),
        "place": ("home", "institution"),
        "pension": ("employee_receiving", "resident_receiving", "none"),
        "ltci": ("none", "insured", "assessed"),
    }
)

BOOLEANS = (
    "resident",
    "hukou_local",
    "rural",
    "care_severe",
    "care_certified",
    "long_term_care_need",
    "integrated_home",
    "vagrant",
    "no_supporter",
    "state_regular_pension",
    "family_training",
    "needs_device",
    "legal_need_no_agent_poor",
    "hospitalized",
    "wants_central",
    "bed_available",
)

AGES = ("age", "age_range", "birth_date")
DISABILITY_KINDS = ("physical", "visual", "hearing", "speech", "intellectual", "mental", "multiple")
DISABILITY_LEVELS = (1, 2, 3, 4)
OLDEST = 130
# In months: nobody needs care for longer than a life.
LONGEST_CARE = 1200

# Taken as holding until something told speaks against them (READINGS, convention 9).
PRESUMED = MappingProxyType({"resident": True, "hukou_local": True, "place": "home"})

FACTS = ("region", *AGES, *FLAG_SETS, *CHOICES, *BOOLEANS, "care_months", "disability")

# All that `Facts.known` may hold, but the date of birth: of that only the ages count.
ATOMS = (
    "age",
    *(f"{fact}.{flag}" for fact, flags in FLAG_SETS.items() for flag in flags),
    *CHOICES,
    *BOOLEANS,
    "care_months",
    "disability",
    "disability.level",
    "disability.kind",
)
