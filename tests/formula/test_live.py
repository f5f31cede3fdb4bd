import pytest
import torch

from attention.formula import SELF_ATTENTION, Formula, FormulaError, live_mechanism
from attention.mechanisms import NORMALISERS, Mechanism, attend, linear_weights
from attention.training.checkpoint import CHECKPOINTS
from attention.translation.translator import Translator

N, M, D = 3, 5, 4
OWN = {"W": ("d", "d"), "c": ()}
SENTENCE = "The small dog is sleeping on the red chair near the window."


def draw(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed + len(shape)))


Q, K, V = draw(2, 3, N, D), draw(2, 3, M, D, seed=1), draw(2, 3, M, D, seed=2)
MASK = torch.ones(2, 1, 1, M, dtype=torch.bool)
MASK[0, ..., 3:] = False
MASK[1] = False


def live(text, values=None):
    return live_mechanism(Formula(text, OWN), values)


def weights(text, mask=MASK, values=None):
    return attend(Q, K, V, live(text, values), mask)[1]


@pytest.mark.parametrize("normaliser", NORMALISERS)
@pytest.mark.parametrize("score", ["dot", "scaled_dot", "cosine"])
def test_formula_is_the_mechanism_of_that_name(score, normaliser):
    context, wanted = attend(Q, K, V, Mechanism(score, normaliser, temperature=2.0), MASK)
    for text in (f"{normaliser}({score}(Q, K) / T) @ V", f"w = {normaliser}({score}(Q, K) / T, M)\nw"):
        found, found_weights = attend(Q, K, V, live(text, {"T": 2.0}), MASK)
        assert torch.allclose(found_weights, wanted, atol=1e-6)
        assert torch.allclose(found, context, atol=1e-6)


def test_masked_keys_get_nothing_and_closed_rows_stay_zero():
    for text in ("softmax(Q @ K.T)", "exp(Q @ K.T)", "linear(Q, K)", "ones(n, m)", "0.5 * hardmax(Q @ K.T) + 0.1"):
        found = weights(text)
        assert found.shape == (2, 3, N, M)
        assert found[0, ..., 3:].abs().max() == 0
        assert found[1].abs().max() == 0
        assert found[0, ..., :3].abs().max() > 0


def test_softmax_by_hand_is_softmax_under_a_mask():
    by_hand = weights("S = exp(Q @ K.T / sqrt(d))\nS / row_sum(S) @ V")
    assert torch.allclose(by_hand, weights("softmax(Q @ K.T / sqrt(d))"), atol=1e-6)
    assert torch.allclose(weights("linear(Q, K)"), linear_weights(Q, K, mask=MASK), atol=1e-6)


def test_several_normalisers_of_one_score_share_the_mask():
    found = weights("S = Q @ K.T\n0.25 * softmax(S) + 0.75 * uniform(S)")
    wanted = 0.25 * weights("softmax(Q @ K.T)") + 0.75 * weights("uniform(Q @ K.T)")
    assert torch.allclose(found, wanted, atol=1e-6)
    assert torch.allclose(found[0].sum(-1), torch.ones(3, N))


def test_the_formulas_own_mask_is_joined_with_the_models():
    found = weights("softmax(Q @ K.T, M & padding(n, m, 2))")
    assert found[0, ..., 2:].abs().max() == 0
    assert torch.allclose(found[0].sum(-1), torch.ones(3, N))


def test_query_by_query_gives_what_all_together_give():
    mechanism = live("S = Q @ K.T / row_norm(Q)\nsoftmax(S - row_max(S), M) * 2")
    whole = attend(Q, K, V, mechanism, MASK)[1]
    for i in range(N):
        assert torch.allclose(attend(Q[:, :, i : i + 1], K, V, mechanism, MASK)[1], whole[:, :, i : i + 1], atol=1e-6)


def test_own_numbers_are_given_as_values():
    found = weights("softmax(c * Q @ K.T)", values={"c": 0.5})
    assert torch.allclose(found, weights("softmax(Q @ K.T / 2)"), atol=1e-6)


