"""Edits that may mend a formula, the likeliest first; `search` finds those that make the whole of it fit."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import pairwise

from attention.formula.errors import Edit, Repair, apply_repair
from attention.formula.functions import Function
from attention.formula.nodes import (
    BINDING,
    PRODUCT,
    Binary,
    Call,
    Line,
    Name,
    Node,
    Number,
    Program,
    Transpose,
    Unary,
    post_order,
)
from attention.formula.plan import Shape
from attention.mechanisms import NORMALISERS

LIKE = 0.65  # how similar a name must be to be proposed, from 0 to 1
SHORT = 3  # letters up to which a name is like another only when it is the same but for capitals

MEANT = {  # names from papers and programs, and what they are here
    "dk": "d",
    "d_k": "d",
    "d_model": "d",
    "dim": "d",
    "D": "d",
    "N": "n",
    "temperature": "T",
    "tau": "T",
    "t": "T",
    "mask": "M",
    "query": "Q",
    "queries": "Q",
    "key": "K",
    "keys": "K",
    "value": "V",
    "values": "V",
    "x": "X",
    "H": "X",
    "inf": "1e9",
    "infinity": "1e9",
    "pi": "3.14159265",
}
MEANT_FUNCTIONS = {
    "Softmax": "softmax",
    "argmax": "hardmax",
    "mul": "dot",
    "inner": "dot",
    "bahdanau": "additive",
    "luong": "general",
    "ln": "log",
    "sig": "sigmoid",
    "ReLU": "relu",
    "average": "mean",
    "avg": "mean",
    "identity": "eye",
    "rope": "rotary",
    "root": "sqrt",
    "square_root": "sqrt",
    "maximum": "max",
    "minimum": "min",
    "entmax": "entmax15",
    "cosine_similarity": "cosine",
    "cos_sim": "cosine",
    "elu": "relu",
    "gelu": "relu",
    "rowsum": "row_sum",
    "colsum": "column_sum",
    "col_sum": "column_sum",
    "causal_mask": "causal",
    "local_mask": "local",
    "strided_mask": "strided",
    "padding_mask": "padding",
    "global_mask": "global_tokens",
}
TRANSPOSING = ("transpose", "t", "T", "tr")
MULTIPLYING = ("matmul", "mm", "bmm", "dot_product")
ATTENDING = ("attention", "attend", "self_attention", "selfattention", "scaled_dot_product_attention")
SHOWING = ("print", "display", "show", "return")
REDUCING = ("sum", "mean", "max", "min", "norm")
AXES = {"-1": "row_", "1": "row_", "0": "column_", "-2": "column_"}  # of torch and NumPy, and what they are here


def transposed(node: Node) -> Repair:
    """Add .T to a part, or take it away where it has one."""
    start, end = node.span
    if isinstance(node, Transpose) and not node.outer:
        return (Edit(node.operand.span[1], node.end, ""),)
    if node.outer or isinstance(node, Name | Call | Transpose | Number):
        return (Edit(end, end, ".T"),)
    return (Edit(start, start, "("), Edit(end, end, ").T"))


def replaced(node: Node, new: str) -> Repair:
    return (Edit(*node.span, new),)


def without_transpose(node: Transpose) -> tuple[Repair, ...]:
    return ((Edit(node.operand.span[1], node.end, ""),),)


def for_product(text: str, node: Binary) -> tuple[Repair, ...]:
    """A @ B does not exist: the operands may be swapped, one of them turned, or multiplied cell by cell."""
    left, right = node.left, node.right
    both = transposed(left) + transposed(right)
    asked = [  # the keys ask the queries: softmax(K @ Q.T) @ V
        (Edit(part.start, part.end, f"{part.right.operand.name} @ {part.left.name}.T"),)
        for part in (post_order(left) if isinstance(left, Call) else ())
        if isinstance(part, Binary)
        and part.operator == "@"
        and isinstance(part.left, Name)
        and isinstance(part.right, Transpose)
        and isinstance(part.right.operand, Name)
    ]
    wrong_side = isinstance(left, Transpose) and not isinstance(right, Transpose)  # Qᵀ K, where Q Kᵀ is meant
    return (
        *((both,) if wrong_side else ()),
        _swapped(text, node, "@"),
        transposed(right),
        *asked,
        transposed(left),
        both,
        *_swapped_and_turned(text, node),
        (Edit(*node.sign, "*"),),
    )


def for_number_product(text: str, node: Binary) -> tuple[Repair, ...]:
    return ((Edit(*node.sign, "*"),),)


def for_cells(text: str, node: Binary, left: Shape, right: Shape) -> tuple[Repair, ...]:
    """A ∘ B does not fit cell by cell: a product may be meant, a turned operand, or the scale √d."""
    products: list[Repair] = [
        (Edit(*node.sign, "@"),),
        (Edit(*node.sign, "@"), *transposed(node.right)),
        _swapped(text, node, "@"),
        (Edit(*node.sign, "@"), *transposed(node.left)),
        *_swapped_and_turned(text, node),
    ]
    turned = [transposed(node.right), transposed(node.left)]
    if node.operator == "/":
        return (replaced(node.right, "sqrt(d)"), *turned)
    if node.operator == "*":
        return (*products, *turned)
    spread = []
    if left and right and left[1] == 1 and right[0] == 1:
        spread = [_around(node.left, "", f" @ ones(1, {right[1]})", PRODUCT)]
    elif left and right and left[0] == 1 and right[1] == 1:
        spread = [_around(node.right, "", f" @ ones(1, {left[1]})", PRODUCT)]
    plain_products = [products[0], _swapped(text, node, "@")]
    return (*spread, *turned, *(plain_products if node.operator in "+-" else ()))


def for_arguments(text: str, node: Call) -> tuple[Repair, ...]:
    """The arguments do not fit one another: one may have to be turned, or two swapped."""
    arguments = node.arguments
    turned = [transposed(argument) for argument in reversed(arguments) if not isinstance(argument, Number)]
    swapped = [
        (Edit(*first.span, _slice(text, second)), Edit(*second.span, _slice(text, first)))
        for first, second in pairwise(arguments)
    ]
    pairs = [
        transposed(first) + transposed(second)
        for first, second in pairwise(arguments)
        if not isinstance(first, Number) and not isinstance(second, Number)
    ]
    return tuple([*turned, *swapped, *pairs])


def for_count(text: str, node: Call, function: Function) -> tuple[Repair, ...]:
    """Too few arguments: add the usual ones; too many: leave out the last ones."""
    given, parameters = node.arguments, function.parameters
    if len(given) > len(parameters):
        last = given[len(parameters) - 1].span[1] if parameters else node.name_end + 1
        first = given[len(given) - len(parameters)].span[0] if parameters else last
        if len(given) == 2 and (name := along(node.name, _slice(text, given[1]))):
            return ((Edit(node.start, node.name_end, name), Edit(last, given[-1].span[1], "")),)
        return ((Edit(last, given[-1].span[1], ""),), (Edit(given[0].span[0], first, ""),))
    usual = [parameter.usual for parameter in parameters]
    missing = [name for name in usual[len(given) : function.required] if name]
    if not missing:
        return ()
    added = ", ".join(missing) if not given else ", " + ", ".join(missing)
    place = given[-1].span[1] if given else node.name_end + 1
    whole = ", ".join(usual[: function.required])
    return ((Edit(place, place, added),), (Edit(node.name_end + 1, node.end - 1, whole),))


def along(name: str, axis: str) -> str:
    """Return the function that works along an axis of torch or NumPy: sum and -1 give row_sum; "" for no such one."""
    prefix = AXES.get(axis.replace(" ", ""), "")
    if name in REDUCING:
        return prefix and prefix + name
    if name in NORMALISERS:
        return name + "_columns" * (prefix == "column_") if prefix else ""
    return ""


def without_argument(node: Call, number: int) -> tuple[Repair, ...]:
    """Leave out an argument that is not the first."""
    return ((Edit(node.arguments[number - 1].span[1], node.arguments[number].span[1], ""),),)


def as_mask(node: Node, tightly: bool = False) -> tuple[Repair, ...]:
    """Compare with 0. tightly: a sign before the part would otherwise take only its beginning."""
    before, after = ("(", " > 0)") if tightly else ("", " > 0")
    return (_around(node, before, after, BINDING[">"] + 1),)


def as_number(text: str, node: Node) -> tuple[Repair, ...]:
    return ((Edit(*node.span, f"where({_slice(text, node)}, 1, 0)"),),)


def masked(text: str, whole: Binary, mask: Node) -> tuple[Repair, ...]:
    """Scores to which a mask is added, or that are multiplied with one: softmax takes it, or where() says it."""
    other = whole.right if mask is whole.left else whole.left
    masks, others = _slice(text, mask), _slice(text, other)
    if whole.operator == "-" and isinstance(whole.left, Number) and whole.left.value == 1:  # 1 - M
        return ((Edit(whole.start, whole.end, f"where({masks}, 0, 1)"),),)
    if whole.operator in ("==", "!=") and isinstance(other, Number) and other.value in (0, 1):  # M == 0
        opened = bool(other.value) == (whole.operator == "==")
        alone = masks if _stands_alone(mask) else f"({masks})"
        return ((Edit(whole.start, whole.end, alone if opened else f"~{alone}"),),)
    if whole.operator == "+":
        written = (f"{others}, {masks}", f"where({masks}, {others}, -1e9)")
    else:
        written = (f"where({masks}, {others}, 0)",) if whole.operator == "*" else ()
    return tuple((Edit(whole.start, whole.end, new),) for new in written)


def sizes_for(node: Call, function: Function) -> tuple[Repair, ...]:
    """Put the usual sizes where a function needs sizes: causal(Q, K) becomes causal(n, m)."""
    edits = [
        Edit(*argument.span, parameter.usual)
        for argument, parameter in zip(node.arguments, function.parameters, strict=False)
        if parameter.kind == "size"
    ]
    return (tuple(edits),)


def moved_up(program: Program, line: Line, needed: Line) -> tuple[Repair, ...]:
    """Let two lines change places, when one needs what the other sets."""
    first, second = (
        (part.name_start if part.name else part.expression.span[0], part.expression.span[1]) for part in (line, needed)
    )
    texts = (program.text[slice(*first)], program.text[slice(*second)])
    return ((Edit(*first, texts[1]), Edit(*second, texts[0])),)


def renamed(program: Program, line: Line, is_free: Callable[[str], bool]) -> tuple[Repair, ...]:
    """Give a line's result a name that is free, there and in the lines below."""
    new = next((f"{line.name}{number}" for number in range(2, 100) if is_free(f"{line.name}{number}")), "result")
    edits = [Edit(line.name_start, line.name_end, new)]
    for later in program.lines[program.lines.index(line) + 1 :]:
        edits += [
            Edit(node.start, node.end, new)
            for node in post_order(later.expression)
            if isinstance(node, Name) and node.name == line.name
        ]
    return (tuple(edits), (edits[0],))


