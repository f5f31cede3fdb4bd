from __future__ import annotations

import numpy as np

from attention.language.linear import LinearReader, WordCounts
from attention.language.vocabulary import Encoded, encode
from attention.language.words import find_words
from tests.language.toy import toy_lines


def toy_texts(count: int, seed: int) -> tuple[list[Encoded], np.ndarray]:
    lines = [line.split("\t") for line in toy_lines(count, seed)]
    labels = np.zeros((count, 28), dtype=np.float32)
    labels[np.arange(count), [int(line[1]) for line in lines]] = 1
    return [encode(find_words(line[0])) for line in lines], labels


def test_features_and_fit_agree_with_scikit_learn():
    from sklearn import linear_model as linear
    from sklearn.feature_extraction import text

    texts, labels = toy_texts(150, 1)
    counts = text.TfidfVectorizer(analyzer=_grams, min_df=2, sublinear_tf=True)
    wanted = counts.fit_transform(texts).toarray()
    own = WordCounts.learn(texts)
    order = [own.places[gram] for gram in counts.get_feature_names_out()]
    assert len(order) == len(own.places)
    np.testing.assert_allclose(own.features(texts).to_dense().numpy()[:, order], wanted, atol=1e-6)
    reader = LinearReader.fit(texts, labels)
    for label in np.flatnonzero(labels.sum(axis=0))[:3]:
        other = linear.LogisticRegression(C=3.0, tol=1e-8, max_iter=1000).fit(wanted, labels[:, label])
        np.testing.assert_allclose(reader.logits(texts)[:, label], other.decision_function(wanted), atol=0.05)


def test_it_learns_what_gives_an_emotion_away():
    reader = LinearReader.fit(*toy_texts(200, 2))
    texts, labels = toy_texts(60, 3)
    assert (reader.logits(texts).argmax(axis=1) == labels.argmax(axis=1)).mean() > 0.95


def test_a_text_without_known_words_gets_the_bias():
    reader = LinearReader.fit(*toy_texts(60, 2))
    np.testing.assert_allclose(reader.logits([encode(find_words("xyzzy"))])[0], reader.bias.numpy(), atol=1e-6)


def _grams(text: Encoded) -> list[str]:
    return [*text.forms, *(f"{a} {b}" for a, b in zip(text.forms, text.forms[1:], strict=False))]