def test_half_precision_stays_half_precision():
    q, k, v = (part.bfloat16() for part in (Q, K, V))
    context, found = attend(q, k, v, live("softmax(Q @ K.T / sqrt(d)) @ V"), MASK)
    assert (context.dtype, found.dtype) == (torch.bfloat16, torch.bfloat16)


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("softmax(Q @ K.T) @ X", "softmax(Q @ K.T) @ X", "multiplied with X"),
        ("softmax(Q @ V.T) @ V", "V", "use V, the values"),
        ("softmax(Q @ X.T) @ V", "X", "use X, the input vectors"),
        ("softmax(general(Q, K, W)) @ V", "W", "not trained with it"),
        ("softmax(c * Q @ K.T) @ V", "c", "c has no value"),
        ("Q", "Q", "Q is n×d and is no product"),
        ("softmax(Q @ K.T) @ V + Q", "softmax(Q @ K.T) @ V + Q", "no product weights @ V"),
        ("K @ V.T @ V", "K @ V.T", "K @ V.T are m×m"),
        ("Q @ (K.T @ V)", "K.T @ V", "multiplied with K.T first"),
        ("M", "M", "where(M, 1, 0)"),
        ("softmax(Q @ K.T, causal(n, m))", "causal(n, m)", "which place"),
        ("softmax(Q @ K.T + alibi(n, m))", "alibi(n, m)", "which place"),
        ("softmax(rotary(Q) @ K.T)", "rotary(Q)", "which place"),
        ("softmax(tril(Q @ K.T))", "tril(Q @ K.T)", "which place"),
        ("softmax((Q + sinusoidal(n, d)) @ K.T)", "sinusoidal(n, d)", "which place"),
        ("softmax_columns(Q @ K.T)", "softmax_columns(Q @ K.T)", "mixes several queries"),
        ("softmax(Q @ K.T / max(Q))", "max(Q)", "mixes several queries"),
        ("softmax(Q @ (Q.T @ Q) @ K.T)", "Q.T", "mixes several queries"),
        ("softmax(ones(n, n) @ Q @ K.T)", "ones(n, n) @ Q", "mixes several queries"),
        ("softmax(dot(Q, K @ ones(d, d) * sum(Q)))", "sum(Q)", "mixes several queries"),
        ("softmax(Q @ K.T / n)", "Q @ K.T / n", "n, the number of queries"),
        ("softmax(Q @ K.T) / sqrt(d)", "Q @ K.T", "it uses d"),
        ("softmax(Q @ K.T) * cosine(Q, K)", "Q @ K.T", "outside Q @ K.T, too, it uses Q"),
    ],
)
def test_formula_that_cannot_fit_is_told_why(text, place, said):
    with pytest.raises(FormulaError) as caught:
        live(text)
    assert text[caught.value.start : caught.value.end] == place
    assert said in caught.value.message


def test_formula_of_one_sequence_is_read_again_for_two():
    fits = Formula("softmax(Q @ K.T / sqrt(d)) @ V", shapes=SELF_ATTENTION)
    assert torch.allclose(attend(Q, K, V, live_mechanism(fits), MASK)[1], weights("softmax(scaled_dot(Q, K))"))
    with pytest.raises(FormulaError, match="fits self-attention only"):
        live_mechanism(Formula("softmax(Q @ K.T + K @ Q.T) @ V", shapes=SELF_ATTENTION))


def test_weights_that_are_no_numbers_are_told():
    mechanism = live("softmax(log(Q @ K.T)) @ V")
    with pytest.raises(FormulaError, match="no numbers or infinite"):
        attend(Q, K, V, mechanism, MASK)


@pytest.fixture(scope="module", params=["en-fr-transformer", "en-fr-recurrent"])
def translator(request):
    if not (CHECKPOINTS / request.param / "model.safetensors").exists():
        pytest.skip(f"no checkpoint {request.param}")
    return Translator.load(request.param)


def test_the_shipped_model_translates_the_same_with_its_own_attention_as_a_formula(translator):
    own = translator.model.mechanism
    score = own.score if own.score not in ("general", "additive") else "dot"
    named = Mechanism(score, own.normaliser)
    wanted = translator.translate(SENTENCE, mechanism=named)
    found = translator.translate(SENTENCE, mechanism=live(f"w = {own.normaliser}({score}(Q, K))\noutput = w @ V"))
    assert found.translation == wanted.translation
    assert abs(found.map.weights - wanted.map.weights).max() < 1e-5


def test_the_transformer_keeps_its_translation_word_for_word():
    if not (CHECKPOINTS / "en-fr-transformer" / "model.safetensors").exists():
        pytest.skip("no checkpoint en-fr-transformer")
    translator = Translator.load("en-fr-transformer")
    usual = translator.translate(SENTENCE)
    found = translator.translate(SENTENCE, mechanism=live("softmax(Q @ K.T / sqrt(d), M) @ V"))
    assert found.translation == usual.translation
    assert abs(found.map.weights - usual.map.weights).max() < 1e-5
    other = translator.translate(SENTENCE, mechanism=live("uniform(Q @ K.T) @ V"))
    assert other.translation != usual.translation
