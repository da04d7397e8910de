"""Exact amounts: integer minor units of a currency, and the places where they are rounded."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

LIMIT = 10**12
"""Neither points nor minor units may exceed this; beyond it a message is refused."""

_EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"), 0),
    **dict.fromkeys(("PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}

_TWO_DECIMALS = frozenset(
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
    CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL
    HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP
    MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD
    SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS
    VED VES WST XCD YER ZAR ZMW ZWG
    """.split()  # noqa: SIM905
)


def exponent(currency: str) -> int:
    """How many decimals the currency has by ISO 4217 (JPY 0, EUR 2, KWD 3). ``KeyError`` for an unknown code."""
    if currency in _TWO_DECIMALS:
        return 2
    return _EXPONENTS[currency]


def is_currency(code: str) -> bool:
    """Whether ``code`` is a current ISO 4217 currency that Palier counts in."""
    return code in _TWO_DECIMALS or code in _EXPONENTS


def round_half_up(value: Fraction | int) -> int:
    """Round to the nearest integer, halves away from zero (2.5 gives 3, -2.5 gives -3)."""
    doubled = 2 * abs(value.numerator) + value.denominator
    magnitude = doubled // (2 * value.denominator)
    return magnitude if value >= 0 else -magnitude


def ratio_half_up(numerator: int, denominator: int) -> int:
    """``round_half_up(numerator / denominator)`` for a positive denominator, without building a Fraction."""
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return magnitude if numerator >= 0 else -magnitude


def to_minor(amount: Decimal, currency: str) -> int:
    """An amount in minor units, rounded half up where it has more decimals than the currency."""
    return round_half_up(Fraction(amount) * 10 ** exponent(currency))


def from_minor(amount_minor: int, currency: str) -> Decimal:
    """The amount as a decimal with exactly the currency's decimals."""
    return Decimal(amount_minor).scaleb(-exponent(currency))


def allocate(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split ``total`` in proportion to ``weights``, losing nothing.

    The shares always add up to ``total``. Units left over by rounding down go to the largest remainders, ties to
    the earlier weight. Weights are not negative; if all are zero, the first takes everything.

    >>> allocate(100, (1, 1, 1))
    (34, 33, 33)
    """
    assert total >= 0
    whole = sum(weights)
    if whole == 0:
        return (total, *(0 for _ in weights[1:])) if weights else ()
    shares, remainders = [], []
    for weight in weights:
        share, remainder = divmod(total * weight, whole)
        shares.append(share)
        remainders.append(remainder)
    left = total - sum(shares)
    if left:
        by_remainder = sorted(range(len(remainders)), key=remainders.__getitem__, reverse=True)
        for i in by_remainder[:left]:
            shares[i] += 1
    return tuple(shares)
