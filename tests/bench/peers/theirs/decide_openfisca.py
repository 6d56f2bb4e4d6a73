"""The list as a tax and benefit system of openfisca-core: one person, or a million in one simulation."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import asked
import numpy
from openfisca_core.entities import build_entity
from openfisca_core.periods import MONTH
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERIOD = "2026-11"
with open(sys.argv[1], encoding="utf-8") as file:
    JOB = json.load(file)
PERSON = build_entity("person", "persons", "An elder", is_person=True)
SYSTEM = TaxBenefitSystem([PERSON])


def name_of(id_: str) -> str:
    """A variable's name."""
    return id_.replace("-", "_")


def compiled(rule: object) -> Callable:
    """A formula's body over arrays."""
    if not isinstance(rule, dict):
        return lambda get: rule
    ((word, parts),) = rule.items()
    if word == "var":
        return lambda get: get(parts)
    told = [compiled(part) for part in parts]
    if word == "!":
        return lambda get: numpy.logical_not(told[0](get))
    if word == ">=":
        return lambda get: told[0](get) >= told[1](get)
    join = numpy.logical_and if word == "and" else numpy.logical_or
    return lambda get: join.reduce([numpy.broadcast_to(one(get), get.count) for one in told])


class Getter:
    """What a formula asks for."""

    def __init__(self, persons: object, period: object) -> None:
        self.persons, self.period, self.count = persons, period, persons.count

    def __call__(self, name: str) -> numpy.ndarray:
        return self.persons(name, self.period)


def declare(name: str, kind: type, rule: object = None) -> None:
    """A fact, or an entry with its formula."""
    told = {"value_type": kind, "entity": PERSON, "definition_period": MONTH, "label": name}
    if rule is not None:
        body = compiled(rule)

        def formula(persons: object, period: object) -> numpy.ndarray:
            get = Getter(persons, period)
            return numpy.broadcast_to(body(get), get.count)

        told["formula"] = formula
    SYSTEM.add_variable(type(name, (Variable,), told))


for fact, value in JOB["elders"][0].items():
    declare(fact, type(value))
for id_, rule in JOB["rules"].items():
    declare(name_of(id_), bool, rule)


def simulated(arrays: dict[str, numpy.ndarray], count: int) -> dict[str, numpy.ndarray]:
    """Every entry for so many people at once."""
    simulation = SimulationBuilder().build_default_simulation(SYSTEM, count)
    for fact, values in arrays.items():
        simulation.set_input(fact, PERIOD, values)
    return {id_: simulation.calculate(name_of(id_), PERIOD) for id_ in JOB["rules"]}


def one_person(elder: dict) -> list[str]:
    """A simulation of its own, as a web service that asks it would."""
    told = simulated({fact: numpy.array([value]) for fact, value in elder.items()}, 1)
    return [id_ for id_, so in told.items() if so[0]]


def many(count: int) -> dict[str, float]:
    """So many people in one simulation: seconds, and the memory it took at most."""
    elders = JOB["elders"]
    arrays = {fact: numpy.resize(numpy.array([one[fact] for one in elders]), count) for fact in elders[0]}
    began = time.process_time()
    told = simulated(arrays, count)
    seconds = time.process_time() - began
    with open("/proc/self/status", encoding="utf-8") as status:
        peak = next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:"))
    return {"seconds": seconds, "peak_mb": peak, "true": int(sum(one.sum() for one in told.values()))}


if __name__ == "__main__":
    if len(sys.argv) > 2:
        print(json.dumps(many(int(sys.argv[2]))))
    else:
        asked.answer({"openfisca-core, one person": one_person}, JOB["elders"])
