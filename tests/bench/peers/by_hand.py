"""The Wolong list as somebody writes it by hand who wants no more than yes or no: the fastest that Python does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

GENERAL = [f"wolong-{number}" for number in range(23, 31)]


def decide(e: Mapping[str, Any]) -> list[str]:
    """The entries that are so for one elder, from flat facts; no reason, no amount, no question."""
    so: list[str] = []
    if e["pension_employee_receiving"]:
        so.append("wolong-01")
    if e["age"] < 60:
        return so
    if e["pension_resident_receiving"]:
        so.append("wolong-02")
    _by_age(e, so)
    _by_status(e, so)
    _by_care(e, so)
    _by_family(e, so)
    return so + GENERAL


def _by_age(e: Mapping[str, Any], so: list[str]) -> None:
    if e["age"] >= 65:
        if e["resident"]:
            so.append("wolong-03")
        so.append("wolong-04")
    if e["age"] >= 80 and e["hukou_local"]:
        so.append("wolong-05")


def _by_status(e: Mapping[str, Any], so: list[str]) -> None:
    low, poorest = e["status_low_income"], e["status_extreme_poverty"]
    weak = e["age"] >= 80 or e["care_dependent"] or e["disability"]
    if low:
        so.append("wolong-06")
    if low or poorest or (e["family_special_family_planning"] and weak):
        so.append("wolong-07")
    if poorest:
        _supported(e, so, weak=weak)
    if low or poorest or e["status_returned_poverty"] or e["status_rural_at_risk"]:
        so.append("wolong-19")
    if e["vagrant"]:
        so.append("wolong-18")


def _supported(e: Mapping[str, Any], so: list[str], *, weak: bool) -> None:
    if e["support_mode_scattered"]:
        if weak:
            so.append("wolong-08")
        so.append("wolong-09")
    if e["support_mode_centralized"]:
        so.append("wolong-10")
        if e["integrated_home"]:
            so.append("wolong-11")


def _by_care(e: Mapping[str, Any], so: list[str]) -> None:
    not_alone = e["care_partial"] or e["care_dependent"]
    if not_alone and e["care_certified"]:
        if e["status_low_income"]:
            so.append("wolong-12")
        if e["family_training"]:
            so.append("wolong-14")
    if e["disability"]:
        if e["status_low_income"] and not e["status_extreme_poverty"]:
            so.append("wolong-16a")
        if _severe(e) and e["long_term_care_need"] and not e["status_extreme_poverty"]:
            so.append("wolong-16b")
        if e["needs_device"]:
            so.append("wolong-17")


def _by_family(e: Mapping[str, Any], so: list[str]) -> None:
    alone = e["living_alone"] or e["living_empty_nest"] or e["living_left_behind"]
    family = e["family_special_family_planning"]
    if (alone or e["care_dependent"] or _severe(e) or family) and not e["place_institution"]:
        so.append("wolong-20")
    if family:
        so.append("wolong-21")
    if e["family_only_child_deceased"]:
        so.append("wolong-22")
    if _merit(e) and e["no_supporter"] and e["state_regular_pension"]:
        so.append("wolong-15")


def _severe(e: Mapping[str, Any]) -> bool:
    return bool(e["disability_level_1"] or e["disability_level_2"])


def _merit(e: Mapping[str, Any]) -> bool:
    return bool(
        e["merit_martyr_survivor"]
        or e["merit_duty_death_survivor"]
        or e["merit_illness_death_survivor"]
        or e["merit_disabled_soldier"]
        or e["merit_demobilized_soldier"]
        or e["merit_discharged_soldier"]
    )
