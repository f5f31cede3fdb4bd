"""The reader's own formula: read, check shapes, compute step by step, write as LaTeX and as torch code.

    scores = Q @ K.T / sqrt(d)
    weights = softmax(scores, M)
    output = weights @ V

Lines `name = expression`; the last is the output; # starts a comment; a line goes on inside parentheses.
Inputs, all read-only: Q n×d, K and V and X m×d, M an n×m mask (True = may attend), T a number; the sizes n, m, d.
Signs: + - * / cell by cell, @ for products of matrices, ** with a written exponent, .T, < <= > >= == != which make
masks, & | ~ which join them. A number goes with everything, a column or a row with a matrix. Functions: `FUNCTIONS`.
"""

from attention.formula import limits
from attention.formula.compose import Recipe, compose, recipe_of, recipe_parameters
from attention.formula.cost import Cost
from attention.formula.errors import FormulaError
from attention.formula.evaluation import Evaluation, Step
from attention.formula.formula import Formula
from attention.formula.functions import FUNCTIONS
from attention.formula.limits import (
    MAX_DEPTH,
    MAX_EXPONENT,
    MAX_LINES,
    MAX_NODES,
    MAX_NUMBER,
    MAX_SIZE,
    MAX_TEXT,
    MAX_VALUES,
)
from attention.formula.live import live_mechanism
from attention.formula.plan import INPUTS, SELF_ATTENTION, SIZES

__all__ = [
    "FUNCTIONS",
    "INPUTS",
    "MAX_DEPTH",
    "MAX_EXPONENT",
    "MAX_LINES",
    "MAX_NODES",
    "MAX_NUMBER",
    "MAX_SIZE",
    "MAX_TEXT",
    "MAX_VALUES",
    "SELF_ATTENTION",
    "SIZES",
    "Cost",
    "Evaluation",
    "Formula",
    "FormulaError",
    "Recipe",
    "Step",
    "compose",
    "limits",
    "live_mechanism",
    "recipe_of",
    "recipe_parameters",
]
