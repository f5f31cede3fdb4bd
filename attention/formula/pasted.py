"""What people paste from papers, put into this language's letters and signs, as a proposal that is checked later."""

from __future__ import annotations

import re
import unicodedata

LATEX_WORDS = {  # commands, and what they are here; any other \name becomes name
    "cdot": " @ ",
    "times": " @ ",
    "odot": " * ",
    "circ": " * ",
    "top": "T",
    "intercal": "T",
    "infty": "1e9",
    "tau": "T",
    "sigma": "sigmoid",
    "le": "<=",
    "leq": "<=",
    "ge": ">=",
    "geq": ">=",
    "ne": "!=",
    **dict.fromkeys(("left", "right", "big", "Big", "bigl", "bigr", "quad", "displaystyle"), ""),
    **dict.fromkeys(("text", "mathrm", "operatorname", "mathbf", "mathit", "mathsf", "mathcal", "boldsymbol"), ""),
}
NAMED = re.compile(r"\\(?:text|mathrm|operatorname|mathbf|mathit|mathsf|mathcal|boldsymbol) ?\{([A-Za-z0-9_ ]{1,40})\}")
TURNED = re.compile(r"\^ ?(?:\{ ?\\?(?:top|intercal|T) ?\}|\\?(?:top|intercal|T)(?![A-Za-z]))")
INDEX = re.compile(r"_\{([A-Za-z0-9]{1,20})\}")
COMMAND = re.compile(r"\\([A-Za-z]{1,30})")
PIECE = re.compile(r"\\frac|[{}]|[^\\{}]+|\\")
LOOSE = "(,=+\n"  # signs after which a fraction needs no parentheses
SPACING = re.compile(r"\\[,;:! ]|\$|\\\\|&")
ALIKE = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True))  # Greek letters that look like ours


def from_latex(text: str) -> str:
    r"""Return LaTeX as a formula: \frac{a}{b} is (a) / (b), \sqrt{a} is sqrt(a), K^\top is K.T.

    Not every LaTeX text becomes a formula; whoever calls this checks it.
    """
    text = SPACING.sub(" ", text)
    text = INDEX.sub(r"_\1", NAMED.sub(r"\1", text))
    text = _without_braces(TURNED.sub(".T ", text)).translate(str.maketrans("[]", "()"))
    text = COMMAND.sub(lambda found: LATEX_WORDS.get(found[1], found[1]), text)
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(lines).replace("( ", "(").replace(" )", ")").replace(" .T", ".T")


def _without_braces(text: str) -> str:
    r"""Return a text with braces as parentheses, and fractions as (a) / (b), in parentheses where they need them."""
    written: list[str] = []
    groups: list[tuple[str, bool]] = []  # what each open brace holds, and whether its fraction stands loose
    waiting, last = ("", True), "\n"
    for piece in PIECE.findall(text):
        if piece == "\\frac":
            waiting = ("top", last in LOOSE)
            continue
        if piece == "{":
            groups.append(waiting)
            piece = "((" if waiting == ("top", False) else "("
        elif piece == "}":
            kind, loose = groups.pop() if groups else ("", True)
            piece = {"top": ") / ", "below": ")" if loose else "))"}.get(kind, ")")
            waiting = ("below", loose) if kind == "top" else ("", True)
            written.append(piece)
            last = piece[-1]
            continue
        elif waiting[0] and piece.isspace():
            continue
        waiting = ("", True)
        written.append(piece)
        last = piece.rstrip(" ")[-1:] or last
    return "".join(written)


def plain_letter(letter: str) -> str:
    """Return a letter or digit of another alphabet as one of this language, or "": 𝑄 is Q, ₖ is k, α is alpha."""
    plain = ALIKE.get(letter) or unicodedata.normalize("NFKC", letter)
    if plain.isascii() and plain.isalnum():
        return plain
    words = unicodedata.name(plain[:1], "").split()
    if len(plain) == 1 and len(words) == 4 and words[0] == "GREEK" and words[2] == "LETTER":
        return words[3].lower() if words[1] == "SMALL" else words[3].capitalize()
    return ""
