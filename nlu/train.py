"""Learns intents and dangers from the sentences in data/; the only importer of scikit-learn, and only when asked."""

# ruff: noqa: PLC0415 - whoever only serves must be able to import this without scikit-learn
from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from nlu import danger, features, weights
from nlu.features import pairs
from nlu.readers import emergency, emergency_calm, emergency_guards, emergency_signs, normal
from nlu.weights import Trained, Weights, WeightsError
from nlu.yaml_text import read_yaml

DATA = Path(__file__).parent / "data"
FILE = "understanding.json"

STRENGTH = 12.0  # scikit-learn's C, found by cross-validation on data/
# A piece seen in one sentence only teaches nothing but that sentence, and there are many of them.
SEEN_AT_LEAST = 2
HELD_BACK = 0.2
# A looser fit stops at another place with every sentence added, and alarms come and go by chance.
CLOSE = 1e-4
COOLEST, HOTTEST = 0.3, 2.0


class Sentence(NamedTuple):
    """A training sentence as a person wrote it, its intent and, of an emergency, its kind."""

    text: str
    intent: str
    kind: str | None = None


def sentences(folder: Path = DATA) -> list[Sentence]:
    """All training sentences, in the order of the files. Raises WeightsError naming a file that cannot be read."""
    return [each for path in sorted(folder.glob("*.yml")) for each in _in_file(path)]


def fingerprint(folder: Path = DATA) -> str:
    """Changes with any training sentence and with any code that shapes the weights."""
    digest = hashlib.sha256()
    for path in [*sorted(folder.glob("*.yml")), *_shaping()]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _shaping() -> list[Path]:
    """The code and the words that decide which pieces a text is cut into."""
    modules = (
        weights,
        features,
        danger,
        normal,
        emergency,
        emergency_calm,
        emergency_guards,
        emergency_signs,
    )
    words = (Path(normal.__file__).parent / "danger").glob("*.yaml")
    return [*(Path(str(module.__file__)) for module in modules), *sorted(words), Path(__file__)]


def train(folder: Path = DATA) -> Trained:
    """Takes some seconds. Raises WeightsError without scikit-learn."""
    known = sentences(folder)
    texts = [normal.normal(each.text) for each in known]
    intents = exported(*fit([pairs(text) for text in texts], [each.intent for each in known]))
    looks = [danger.pieces(text, emergency.read(text)) for text in texts]
    kinds = [_kind(each) for each in known]
    return Trained(fingerprint(folder), intents, exported(*fit(looks, kinds, balanced=False)))


def _kind(sentence: Sentence) -> str:
    return (sentence.kind or danger.UNNAMED) if sentence.intent == "emergency" else danger.CALM


def fit(texts: Sequence[Sequence[str]], labels: Sequence[str], *, balanced: bool = True) -> tuple[Any, Any]:
    """scikit-learn's vectorizer and model of texts cut into pieces, the model cooled so that its probabilities are
    honest. `balanced` gives a label of few sentences the weight of one of many."""
    _need_sklearn()
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    vectorizer = _vectorizer()
    table = vectorizer.fit_transform(texts)
    # On a busy machine several threads take four times as long as one.
    with threadpool_limits(1):
        model = _model(balanced).fit(table, labels)
        warmth = _warmth(texts, labels, balanced)
    model.coef_ /= warmth
    model.intercept_ /= warmth
    return vectorizer, model


def exported(vectorizer: Any, model: Any) -> Weights:
    """The same model as plain numbers."""
    scaled = (model.coef_ * vectorizer.idf_).T.tolist()
    idf = vectorizer.idf_.tolist()
    rows = {gram: (idf[at], tuple(scaled[at])) for gram, at in vectorizer.vocabulary_.items()}
    return Weights(tuple(str(each) for each in model.classes_), tuple(model.intercept_.tolist()), rows)


def _in_file(path: Path) -> Iterator[Sentence]:
    try:
        body = read_yaml(path.read_text(encoding="utf-8"))
        for entry in body["nlu"]:
            lines = entry["examples"].splitlines()
            kind = entry.get("metadata", {}).get("kind")
            yield from (
                Sentence(line[2:].strip(), entry["intent"], kind) for line in lines if line.startswith("- ")
            )
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise WeightsError(
            f"{path}: not training sentences ({error!r}); the form is: nlu: [{{intent, examples: |}}]"
        ) from error


def _need_sklearn() -> None:
    try:
        import sklearn  # noqa: F401
    except ImportError as error:
        raise WeightsError(
            "the intents are not trained and scikit-learn is not installed; "
            "run: pip install 'wenyanglao[train]' && python -m nlu train"
        ) from error


def _as_they_are(pieces: Sequence[str]) -> Sequence[str]:
    return pieces


def _vectorizer() -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer=_as_they_are, sublinear_tf=True, min_df=SEEN_AT_LEAST)


def _model(balanced: bool) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(
        C=STRENGTH, max_iter=600, class_weight="balanced" if balanced else None, tol=CLOSE
    )


def _warmth(texts: Sequence[Sequence[str]], labels: Sequence[str], balanced: bool) -> float:
    """The divisor of the scores under which sentences that a model has not seen are least surprising."""
    import numpy as np
    from scipy.optimize import minimize_scalar
    from scipy.special import log_softmax
    from sklearn.model_selection import train_test_split

    seen, unseen, learnt, asked = train_test_split(
        texts, labels, test_size=HELD_BACK, stratify=labels, random_state=0
    )
    vectorizer = _vectorizer()
    model = _model(balanced).fit(vectorizer.fit_transform(seen), learnt)
    scores = model.decision_function(vectorizer.transform(unseen))
    right = np.searchsorted(model.classes_, asked)

    def surprise(warmth: float) -> float:
        return -float(log_softmax(scores / warmth, axis=1)[np.arange(len(right)), right].mean())

    return float(minimize_scalar(surprise, bounds=(COOLEST, HOTTEST), method="bounded").x)
