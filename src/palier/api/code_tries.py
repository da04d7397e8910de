"""Wrong coupon codes cost time: ten different ones in a minute, then the member has to wait (R-VOU-5).

One that stays in the cart is asked about at every change of it, and teaches nobody anything more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from palier.api import limits
from palier.api.keys import Caller
from palier.api.problems import Problem, Refused
from palier.core.quote_values import Quote


@dataclass(slots=True)
class Tries:
    """Codes of one cart that are not the member's."""

    wrong: tuple[str, ...] = ()

    def count(self, quote: Quote) -> None:
        """Look at which of the entered codes were refused because the member has no such coupon."""
        self.wrong = tuple(
            each.code for each in quote.refused if each.source == "coupon" and each.reason == "unknown"
        )


@contextmanager
def refuse_guessing(caller: Caller, message: Mapping[str, Any], *, now: datetime) -> Iterator[Tries]:
    """Around a quote: refused while the member has to wait, and counted after. ``now`` is the world's time.

    A guest has no coupon, so that nothing can be learnt by guessing; a cart without codes is always quoted.
    """
    tries = Tries()
    member = message.get("member")
    if not message.get("coupons") or member is None:
        yield tries
        return
    customer = str(member).strip()[:200]
    wait = limits.code_wait(caller.key_id, customer, now=now)
    if wait:
        detail = "Too many codes were entered that are not the member's"
        raise Refused(
            Problem("too_many_requests", detail, path="coupons", headers={"Retry-After": str(wait)})
        )
    yield tries
    limits.count_wrong_codes(caller.key_id, customer, tries.wrong, now=now)
