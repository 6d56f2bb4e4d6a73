"""The list as json-logic (pure Python, and Rust) and zen-engine decide it; told by the job file's rules and elders."""

from __future__ import annotations

import json
import sys

import asked
import datalogic_py
import json_logic
import zen

with open(sys.argv[1], encoding="utf-8") as file:
    JOB = json.load(file)
RULES, IDS = JOB["rules"], list(JOB["rules"])


def json_logic_python(elder: dict) -> list[str]:
    """maykin-json-logic-py, the one in pure Python that is kept."""
    return [id_ for id_, rule in RULES.items() if json_logic.jsonLogic(rule, elder)]


# All entries at once: an array is an expression as well.
COMPILED = datalogic_py.Engine().compile(list(RULES.values()))


def json_logic_rust(elder: dict) -> list[str]:
    """datalogic-py: compiled, evaluated by its core in Rust."""
    return [id_ for id_, so in zip(IDS, COMPILED.evaluate(elder), strict=True) if so]


def in_zen(rule: object) -> str:
    """An expression in ZEN's own language."""
    if not isinstance(rule, dict):
        return str(rule).lower()
    ((word, parts),) = rule.items()
    if word == "var":
        return str(parts)
    told = [in_zen(part) for part in parts]
    if word == "!":
        return f"not ({told[0]})"
    return "(" + f" {word} ".join(told) + ")"


EXPRESSIONS = {id_: zen.compile_expression(in_zen(rule)) for id_, rule in RULES.items()}


def zen_expressions(elder: dict) -> list[str]:
    """zen-engine, an expression an entry, compiled before."""
    return [id_ for id_, expression in EXPRESSIONS.items() if expression.evaluate(elder)]


def _graph() -> dict:
    cells = [{"id": id_, "key": id_.replace("-", "_"), "value": in_zen(rule)} for id_, rule in RULES.items()]
    place = {"x": 0, "y": 0}
    return {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in", "position": place},
            {
                "id": "list",
                "type": "expressionNode",
                "name": "list",
                "position": place,
                "content": {"expressions": cells},
            },
            {"id": "out", "type": "outputNode", "name": "out", "position": place},
        ],
        "edges": [
            {"id": "1", "sourceId": "in", "targetId": "list", "type": "edge"},
            {"id": "2", "sourceId": "list", "targetId": "out", "type": "edge"},
        ],
    }


DECISION = zen.ZenEngine().create_decision(json.dumps(_graph()))


def zen_graph(elder: dict) -> list[str]:
    """zen-engine, a decision graph with all entries in one node."""
    told = DECISION.evaluate(elder)["result"]
    return [id_ for id_ in IDS if told[id_.replace("-", "_")]]


if __name__ == "__main__":
    ways = {
        "json-logic in Python": json_logic_python,
        "json-logic in Rust": json_logic_rust,
        "zen-engine, expressions": zen_expressions,
        "zen-engine, a graph": zen_graph,
    }
    asked.answer(ways, JOB["elders"])
