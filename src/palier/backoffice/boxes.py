"""Fields that somebody types in: they keep what was typed, with what is wrong beside it, and read numbers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from palier.backoffice.typed import NotANumber, is_long, read_number, write_number
from palier.core.money import LIMIT, exponent

WORD_MAX = 200


@dataclass(slots=True)
class Box:
    """One field: what stands in it, and what is wrong with that. ``label`` is what the page calls it."""

    id: str
    label: Any = ""
    value: str = ""
    error: str = ""

    @property
    def name(self) -> str:
        """What the browser sends it as."""
        return self.id

    @property
    def is_on(self) -> bool:
        """Whether this tick is set."""
        return self.value == "on"


@dataclass(frozen=True, slots=True)
class Numbers:
    """Reads numbers as people of the language type them, and writes back into the field what was understood."""

    language: str
    currency: str

    def money(self, box: Box) -> Decimal | None:
        """An amount with the decimals of the currency."""
        decimals = exponent(self.currency)
        amount = self.number(box, decimals=decimals, written=decimals)
        if amount is not None and amount * 10**decimals > LIMIT:
            box.error = _("This is too much.")
        return amount

    def minor(self, box: Box) -> int | None:
        """An amount in minor units."""
        amount = self.money(box)
        return None if amount is None else int(amount * 10 ** exponent(self.currency))

    def whole(self, box: Box, *, most: int = LIMIT) -> int | None:
        """A whole number up to ``most``."""
        number = self.number(box, decimals=0)
        if number is not None and number > most:
            box.error = _("This is too much.")
        return None if number is None else int(number)

    def number(self, box: Box, *, decimals: int, written: int = 0) -> Decimal | None:
        """The number, written back as this language writes it; None when there is none, or none that fits."""
        if not box.value:
            return None
        try:
            number = read_number(box.value, language=self.language)
        except NotANumber:
            if is_long(box.value):
                box.error = _("This is too much.")
            elif decimals:
                box.error = _("This is not a number, or it is less than 0.")
            else:
                box.error = _("A whole number, please.")
            return None
        places = number.normalize().as_tuple().exponent
        assert isinstance(places, int)
        if -places > decimals:
            box.error = (
                _("At most %(count)s decimals.") % {"count": decimals}
                if decimals
                else _("A whole number, please.")
            )
            return None
        kept = number.quantize(Decimal(1).scaleb(-max(written, -min(places, 0))))
        box.value = write_number(kept, language=self.language, decimals=written)
        return kept

    def write_minor(self, minor: int) -> str:
        """An amount as it is typed in this language."""
        decimals = exponent(self.currency)
        return write_number(Decimal(minor).scaleb(-decimals), language=self.language, decimals=decimals)

    def write(self, value: Decimal | int) -> str:
        """A number as it is typed in this language."""
        return write_number(Decimal(value), language=self.language)


def read_word(box: Box, *, most: int = WORD_MAX) -> str:
    """A short text without characters that cannot be shown."""
    if len(box.value) > most:
        box.error = _("At most %(count)s characters.") % {"count": most}
    elif not box.value.isprintable():
        box.error = _("This holds characters that cannot be shown.")
    return box.value


def read_names(box: Box) -> list[str]:
    """Short texts with commas between."""
    names = [name for part in box.value.split(",") if (name := part.strip())]
    if len(names) > 100 or any(len(name) > WORD_MAX for name in names):
        box.error = _("This is too long.")
    elif not box.value.isprintable():
        box.error = _("This holds characters that cannot be shown.")
    return names


def cut(text: Any) -> str:
    """What somebody can have typed: bounded, and without what no database takes."""
    return str(text).replace("\0", "").strip()[:2000]