def called(node: Name, function: Function) -> tuple[Repair, ...]:
    usual = [parameter.usual for parameter in function.parameters[: function.required]]
    return (replaced(node, f"{node.name}({', '.join(usual)})"),) if all(usual) else ()


def other_names(node: Name, name: str, known: Collection[str], functions: Mapping[str, Function]) -> tuple[Repair, ...]:
    """A name that is not known: a known one spelt alike, two names written together, or √d."""
    found = [MEANT[name]] if name in MEANT else []
    found += _alike(name, known)
    for first in sorted(known, key=len, reverse=True):
        second = name[len(first) :].lstrip("_")
        if name.startswith(first) and second in known:  # QK, followed by .T or not
            product = f"{first} @ {second}"
            return ((Edit(node.start, node.end, product),), (Edit(node.start, node.end, f"({product})"),))
    if 2 < len(name) <= 4 and all(letter in known for letter in name):  # QKV
        return (replaced(node, " @ ".join(name)), replaced(node, " @ ".join((name[0], f"{name[1]}.T", *name[2:]))))
    for_function = [f"{function}({rest})" for function in functions if (rest := name.removeprefix(function)) in known]
    return tuple(replaced(node, new) for new in (*for_function, *found))


def other_functions(
    text: str, node: Call, functions: Mapping[str, Function], known: Collection[str]
) -> tuple[Repair, ...]:
    """A call of something that is no function: another function is meant, or a product."""
    name, arguments = node.name, node.arguments
    inner = text[node.name_end + 1 : node.end - 1].strip()
    repairs: list[Repair] = []
    if name in known:
        if not inner:
            return ((Edit(node.name_end, node.end, ""),),)
        return tuple((Edit(node.name_end, node.name_end, sign),) for sign in (" @ ", " * "))
    if name in TRANSPOSING and len(arguments) == 1:
        turned = f"{inner}.T" if _stands_alone(arguments[0]) else f"({inner}).T"
        repairs.append((Edit(node.start, node.end, turned),))
    if name in MULTIPLYING and len(arguments) == 2:
        first, second = (_in_product(text, argument, last) for last, argument in enumerate(arguments))
        repairs.append((Edit(node.start, node.end, f"{first} @ {second}"),))
    if name.lower() in ATTENDING and len(arguments) == 3:
        alone = [_slice(text, part) if _stands_alone(part) else f"({_slice(text, part)})" for part in arguments]
        query, key, value = alone
        whole = f"softmax({query} @ {key}.T / sqrt(d)) @ {value}"
        tight = text[node.end :].lstrip().startswith(("**", "."))
        repairs.append((Edit(node.start, node.end, f"({whole})" if tight else whole),))
    if name in SHOWING and len(arguments) == 1:
        repairs.append((Edit(node.start, node.end, inner if _stands_alone(arguments[0]) else f"({inner})"),))
    if name in ("pow", "power") and len(arguments) == 2:
        first, second = (_slice(text, argument) for argument in arguments)
        repairs.append((Edit(node.start, node.end, f"({first}) ** {second}"),))
    likely = [MEANT_FUNCTIONS[name]] if name in MEANT_FUNCTIONS else []
    likely += _alike(name, functions)
    return (*repairs, *((Edit(node.start, node.name_end, other),) for other in likely))


