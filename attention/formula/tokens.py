"""Cut the text of a formula into numbers, names and signs; whatever else stands there gets a word of advice."""

from __future__ import annotations

import string
from dataclasses import dataclass

from attention.formula.errors import Edit, Problem, Repair, excerpt
from attention.formula.limits import MAX_DIGITS, MAX_LINES, MAX_NAME, MAX_NUMBER, MAX_TEXT
from attention.formula.pasted import from_latex, plain_letter

DIGITS = frozenset(string.digits)
NAME_START = frozenset(string.ascii_letters)
NAME_PART = NAME_START | DIGITS | {"_"}
SIGNS = ("**", "<=", ">=", "==", "!=", "+", "-", "*", "/", "@", "(", ")", ",", "<", ">", "&", "|", "~", "=")

TEXT = {
    "not_text": "A formula is text, not {kind}.",
    "too_long": "A formula has at most {most} characters; this one has {count}.",
    "half": "Half a character stands here, which is no text.",
    "too_many_lines": "A formula has at most {most} lines; this one has {count}.",
    "number_long": "A number has at most {most} characters.",
    "number_large": "{number} is too large: numbers go up to {most:g}.",
    "number_broken": "{number} is not a number.",
    "name_long": "A name has at most {most} characters.",
    "name_underscore": "A name starts with a letter, not with an underscore.",
    "attribute": "Only .T may follow a point: it turns rows into columns. Functions are written f(x).",
    "caret": "^ is not a sign of this language: write ** for a power and .T for the transpose.",
    "unknown": "“{sign}” is not a sign of this language.",
    "write": "“{sign}” is not a sign of this language: write {instead}.",
    "bracket": "“{sign}” is not used here: there are no lists and no picking of cells; parentheses ( ) group.",
    "quote": "“{sign}” is not used here: there is no text in a formula, and the transpose is written .T.",
    "equals_in_place": "“{sign}” is not a sign of this language: a name is set once, with =.",
    "letter": "“{sign}” is not a character of this language, which has a to z and 0 to 9: write {instead}.",
    "latex": "“\\” belongs to LaTeX. Here a fraction is a / b, a root sqrt(a), a transpose A.T and a product A @ B.",
    "comment": "// is not used here: a comment begins with #, and / divides.",
    "word": "“{word}” is not a sign of this language: write {instead}.",
    "advice_signs": "Signs are + - * / @ ** .T ( ) , < <= > >= == != & | ~ and = after a name.",
}
INSTEAD = {  # what people paste: sign -> what works here, the likeliest first
    "·": ("@", "*"),
    "×": ("*", "@"),
    "⋅": ("@", "*"),
    "∙": ("@", "*"),
    "•": ("@", "*"),
    "⊙": ("*",),
    "∘": ("*",),
    "÷": ("/",),
    "∕": ("/",),
    "⁄": ("/",),
    "−": ("-",),
    "–": ("-",),
    "—": ("-",),
    "≤": ("<=",),
    "≥": (">=",),
    "≠": ("!=",),
    "¬": ("~",),
    "∧": ("&",),
    "∨": ("|",),
    "!": ("~",),
    "ᵀ": (".T",),
    "⊤": (".T",),
    "²": ("** 2",),
    "³": ("** 3",),
    "√": ("sqrt",),
    "∞": ("1e9",),
    "σ": ("sigmoid", "softmax"),
    "Σ": ("sum",),
    "∑": ("sum",),
    "‖": ("norm( )",),
    "τ": ("T",),
    "（": ("(",),
    "）": (")",),
    "，": (",",),
    "＝": ("=",),
    "＋": ("+",),
    "＊": ("*",),
    "／": ("/",),
    "：": (),
    "\u00a0": (" ",),
    "\u3000": (" ",),
    "%": (),
    "$": ("",),
    ";": ("\n", ""),
}
SPACED = ("@", "*", "/")  # signs that a repair puts between spaces
WORDS = {"and": "&", "or": "|", "not": "~"}
TURNING = ("t", "mt", "h", "transpose", "adjoint", "permute", "swapaxes")  # methods that people write for .T
MULTIPLYING = ("matmul", "mm", "bmm", "dot")
PREFIXES = frozenset({"np", "numpy", "torch", "math", "F", "tf", "functional", "nn", "jnp", "self"})


@dataclass(frozen=True)
class Token:
    """kind: number, name, sign, transpose, newline or end."""

    kind: str
    text: str
    start: int
    end: int


