import random
from collections import defaultdict

import pytest

from attention.translation.alignment import NULL, ibm_model_1, train_aligner

BOOK = [
    (["das", "Haus"], ["the", "house"]),
    (["das", "Buch"], ["the", "book"]),
    (["ein", "Buch"], ["a", "book"]),
]


def slow_ibm_model_1(pairs, iterations):
    """Expectation maximisation with dictionaries, straight from the formula."""
    table = defaultdict(lambda: 1.0)
    for _ in range(iterations):
        counts, totals = defaultdict(float), defaultdict(float)
        for given, made in pairs:
            for f in made:
                norm = sum(table[e, f] for e in [NULL, *given])
                for e in [NULL, *given]:
                    counts[e, f] += table[e, f] / norm
                    totals[e] += table[e, f] / norm
        table = defaultdict(float, {(e, f): count / totals[e] for (e, f), count in counts.items()})
    return table


def random_pairs(count, seed=0):
    chosen = random.Random(seed)
    words = [f"w{i}" for i in range(9)]
    pairs = []
    for _ in range(count):
        source = chosen.choices(words, k=chosen.randint(1, 5))
        target = [word.replace("w", "t") for word in source if chosen.random() < 0.9] or ["t0"]
        chosen.shuffle(target)
        pairs.append((source, target))
    return pairs


@pytest.mark.parametrize("iterations", [1, 2, 7])
@pytest.mark.parametrize("pairs", [BOOK, random_pairs(40)], ids=["book", "random"])
def test_probabilities_equal_the_slow_loop(pairs, iterations):
    table, slow = ibm_model_1(pairs, iterations), slow_ibm_model_1(pairs, iterations)
    for given, made in pairs:
        found = table.matrix([NULL, *given], made)
        for row, e in enumerate([NULL, *given]):
            assert found[row] == pytest.approx([slow[e, f] for f in made], abs=1e-9)


def test_probabilities_of_each_word_sum_to_one():
    pairs = random_pairs(60, seed=3)
    table = ibm_model_1(pairs, 4)
    made = sorted({word for _, words in pairs for word in words})
    given = sorted({word for words, _ in pairs for word in words})
    assert table.matrix([NULL, *given], made).sum(axis=1) == pytest.approx(1.0, abs=1e-6)


def test_links_pair_words_that_translate_each_other_whatever_their_case_and_order():
    aligner = train_aligner(random_pairs(400, seed=5), iterations=8)
    assert aligner.links(["w1", "W4", "w7"], ["t7", "t1", "T4"]) == {(0, 1), (1, 2), (2, 0)}


def test_links_are_one_to_one_and_in_range():
    aligner = train_aligner(random_pairs(50))
    for source, target in random_pairs(30, seed=9):
        links = aligner.links(source, target)
        assert len({s for s, _ in links}) == len({t for _, t in links}) == len(links)
        assert all(0 <= s < len(source) and 0 <= t < len(target) for s, t in links)


def test_unseen_words_and_empty_sides_get_no_link():
    aligner = train_aligner(random_pairs(200))
    assert aligner.links(["never"], ["jamais"]) == set()
    assert aligner.links([], ["t1"]) == aligner.links(["w1"], []) == set()
    assert aligner.links(["w1", "never"], ["t1", "jamais"]) == {(0, 0)}


def test_nothing_to_learn_from_is_an_error():
    with pytest.raises(ValueError, match="nothing to learn"):
        ibm_model_1([([], ["x"])])
