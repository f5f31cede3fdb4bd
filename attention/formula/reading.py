"""Read a formula: a Pratt parser over its tokens, to a tree of known depth. Nothing is ever run as Python.

Signs by how tightly they bind, loosest first:  |   &   < <= > >= == !=   + -   * / @   unary - ~   **   .T and calls
A comparison binds tighter than & and |, as in mathematics. Two operands without a sign between are an error.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import NoReturn

from attention.formula.errors import Edit, Problem, Repair, excerpt
from attention.formula.functions import FUNCTIONS
from attention.formula.limits import MAX_DEPTH, MAX_NODES
from attention.formula.nodes import (
    BINDING,
    COMPARE,
    POWER,
    SIGN,
    Binary,
    Call,
    Line,
    Name,
    Node,
    Number,
    Program,
    Transpose,
    Unary,
)
from attention.formula.remedies import along
from attention.formula.tokens import WORDS, Token, check_size, tokens

TEXT = {
    "empty": "There is no formula yet.",
    "example": "softmax(Q @ K.T / sqrt(d)) @ V",
    "too_many": "A formula has at most {most} numbers, names, signs and calls.",
    "too_deep": "Parentheses, calls, signs and powers may lie at most {most} deep.",
    "wanted_operand": "A number, a name or a parenthesis should stand here, not “{found}”.",
    "ends_early": "The formula ends here, where a number, a name or a parenthesis should stand.",
    "line_ends_early": "The line ends after “{sign}”. Put parentheses around what goes on in the next line.",
    "no_sign": "There is no sign between {left} and {right}. Multiplication is written out: @ for matrices, * cell by "
    "cell.",
    "compare_chain": "A comparison has two sides: write (a < b) & (b < c).",
    "unclosed": "This parenthesis is never closed.",
    "unopened": "This parenthesis was never opened.",
    "comma": "A comma only stands between the arguments of a function.",
    "keyword": "Arguments have no names here: they are told apart by their order.",
    "name_first": "Only a single name can stand before =.",
    "no_expression": "Something must stand after =.",
    "word": "“{word}” is not a sign of this language: write {instead}.",
    "argument_missing": "An argument is missing here.",
    "bars": "“|” joins masks here. The amount of a number is abs(x), the length of a vector norm(x).",
    "python": "“{word}” is a word of Python, which is not run here: a formula is lines such as scores = Q @ K.T.",
    "call_sign": "{name} is a function: what it works on stands in parentheses, {name}(x).",
}
PYTHON = frozenset({"import", "from", "return", "def", "for", "if", "else", "while", "class", "lambda", "del"})


def read(text: object) -> Program:
    """Return the lines of a formula as trees.

    Raises Problem, with place and repairs, for everything that is not a formula or is too large a one.
    """
    text = check_size(text)
    return _Reader(text, tokens(text)).program()


class _Reader:
    """One pass over the tokens; `place` is the next one, `depth` how many openings enclose it."""

    def __init__(self, text: str, found: list[Token]) -> None:
        self.text, self.tokens = text, found
        self.place = self.depth = self.nodes = 0

    def program(self) -> Program:
        try:
            lines = []
            while self._skip_newlines().kind != "end":
                lines.append(self._line(self.text.count("\n", 0, self._peek().start) + 1))
            if not lines:
                example = TEXT["example"]
                raise Problem(TEXT["empty"], 0, len(self.text), ((Edit(0, len(self.text), example),),))
        except Problem as problem:
            problem.remaining = (1, len(self.text) - self._peek().start)  # not problem.start: operands lie before it
            raise
        return Program(self.text, tuple(lines), self.nodes)

    def _line(self, number: int) -> Line:
        first, second = self._peek(), self._peek(1)
        name = ""
        if first.kind == "name" and second.text == "=":
            name = first.text
            self.place += 2
            if self._peek().kind in ("newline", "end"):
                raise Problem(TEXT["no_expression"], first.start, second.end)
        expression = self._expression(0)
        self._end_of_line(expression, first)
        return Line(name, first.start, first.end if name else first.start, expression, number)

    def _end_of_line(self, expression: Node, first: Token) -> None:
        token = self._peek()
        if token.kind in ("newline", "end"):
            return
        if token.text == ")":
            raise Problem(TEXT["unopened"], token.start, token.end, ((Edit(token.start, token.end, ""),),))
        if token.text == ",":
            lines = self._peek(1).kind == "name" and self._peek(2).text == "="  # a = …, b = …
            raise Problem(
                TEXT["comma"], token.start, token.end, ((Edit(token.start, token.end, "\n"),),) if lines else ()
            )
        if token.text == "=":
            repairs: list[Repair] = [(Edit(token.start, token.end, "=="),)]
            if isinstance(expression, Call):  # Attention(Q, K, V) = …
                after = self._peek(1).start
                names = (f"{expression.name} = ", "")
                repairs = [(Edit(expression.start, after, name),) for name in names]
            raise Problem(TEXT["name_first"], expression.start, token.end, tuple(repairs))
        self._no_sign(expression)

    # expressions

    def _expression(self, binding: int) -> Node:
        """Read an operand and every sign after it that binds tighter than `binding`."""
        left = self._prefix()
        while True:
            token = self._peek()
            strength = BINDING.get(token.text, 0) if token.kind == "sign" else 0
            if not strength:
                if token.kind in ("name", "number") or token.text in ("(", "~"):
                    self._no_sign(left)
                return left
            if strength <= binding:
                return left
            self.place += 1
            left = self._binary(left, token, strength)

    def _binary(self, left: Node, sign: Token, strength: int) -> Node:
        if strength == COMPARE and isinstance(left, Binary) and not left.outer and BINDING[left.operator] == COMPARE:
            raise Problem(TEXT["compare_chain"], left.start, sign.end)
        if self._peek().kind in ("newline", "end"):
            self._ends_after(sign)
        if strength == POWER:  # from the right: 2 ** 3 ** 2 is 2 ** 9
            self._deeper(sign)
            right = self._expression(POWER - 1)
            self.depth -= 1
        else:
            right = self._expression(strength)
        start, end = left.span[0], right.span[1]
        return self._count(Binary(start, end, sign.text, left, right, (sign.start, sign.end)))

    def _prefix(self) -> Node:
        token = self._peek()
        if token.text in ("-", "+", "~") and token.kind == "sign":
            return self._signed(token)
        self.place += 1
        if token.kind == "number":
            node: Node = self._count(Number(token.start, token.end, float(token.text)))
        elif token.kind == "name":
            node = self._name(token)
        elif token.text == "(":
            node = self._group(token)
        else:
            self.place -= 1
            self._no_operand(token)
        while self._peek().kind == "transpose":
            end = self._next().end
            node = self._count(Transpose(node.span[0], end, node))
        return node

    def _signed(self, sign: Token) -> Node:
        self.place += 1
        self._deeper(sign)
        operand = self._expression(SIGN)  # -a ** 2 is -(a ** 2)
        self.depth -= 1
        if sign.text == "+":
            return replace(operand, outer=(sign.start, operand.span[1]))
        return self._count(Unary(sign.start, operand.span[1], sign.text, operand))

    def _group(self, opening: Token) -> Node:
        self._deeper(opening)
        inner = self._expression(0)
        closing = self._close(opening, inner)
        self.depth -= 1
        return replace(inner, outer=(opening.start, closing.end))

    def _name(self, token: Token) -> Node:
        following = self._peek()
        if token.text in WORDS:
            self._word(token)
        if following.text != "(" or following.kind != "sign":
            return self._count(Name(token.start, token.end, token.text))
        self.place += 1
        self._deeper(following)
        arguments = []
        while self._peek().text != ")" or arguments:
            if self._peek().text in (",", ")"):
                raise Problem(TEXT["argument_missing"], self._peek().start, self._peek().end)
            if self._peek().kind == "name" and self._peek(1).text == "=":
                self._named_argument(token)
            arguments.append(self._expression(0))
            if self._peek().text != ",":
                break
            self.place += 1
        closing = self._close(following, arguments[-1] if arguments else None)
        self.depth -= 1
        return self._count(Call(token.start, closing.end, token.text, tuple(arguments), token.end))

    def _close(self, opening: Token, inner: Node | None) -> Token:
        token = self._peek()
        if token.text == ")":
            return self._next()
        if token.kind == "end":
            raise Problem(TEXT["unclosed"], opening.start, opening.end, self._closings(opening))
        if token.text == ",":
            raise Problem(TEXT["comma"], token.start, token.end)
        if token.text == "=":
            raise Problem(TEXT["name_first"], token.start, token.end, ((Edit(token.start, token.end, "=="),),))
        self._no_sign(inner)

    # faults

    def _closings(self, opening: Token) -> tuple[Repair, ...]:
        """Close before a product with the values, at the end of the line or of the text, or before another product."""
        line_end = self.text.find("\n", opening.end)
        ends = [len(self.text.rstrip())] if line_end < 0 else [line_end, len(self.text.rstrip())]
        likely, unlikely = [], []
        for token, following in pairwise(self.tokens):
            if token.start > opening.end and token.text == "@":
                place = len(self.text[: token.start].rstrip())
                (likely if following.text in ("V", "X") else unlikely).append(place)
        places = [*reversed(likely[-2:]), *ends, *reversed(unlikely[-2:])]
        return tuple((Edit(place, place, ")"),) for place in places)

    def _no_sign(self, left: Node | None) -> NoReturn:
        """Say that two operands touch, and offer the product that may be meant."""
        token = self._peek()
        begin, before = left.span if left is not None else (token.start, token.start)
        end = token.end
        if token.kind == "name" and token.text in WORDS:
            self._word(token)
        if isinstance(left, Name) and not left.outer:
            self._not_called(left, token)
        if token.text in PYTHON:
            raise Problem(TEXT["python"].format(word=token.text), token.start, token.end)
        following = self._peek(1)
        if following.kind == "transpose":
            end = following.end
        gap = (before, token.start)
        repairs: list[Repair] = [(Edit(*gap, sign),) for sign in (" @ ", " * ")]
        if self._peek().text == "(" and isinstance(left, Name):
            repairs.reverse()
        words = {"left": excerpt(self.text[begin:before]), "right": excerpt(self.text[token.start : end])}
        raise Problem(TEXT["no_sign"].format(**words), begin, end, tuple(repairs))

    def _not_called(self, left: Name, token: Token) -> None:
        """Raise Problem for a word of Python, and for a function without parentheses: sqrt d, softmax Q @ K.T."""
        if left.name in PYTHON:
            line_end = self.text.find("\n", left.end)
            dropped = token.start if left.name == "return" else len(self.text) if line_end < 0 else line_end
            repairs: tuple[Repair, ...] = ((Edit(left.start, dropped, ""),),)
            raise Problem(TEXT["python"].format(word=left.name), left.start, left.end, repairs)
        function = FUNCTIONS.get(left.name)
        if function is None or token.kind not in ("name", "number"):
            return
        last = self.tokens[self._argument_end() - 1].end
        next_end = self._peek(1).end if self._peek(1).kind == "transpose" else token.end
        ends = (last, next_end) if function.normaliser else (next_end, last)
        repairs = tuple((Edit(left.end, token.start, "("), Edit(end, end, ")")) for end in ends)
        raise Problem(TEXT["call_sign"].format(name=left.name), left.start, token.end, repairs)

    def _bars(self, token: Token) -> NoReturn:
        """|x| and ||x|| from mathematics."""
        double = self._peek(1).text == "|"
        line_end = self.text.find("\n", token.end)
        line = self.text[: len(self.text) if line_end < 0 else line_end]
        bars, name = ("||", "norm") if double else ("|", "abs")
        closing = line.find(bars, token.start + len(bars))
        repairs: tuple[Repair, ...] = ()
        if closing > 0:
            opened = Edit(token.start, token.start + len(bars), f"{name}(")
            repairs = ((opened, Edit(closing, closing + len(bars), ")")),)
        raise Problem(TEXT["bars"], token.start, token.start + len(bars), repairs)

    def _no_operand(self, token: Token) -> NoReturn:
        before = self.tokens[self.place - 1] if self.place else None
        if token.kind in ("newline", "end"):
            if before is not None and before.kind == "sign":
                self._ends_after(before)
            raise Problem(TEXT["ends_early"], max(0, token.start - 1), token.end)
        if token.text == "|":
            self._bars(token)
        said = TEXT["wanted_operand"].format(found=excerpt(token.text))
        repairs: tuple[Repair, ...] = ((Edit(token.start, token.end, ""),),)
        if before is not None and before.kind == "sign" and before.text not in ("(", ")"):
            repairs = ((Edit(before.start, before.end, ""),), *repairs)
        raise Problem(said, token.start, token.end, repairs)

    def _ends_after(self, sign: Token) -> NoReturn:
        if sign.text == "(":
            raise Problem(TEXT["unclosed"], sign.start, sign.end)
        following = self._peek()
        repairs: list[Repair] = []
        if following.kind == "newline":
            repairs.append((Edit(following.start, following.end, " "),))
        repairs.append((Edit(sign.start, sign.end, ""),))
        raise Problem(TEXT["line_ends_early"].format(sign=sign.text), sign.start, sign.end, tuple(repairs))

    def _word(self, token: Token) -> NoReturn:
        instead = WORDS[token.text]
        said = TEXT["word"].format(word=token.text, instead=instead)
        raise Problem(said, token.start, token.end, ((Edit(token.start, token.end, instead),),))

    def _named_argument(self, function: Token) -> NoReturn:
        """`dim=-1` and the like: row_sum and softmax_columns say it by their names."""
        first = self._peek()
        comma = self.tokens[self.place - 1]
        place = self._argument_end()
        start = comma.start if comma.text == "," else first.start
        dropped = Edit(start, self.tokens[place].start, "")
        repairs: list[Repair] = [(dropped,), (Edit(first.start, self._peek(2).start, ""),)]
        value = self.text[self._peek(2).start : self.tokens[place].start].strip()
        if first.text in ("dim", "axis") and (name := along(function.text, value)):
            repairs.insert(0, (Edit(function.start, function.end, name), dropped))
        raise Problem(TEXT["keyword"], first.start, self.tokens[place].start, tuple(repairs))

    # bookkeeping

    def _argument_end(self) -> int:
        """Return the number of the token after the argument that begins here: a comma, a parenthesis, a line's end."""
        depth, place = 0, self.place
        while self.tokens[place].kind not in ("newline", "end"):
            text = self.tokens[place].text
            if not depth and text in (",", ")"):
                break
            depth += (text == "(") - (text == ")")
            place += 1
        return place

    def _count(self, node: Node) -> Node:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise Problem(TEXT["too_many"].format(most=MAX_NODES), node.start, node.end)
        return node

    def _deeper(self, token: Token) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Problem(TEXT["too_deep"].format(most=MAX_DEPTH), token.start, token.end)

    def _peek(self, ahead: int = 0) -> Token:
        return self.tokens[min(self.place + ahead, len(self.tokens) - 1)]

    def _next(self) -> Token:
        token = self._peek()
        self.place += 1
        return token

    def _skip_newlines(self) -> Token:
        while self._peek().kind == "newline":
            self.place += 1
        return self._peek()
