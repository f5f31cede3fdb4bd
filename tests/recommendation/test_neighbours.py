import math

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from attention.recommendation.neighbours import FILE, KINDS, Counts, Neighbours
from attention.training.checkpoint import CheckpointError

ITEMS = 7
HISTORIES = [np.array(books) for books in ([0, 1, 2, 3, 4], [2, 1, 0, 5], [3, 2], [4, 1, 0, 2, 3, 5])]


def slow_count(kind, histories, i, j):
    total = 0.0
    for history in histories:
        books = history.tolist()
        if i == j or i not in books or j not in books:
            continue
        ahead = books.index(j) - books.index(i)
        if kind == "near" and abs(ahead) <= 25:
            total += math.exp(-(abs(ahead) - 1) / 5)
        elif kind == "together":
            total += 1
        elif kind == "after" and 0 < ahead <= 8:
            total += math.exp(-(ahead - 1) / 2)
    return total


def slow_strength(kind, histories, i, j):
    readers = [max(1, sum(book in history for history in histories)) for book in (i, j)]
    return math.log(1 + 10 * slow_count(kind, histories, i, j) / (readers[0] ** 0.5 * readers[1] ** 0.3))


@pytest.fixture(scope="module")
def counts():
    return Counts(HISTORIES, ITEMS)


def test_strengths_are_those_of_slow_loops(counts):
    found = counts.strengths(torch.arange(ITEMS))
    for number, kind in enumerate(KINDS):
        for i in range(ITEMS):
            for j in range(ITEMS):
                expected = slow_strength(kind.name, HISTORIES, i, j)
                assert found[number, i, j].item() == pytest.approx(expected, abs=1e-5), (kind.name, i, j)
    assert torch.equal(counts.near(), found[0])


def test_strengths_of_some_books_are_a_part_of_all(counts):
    books, others = torch.tensor([4, 1]), torch.tensor([0, 3, 5])
    whole = counts.strengths(torch.arange(ITEMS))
    assert torch.equal(counts.strengths(books, others), whole[:, books][:, :, others])


def test_without_a_reader_is_as_if_the_reader_had_never_been_counted(counts):
    """Else a model would learn to trust what its own reader taught the counts."""
    for left_out in range(len(HISTORIES)):
        history = HISTORIES[left_out]
        rest = HISTORIES[:left_out] + HISTORIES[left_out + 1 :]
        others = torch.arange(ITEMS)
        places = torch.full((ITEMS,), -1)
        places[torch.from_numpy(history)] = torch.arange(len(history))
        found = counts.strengths_without(torch.from_numpy(history), others, torch.arange(len(history)), places)
        expected = Counts(rest, ITEMS).strengths(torch.from_numpy(history), others)
        assert torch.allclose(found, expected, atol=1e-3)


def test_neighbours_keep_the_strongest_and_forget_the_rest(counts):
    books = torch.tensor([2, 0])
    whole = counts.strengths(books)
    assert torch.allclose(counts.neighbours().strengths(books), whole)
    kept = counts.neighbours(kept=2).strengths(books)
    assert ((kept > 0).sum(dim=-1) <= 2).all()
    assert torch.equal(kept.amax(dim=-1), whole.amax(dim=-1))


def test_neighbours_survive_the_disk_within_a_rounding(counts, tmp_path):
    before = counts.neighbours(kept=4)
    before.save(tmp_path)
    after = Neighbours.load(tmp_path, ITEMS)
    assert torch.equal(after.books, before.books)
    assert torch.allclose(after.values, before.values, atol=0.51 * before.values.max().item() / 255 + 1e-3)


def test_files_that_do_not_fit_are_refused(counts, tmp_path):
    with pytest.raises(CheckpointError, match="not a readable safetensors"):
        Neighbours.load(tmp_path, ITEMS)
    counts.neighbours().save(tmp_path)
    with pytest.raises(CheckpointError, match="does not fit a model of 9 books"):
        Neighbours.load(tmp_path, 9)
    save_file({"books": torch.zeros(1)}, str(tmp_path / FILE))
    with pytest.raises(CheckpointError, match="must hold books"):
        Neighbours.load(tmp_path, ITEMS)
