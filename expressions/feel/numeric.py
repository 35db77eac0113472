"""Numbers: IEEE 754-2008 decimals of 34 digits (DMN 1.4, 10.3.2.3.1), half even unless a function says otherwise."""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import Final

from expressions.feel.values import Nothing

DIGITS: Final = 34
CONTEXT: Final = Context(
    prec=DIGITS,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    clamp=0,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
ROUNDINGS: Final = {
    "decimal": ROUND_HALF_EVEN,
    "floor": ROUND_FLOOR,
    "ceiling": ROUND_CEILING,
    "round up": ROUND_UP,
    "round down": ROUND_DOWN,
    "round half up": ROUND_HALF_UP,
    "round half down": ROUND_HALF_DOWN,
}
ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)
WIDEST_INTEGER: Final = 64
"""Bits of a whole number that leaves FEEL as int, as in expressions/plain.py; a larger one leaves it as Decimal."""


def rounded(value: Decimal, scale: int, rounding: str) -> Decimal:
    """Round to `scale` places after the point; what has fewer stays as it is."""
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    if -exponent <= scale:
        return value
    if len(digits) + exponent + scale > DIGITS:
        return value
    return Decimal.quantize(value, Decimal((0, (1,), -scale)), rounding, CONTEXT)


def number(value: int) -> Decimal:
    """Make a number of a count."""
    return Decimal(value)


def whole(value: Decimal, what: str = "a whole number") -> int:
    """Give a number as int, where it is whole and small. Raises Nothing."""
    if value.adjusted() > 12 or value != value.to_integral_value():
        raise Nothing("cần một số nguyên", f"{what} is needed")
    return int(value)


def cut(value: Decimal) -> int:
    """Give a number without its places after the point, and a huge one as one that is out of any text or list."""
    return int(value) if value.adjusted() <= 12 else 10**12


def shown(value: Decimal) -> str:
    """Write a number without an exponent and without zeros that say nothing."""
    if not value:
        return "0"
    return format(CONTEXT.plus(value).normalize(CONTEXT), "f")


def left(value: Decimal) -> int | Decimal:
    """Give what a number is outside: int where it is whole and has 64 bits, else a Decimal without empty zeros."""
    if value != value.to_integral_value():
        return value.normalize(CONTEXT)
    if value.adjusted() <= 18 and (number := int(value)).bit_length() < WIDEST_INTEGER:
        return number
    return Decimal.quantize(value, ONE, context=CONTEXT) if value.adjusted() < DIGITS else value.normalize(CONTEXT)