def exponential(text: str, node: Name) -> tuple[Repair, ...]:
    """e ** (x) is exp(x)."""
    rest = text[node.end :]
    power = rest.lstrip().removeprefix("**").lstrip()
    if node.name != "e" or not rest.lstrip().startswith("**") or not power.startswith("("):
        return ()
    return ((Edit(node.start, len(text) - len(power), "exp"),),)


def _alike(name: str, known: Iterable[str]) -> list[str]:
    """Return known names spelt alike, best first; capital letters count for little."""
    known = list(dict.fromkeys(known))
    same = [other for other in known if other.lower() == name.lower()]
    if len(name) <= SHORT:
        return same
    by_lower: dict[str, list[str]] = {}
    for other in known:
        by_lower.setdefault(other.lower(), []).append(other)
    close = difflib.get_close_matches(name.lower(), list(by_lower), n=3, cutoff=LIKE)
    return list(dict.fromkeys([*same, *(other for match in close for other in by_lower[match])]))


def _slice(text: str, node: Node) -> str:
    return text[node.span[0] : node.span[1]]


def _stands_alone(node: Node) -> bool:
    return bool(node.outer) or not isinstance(node, Binary | Unary)


def _around(node: Node, before: str, after: str, level: int) -> Repair:
    """Put text around a part, in parentheses where it binds less tightly than the text needs."""
    start, end = node.span
    binds = BINDING[node.operator] >= level if isinstance(node, Binary) else not isinstance(node, Unary)
    if node.outer or binds:
        return (Edit(start, start, before), Edit(end, end, after))
    return (Edit(start, start, before + "("), Edit(end, end, ")" + after))


