"""A synthetic population of elders, aged 55 to 105, whose shares are stated and sourced here.

Ages: seventh national census (2020), five-year groups, thinned out evenly within a group.
低保, 特困: 民政事业发展统计公报 2023 (about 40 million 低保 and 4.7 million 特困 people; some four in ten 低保 and nine in
ten 特困 people are elders), so about 5 % and 1.4 % of those over 60. Other statuses: assumed, 1 % each.
Disability: 中国残联 counts about 38 million certificates, somewhat under half held by people over 60: about 6 %, a
third of them of level 1 or 2; twice as frequent over 80 (assumed).
Dependence: 第五次中国城乡老年人生活状况抽样调查 (2021): 11.6 % of elders; 空巢 59.7 %, 独居 14.2 % of them.
Certified by civil affairs: half of the dependent 低保 elders (assumed). 计划生育特殊家庭: 1 % (assumed).
These are shares to measure the order of questions with, not findings about any place.
"""

from __future__ import annotations

import random
from typing import Any

# Millions, 2020 census; the last two groups are split as the census splits them.
_AGES = [
    (55, 59, 101.4), (60, 64, 73.4), (65, 69, 74.0), (70, 74, 49.6), (75, 79, 31.2), (80, 84, 20.4), (85, 89, 10.8),
    (90, 94, 3.6), (95, 99, 0.8), (100, 105, 0.1),
]  # fmt: skip


def elders(count: int, region: str, seed: int = 20261121) -> list[dict[str, Any]]:
    """Complete facts of so many elders of one place."""
    chance = random.Random(seed)  # noqa: S311 - a population, not a secret
    return [_elder(chance, region) for _ in range(count)]


def _elder(chance: random.Random, region: str) -> dict[str, Any]:
    low, high, _ = chance.choices(_AGES, weights=[weight for *_, weight in _AGES])[0]
    age = chance.randint(low, high)
    old = age >= 80
    status = _status(chance)
    facts: dict[str, Any] = {"region": region, "age": age, "status": status, "family": _family(chance)}
    facts["disability"] = _disability(chance, 0.12 if old else 0.05)
    facts["care"] = chance.choices(
        ["independent", "partial", "dependent"], [70, 10, 20] if old else [88, 5, 7]
    )[0]
    dependent = facts["care"] == "dependent"
    facts["care_certified"] = dependent and "low_income" in status and chance.random() < 0.5
    facts["long_term_care_need"] = dependent
    facts["living"] = chance.choices([["alone"], ["empty_nest"], ["with_family"]], [14.2, 45.5, 40.3])[0]
    facts["place"] = "institution" if chance.random() < 0.01 else "home"
    facts["pension"] = chance.choices(["employee_receiving", "resident_receiving", "none"], [35, 55, 10])[0]
    facts |= {"needs_device": chance.random() < 0.3, "family_training": False, "rural": chance.random() < 0.5}
    if "extreme_poverty" in status:
        facts["support_mode"] = chance.choices(["scattered", "centralized"], [82, 18])[0]
    return facts


def _status(chance: random.Random) -> list[str]:
    names = ["low_income", "extreme_poverty", "low_income_margin", "expenditure_poverty", "rural_at_risk"]
    drawn = chance.choices([*names, None], [5, 1.4, 1, 1, 1, 90.6])[0]
    return [drawn] if drawn else []


def _family(chance: random.Random) -> list[str]:
    return ["special_family_planning", "only_child_deceased"] if chance.random() < 0.01 else []


def _disability(chance: random.Random, share: float) -> dict[str, int] | None:
    if chance.random() >= share:
        return None
    return {"level": chance.choices([1, 2, 3, 4], [14, 20, 28, 38])[0]}
