"""Linear models over pieces of text, read and asked in plain Python: serving needs no scikit-learn."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
import os
import sys
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FORMAT = 2
PAIR = 2


class WeightsError(Exception):
    """The weights cannot be used; the message says why and how to mend it."""


@dataclass(frozen=True, slots=True)
class Weights:
    """One model. `rows` goes from a piece of text to its idf and to its idf × coefficient for each label."""

    labels: tuple[str, ...]
    bias: tuple[float, ...]
    rows: Mapping[str, tuple[float, tuple[float, ...]]]

    def probabilities(self, pieces: Sequence[str]) -> dict[str, float]:
        """The probability of each label for a text cut into pieces; they sum to 1."""
        known = [(row, times) for piece, times in Counter(pieces).items() if (row := self.rows.get(piece))]
        shares = [row[0] if times == 1 else _often(times) * row[0] for row, times in known]
        length = math.sqrt(sum([share**2 for share in shares])) or 1.0
        parts = [row[1] if times == 1 else _scaled(row[1], times) for row, times in known]
        totals = map(sum, zip(*parts, strict=True)) if parts else [0.0] * len(self.labels)
        return self._softmax([total / length + bias for total, bias in zip(totals, self.bias, strict=True)])

    def familiarity(self, pieces: Sequence[str]) -> float:
        """The share, 0..1, of the pairs of characters among the pieces that the training sentences hold."""
        pairs = [piece for piece in pieces if len(piece) == PAIR]
        return sum(map(self.rows.__contains__, pairs)) / len(pairs) if pairs else 0.0

    def _softmax(self, scores: Sequence[float]) -> dict[str, float]:
        top = max(scores)
        powers = [math.exp(score - top) for score in scores]
        whole = sum(powers)
        return {label: power / whole for label, power in zip(self.labels, powers, strict=True)}


def _often(times: int) -> float:
    """What a piece weighs that stands so many times in a text (scikit-learn's sublinear_tf)."""
    return 1.0 + math.log(times)


def _scaled(row: Sequence[float], times: int) -> list[float]:
    weight = _often(times)
    return [weight * each for each in row]


@dataclass(frozen=True, slots=True)
class Trained:
    """All models that were trained together, and the mark of what they were trained from."""

    fingerprint: str
    intents: Weights
    danger: Weights


def write(trained: Trained, path: Path) -> None:
    """Whole or not at all. Raises OSError."""
    body = {
        "format": FORMAT,
        "fingerprint": trained.fingerprint,
        "intents": _as_body(trained.intents),
        "danger": _as_body(trained.danger),
    }
    text = json.dumps(body, ensure_ascii=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    draft.write_text(f"{digest(text)}\n{text}\n", encoding="utf-8")
    draft.replace(path)


def read(path: Path) -> Trained:
    """Raises WeightsError when the file is missing, cut off, changed by hand or of another format."""
    try:
        mark, _, text = path.read_text(encoding="utf-8").partition("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise WeightsError(f"{path}: cannot be read ({error}); run: python -m nlu train") from error
    text = text.rstrip("\n")
    if mark != digest(text):
        raise WeightsError(f"{path}: damaged; run: python -m nlu train")
    try:
        return _from_body(json.loads(text))
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise WeightsError(f"{path}: not in the expected form; run: python -m nlu train") from error


def _from_body(body: Mapping[str, Any]) -> Trained:
    if body["format"] != FORMAT:
        raise ValueError(f"format {body['format']}, expected {FORMAT}")
    return Trained(str(body["fingerprint"]), _model(body["intents"]), _model(body["danger"]))


def _as_body(weights: Weights) -> dict[str, object]:
    names = sorted(weights.rows)
    return {
        "labels": weights.labels,
        "bias": weights.bias,
        "grams": names,
        "idf": _packed([weights.rows[name][0] for name in names]),
        "coefficients": _packed([each for name in names for each in weights.rows[name][1]]),
    }


def _model(body: Mapping[str, Any]) -> Weights:
    labels, names = _texts(body["labels"]), _texts(body["grams"])
    idf, flat = _unpacked(body["idf"]), _unpacked(body["coefficients"])
    width = len(labels)
    if len(idf) != len(names) or len(flat) != len(names) * width:
        raise ValueError("sizes do not fit together")
    rows = {name: (idf[at], tuple(flat[at * width : (at + 1) * width])) for at, name in enumerate(names)}
    bias = body["bias"]
    if not isinstance(bias, list) or len(bias) != width:
        raise ValueError("bias does not fit the labels")
    return Weights(labels, tuple(float(each) for each in bias), rows)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError("expected a list")
    return tuple(str(each) for each in value)


def _packed(numbers: Sequence[float]) -> str:
    values = array("f", numbers)
    if sys.byteorder == "big":
        values.byteswap()
    return base64.b64encode(values.tobytes()).decode("ascii")


def _unpacked(text: object) -> array[float]:
    values = array("f")
    values.frombytes(base64.b64decode(str(text), validate=True))
    if sys.byteorder == "big":
        values.byteswap()
    return values


def digest(text: str) -> str:
    """The first line of a weights file: what the rest must hash to."""
    return hashlib.sha256(text.encode()).hexdigest()