def check_size(text: object) -> str:
    """Return the text, or raise Problem when it is no text or too much of it."""
    if not isinstance(text, str):
        raise Problem(TEXT["not_text"].format(kind=type(text).__name__), 0, 0)
    if len(text) > MAX_TEXT:
        raise Problem(TEXT["too_long"].format(most=MAX_TEXT, count=len(text)), MAX_TEXT, len(text))
    half = next((place for place, character in enumerate(text) if "\ud800" <= character <= "\udfff"), -1)
    if half >= 0:  # no text, but half a character: it could not even be shown
        raise Problem(TEXT["half"], half, half + 1)
    lines = text.count("\n") + 1
    if lines > MAX_LINES:
        start = _line_start(text, MAX_LINES)
        raise Problem(TEXT["too_many_lines"].format(most=MAX_LINES, count=lines), start, len(text))
    return text


def tokens(text: str) -> list[Token]:
    """Return the tokens of a text, "end" last. A line ends where no parenthesis is open.

    Raises Problem at the first character that the language does not have.
    """
    found: list[Token] = []
    place, open_parentheses = 0, 0
    while place < len(text):
        character = text[place]
        if character == "#":
            end = text.find("\n", place)
            place = len(text) if end < 0 else end
        elif character == "\n":
            if open_parentheses == 0 and found and found[-1].kind != "newline":
                found.append(Token("newline", "\n", place, place + 1))
            place += 1
        elif character in " \t\r":
            place += 1
        else:
            try:
                token = _token(text, place)
            except Problem as problem:
                problem.remaining = (2, len(text) - problem.start)
                raise
            open_parentheses = max(0, open_parentheses + (token.text == "(") - (token.text == ")"))
            found.append(token)
            place = token.end
    found.append(Token("end", "", len(text), len(text)))
    return found


def _token(text: str, start: int) -> Token:
    character = text[start]
    following = text[start + 1 : start + 2]
    if character in DIGITS or (character == "." and following in DIGITS and following):
        return _number(text, start)
    if character in NAME_START:
        return _name(text, start)
    if character == ".":
        return _transpose(text, start)
    if text.startswith(("+=", "-=", "*=", "/=", ":=", "@="), start):
        repairs = ((Edit(start, start + 2, "="),),) if character == ":" else ()
        raise Problem(TEXT["equals_in_place"].format(sign=text[start : start + 2]), start, start + 2, repairs)
    if text.startswith("//", start):
        repairs = tuple((Edit(start, start + 2, sign),) for sign in ("/", "#"))
        raise Problem(TEXT["comment"], start, start + 2, repairs)
    for sign in SIGNS:
        if text.startswith(sign, start):
            return Token("sign", sign, start, start + len(sign))
    raise _unknown(text, start)


def _run(text: str, start: int, allowed: frozenset[str]) -> int:
    """Return where the run of allowed characters from start ends."""
    end = start
    while end < len(text) and text[end] in allowed:
        end += 1
    return end


def _number(text: str, start: int) -> Token:
    end = _run(text, start, DIGITS)
    if text[end : end + 1] == "." and text[end + 1 : end + 2] not in NAME_START:
        end = _run(text, end + 1, DIGITS)
    if text[end : end + 1] in ("e", "E") and end < len(text):
        digits = end + 1 + (text[end + 1 : end + 2] in ("+", "-") and end + 1 < len(text))
        if _run(text, digits, DIGITS) > digits:
            end = _run(text, digits, DIGITS)
    written = text[start:end]
    if len(written) > MAX_DIGITS:
        raise Problem(TEXT["number_long"].format(most=MAX_DIGITS), start, end)
    if float(written) > MAX_NUMBER:
        raise Problem(TEXT["number_large"].format(number=written, most=MAX_NUMBER), start, end)
    return Token("number", written, start, end)


def _name(text: str, start: int) -> Token:
    end = _run(text, start, NAME_PART)
    if end - start > MAX_NAME:
        raise Problem(TEXT["name_long"].format(most=MAX_NAME), start, end)
    word = text[start:end]
    if word in PREFIXES and text[end : end + 1] == ".":
        raise Problem(TEXT["attribute"], start, end + 1, ((Edit(start, end + 1, ""),),))
    return Token("name", word, start, end)


def _transpose(text: str, start: int) -> Token:
    end = _run(text, start + 1, NAME_PART)
    word = text[start + 1 : end]
    if word == "T":
        return Token("transpose", ".T", start, end)
    closing = text.find(")", end, end + 12) + 1 if text[end : end + 1] == "(" else 0
    after = closing or end
    if word in ("shape", "size") and (size := _size_of(text, start, end)):
        repairs: list[Repair] = [size]
    elif word.lower() in TURNING:
        repairs = [(Edit(start, after, ".T"),)]
    elif word in MULTIPLYING:
        repairs = [(Edit(start, end, " @ "),)]
    elif len(word) == 1 and word.isupper():  # Q.K
        repairs = [(Edit(start, start + 1, " @ "),)]
    elif word.startswith("T"):
        repairs = [(Edit(start, start + 2, ".T @ "),)]
    else:
        repairs = [(Edit(start, after, ""),)]
    raise Problem(TEXT["attribute"], start, max(end, start + 1), tuple(repairs))


