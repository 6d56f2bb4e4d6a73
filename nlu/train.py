"""Learns the intents from the sentences in data/; the only place that imports scikit-learn, and only when asked."""

# ruff: noqa: PLC0415 - whoever only serves must be able to import this without scikit-learn
from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from nlu import features
from nlu import weights as plain
from nlu.readers import normal
from nlu.weights import Weights, WeightsError

DATA = Path(__file__).parent / "data"
FILE = "intents.json"

STRENGTH = 12.0  # scikit-learn's C, found by cross-validation on data/
HELD_BACK = 0.2
COOLEST, HOTTEST = 0.3, 2.0


class Sentence(NamedTuple):
    """A training sentence as a person wrote it, and its intent."""

    text: str
    intent: str


def sentences(folder: Path = DATA) -> list[Sentence]:
    """All training sentences, in the order of the files. Raises WeightsError naming a file that cannot be read."""
    return [each for path in sorted(folder.glob("*.yml")) for each in _in_file(path)]


def fingerprint(folder: Path = DATA) -> str:
    """Changes with any training sentence and with any code that shapes the weights."""
    digest = hashlib.sha256()
    code = [Path(str(module.__file__)) for module in (plain, features, normal)]
    for path in [*sorted(folder.glob("*.yml")), *code, Path(__file__)]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def train(folder: Path = DATA) -> Weights:
    """Takes some seconds. Raises WeightsError without scikit-learn."""
    known = sentences(folder)
    texts, intents = [normal.normal(each.text) for each in known], [each.intent for each in known]
    vectorizer, model = fit(texts, intents)
    return exported(vectorizer, model, fingerprint(folder))


def fit(texts: Sequence[str], intents: Sequence[str]) -> tuple[Any, Any]:
    """scikit-learn's vectorizer and model, the model cooled so that its probabilities are honest."""
    _need_sklearn()
    from sklearn.feature_extraction.text import TfidfVectorizer
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    vectorizer = TfidfVectorizer(analyzer=features.grams, sublinear_tf=True)
    table = vectorizer.fit_transform(texts)
    # On a busy machine several threads take four times as long as one.
    with threadpool_limits(1):
        model = _model().fit(table, intents)
        warmth = _warmth(table, intents)
    model.coef_ /= warmth
    model.intercept_ /= warmth
    return vectorizer, model


def exported(vectorizer: Any, model: Any, mark: str) -> Weights:
    """The same model as plain numbers."""
    scaled = (model.coef_ * vectorizer.idf_).T.tolist()
    idf = vectorizer.idf_.tolist()
    rows = {gram: (idf[at], tuple(scaled[at])) for gram, at in vectorizer.vocabulary_.items()}
    return Weights(mark, tuple(str(each) for each in model.classes_), tuple(model.intercept_.tolist()), rows)


def _in_file(path: Path) -> Iterator[Sentence]:
    try:
        body = yaml.safe_load(path.read_text(encoding="utf-8"))
        for entry in body["nlu"]:
            lines = entry["examples"].splitlines()
            yield from (
                Sentence(line[2:].strip(), entry["intent"]) for line in lines if line.startswith("- ")
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


def _model() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=STRENGTH, max_iter=300, class_weight="balanced", tol=1e-3)


def _warmth(table: Any, intents: Sequence[str]) -> float:
    """The divisor of the scores under which sentences that a model has not seen are least surprising."""
    import numpy as np
    from scipy.optimize import minimize_scalar
    from scipy.special import log_softmax
    from sklearn.model_selection import train_test_split

    seen, unseen, learnt, asked = train_test_split(
        table, intents, test_size=HELD_BACK, stratify=intents, random_state=0
    )
    model = _model().fit(seen, learnt)
    scores = model.decision_function(unseen)
    right = np.searchsorted(model.classes_, asked)

    def surprise(warmth: float) -> float:
        return -float(log_softmax(scores / warmth, axis=1)[np.arange(len(right)), right].mean())

    return float(minimize_scalar(surprise, bounds=(COOLEST, HOTTEST), method="bounded").x)
