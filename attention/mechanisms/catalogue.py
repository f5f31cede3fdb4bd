r"""The catalogue: every mechanism of this folder with its formula, its source and what it costs.

Pages, tests and benchmarks iterate over `CATALOGUE`, so a mechanism that is added here appears in all of them.

How costs are counted, for one sequence with n queries and m keys, all vectors of size d (the hidden size of the
additive score too), and h heads in g groups:

- One operation is one multiply-add of a matrix product or, elsewhere, one step on one number: an addition, a
  comparison, an exponential, a sine. Sorting m numbers takes m ⌈log₂ m⌉. What only guards against overflow is free.
- Memory is the count of numbers that a formula makes, its result included, if each is made once; inputs and parameters
  are not counted. An entry of a mask counts as one number.
- Parameters are the numbers that training finds.
- Rotary positions turn the queries and the keys; the global mask opens one position.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from attention.mechanisms.attend import NORMALISERS, SCORES
from attention.mechanisms.heads import GroupedQueryAttention, MultiHeadAttention
from attention.mechanisms.linear import linear_attend
from attention.mechanisms.masks import causal_mask, global_mask, local_mask, padding_mask, strided_mask
from attention.mechanisms.positions import linear_biases, rotate, sinusoidal_positions

VASWANI = "Vaswani et al. 2017, Attention Is All You Need"
LUONG = "Luong et al. 2015, Effective Approaches to Attention-based Neural Machine Translation"
BAHDANAU = "Bahdanau et al. 2015, Neural Machine Translation by Jointly Learning to Align and Translate"
GRAVES = "Graves et al. 2014, Neural Turing Machines"
MARTINS = (
    "Martins & Astudillo 2016, From Softmax to Sparsemax: A Sparse Model of Attention and Multi-Label Classification"
)
PETERS = "Peters et al. 2019, Sparse Sequence-to-Sequence Models"
XU = "Xu et al. 2015, Show, Attend and Tell: Neural Image Caption Generation with Visual Attention"
WIEGREFFE = "Wiegreffe & Pinter 2019, Attention is not not Explanation"
CHILD = "Child et al. 2019, Generating Long Sequences with Sparse Transformers"
BELTAGY = "Beltagy et al. 2020, Longformer: The Long-Document Transformer"
KATHAROPOULOS = (
    "Katharopoulos et al. 2020, Transformers are RNNs: Fast Autoregressive Transformers with Linear Attention"
)
SU = "Su et al. 2021, RoFormer: Enhanced Transformer with Rotary Position Embedding"
PRESS = "Press et al. 2022, Train Short, Test Long: Attention with Linear Biases Enables Input Length Extrapolation"
AINSLIE = "Ainslie et al. 2023, GQA: Training Generalized Multi-Query Transformer Models from Multi-Head Checkpoints"


def _no_parameters(d: int, **heads: int) -> int:
    return 0


@dataclass(frozen=True)
class Entry:
    """One mechanism.

    name: what `Mechanism` and the commands call it; title: what a page calls it.
    kind: which part of attention it is; "efficient" takes the place of score and normaliser together.
    latex: its formula; paper, equation: who wrote it down, and where.
    function: the code.
    operations(n, m, d), memory(n, m, d), parameters(d): its cost as this module counts it, with the formulas in LaTeX;
    those that have heads take their number as h, and grouped-query attention its groups as g, 1 when left out.
    summary: one plain sentence.
    """

    name: str
    kind: Literal["score", "normaliser", "mask", "heads", "positions", "efficient"]
    title: str
    latex: str
    paper: str
    equation: str
    function: Callable[..., Any]
    operations: Callable[..., int]
    operations_latex: str
    memory: Callable[..., int]
    memory_latex: str
    summary: str
    parameters: Callable[..., int] = _no_parameters
    parameters_latex: str = "0"


def _sorting(m: int) -> int:
    """Return m ⌈log₂ m⌉."""
    return m * (m - 1).bit_length() if m else 0


def _scores() -> list[Entry]:
    return [
        Entry(
            name="dot",
            kind="score",
            title="Dot product",
            latex=r"s_{ij} = q_i^\top k_j",
            paper=LUONG,
            equation="section 3.1, “dot”",
            function=SCORES["dot"],
            operations=lambda n, m, d: n * m * d,
            operations_latex="nmd",
            memory=lambda n, m, d: n * m,
            memory_latex="nm",
            summary="A key scores high when it is long and points the same way as the query.",
        ),
        Entry(
            name="scaled_dot",
            kind="score",
            title="Scaled dot product",
            latex=r"s_{ij} = \frac{q_i^\top k_j}{\sqrt{d}}",
            paper=VASWANI,
            equation="section 3.2.1, equation 1",
            function=SCORES["scaled_dot"],
            operations=lambda n, m, d: n * d + n * m * d,
            operations_latex="nd + nmd",
            memory=lambda n, m, d: n * d + n * m,
            memory_latex="nd + nm",
            summary="The dot product, made smaller for long vectors so that softmax does not saturate.",
        ),
        Entry(
            name="general",
            kind="score",
            title="General (multiplicative)",
            latex=r"s_{ij} = q_i^\top W k_j",
            paper=LUONG,
            equation="section 3.1, “general”",
            function=SCORES["general"],
            operations=lambda n, m, d: m * d * d + n * m * d,
            operations_latex="md^2 + nmd",
            memory=lambda n, m, d: m * d + n * m,
            memory_latex="md + nm",
            summary="A dot product in which a learned matrix decides what should match what.",
            parameters=lambda d: d * d,
            parameters_latex="d^2",
        ),
        Entry(
            name="additive",
            kind="score",
            title="Additive (concat with tanh)",
            latex=r"s_{ij} = v^\top \tanh(W_q q_i + W_k k_j)",
            paper=BAHDANAU,
            equation="appendix A.1.2",
            function=SCORES["additive"],
            operations=lambda n, m, d: (n + m) * d * d + 3 * n * m * d,
            operations_latex="(n+m)d^2 + 3nmd",
            memory=lambda n, m, d: (n + m) * d + n * m * d + n * m,
            memory_latex="(n+m)d + nmd + nm",
            summary="A small network looks at query and key together; the first attention for translation.",
            parameters=lambda d: 2 * d * d + d,
            parameters_latex="2d^2 + d",
        ),
        Entry(
            name="cosine",
            kind="score",
            title="Cosine",
            latex=r"s_{ij} = \frac{q_i^\top k_j}{\lVert q_i \rVert \, \lVert k_j \rVert}",
            paper=GRAVES,
            equation="section 3.3.1, equation 6",
            function=SCORES["cosine"],
            operations=lambda n, m, d: 2 * (n + m) * d + n * m * d,
            operations_latex="2(n+m)d + nmd",
            memory=lambda n, m, d: (n + m) * d + n * m,
            memory_latex="(n+m)d + nm",
            summary="Only the angle between query and key counts, so that no score leaves the range from -1 to 1.",
        ),
    ]


def _normalisers() -> list[Entry]:
    return [
        Entry(
            name="softmax",
            kind="normaliser",
            title="Softmax",
            latex=r"w_{ij} = \frac{\exp(s_{ij})}{\sum_{l} \exp(s_{il})}",
            paper=BAHDANAU,
            equation="section 3.1, equation 6",
            function=NORMALISERS["softmax"],
            operations=lambda n, m, d: 5 * n * m,
            operations_latex="5nm",
            memory=lambda n, m, d: n * m,
            memory_latex="nm",
            summary="Every key gets some share; it grows exponentially with the score.",
        ),
        Entry(
            name="sparsemax",
            kind="normaliser",
            title="Sparsemax",
            latex=r"w_{ij} = \max(s_{ij} - \tau_i, 0), \quad \tau_i \text{ such that } \sum_j w_{ij} = 1",
            paper=MARTINS,
            equation="equation 2 and algorithm 1",
            function=NORMALISERS["sparsemax"],
            operations=lambda n, m, d: n * (_sorting(m) + 5 * m),
            operations_latex=r"n(m \lceil \log_2 m \rceil + 5m)",
            memory=lambda n, m, d: 4 * n * m,
            memory_latex="4nm",
            summary="The best keys share in proportion to their lead; all others get exactly nothing.",
        ),
        Entry(
            name="entmax15",
            kind="normaliser",
            title="Entmax 1.5",
            latex=r"w_{ij} = \max(s_{ij}/2 - \tau_i, 0)^2, \quad \tau_i \text{ such that } \sum_j w_{ij} = 1",
            paper=PETERS,
            equation="section 3, with α = 1.5",
            function=NORMALISERS["entmax15"],
            operations=lambda n, m, d: n * (_sorting(m) + 13 * m),
            operations_latex=r"n(m \lceil \log_2 m \rceil + 13m)",
            memory=lambda n, m, d: 6 * n * m,
            memory_latex="6nm",
            summary="Half-way between softmax and sparsemax: smooth, and still exactly nothing for poor keys.",
        ),
        Entry(
            name="hardmax",
            kind="normaliser",
            title="Hard argmax",
            latex=r"w_{ij} = [\, j = \operatorname{arg\,max}_{l} s_{il} \,]",
            paper=XU,
            equation="section 4.1, “hard” attention; there drawn by lot, here always the likeliest",
            function=NORMALISERS["hardmax"],
            operations=lambda n, m, d: n * m,
            operations_latex="nm",
            memory=lambda n, m, d: n * m,
            memory_latex="nm",
            summary="The best key gets everything; among equals, the first.",
        ),
        Entry(
            name="uniform",
            kind="normaliser",
            title="Uniform (attention switched off)",
            latex=r"w_{ij} = \frac{1}{m}",
            paper=WIEGREFFE,
            equation="the uniform-weights baseline",
            function=NORMALISERS["uniform"],
            operations=lambda n, m, d: n * m,
            operations_latex="nm",
            memory=lambda n, m, d: n * m,
            memory_latex="nm",
            summary="Every key that may be seen gets the same share, whatever its score.",
        ),
    ]


def _masks() -> list[Entry]:
    return [
        Entry(
            name="causal",
            kind="mask",
            title="Causal mask",
            latex=r"M_{ij} = [\, j \le i + m - n \,]",
            paper=VASWANI,
            equation="section 3.2.3",
            function=causal_mask,
            operations=lambda n, m, d: n * m,
            operations_latex="nm",
            memory=lambda n, m, d: n * m,
            memory_latex="nm",
            summary="A position sees itself and what came before, never what comes after.",
        ),
        Entry(
            name="padding",
            kind="mask",
            title="Padding mask",
            latex=r"M_{j} = [\, j < \text{length} \,]",
            paper=BAHDANAU,
            equation="section 3.1, equation 5: the sum ends with the sentence",
            function=padding_mask,
            operations=lambda n, m, d: m,
            operations_latex="m",
            memory=lambda n, m, d: m,
            memory_latex="m",
            summary="What only fills a sequence up to the length of its neighbours is not seen.",
        ),
        Entry(
            name="local",
            kind="mask",
            title="Local window",
            latex=r"M_{ij} = [\, |i - j| \le D \,]",
            paper=LUONG,
            equation="section 3.2, “local-m”",
            function=local_mask,
            operations=lambda n, m, d: 3 * n * m,
            operations_latex="3nm",
            memory=lambda n, m, d: n * m,
            memory_latex="nm",
            summary="A position sees its neighbours up to D steps away.",
        ),
        Entry(
            name="strided",
            kind="mask",
            title="Strided pattern",
            latex=r"M_{ij} = [\, |i - j| \le D \;\lor\; (i - j) \bmod s = 0 \,]",
            paper=CHILD,
            equation="section 4.3, “strided”, both patterns in one head; there j ≤ i and D = s",
            function=strided_mask,
            operations=lambda n, m, d: 6 * n * m,
            operations_latex="6nm",
            memory=lambda n, m, d: 2 * n * m,
            memory_latex="2nm",
            summary="A position sees its neighbours and, farther away, every s-th position.",
        ),
        Entry(
            name="global",
            kind="mask",
            title="Global tokens",
            latex=r"M_{ij} = [\, i \in G \;\lor\; j \in G \,]",
            paper=BELTAGY,
            equation="section 3.1, “global attention”",
            function=global_mask,
            operations=lambda n, m, d: n + m + n * m,
            operations_latex="n + m + nm",
            memory=lambda n, m, d: n + m + n * m,
            memory_latex="n + m + nm",
            summary="A few positions see all and are seen by all; joined with a local window, they carry news across.",
        ),
    ]


def _heads() -> list[Entry]:
    return [
        Entry(
            name="multi_head",
            kind="heads",
            title="Multi-head attention",
            latex=(
                r"\operatorname{concat}(\text{head}_1, \dots, \text{head}_h)\, W^O, \quad "
                r"\text{head}_i = \operatorname{attend}(Q W_i^Q, K W_i^K, V W_i^V)"
            ),
            paper=VASWANI,
            equation="section 3.2.2",
            function=MultiHeadAttention,
            operations=lambda n, m, d, h=1: 2 * (n + m) * d * d + n * d + 2 * n * m * d + 5 * h * n * m,
            operations_latex="2(n+m)d^2 + nd + 2nmd + 5hnm",
            memory=lambda n, m, d, h=1: (4 * n + 2 * m) * d + 2 * h * n * m,
            memory_latex="(4n+2m)d + 2hnm",
            summary="Several attentions side by side, each free to look for something else.",
            parameters=lambda d: 4 * d * d + 4 * d,
            parameters_latex="4d^2 + 4d",
        ),
        Entry(
            name="grouped_query",
            kind="heads",
            title="Grouped-query attention",
            latex=(
                r"\operatorname{concat}(\text{head}_1, \dots, \text{head}_h)\, W^O, \quad "
                r"\text{head}_i = \operatorname{attend}(Q W_i^Q, K W_{\gamma(i)}^K, V W_{\gamma(i)}^V), \quad "
                r"\gamma(i) = \lceil i g / h \rceil"
            ),
            paper=AINSLIE,
            equation="section 2.2",
            function=GroupedQueryAttention,
            operations=lambda n, m, d, h=1, g=1: (
                2 * n * d * d + 2 * m * d * (d * g // h) + n * d + 2 * n * m * d + 5 * h * n * m
            ),
            operations_latex="2(n+mg/h)d^2 + nd + 2nmd + 5hnm",
            memory=lambda n, m, d, h=1, g=1: 4 * n * d + 2 * m * (d * g // h) + 2 * h * n * m,
            memory_latex="(4n+2mg/h)d + 2hnm",
            summary="Heads that share keys and values in groups: fewer numbers to keep while a text is written.",
            parameters=lambda d, h=1, g=1: 2 * d * d + 2 * d + 2 * (d + 1) * (d * g // h),
            parameters_latex="2(1+g/h)(d^2 + d)",
        ),
    ]


def _positions() -> list[Entry]:
    return [
        Entry(
            name="sinusoidal",
            kind="positions",
            title="Sinusoidal positions",
            latex=(
                r"P_{p,2i} = \sin\!\left(p / 10000^{2i/d}\right), \quad "
                r"P_{p,2i+1} = \cos\!\left(p / 10000^{2i/d}\right)"
            ),
            paper=VASWANI,
            equation="section 3.5",
            function=sinusoidal_positions,
            operations=lambda n, m, d: n * ((d + 1) // 2) + n * d,
            operations_latex=r"n \lceil d/2 \rceil + nd",
            memory=lambda n, m, d: n * ((d + 1) // 2) + n * d,
            memory_latex=r"n \lceil d/2 \rceil + nd",
            summary="Waves from fast to slow tell attention, which knows no order, where each vector stands.",
        ),
        Entry(
            name="rotary",
            kind="positions",
            title="Rotary positions",
            latex=(
                r"\begin{pmatrix} x'_{p,2i} \\ x'_{p,2i+1} \end{pmatrix} = "
                r"\begin{pmatrix} \cos p\theta_i & -\sin p\theta_i \\ \sin p\theta_i & \cos p\theta_i \end{pmatrix} "
                r"\begin{pmatrix} x_{p,2i} \\ x_{p,2i+1} \end{pmatrix}, \quad \theta_i = 10000^{-2i/d}"
            ),
            paper=SU,
            equation="section 3.2.2, equations 14 and 15",
            function=rotate,
            operations=lambda n, m, d: (n + m) * d // 2 + 4 * (n + m) * d,
            operations_latex="(n+m)d/2 + 4(n+m)d",
            memory=lambda n, m, d: (n + m) * d // 2 + 3 * (n + m) * d,
            memory_latex="(n+m)d/2 + 3(n+m)d",
            summary="Queries and keys turn with their position, so that a score knows only how far apart they are.",
        ),
        Entry(
            name="alibi",
            kind="positions",
            title="Linear biases (ALiBi)",
            latex=r"s'_{ij} = s_{ij} - 2^{-8k/h}\, |i - j| \quad \text{in head } k \text{ of } h",
            paper=PRESS,
            equation="section 3; there j ≤ i",
            function=linear_biases,
            operations=lambda n, m, d, h=1: h + 2 * n * m + h * n * m,
            operations_latex="h + 2nm + hnm",
            memory=lambda n, m, d, h=1: h + n * m + h * n * m,
            memory_latex="h + nm + hnm",
            summary="Scores fall with the distance, steeply in some heads and gently in others.",
        ),
    ]


def _efficient() -> list[Entry]:
    return [
        Entry(
            name="linear",
            kind="efficient",
            title="Linear attention",
            latex=(
                r"\text{context}_i = \frac{\phi(q_i)^\top \sum_j \phi(k_j)\, v_j^\top}"
                r"{\phi(q_i)^\top \sum_j \phi(k_j)}, \quad \phi(x) = \operatorname{elu}(x) + 1"
            ),
            paper=KATHAROPOULOS,
            equation="section 3.2, equations 5 and 7",
            function=linear_attend,
            operations=lambda n, m, d: (n + m) * d * d + 4 * (n + m) * d + n * d,
            operations_latex="(n+m)d^2 + 4(n+m)d + nd",
            memory=lambda n, m, d: (2 * n + m) * d + d * d + d + n,
            memory_latex="(2n+m)d + d^2 + d + n",
            summary="The keys are summed up once for all queries: cost grows with the length, not with its square.",
        ),
    ]


CATALOGUE: dict[str, Entry] = {
    entry.name: entry for entry in (*_scores(), *_normalisers(), *_masks(), *_heads(), *_positions(), *_efficient())
}
