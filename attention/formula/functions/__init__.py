"""Every function of the language, by name: a new one is one entry in one of these files."""

from attention.formula.functions.arithmetic import MATRIX_FUNCTIONS, NUMBER_FUNCTIONS, SUM_FUNCTIONS
from attention.formula.functions.masks import MASK_FUNCTIONS, POSITION_FUNCTIONS
from attention.formula.functions.normalisers import NORMALISER_FUNCTIONS
from attention.formula.functions.scores import SCORE_FUNCTIONS
from attention.formula.functions.table import Function, Parameter, Written

FUNCTIONS: dict[str, Function] = {
    function.name: function
    for function in (
        *SCORE_FUNCTIONS,
        *NORMALISER_FUNCTIONS,
        *MASK_FUNCTIONS,
        *POSITION_FUNCTIONS,
        *NUMBER_FUNCTIONS,
        *SUM_FUNCTIONS,
        *MATRIX_FUNCTIONS,
    )
}

__all__ = ["FUNCTIONS", "Function", "Parameter", "Written"]
