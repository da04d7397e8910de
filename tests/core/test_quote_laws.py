"""What holds of every quote, whatever the programme, the cart and the buyer."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from palier.core.account import Frozen
from palier.core.caps import room_under_caps
from palier.core.earning import matches, order_holds, order_worth
from palier.core.order import keep, paid_by_line, shipping_paid
from palier.core.placed import APPLICATION
from palier.core.plan import compile_plan
from palier.core.programme.check import check
from palier.core.programme.values import (
    Award,
    Bounds,
    Bracket,
    Conditions,
    CouponTerms,
    Discount,
    EarningRule,
    Fact,
    LineFilter,
    Programme,
    Redemption,
    Segment,
    Tier,
    Tiers,
)
from palier.core.quote import booked, quote
from palier.core.quote_values import Buyer, Cart, Quote
from palier.core.values import replace
from tests.core.kit import few
from tests.core.quote_carts import NOW, buyers, carts, coupon, programmes


@few(40)
@given(programmes(), carts(), buyers())
def test_shares_add_up_and_nothing_exceeds_its_goods(programme: Programme, cart: Cart, buyer: Buyer) -> None:
    quoted = quote(compile_plan(programme), cart, buyer)
    lines = cart.order.lines or ()
    left = [line.amount_minor for line in lines]
    for each in sorted((*quoted.discounts, *quoted.promo_codes), key=lambda d: APPLICATION.index(d.source)):
        assert sum(each.lines_minor) == each.amount_minor >= 0
        left = [one - share for one, share in zip(left, each.lines_minor, strict=True)]
        assert min(left) >= 0
        for line, share in zip(lines, each.lines_minor, strict=True):
            wanted = each.terms.lines if each.terms else None
            assert share == 0 or matches(wanted, line.product, line.categories, line.on_sale)
            is_excluded = programme.spend.exclude is not None and "gift-cards" in line.categories
            assert share == 0 or each.source != "points" or not is_excluded
    assert sum(left) == quoted.total_minor
    assert 0 <= quoted.shipping_saved_minor <= cart.order.shipping.amount_minor
    assert quoted.shipping_saved_minor == sum(grant.saved_minor for grant in quoted.shipping_by)


@few(40)
@given(programmes(), carts(), buyers())
def test_what_is_quoted_is_what_is_booked(programme: Programme, cart: Cart, buyer: Buyer) -> None:
    """The order placed with the quote costs, earns and pays for its delivery what the quote said."""
    quoted = quote(compile_plan(programme), cart, buyer)
    order = replace(cart.order, discounts=booked(quoted))
    assert sum(paid_by_line(order)) == quoted.total_minor
    whole = order.shipping.amount_minor
    assert shipping_paid(whole, order.discounts) == whole - quoted.shipping_saved_minor
    assert sum(discount.points for discount in order.discounts) == sum(d.points for d in quoted.discounts)
    if not buyer.is_member:
        assert (quoted.earns, quoted.discounts, quoted.gifts) == (0, (), ())
        return
    kept = keep(order, ())
    frozen = Frozen(NOW, buyer.orders + 1, buyer.tier, buyer.segments, None, buyer.is_net)
    room = room_under_caps(
        programme, buyer.contributions, activity=buyer.activity, at=NOW, cause="order:1x",
        applies=lambda when: order_holds(programme, when, order, kept, frozen),
    )  # fmt: skip
    worth = order_worth(programme, order, kept, replace(frozen, room=room))
    assert (quoted.earns, quoted.why_not) == (worth.points, worth.why_not)


@few(40)
@given(programmes(), carts(), buyers())
def test_what_stays_may_stand_together_and_every_code_is_answered(
    programme: Programme, cart: Cart, buyer: Buyer
) -> None:
    quoted = quote(compile_plan(programme), cart, buyer)
    names = {d.source for d in quoted.discounts if d.amount_minor or d.points} - {"tier"}
    names |= {d.source for d in quoted.promo_codes if d.amount_minor}
    segment = {f"segment:{d.id}" for d in quoted.discounts if d.source == "segment"}
    allowed = [named | ({"segment"} if segment & named else set()) for named in programme.combine]
    assert len(names) <= 1 or any(names <= named for named in allowed)
    refused = [(each.source, each.code) for each in quoted.refused]
    for code in cart.order.discounts:
        is_kept = any(each.code == code.code for each in quoted.promo_codes)
        assert is_kept != (("promo_code", code.code) in refused)
    used = {d.code for d in booked(quoted) if d.source == "coupon"}
    granted = {grant.code for grant in quoted.shipping_by if grant.source == "coupon"}
    for entered in cart.coupons:
        assert (entered in used | granted) != (("coupon", entered) in refused)
    order = [programme.priority.index(each.source) for each in quoted.refused]
    assert order == sorted(order)


@few(40)
@given(programmes(), carts(), buyers())
def test_the_best_set_never_saves_less_than_priority(programme: Programme, cart: Cart, buyer: Buyer) -> None:
    best = quote(compile_plan(replace(programme, conflict="best")), cart, buyer)
    other = quote(compile_plan(replace(programme, conflict="priority")), cart, buyer)
    assert saving(best, cart) >= saving(other, cart)


def saving(quoted: Quote, cart: Cart) -> int:
    goods = sum(line.amount_minor for line in cart.order.lines or ())
    return goods - quoted.total_minor + quoted.shipping_saved_minor


@st.composite
def fair_brackets(draw: st.DrawFn, most: int) -> tuple[Bracket, ...]:
    """One kind of discount that grows; where points buy whole steps a second bracket could leave less than a step."""
    lowers = sorted(draw(st.sets(st.integers(0, most), max_size=most and 1)))
    shipping = draw(st.sampled_from((None, "all")))
    return tuple(
        Bracket(Bounds(lower), discount=draw(whole_cart), free_shipping=shipping) for lower in lowers
    )


whole_cart = st.one_of(
    st.builds(Discount, percent_bp=st.integers(1, 10_000), max_minor=st.none() | st.integers(1, 900)),
    st.builds(Discount, amount_minor=st.integers(1, 2000)),
)


@st.composite
def fair_programmes(draw: st.DrawFn) -> Programme:
    """Programmes whose borders only ever give more: the law of one cent holds of those that the check passes."""
    points = st.builds(Discount, points=st.integers(1, 30), amount_minor=st.integers(1, 700))
    return Programme(
        "Demo",
        "EUR",
        redemption=Redemption(
            (Bracket(Bounds(1), discount=draw(points)),),
            min_total_minor=draw(st.none() | st.integers(0, 6000)),
            max_percent_bp=draw(st.none() | st.integers(0, 10_000)),
            consume=draw(st.sampled_from(("used", "all", "none"))),
        ),
        tiers=Tiers((Tier("t0", 0, discount=draw(whole_cart)),), discount_by="cart"),
        first_order=draw(fair_brackets(6000)),
        segments=(Segment("s0", Fact("company", True), brackets=draw(fair_brackets(6000))),),
        combine=draw(st.sampled_from(((), (frozenset({"segment", "points", "coupon", "promo_code"}),)))),
        conflict="best",
    )


@few(40)
@given(fair_programmes(), carts(), whole_cart, st.integers(0, 3), st.data())
def test_one_cent_more_never_costs_more_than_a_cent(
    programme: Programme, cart: Cart, off: Discount, orders: int, data: st.DataObject
) -> None:
    assume(not [warning for warning in check(programme) if warning.path.count("brackets")])
    owned = (coupon("A", CouponTerms(off, data.draw(st.none() | st.integers(0, 6000)))),)
    buyer = Buyer(NOW, True, data.draw(st.integers(0, 900)), orders, "t0", 0, ("s0",), owned)
    codes = tuple(code for code in cart.order.discounts if code.lines_minor is None)
    cart = replace(cart, order=replace(cart.order, discounts=codes), coupons=("A",))
    lines = list(cart.order.lines or ())
    place = data.draw(st.integers(0, len(lines) - 1))
    lines[place] = replace(lines[place], amount_minor=lines[place].amount_minor + 1)
    larger = replace(cart, order=replace(cart.order, lines=tuple(lines)))
    plan = compile_plan(programme)
    assert price(quote(plan, larger, buyer)) <= price(quote(plan, cart, buyer)) + 1


def price(quoted: Quote) -> int:
    """Goods and delivery; the delivery itself costs the same for both carts."""
    return quoted.total_minor - quoted.shipping_saved_minor


@few(40)
@given(programmes(), carts(), buyers())
def test_rules_that_do_not_match_change_nothing(programme: Programme, cart: Cart, buyer: Buyer) -> None:
    others = tuple(
        EarningRule(f"x{i}", lines=LineFilter(frozenset({f"x{i}"})), award=Award(5))
        if i % 2
        else EarningRule(f"x{i}", when=Conditions(carrier=frozenset({f"x{i}"})), award=Award(5, 100))
        for i in range(10)
    )
    wide = replace(programme, earning=(*others, *programme.earning))
    assert quote(compile_plan(wide), cart, buyer) == quote(compile_plan(programme), cart, buyer)
