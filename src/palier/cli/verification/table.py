"""Every check, in one table: what ``palier verify`` proves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from palier.cli.verification import (
    account,
    births,
    cached,
    causes,
    chain,
    coupons,
    holds,
    lots,
    members,
    orders,
    records,
    standing,
    sums,
)
from palier.cli.verification.problem import Problem
from palier.cli.verification.rows import Holdings, Ledger

ByLedger = Callable[[Ledger], Iterator[Problem]]
ByMember = Callable[[Holdings], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Check:
    """One check. ``is_slow``: ``--quick`` leaves it out."""

    name: str
    run: ByMember
    is_slow: bool = False


def _each(check: ByLedger) -> ByMember:
    def run(holdings: Holdings) -> Iterator[Problem]:
        for ledger in holdings.ledgers:
            yield from check(ledger)

    return run


def _own_ends(holdings: Holdings) -> Iterator[Problem]:
    for ledger in holdings.ledgers:
        yield from lots.check_own_ends(ledger, holdings.versions)


def _histories(holdings: Holdings) -> Iterator[Problem]:
    for ledger in holdings.ledgers:
        yield from standing.check_history(ledger, holdings)


CHECKS: tuple[Check, ...] = (
    Check("I-1 summary columns", _each(sums.check_summary)),
    Check("I-1 what is left of lots", _each(sums.check_remaining)),
    Check("I-1 lots in the state", _each(lots.check_state_lots)),
    Check("I-1 coupons in the state", _each(coupons.check_open_coupons)),
    Check("I-2 I-3 draws", lots.check_draws),
    Check("I-4 entries", _each(sums.check_entries)),
    Check("I-5 causes", causes.check_causes),
    Check("I-1 keys of the state", _each(cached.check_keys)),
    Check("I-1 lots of the state and their rows", cached.check_lot_rows),
    Check("I-1 coupons of the state and their rows", cached.check_coupons),
    Check("I-1 contributions", cached.check_contributions),
    Check("I-1 last order", cached.check_last_order),
    Check("I-1 columns of the account", account.check_columns),
    Check("I-4 births of lots", births.check_births),
    Check("I-5 notes", records.check_notes),
    Check("I-5 happenings", records.check_happenings),
    Check("I-6 given once", cached.check_once),
    Check("I-7 accepted orders", records.check_accepted),
    Check("I-8 pieces", births.check_pieces),
    Check("I-10 tier since", _each(account.check_tier_since)),
    Check("I-10 demotions", account.check_waits),
    Check("I-11 due", account.check_due),
    Check("I-11 renewals", births.check_renewals),
    Check("I-11 rows of holds", records.check_hold_rows),
    Check("I-11 holds of the state", cached.check_open_holds),
    Check("I-14 closed", account.check_closed),
    Check("I-15 contents of orders", records.check_contents, is_slow=True),
    Check("I-21 rows of coupons", records.check_coupon_rows),
    Check("I-6 awards", _each(orders.check_awards)),
    Check("I-7 booked", orders.check_booked),
    Check("I-7 deserved", orders.check_deserved, is_slow=True),
    Check("I-8 soonest first", _each(lots.check_soonest_first), is_slow=True),
    Check("I-9 running balances", _each(sums.check_running)),
    Check("I-10 history of tiers", _histories),
    Check("I-10 tier deserved", standing.check_deserved),
    Check("I-11 held", holds.check_held),
    Check("I-11 holds", holds.check_holds),
    Check("I-11 points used", orders.check_used, is_slow=True),
    Check("I-11 expiry", _each(lots.check_expiry)),
    Check("I-11 own ends", _own_ends),
    Check("I-13 merges", members.check_merges),
    Check("I-14 erased", members.check_erased),
    Check("I-18 I-19 coupons and orders", coupons.check_states),
    Check("I-18 holds of orders", holds.check_captured),
    Check("I-19 tier coupons", coupons.check_tier_coupons),
    Check("I-21 rewards", coupons.check_rewards),
    Check("I-22 first order", holds.check_first_claims),
    Check("I-26 sequences", _each(chain.check_sequence)),
    Check("I-26 hashes", _each(chain.check_chain), is_slow=True),
)


def problems_of(holdings: Holdings, *, is_quick: bool = False) -> Iterator[Problem]:
    """What every check finds about one member."""
    for check in CHECKS:
        if is_quick and check.is_slow:
            continue
        try:
            yield from check.run(holdings)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            # A value that no check can even read is damage too, and must not hide what others find.
            what = f"what {check.name!r} reads"
            found = f"{type(error).__name__}: {error}"
            yield Problem(check.name.split(" ")[0], holdings.name, what, "readable", found)
