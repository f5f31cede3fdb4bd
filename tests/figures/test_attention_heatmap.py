import numpy as np
import pytest

from attention.attention_map import AttentionMap
from attention.figures.attention_heatmap import attention_heatmap
from attention.figures.difference_heatmap import difference_heatmap


def some_map(query_len: int = 3, key_len: int = 5, layers: int = 2, heads: int = 7, seed: int = 0) -> AttentionMap:
    weights = np.random.default_rng(seed).dirichlet(np.ones(key_len), size=(layers, heads, query_len))
    return AttentionMap(
        weights,
        tuple(f"q{i}" for i in range(query_len)),
        tuple(f"k{i}" for i in range(key_len)),
        "French word",
        "English word",
    )


@pytest.mark.parametrize(("layer", "head"), [(None, None), (1, None), (1, 4), (None, 4)])
def test_cells_hold_the_weights_of_the_map(layer: int | None, head: int | None) -> None:
    found = some_map()
    (trace,) = attention_heatmap(found, layer, head).data
    assert isinstance(trace.z, np.ndarray)
    np.testing.assert_array_equal(trace.z, found.matrix(layer, head))


def test_colours_are_the_themes_and_run_from_zero_to_one() -> None:
    (trace,) = attention_heatmap(some_map()).data
    assert trace.colorscale is None
    assert (trace.zmin, trace.zmax) == (0, 1)


def test_axes_carry_labels_and_say_what_they_are() -> None:
    figure = attention_heatmap(some_map())
    assert figure.layout.xaxis.ticktext == ("k0", "k1", "k2", "k3", "k4")
    assert figure.layout.yaxis.ticktext == ("q0", "q1", "q2")
    assert figure.layout.xaxis.title.text == "English word"
    assert figure.layout.yaxis.title.text == "French word"
    assert figure.layout.yaxis.autorange == "reversed"


def test_a_word_that_occurs_twice_keeps_two_rows() -> None:
    twice = some_map(query_len=2).relabelled(("la", "la"), tuple("abcde"))
    figure = attention_heatmap(twice)
    assert list(figure.data[0].y) == [0, 1]
    assert figure.layout.yaxis.ticktext == ("la", "la")


def test_small_maps_carry_their_numbers() -> None:
    found = AttentionMap(np.array([[[[0.9561, 0.0439], [0.25, 0.75]]]]), ("a", "b"), ("c", "d"))
    (trace,) = attention_heatmap(found).data
    assert trace.text.tolist() == [["0.96", ""], ["0.25", "0.75"]]
    assert "%{customdata[0]}" in trace.hovertemplate
    assert trace.customdata[1, 0].tolist() == ["b", "c"]


def test_large_maps_carry_none() -> None:
    (trace,) = attention_heatmap(some_map(query_len=17)).data
    assert trace.text is None


def test_markup_in_words_is_shown_as_it_stands() -> None:
    found = some_map(query_len=1, key_len=2).relabelled(("<b>x</b>",), ("<a href='y'>", "&"))
    figure = attention_heatmap(found, title="<i>t</i>")
    assert figure.layout.yaxis.ticktext == ("&lt;b&gt;x&lt;/b&gt;",)
    assert figure.data[0].customdata[0, 0].tolist() == ["&lt;b&gt;x&lt;/b&gt;", "&lt;a href='y'&gt;"]
    assert figure.layout.title.text == "&lt;i&gt;t&lt;/i&gt;"


def test_difference_is_after_minus_before_around_zero() -> None:
    before, after = some_map(seed=1), some_map(seed=2)
    (trace,) = difference_heatmap(before, after, layer=1, head=3).data
    np.testing.assert_allclose(trace.z, after.weights[1, 3] - before.weights[1, 3])
    most = abs(trace.z).max()
    assert (trace.zmin, trace.zmid, trace.zmax) == pytest.approx((-most, 0, most))
    assert trace.colorscale[1][1].endswith(",0)")  # the page shows through where nothing changed


def test_no_difference_is_drawn_on_a_range_that_shows_none() -> None:
    (trace,) = difference_heatmap(some_map(), some_map()).data
    assert (trace.zmin, trace.zmax) == (-0.1, 0.1)


def test_difference_of_other_words_is_refused_with_both() -> None:
    before = some_map()
    after = some_map(query_len=4)
    with pytest.raises(ValueError, match=r"query_labels differ: before 3 \(q0 q1 q2\), after 4 \(q0 q1 q2 q3\)"):
        difference_heatmap(before, after)
