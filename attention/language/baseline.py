"""The bar to pass: TF-IDF with logistic regression, by scikit-learn, tuned and scored as the model is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from attention.language.labels import EMOTIONS
from attention.language.vocabulary import Encoded

STRENGTH = 3.0  # C of the logistic regression, as tuned on the dev split


def baseline_logits(train: Sequence[Encoded], labels: np.ndarray, *others: Sequence[Encoded]) -> list[np.ndarray]:
    """Return the logits (n, 28) of the classic method for each of some splits, learnt from `train`.

    Words, signs and emoji and pairs of neighbours that come in two texts, sublinear TF-IDF, one logistic regression a
    label with C = 3.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer  # takes a second, and only this needs it
    from sklearn.linear_model import LogisticRegression

    counts = TfidfVectorizer(analyzer=_grams, min_df=2, sublinear_tf=True)
    features = counts.fit_transform(train)
    asked = [counts.transform(texts) for texts in others]
    logits = [np.zeros((len(texts), len(EMOTIONS))) for texts in others]
    for label in range(labels.shape[1]):
        if labels[:, label].min() == labels[:, label].max():  # nothing to learn: never, or always
            for found in logits:
                found[:, label] = 20 if labels[0, label] else -20
            continue
        reader = LogisticRegression(C=STRENGTH, solver="liblinear").fit(features, labels[:, label])
        for found, rows in zip(logits, asked, strict=True):
            found[:, label] = reader.decision_function(rows)
    return logits


def _grams(text: Encoded) -> list[str]:
    return [*text.forms, *(f"{a} {b}" for a, b in zip(text.forms, text.forms[1:], strict=False))]
