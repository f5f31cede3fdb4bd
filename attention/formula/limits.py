"""What a formula may be at most: large enough for every mechanism, small enough that no text can slow the process."""

from __future__ import annotations

MAX_TEXT = 2_000  # characters
MAX_LINES = 40
MAX_NODES = 400  # numbers, names, signs and calls, all lines together
MAX_DEPTH = 40  # parentheses, calls, signs and powers inside one another
MAX_NAME = 30  # characters of a name
MAX_DIGITS = 30  # characters of a number
MAX_NUMBER = 1e9  # a written number, without its sign
MAX_EXPONENT = 8  # powers go from -8 to 8
MAX_PARAMETERS = 20  # the visitor's own scalars and matrices
MAX_SIZE = 256  # rows or columns of a matrix
MAX_WHOLE = 1_000  # a window, a stride, a count or a length
MAX_VALUES = 1_000_000  # numbers in one value, batch and heads included
MAX_TOTAL_VALUES = 16_000_000  # numbers in all values of one evaluation
MAX_OPERATIONS = 2_000_000_000  # steps on one number in one evaluation, about a second