def _in_product(text: str, node: Node, last: bool | int) -> str:
    """Return a part as it may stand in a product, at its end or before it."""
    loose = isinstance(node, Binary) and not node.outer and BINDING[node.operator] < PRODUCT + last
    return f"({_slice(text, node)})" if loose else _slice(text, node)


def _swapped(text: str, node: Binary, sign: str) -> Repair:
    first, second = _in_product(text, node.right, False), _in_product(text, node.left, True)
    return (Edit(node.start, node.end, f"{first} {sign} {second}"),)


def _swapped_and_turned(text: str, node: Binary) -> list[Repair]:
    """B @ Aᵀ and Bᵀ @ A."""
    turned_left = apply_within(text, node.left, transposed(node.left))
    turned_right = apply_within(text, node.right, transposed(node.right))
    first, second = _in_product(text, node.right, False), _in_product(text, node.left, True)
    return [
        (Edit(node.start, node.end, f"{first} @ {turned_left}"),),
        (Edit(node.start, node.end, f"{turned_right} @ {second}"),),
    ]


def apply_within(text: str, node: Node, repair: Repair) -> str:
    """Return the text of a part with a repair of that part made."""
    start = node.span[0]
    moved = tuple(Edit(edit.start - start, edit.end - start, edit.new) for edit in repair)
    return apply_repair(_slice(text, node), moved)
