"""Costs as small polynomials in n, m and d: whole numbers times sizes, with ⌈log₂ m⌉ and ⌈d / 2⌉ where those occur.

The functions of `attention.mechanisms.CATALOGUE` that count a cost for numbers count it for polynomials too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ORDER = "nmd"  # how sizes are ordered in a product


@dataclass(frozen=True)
class Factor:
    """A size, when `of` is None, or a whole number made from a polynomial: ⌈log₂ of⌉ or ⌊of / by⌋."""

    name: str
    of: Polynomial | None = None
    by: int = 1

    def value(self, sizes: Mapping[str, int]) -> int:
        if self.of is None:
            return sizes[self.name]
        inner = self.of.value(sizes)
        return max(0, inner - 1).bit_length() if self.name == "log" else inner // self.by

    def latex(self) -> str:
        if self.of is None:
            return self.name
        if self.name == "log":
            inner = self.of.latex()
            return rf"\lceil \log_2 {inner} \rceil" if len(self.of.terms) == 1 else rf"\lceil \log_2 ({inner}) \rceil"
        rest = self.of - (self.by - 1)
        if rest.constant == 0:
            return rf"\lceil {rest.divided_latex(self.by)} \rceil"
        return rf"\lfloor {self.of.divided_latex(self.by)} \rfloor"

    @property
    def rank(self) -> tuple:
        place = ORDER.find(self.name) if self.of is None else len(ORDER)
        return (place if place >= 0 else len(ORDER) + 1, self.name, "" if self.of is None else self.of.latex())


Product = tuple[tuple[Factor, int], ...]  # factors with their powers, in order; () is the number 1


@dataclass(frozen=True)
class Polynomial:
    """terms: products and how often each is added, without zeros, in a fixed order; equal polynomials are equal."""

    terms: tuple[tuple[Product, int], ...] = ()

    @classmethod
    def of(cls, size: str | int | Polynomial) -> Polynomial:
        """Return a size's symbol, or a whole number, as a polynomial."""
        if isinstance(size, Polynomial):
            return size
        if isinstance(size, str):
            return cls(((((Factor(size), 1),), 1),))
        return cls((((), int(size)),) if size else ())

    @property
    def constant(self) -> int:
        return dict(self.terms).get((), 0)

    def value(self, sizes: Mapping[str, int]) -> int:
        """Return the number for sizes such as {"n": 4, "m": 5, "d": 3}."""
        total = 0
        for product, count in self.terms:
            for factor, power in product:
                count *= factor.value(sizes) ** power
            total += count
        return total

    def latex(self) -> str:
        """Return such as "nmd + 5nm"; the highest powers first."""
        if not self.terms:
            return "0"
        written = ""
        for product, count in sorted(self.terms, key=_loudness):
            sign = "-" if count < 0 else "+"
            body = "".join(_power_latex(factor, power) for factor, power in product).lstrip()
            number = "" if abs(count) == 1 and body else str(abs(count))
            written += f" {sign} {number}{body}" if written else f"{'-' if count < 0 else ''}{number}{body}"
        return written

    def divided_latex(self, by: int) -> str:
        return f"{self.latex()}/{by}" if len(self.terms) == 1 else f"({self.latex()})/{by}"

    def bit_length(self) -> Polynomial:
        """For x - 1 return ⌈log₂ x⌉, as whole numbers do."""
        more = self + 1
        if all(not product for product, _ in more.terms):
            return Polynomial.of(max(0, self.constant).bit_length())
        return Polynomial(((((Factor("log", more), 1),), 1),))

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __add__(self, other: Polynomial | int) -> Polynomial:
        counts = dict(self.terms)
        for product, count in Polynomial.of(other).terms:
            counts[product] = counts.get(product, 0) + count
        return _polynomial(counts)

    def __sub__(self, other: Polynomial | int) -> Polynomial:
        return self + Polynomial.of(other) * -1

    def __mul__(self, other: Polynomial | int) -> Polynomial:
        counts: dict[Product, int] = {}
        for left, count in self.terms:
            for right, times in Polynomial.of(other).terms:
                product = _joined(left, right)
                counts[product] = counts.get(product, 0) + count * times
        return _polynomial(counts)

    def __floordiv__(self, by: int) -> Polynomial:
        if all(count % by == 0 for _, count in self.terms):
            return Polynomial(tuple((product, count // by) for product, count in self.terms))
        if all(not product for product, _ in self.terms):
            return Polynomial.of(self.constant // by)
        return Polynomial(((((Factor("share", self, by), 1),), 1),))

    __radd__, __rmul__ = __add__, __mul__


ZERO = Polynomial()


def _polynomial(counts: Mapping[Product, int]) -> Polynomial:
    terms = [(product, count) for product, count in counts.items() if count]
    return Polynomial(tuple(sorted(terms, key=lambda term: [(factor.rank, power) for factor, power in term[0]])))


def _joined(left: Product, right: Product) -> Product:
    powers = dict(left)
    for factor, power in right:
        powers[factor] = powers.get(factor, 0) + power
    return tuple(sorted(powers.items(), key=lambda item: item[0].rank))


def _loudness(term: tuple[Product, int]) -> tuple:
    product, _ = term
    return (-sum(power for _, power in product), [(factor.rank, -power) for factor, power in product])


def _power_latex(factor: Factor, power: int) -> str:
    text = factor.latex()
    if power == 1:
        return f" {text}" if factor.of is not None else text
    return f"{text}^{power}" if factor.of is None else rf" ({text})^{power}"