def _size_of(text: str, point: int, end: int) -> Repair | None:
    """Return the edit that makes Q.shape[-1] and Q.size(-1) to d, K.shape[0] to m; None for other sizes."""
    begin = point
    while begin and text[begin - 1] in NAME_PART:
        begin -= 1
    rows = "n" if text[begin:point] in ("Q", "M") else "m"
    for axis, size in (("-1", "d"), ("1", "d"), ("-2", rows), ("0", rows)):
        for written in (f"[{axis}]", f"({axis})"):
            if text.startswith(written, end):
                return (Edit(begin, end + len(written), size),)
    return None


def _unknown(text: str, start: int) -> Problem:
    sign, end = text[start], start + 1
    if sign == "^":
        return _caret(text, start)
    if sign == "_":
        return Problem(TEXT["name_underscore"], start, _run(text, start, NAME_PART))
    if sign in "[]{}":
        function = start > 1 and text[start - 2] in NAME_PART and text[start - 1] in NAME_PART  # softmax[, not Q[
        round_ones = text.translate(str.maketrans("[]{}", "()()"))
        repairs = ((Edit(0, len(text), round_ones),),) if function else ()
        return Problem(TEXT["bracket"].format(sign=sign), start, end, repairs)
    if sign in "'\"`’′":
        repairs = () if sign in '"`' else ((Edit(start, end, ".T"),),)
        return Problem(TEXT["quote"].format(sign=sign), start, end, repairs)
    if sign == "\\":
        return Problem(TEXT["latex"], start, end, ((Edit(0, len(text), from_latex(text)),),))
    if sign == "√":
        return _root(text, start)
    if sign in INSTEAD:
        words = INSTEAD[sign]
        if sign == ";" and text.count("(", 0, start) > text.count(")", 0, start):  # softmax(S; M)
            words = (",",)
        edits = [_spaced(text, start, end, word) if word in SPACED else Edit(start, end, word) for word in words]
        repairs = tuple((edit,) for edit in edits)
        if "".join(words).strip():
            return Problem(TEXT["write"].format(sign=sign, instead=" or ".join(words)), start, end, repairs)
        return Problem(TEXT["unknown"].format(sign=excerpt(sign)), start, end, repairs, TEXT["advice_signs"])
    if letter := plain_letter(sign):
        whole = "".join(c if c.isascii() or c in INSTEAD else plain_letter(c) or c for c in text)
        return Problem(TEXT["letter"].format(sign=sign, instead=letter), start, end, ((Edit(0, len(text), whole),),))
    return Problem(TEXT["unknown"].format(sign=excerpt(sign)), start, end, (), TEXT["advice_signs"])


def _spaced(text: str, start: int, end: int, sign: str) -> Edit:
    """Put a sign between single spaces, in place of those that are there."""
    while start and text[start - 1] == " ":
        start -= 1
    return Edit(start, _run(text, end, frozenset(" ")), f" {sign} ")


def _caret(text: str, start: int) -> Problem:
    for transposed in ("^{\\top}", "^\\top", "^{T}", "^(T)", "^T", "^⊤"):
        if text.startswith(transposed, start):
            end = start + len(transposed)
            following = text[end : end + 1]
            edit = Edit(start, end, ".T @ " if following and following in NAME_PART else ".T")
            return Problem(TEXT["caret"], start, end, ((edit,),))
    repairs: list[Repair] = [(_spaced(text, start, start + 1, "**"),)]
    opening = _run(text, start + 1, frozenset(" "))
    if text[:start].rstrip().endswith("e") and text[opening : opening + 1] == "(":  # e^(x)
        repairs.append((Edit(len(text[:start].rstrip()) - 1, opening, "exp"),))
    return Problem(TEXT["caret"], start, start + 1, tuple(repairs))


def _root(text: str, start: int) -> Problem:
    """√d and √(d) become sqrt(d)."""
    said = TEXT["write"].format(sign="√", instead="sqrt( )")
    begin = _run(text, start + 1, frozenset(" "))
    if text[begin : begin + 1] == "(":
        return Problem(said, start, start + 1, ((Edit(start, begin, "sqrt"),),))
    end = begin
    while end < len(text) and (text[end] in NAME_PART or (not text[end].isascii() and plain_letter(text[end]))):
        end += 1
    under = "".join(letter if letter.isascii() else plain_letter(letter) for letter in text[begin:end])
    repairs = ((Edit(start, end, f"sqrt({under})"),),) if under else ()
    return Problem(said, start, max(end, start + 1), repairs)


def _line_start(text: str, line: int) -> int:
    """Return where a line begins, lines counted from 0."""
    place = 0
    for _ in range(line):
        place = text.find("\n", place) + 1
    return place
