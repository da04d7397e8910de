"""Named refusals: what is wrong, where, and how to mend it."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """The message was refused and nothing was changed.

    ``code`` is a stable word for machines (``invalid_order``, ``currency_mismatch`` …), ``path`` names the place
    in the input, ``hint`` says how to mend it. ``problems`` are all that is wrong with a malformed message, one by one.
    """

    code = "refused"
    problems: tuple[Any, ...] = ()

    def __init__(self, message: str, *, path: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.hint = hint

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        mend = f" ({self.hint})" if self.hint else ""
        return f"{where}{self.message}{mend}"


class InvalidOrder(Refusal):
    """The order is malformed or impossible."""

    code = "invalid_order"


class InvalidCart(Refusal):
    """The cart is malformed or impossible."""

    code = "invalid_cart"


class InvalidRefund(Refusal):
    """The refund is malformed or impossible."""

    code = "invalid_refund"


class InvalidEvent(Refusal):
    """The event is malformed or impossible."""

    code = "invalid_event"


class InvalidGift(Refusal):
    """The gift is malformed or impossible."""

    code = "invalid_gift"


class TooManyPoints(Refusal):
    """Somebody has given as much as they may within a day."""

    code = "too_many_points"


class InvalidOverride(Refusal):
    """The tier cannot be given to the member so."""

    code = "invalid_override"


class NothingOwed(Refusal):
    """There is no debt to waive."""

    code = "nothing_owed"


class ReasonMissing(Refusal):
    """Somebody who decides about a member by hand has to say why."""

    code = "reason_missing"


class CurrencyMismatch(Refusal):
    """An amount stands in another currency, and no rate says what it is worth."""

    code = "currency_mismatch"


class DraftChanged(Refusal):
    """Somebody else saved, discarded or published the draft meanwhile."""

    code = "draft_changed"

    def __init__(self) -> None:
        super().__init__(
            "the draft is not the one that was edited", path="draft", hint="look at it again, then save"
        )


class ProgrammeChanged(Refusal):
    """Another version is in force than the one that was changed."""

    code = "programme_changed"

    def __init__(self, number: int) -> None:
        super().__init__(
            f"version {number} is in force now", path="based_on", hint="read the programme again"
        )


class UnknownMember(Refusal):
    """No member of this programme has that id."""

    code = "unknown_member"


class UnverifiedAddress(Refusal):
    """Nobody has proof that the address is the member's."""

    code = "unverified_address"


class InsufficientPoints(Refusal):
    """The member has fewer available points than asked for."""

    code = "insufficient_points"


class CannotRedeem(Refusal):
    """The member may not use points now, or the programme turns none into vouchers."""

    code = "cannot_redeem"


class QuoteChanged(Refusal):
    """The cart no longer costs what the shopper was shown: somebody else used the points or the coupon meanwhile."""

    code = "quote_changed"


class UnknownHold(Refusal):
    """The shop has no hold with that id."""

    code = "unknown_hold"


class HoldTaken(Refusal):
    """An order has taken the hold over: it goes when the order is cancelled."""

    code = "hold_taken"


class IdempotencyConflict(Refusal):
    """The same id came before with another content."""

    code = "idempotency_conflict"


class TooManyCoupons(Refusal):
    """One message would issue thousands of coupons; a reward this cheap is a mistake."""

    code = "too_many_coupons"
