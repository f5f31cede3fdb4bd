from itertools import product

import pytest
import torch

from attention.formula import Formula, Recipe, compose, recipe_of, recipe_parameters
from attention.formula.compose import NORMALISERS, POSITIONS, SCALES, SCORES
from attention.mechanisms import NORMALISERS as KNOWN_NORMALISERS
from attention.mechanisms import SCORES as KNOWN_SCORES
from attention.mechanisms import Mechanism, attend

N, M, D = 2, 3, 4
EVERY = [Recipe(*choice) for choice in product(SCORES, SCALES, NORMALISERS, (False, True), (False, True), POSITIONS)]


def inputs():
    draw = torch.Generator().manual_seed(4)
    shapes = {"Q": (N, D), "K": (M, D), "V": (M, D), "W": (D, D), "Wq": (D, D), "Wk": (D, D), "v": (D, 1)}
    given = {name: torch.randn(shape, generator=draw) for name, shape in shapes.items()}
    return {**given, "M": torch.rand(N, M, generator=draw) > 0.3, "c": 0.3, "T": 2.0}


def test_recipes_offer_what_the_mechanisms_have():
    assert set(SCORES) == set(KNOWN_SCORES)
    assert set(NORMALISERS) == set(KNOWN_NORMALISERS)


def test_the_first_recipe_is_scaled_dot_product_attention():
    assert compose(Recipe()) == "scores = Q @ K.T / sqrt(d)\nweights = softmax(scores)\noutput = weights @ V"


def test_each_choice_leaves_its_trace_and_no_other():
    text = compose(Recipe("general", "free", "sparsemax", mask=True, temperature=True, positions="alibi"))
    assert text == (
        "scores = general(Q, K, W) * c + alibi(n, m)\nweights = sparsemax(scores / T, M)\noutput = weights @ V"
    )
    assert compose(Recipe("additive", "one", positions="sinusoidal")) == (
        "query = Q + sinusoidal(n, d)\nkey = K + sinusoidal(m, d)\n"
        "scores = additive(query, key, Wq, Wk, v)\nweights = softmax(scores)\noutput = weights @ V"
    )
    assert compose(Recipe("dot", "d", positions="rotary")).startswith("scores = rotary(Q) @ rotary(K).T / d\n")


def test_every_recipe_is_a_formula_with_its_parameters():
    for recipe in EVERY:
        formula = Formula(compose(recipe), recipe_parameters(recipe))
        assert formula.output_shape == ("n", "d")
        assert formula.uses >= set(recipe_parameters(recipe))
        assert ("M" in formula.uses, "T" in formula.uses) == (recipe.mask, recipe.temperature)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("normaliser", NORMALISERS)
def test_formula_gives_what_the_mechanism_gives(normaliser, scale):
    recipe = Recipe("dot", scale, normaliser, mask=True, temperature=True)
    given = inputs()
    found = Formula(compose(recipe), recipe_parameters(recipe)).evaluate(given).value
    factor = {"sqrt": D**-0.5, "one": 1.0, "d": 1 / D, "free": 0.3}[scale]
    mechanism = Mechanism("dot", normaliser, factor, 2.0)
    context, _ = attend(given["Q"], given["K"], given["V"], mechanism, given["M"])
    assert torch.allclose(found, context, atol=1e-5)


def test_recipe_is_found_again_in_its_text():
    for recipe in EVERY:
        wanted = recipe if recipe.score != "dot" else Recipe("scaled_dot", *list(vars(recipe).values())[1:])
        assert recipe_of(compose(recipe)) == wanted
    assert recipe_of("scores=Q@K.T/sqrt(d)\n\n weights = softmax( scores )\noutput = weights @ V\n") == Recipe()


@pytest.mark.parametrize("text", ["", "Q @ K.T", "scores = Q @ K.T\nweights = softmax(scores + 1)\nweights @ V"])
def test_formula_by_hand_has_no_recipe(text):
    assert recipe_of(text) is None


@pytest.mark.parametrize(
    "choice", [{"score": "dots"}, {"scale": 2}, {"normaliser": "soft max"}, {"positions": None}, {"score": ["dot"]}]
)
def test_unknown_choice_is_refused(choice):
    with pytest.raises(ValueError, match="must be one of"):
        Recipe(**choice)
