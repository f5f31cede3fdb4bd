"""Ready formulas: one for every mechanism of the catalogue, and those of the article, its wrong ones included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Group = Literal["scores", "normalisers", "masks", "positions", "heads", "efficient", "article"]
Shape = tuple[str | int, ...]

SQUARE: Shape = ("d", "d")
SCORES = "scores = Q @ K.T / sqrt(d)"
OUTPUT = "output = weights @ V"


@dataclass(frozen=True)
class Preset:
    """A formula that a visitor can take.

    name: its key in `PRESETS`, for a mechanism of the catalogue the name it has there; title: what a page calls it.
    text: the formula. It raises FormulaError where it is wrong in its shapes or its names.
    parameters: its own names and their shapes, as `Formula` takes them.
    self_attention: to be read with Q of shape (m, d) and M of shape (m, m): one sequence attends to itself.
    group: where a page lists it. note: what to look at; of a wrong formula, what is wrong. source: who wrote it, where.
    wrong: the formula does not hold, in shape or in meaning; corrected: the name of the preset that does.
    """

    name: str
    title: str
    text: str
    group: Group
    note: str
    source: str
    parameters: Mapping[str, Shape] = field(default_factory=dict)
    self_attention: bool = False
    wrong: bool = False
    corrected: str = ""


def _lines(*lines: str) -> str:
    return "\n".join(lines)


def _scores() -> list[Preset]:
    return [
        Preset(
            name="scaled_dot",
            title="Scaled dot product",
            text=_lines(SCORES, "weights = softmax(scores)", OUTPUT),
            group="scores",
            note="Each row of the weights sums to 1. Raise d and take “/ sqrt(d)” away: each row goes almost whole to "
            "one key.",
            source="Vaswani et al. 2017, equation 1",
        ),
        Preset(
            name="dot",
            title="Dot product",
            text=_lines("scores = Q @ K.T", "weights = softmax(scores)", OUTPUT),
            group="scores",
            note="A key scores high when it is long and points the same way as the query. Make one key longer and "
            "watch.",
            source="Luong et al. 2015, section 3.1, “dot”",
        ),
        Preset(
            name="general",
            title="General (multiplicative)",
            text=_lines("scores = general(Q, K, W)", "weights = softmax(scores)", OUTPUT),
            group="scores",
            note="W decides what should match what. With W = eye(d) it is the plain dot product.",
            source="Luong et al. 2015, section 3.1, “general”",
            parameters={"W": SQUARE},
        ),
        Preset(
            name="additive",
            title="Additive (concat with tanh)",
            text=_lines("scores = additive(Q, K, Wq, Wk, v)", "weights = softmax(scores)", OUTPUT),
            group="scores",
            note="Query and key are added inside a small network, which gives one number for each pair. No score can "
            "leave ± the sum of |v|.",
            source="Bahdanau et al. 2015, appendix A.1.2",
            parameters={"Wq": SQUARE, "Wk": SQUARE, "v": ("d", 1)},
        ),
        Preset(
            name="cosine",
            title="Cosine",
            text=_lines("scores = cosine(Q, K)", "weights = softmax(scores)", OUTPUT),
            group="scores",
            note="Scores stay between -1 and 1, so the weights stay close to even. Divide the scores by 0.1 to sharpen "
            "them.",
            source="Graves et al. 2014, section 3.3.1, equation 6",
        ),
        Preset(
            name="gaussian",
            title="Gaussian kernel (Nadaraya–Watson)",
            text=_lines(
                "distances = row_sum(Q ** 2) - 2 * Q @ K.T + column_sum(K.T ** 2)",
                "weights = softmax(-distances / 2)",
                OUTPUT,
            ),
            group="scores",
            note="Kernel regression: the nearer a key is to the query, the more its value counts. A long key has no "
            "advantage here, as it has with the dot product.",
            source="Nadaraya 1964; Watson 1964",
        ),
    ]


def _normalisers() -> list[Preset]:
    return [
        Preset(
            name="softmax",
            title="Softmax",
            text=_lines(SCORES, "weights = softmax(scores)", OUTPUT),
            group="normalisers",
            note="Every key gets some share, even the worst. A score larger by 1 makes a share 2.72 times as large.",
            source="Bahdanau et al. 2015, section 3.1, equation 6",
        ),
        Preset(
            name="temperature",
            title="Softmax with temperature",
            text=_lines(SCORES, "weights = softmax(scores / T)", OUTPUT),
            group="normalisers",
            note="Below 1, T sharpens the rows towards one key; above 1 it evens them out.",
            source="Hinton et al. 2015, section 2",
        ),
        Preset(
            name="sparsemax",
            title="Sparsemax",
            text=_lines(SCORES, "weights = sparsemax(scores)", OUTPUT),
            group="normalisers",
            note="Keys whose score is 1 or more behind the best get exactly 0, others may. Look for the empty cells.",
            source="Martins & Astudillo 2016, equation 2",
        ),
        Preset(
            name="entmax15",
            title="Entmax 1.5",
            text=_lines(SCORES, "weights = entmax15(scores)", OUTPUT),
            group="normalisers",
            note="Half-way between softmax and sparsemax: keys whose score is 2 or more behind the best get exactly 0, "
            "and the shares fall off smoothly.",
            source="Peters et al. 2019, section 3",
        ),
        Preset(
            name="hardmax",
            title="Hard argmax",
            text=_lines(SCORES, "weights = hardmax(scores)", OUTPUT),
            group="normalisers",
            note="The best key gets everything. The gradient with respect to Q and K is 0, so nothing can be learned "
            "through it.",
            source="Xu et al. 2015, section 4.1, “hard” attention",
        ),
        Preset(
            name="uniform",
            title="Uniform (attention switched off)",
            text=_lines(SCORES, "weights = uniform(scores)", OUTPUT),
            group="normalisers",
            note="Every key gets the same share whatever its score: every row of the output is the mean of the values.",
            source="Wiegreffe & Pinter 2019, the uniform-weights baseline",
        ),
        Preset(
            name="columnwise",
            title="Softmax over the queries",
            text=_lines(SCORES, "weights = softmax_columns(scores)", OUTPUT),
            group="normalisers",
            note="Here the columns sum to 1: the queries compete for each key, and a row may stay almost empty.",
            source="Locatello et al. 2020, section 2.1",
        ),
    ]


def _masks() -> list[Preset]:
    return [
        Preset(
            name="causal",
            title="Causal mask",
            text=_lines(SCORES, "weights = softmax(scores, causal(n, m))", OUTPUT),
            group="masks",
            note="Nothing above the diagonal gets a weight: no position sees what comes after it.",
            source="Vaswani et al. 2017, section 3.2.3",
            self_attention=True,
        ),
        Preset(
            name="padding",
            title="Padding mask",
            text=_lines(SCORES, "weights = softmax(scores, padding(n, m, m - 1))", OUTPUT),
            group="masks",
            note="The last key is only filler and its column stays empty, however high it scores.",
            source="Bahdanau et al. 2015, section 3.1, equation 5: the sum ends with the sentence",
        ),
        Preset(
            name="local",
            title="Local window",
            text=_lines(SCORES, "weights = softmax(scores, local(n, m, 1))", OUTPUT),
            group="masks",
            note="A band around the diagonal is open. The last number says how many neighbours are seen on each side.",
            source="Luong et al. 2015, section 3.2, “local-m”",
        ),
        Preset(
            name="strided",
            title="Strided pattern",
            text=_lines(SCORES, "weights = softmax(scores, strided(n, m, 1, 3))", OUTPUT),
            group="masks",
            note="The neighbours are open, and every third position beyond them: few cells, and yet no position is far "
            "from another.",
            source="Child et al. 2019, section 4.3",
            self_attention=True,
        ),
        Preset(
            name="global",
            title="Global tokens",
            text=_lines(SCORES, "weights = softmax(scores, local(n, m, 1) | global_tokens(n, m, 1))", OUTPUT),
            group="masks",
            note="The first position sees all and is seen by all; the others see their neighbours and it.",
            source="Beltagy et al. 2020, section 3.1",
            self_attention=True,
        ),
        Preset(
            name="masked",
            title="Mask drawn by hand",
            text=_lines(SCORES, "weights = softmax(scores, M)", OUTPUT),
            group="masks",
            note="M is yours to draw: a closed cell gets weight 0 and its row shares the rest. A row with no open cell "
            "is all 0.",
            source="Vaswani et al. 2017, section 3.2.3",
        ),
    ]


def _positions() -> list[Preset]:
    return [
        Preset(
            name="sinusoidal",
            title="Sinusoidal positions",
            text=_lines(
                "query = Q + sinusoidal(n, d)",
                "key = K + sinusoidal(m, d)",
                "scores = query @ key.T / sqrt(d)",
                "weights = softmax(scores)",
                OUTPUT,
            ),
            group="positions",
            note="The same word at another place now scores differently. Without positions, shuffling the keys and "
            "values changes nothing.",
            source="Vaswani et al. 2017, section 3.5",
        ),
        Preset(
            name="rotary",
            title="Rotary positions",
            text=_lines("scores = rotary(Q) @ rotary(K).T / sqrt(d)", "weights = softmax(scores)", OUTPUT),
            group="positions",
            note="Each pair of numbers is turned by an angle that grows with the position, so a score depends on the "
            "distance only. d must be even.",
            source="Su et al. 2021, section 3.2.2",
        ),
        Preset(
            name="alibi",
            title="Linear biases (ALiBi)",
            text=_lines("scores = Q @ K.T / sqrt(d) + alibi(n, m)", "weights = softmax(scores)", OUTPUT),
            group="positions",
            note="Each step of distance takes 1/256 off the score, the slope of a single head. Write 100 * alibi(n, m) "
            "and far keys fade.",
            source="Press et al. 2022, section 3",
        ),
    ]


def _heads() -> list[Preset]:
    return [
        Preset(
            name="multi_head",
            title="Multi-head attention, one head",
            text=_lines(
                "query = Q @ Wq",
                "key = K @ Wk",
                "scores = query @ key.T / sqrt(d)",
                "weights = softmax(scores)",
                "output = weights @ (V @ Wv)",
            ),
            group="heads",
            note="One head: its matrices choose what it compares and what it passes on. With several heads, each runs "
            "this on its own share of the numbers.",
            source="Vaswani et al. 2017, section 3.2.2",
            parameters={"Wq": SQUARE, "Wk": SQUARE, "Wv": SQUARE},
        ),
        Preset(
            name="grouped_query",
            title="Grouped queries, one group of two",
            text=_lines(
                "key = K @ Wk",
                "value = V @ Wv",
                "first = softmax(Q @ A @ key.T / sqrt(d))",
                "second = softmax(Q @ B @ key.T / sqrt(d))",
                "output = (first @ value + second @ value) / 2",
            ),
            group="heads",
            note="Two heads ask different questions (A and B) of the same keys and values, so only half as many keys "
            "and values have to be kept.",
            source="Ainslie et al. 2023, section 2.2",
            parameters={"A": SQUARE, "B": SQUARE, "Wk": SQUARE, "Wv": SQUARE},
        ),
        Preset(
            name="self_attention",
            title="Self-attention",
            text=_lines("scores = X @ X.T / sqrt(d)", "weights = softmax(scores)", "output = weights @ X"),
            group="heads",
            note="The sequence is query, key and value at once. The scores are symmetric, the weights are not: each "
            "row is normalised by itself.",
            source="Vaswani et al. 2017, section 3.2.3",
            self_attention=True,
        ),
    ]


def _efficient() -> list[Preset]:
    return [
        Preset(
            name="linear",
            title="Linear attention",
            text=_lines("weights = linear(Q, K)", OUTPUT),
            group="efficient",
            note="A product of two positive feature vectors takes the place of the exponential, and no weight is 0. "
            "Compare it with softmax: the rows are flatter.",
            source="Katharopoulos et al. 2020, equations 4 and 7",
        ),
        Preset(
            name="linear_order",
            title="Linear attention, keys meet values first",
            text=_lines(
                "query = where(Q > 0, Q + 1, exp(Q))",
                "key = where(K > 0, K + 1, exp(K))",
                "summary = key.T @ V",
                "total = query @ column_sum(key).T",
                "output = query @ summary / total",
            ),
            group="efficient",
            note="The same numbers as linear attention, and no step is n × m: the keys and values are summed into one "
            "d × d matrix before any query asks.",
            source="Katharopoulos et al. 2020, equations 5 and 6",
        ),
    ]


ARTICLE = "The article, section {}"


def _article() -> list[Preset]:
    return [
        Preset(
            name="article_weights",
            title="Weights divided by V",
            text="W = softmax(Q @ K.T / V)",
            group="article",
            note="Q @ K.T is m × m and V, the values, is m × d: they cannot be divided. The scale that is meant is √d.",
            source=ARTICLE.format("3.2, step 2"),
            self_attention=True,
            wrong=True,
            corrected="article_corrected",
        ),
        Preset(
            name="article_output",
            title="Features times weights",
            text=_lines("W = softmax(Q @ K.T / sqrt(d))", "X2 = X @ W"),
            group="article",
            note="X is m × d and W is m × m, so X @ W does not exist. W @ X does: each row of W says how much of each "
            "row of X to take.",
            source=ARTICLE.format("3.2, step 3"),
            self_attention=True,
            wrong=True,
            corrected="article_corrected",
        ),
        Preset(
            name="article_corrected",
            title="Weights and output, corrected",
            text=_lines("W = softmax(Q @ K.T / sqrt(d))", "X2 = W @ X"),
            group="article",
            note="W is m × m, one row for each position, and stands on the left. Its rows sum to 1.",
            source="Vaswani et al. 2017, equation 1",
            self_attention=True,
        ),
        Preset(
            name="article_size",
            title="Weights of size d × d",
            text=_lines("W = softmax(Q.T @ K / sqrt(d))", "X2 = X @ W"),
            group="article",
            note="The only order in which W is d × d and X @ W exists. But now features attend to features, and no "
            "position takes anything from another.",
            source=ARTICLE.format("4.1"),
            self_attention=True,
            wrong=True,
            corrected="article_corrected",
        ),
        Preset(
            name="article_scale",
            title="V as the scale",
            text=_lines("V = sqrt(d)", "W = softmax(Q @ K.T / V)"),
            group="article",
            note="V already stands for the values. The scale needs a name of its own, or none.",
            source=ARTICLE.format("4.2, step 3"),
            self_attention=True,
            wrong=True,
            corrected="article_corrected",
        ),
        Preset(
            name="article_scale_d",
            title="Divided by d",
            text=_lines("W = softmax(Q @ K.T / d)", "X2 = W @ X"),
            group="article",
            note="It runs, but the scores of random vectors shrink as d grows, until all weights are nearly equal. "
            "Dividing by √d keeps their spread.",
            source=ARTICLE.format("4.2, step 3"),
            self_attention=True,
        ),
        Preset(
            name="article_scale_before",
            title="Scaled before the product",
            text=_lines("scores = (Q / sqrt(d)) @ K.T", "weights = softmax(scores)", OUTPUT),
            group="article",
            note="The same numbers as dividing the scores afterwards. What the scale prevents is a softmax that is all "
            "or nothing, where the gradient is nearly 0.",
            source=ARTICLE.format("2.1"),
        ),
        Preset(
            name="article_additive",
            title="Input plus weights",
            text=_lines("W = softmax(Q @ K.T / sqrt(d))", "X2 = X + W"),
            group="article",
            note="Additive attention does not add weights to the input: m × d and m × m cannot be added. It adds "
            "query and key inside its score.",
            source=ARTICLE.format("2.1"),
            self_attention=True,
            wrong=True,
            corrected="additive",
        ),
        Preset(
            name="article_roles",
            title="Queries from the encoder",
            text=_lines("W = softmax(K @ Q.T / sqrt(d))", "output = W @ V"),
            group="article",
            note="With the roles swapped W is m × n: source words look at target words. It is the decoder that asks "
            "(Q), and the encoder that holds keys and values (K, V).",
            source=ARTICLE.format("4.3, step 1"),
            wrong=True,
            corrected="scaled_dot",
        ),
        Preset(
            name="article_without",
            title="No attention",
            text="X2 = X",
            group="article",
            note="The “no” branch of the flow chart: every position keeps its own vector and learns nothing from the "
            "others.",
            source=ARTICLE.format("2.1, flow chart"),
            self_attention=True,
        ),
        Preset(
            name="article_code",
            title="The code, as written",
            text=_lines("a = tanh(Q @ w + b)", "weights = softmax(a.T)", "context = column_sum(weights * V)"),
            group="article",
            note="A row of weights (1 × m) cannot be multiplied cell by cell with the m × d states of the encoder, V. "
            "And K is never asked: the decoder alone decides.",
            source=ARTICLE.format("5.2"),
            parameters={"w": ("d", 1), "b": ()},
            self_attention=True,
            wrong=True,
            corrected="additive",
        ),
        Preset(
            name="article_code_scores",
            title="The code, with sizes that fit",
            text=_lines("a = tanh(Q @ w + b)", "weights = softmax(a.T)", "context = column_sum(weights.T * V)"),
            group="article",
            note="It runs when both sentences have the same length, but K is missing: the source sentence has no say "
            "in the weights, and one row of them serves every target word.",
            source=ARTICLE.format("5.2"),
            parameters={"w": ("d", 1), "b": ()},
            self_attention=True,
            wrong=True,
            corrected="additive",
        ),
    ]


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        *_scores(),
        *_normalisers(),
        *_masks(),
        *_positions(),
        *_heads(),
        *_efficient(),
        *_article(),
    )
}
