"""What is stored as JSON reads back as the same value."""

from datetime import UTC, timedelta
from fractions import Fraction
from json import dumps, loads

from hypothesis import given
from hypothesis import strategies as st

from palier.core.account import (
    AccountState,
    Booking,
    Contribution,
    Coupon,
    Frozen,
    Hold,
    LastOrder,
    Lot,
    Override,
    Piece,
    Totals,
)
from palier.core.period import Duration
from palier.core.programme.values import CouponTerms, Discount, Gift, LineFilter
from palier.store import codec
from palier.store.members.state import state_from_row, state_to_json
from palier.store.rows import to_json
from tests.core.kit import few

texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
points = st.integers(1, 10**12)
amounts = st.integers(0, 10**12)
instants = st.integers(-(2**51), 2**53).map(lambda us: codec.instant(us).astimezone(UTC))
maybe = st.none() | instants
numbers = st.integers(1, 2**31 - 1)
ids = st.integers(1, 2**63 - 1)

lots = st.builds(
    Lot, numbers, st.integers(0, 10**12), instants, instants, st.booleans(), maybe, maybe, maybe,
    st.none() | st.tuples(ids, numbers),
)  # fmt: skip
pieces = st.builds(Piece, points, st.just(0)) | st.builds(Piece, points, ids, lots)
filters = st.none() | st.builds(
    LineFilter, st.frozensets(texts, max_size=3), st.frozensets(texts, max_size=3), st.none() | st.booleans()
)
discounts = st.one_of(
    st.builds(Discount, percent_bp=st.integers(0, 10_000), max_minor=st.none() | amounts, lines=filters),
    st.builds(
        Discount,
        amount_minor=amounts,
        points=st.none() | points,
        max_minor=st.none() | amounts,
        lines=filters,
    ),
)
terms = st.builds(
    CouponTerms,
    discount=st.none() | discounts,
    min_total_minor=st.none() | amounts,
    valid_for=st.none()
    | st.builds(Duration, st.integers(0, 1200), st.integers(0, 36525), st.integers(0, 86400)),
    remainder_kept=st.booleans(),
    free_shipping=st.sampled_from([None, "all"]) | st.frozensets(texts, min_size=1, max_size=3),
    gift=st.none() | st.builds(Gift, texts, st.integers(1, 100)),
)
coupons = st.builds(
    Coupon, texts, texts, st.sampled_from(["reward", "tier", "voucher"]), texts,
    st.sampled_from(["issued", "reserved"]), terms, instants, maybe, st.integers(0, 10**12),
    st.lists(pieces, max_size=3).map(tuple), st.none() | amounts,
)  # fmt: skip
bookings = st.builds(
    Booking, points=amounts, spend_minor=st.integers(-(10**12), 10**12), counts=st.booleans(),
    lots=st.lists(st.tuples(ids, numbers), max_size=3).map(tuple), taken=st.lists(pieces, max_size=3).map(tuple),
    withdrawn=st.lists(texts, max_size=3).map(tuple), uses=st.lists(pieces, max_size=3).map(tuple),
    is_held=st.booleans(), coupons=st.lists(texts, max_size=3).map(tuple), renews=st.booleans(), missing=amounts,
    hold=texts, is_quoted=st.booleans(),
)  # fmt: skip
states = st.builds(
    AccountState, ids, instants, st.builds(Totals, *[amounts] * 10), st.lists(lots, max_size=4).map(tuple),
    st.lists(coupons, max_size=2).map(tuple), st.lists(st.tuples(texts, texts, st.booleans()), max_size=3).map(tuple),
    st.lists(coupons, max_size=2).map(tuple),
    st.lists(
        st.builds(Contribution, texts, instants, st.integers(-(10**9), 10**12), st.integers(-(10**9), 10**12),
                  st.integers(0, 1)),
        max_size=4,
    ).map(tuple),
    st.frozensets(texts, max_size=3), st.none() | texts.filter(bool), maybe, maybe, maybe,
    st.none() | st.builds(Override, texts, maybe), maybe,
    st.none() | st.builds(LastOrder, instants, texts, texts, texts, texts), numbers, numbers, texts, st.none(),
    st.booleans(),
    st.lists(
        st.builds(Hold, texts, instants, st.lists(pieces, max_size=3).map(tuple),
                  st.lists(texts, max_size=3).map(tuple)),
        max_size=2,
    ).map(tuple),
)  # fmt: skip


def through(value):
    """As both databases keep it."""
    return loads(to_json(value))


@few(40)
@given(states)
def test_an_accounts_state_reads_back_the_same(state):
    data = through(state_to_json(state))
    back = state_from_row(
        account_id=state.id, caught_up_at=state.caught_up_at, totals=state.totals, tier=state.tier or "",
        tier_since=state.tier_since, last_sequence=state.last_sequence, last_hash=state.last_hash,
        is_stale=state.is_stale, data=data,
    )  # fmt: skip
    assert back == state


@given(bookings)
def test_a_booking_reads_back_the_same(booking):
    assert codec.booking_from_json(through(codec.booking_to_json(booking))) == booking


@given(terms)
def test_a_coupons_terms_read_back_the_same(value):
    assert codec.terms_from_json(through(codec.terms_to_json(value))) == value


@given(coupons)
def test_a_coupon_reads_back_the_same(coupon):
    assert codec.coupon_from_json(through(codec.coupon_to_json(coupon))) == coupon


@given(
    st.none()
    | st.builds(
        Frozen, instants, numbers, st.none() | texts, st.lists(texts, max_size=3).map(tuple),
        st.none() | amounts, st.booleans(),
    )
)  # fmt: skip
def test_what_an_order_was_accepted_with_reads_back_the_same(frozen):
    assert codec.frozen_from_json(through(codec.frozen_to_json(frozen))) == frozen


@given(instants)
def test_instants_keep_every_microsecond(instant):
    us = codec.to_us(instant)
    assert codec.from_us(us) == instant
    assert codec.to_us(instant + timedelta(microseconds=1)) == us + 1


@given(st.fractions(min_value=0, max_denominator=10**9))
def test_fractions_read_back_the_same(value):
    assert codec.fraction_from_text(codec.fraction_to_text(value)) == value
    assert codec.fraction_from_text("") == Fraction(1)


leaves = st.none() | st.booleans() | st.integers() | texts


@few(40)
@given(st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=20))
def test_json_is_compact_and_the_same(value):
    assert loads(to_json(value)) == value
    assert to_json(value) == dumps(value, separators=(",", ":"), ensure_ascii=False)
