"""Random checkouts: whatever is held, placed, changed, given up or late, nothing is promised twice or lost."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from palier.core.errors import Refusal
from palier.store.models import Hold, Order
from tests.flows.checkout import cart, held, points, prove, quoted, released, shop, voucher
from tests.flows.world import World, order, refund

TOGETHER = [["points", "coupon", "promo_code", "first_order"]]
EUROS = st.integers(1, 60)
ORDERS = st.sampled_from(["1", "2", "3"])
STATES = st.sampled_from(["placed", "placed", "paid", "cancelled"])
HOLDS = st.integers(0, 5)
MINUTES = st.sampled_from([1, 10, 45, 61, 24 * 60])
STEPS = st.one_of(
    st.tuples(st.just("hold"), EUROS, st.booleans()),
    st.tuples(st.just("release"), HOLDS),
    st.tuples(st.just("take_over"), ORDERS, EUROS, STATES, HOLDS),
    st.tuples(st.just("quoted"), ORDERS, EUROS, STATES),
    st.tuples(st.just("status"), ORDERS, STATES),
    st.tuples(st.just("refund"), ORDERS, EUROS),
    st.tuples(st.just("voucher"), st.integers(1, 300)),
    st.tuples(st.just("gift"), st.integers(1, 400)),
    st.tuples(st.just("wait"), MINUTES),
    st.tuples(st.just("merge"), st.booleans()),
)


class Story:
    """One member who shops; ``take`` does a step and lets refusals pass."""

    def __init__(self, *, is_kept: bool, works: bool) -> None:
        coupon = {"discount": {"amount": 15}, "min_total": 20, **({"remainder": "kept"} if is_kept else {})}
        first = {"brackets": [{"from": 5, "discount": {"percent": 10}}]}
        rewards = [{"id": "thousand", "at": 1000, "coupon": coupon}]
        self.world = World.new(shop(rewards=rewards, first_order=first, combine=TOGETHER))
        self.works = works
        self.world.give(1640)
        self.holds: list[str] = []
        self.count = 0

    def take(self, step) -> None:
        kind, *facts = step
        try:
            getattr(self, kind)(*facts)
        except Refusal:
            pass
        self.world.now += timedelta(seconds=1)

    def codes(self) -> tuple[str, ...]:
        return tuple(coupon.code for coupon in self.world.view().coupons)

    def hold(self, euros, enters):
        self.count += 1
        asked = cart(euros, *(self.codes() if enters else ()))
        shown = quoted(self.world, asked).quote
        hold = held(self.world, asked, f"k{self.count}")
        assert hold.quote == shown
        self.holds.append(hold.id)

    def release(self, number):
        if self.holds:
            released(self.world, self.holds[number % len(self.holds)])

    def take_over(self, id, euros, status, number):
        if self.holds:
            hold = self.holds[number % len(self.holds)]
            self.world.tell(order(id, euros, status, hold=hold))

    def quoted(self, id, euros, status):
        asked = cart(euros, *self.codes())
        is_new = (
            not Order.objects.filter(shop_id=self.world.shop_id, external_id=id).exclude(status="").exists()
        )
        shown = quoted(self.world, asked).quote
        answer = self.world.tell(order(id, euros, status, use_quote=True, coupons=asked.coupons))[0]
        if is_new and not Order.objects.get(shop_id=self.world.shop_id, external_id=id).refunds.exists():
            assert answer.quote == shown
            if status == "paid":
                assert answer.points == shown.earns

    def status(self, id, status):
        self.world.tell(order(id, 1, status, lines=None))

    def refund(self, id, euros):
        self.count += 1
        self.world.tell(refund(id, f"r{self.count}", euros))

    def voucher(self, asked):
        self.count += 1
        voucher(self.world, asked, f"v{self.count}")

    def gift(self, given):
        self.world.give(given)

    def wait(self, minutes):
        self.world.later(minutes=minutes)
        if self.works:
            self.world.work()

    def merge(self, _):
        self.count += 1
        other = f"bea{self.count}"
        self.world.give(100, customer=other)
        held(self.world, cart(5), f"k{self.count}", customer=other)
        self.world.merge("anna", other)


@pytest.mark.slow
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEPS, min_size=3, max_size=14), is_kept=st.booleans())
def test_random_checkouts_leave_a_ledger_that_proves_however_late_due_work_is(
    transactional_db, steps, is_kept
):
    assert played(steps, is_kept=is_kept, works=True) == played(steps, is_kept=is_kept, works=False)


def played(steps, *, is_kept: bool, works: bool):
    """What the member has in the end; the story is rolled back."""
    with transaction.atomic():
        story = Story(is_kept=is_kept, works=works)
        for step in steps:
            story.take(step)
        prove(story.world)
        assert all(each.is_flagged == (each.booking.get("missing", 0) > 0) for each in Order.objects.all())
        view = story.world.view()
        end = (view.totals, [(coupon.state, coupon.remaining_minor) for coupon in view.coupons])
        everything_given_back(story)
        transaction.set_rollback(True)
    return end


def everything_given_back(story: Story) -> None:
    """With every order cancelled and every hold lapsed nothing is held any more."""
    world = story.world
    world.later(days=2).work()
    for id in Order.objects.exclude(status="").values_list("external_id", flat=True):
        world.tell(order(id, 1, "cancelled", lines=None, updated=world.now))
    assert points(world)[1] == 0
    assert not Hold.objects.filter(state="held").exists()
    assert (world.account().held, world.state().first_claims) == (0, frozenset())
    prove(world)
