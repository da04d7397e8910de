"""The whole model: the steps of a history, told to members that exist in memory only."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from itertools import count
from typing import Any

from palier.core.programme.parse import parse
from palier.core.programme.values import Programme
from tests.model import merging
from tests.model.checkout import CHECKOUT, in_order, settle_discounts
from tests.model.earning import is_excluded
from tests.model.goods import Basket
from tests.model.ladder import Share
from tests.model.member import Member, Override
from tests.model.openings import Opening, hear_import, hear_opening, hear_unimport, hear_unopen
from tests.model.orders import Booked, room
from tests.model.purse import Hold, Lot
from tests.simulation.answers import Answers, Priced
from tests.simulation.stage import numbered
from tests.simulation.steps import History, Step

Customer = tuple[int, str]
MORE = {
    **CHECKOUT, "opening": hear_opening, "unopen": hear_unopen, "import": hear_import, "unimport": hear_unimport,
}  # fmt: skip


class World:
    """A programme with its members and orders."""

    def __init__(self, document: dict[str, Any], now: datetime, answers: Answers | None = None) -> None:
        self.programme: Programme = parse(document)
        self.now = now
        self.members: dict[Customer, Member] = {}
        self.all_members: list[Member] = []
        self.orders: dict[tuple[int, str], Booked] = {}
        self.numbers = count(1)
        self.codes: dict[tuple[Any, ...], str] = {}
        self.answers: Answers = {} if answers is None else answers
        self.complaints: list[str] = []
        self.refusals: list[str] = []
        self.erased: list[Member] = []
        self.last_quote: Priced | None = None
        self.holds: dict[tuple[int, str], Hold] = {}
        self.openings: dict[str, Opening] = {}
        self.files: set[str] = set()

    def hear(self, step: Step) -> None:
        """One step at its instant."""
        self.now = step.at
        if step.do in MORE:
            MORE[step.do](self, step.facts)
        else:
            getattr(self, f"_hear_{step.do}")(step.facts)

    def end(self, at: datetime) -> None:
        """Let time pass for everybody."""
        self.now = at
        for member in self.members.values():
            member.go_to(at)

    def known(self, facts: dict[str, Any]) -> Member | None:
        member = self.members.get((facts["shop"], facts["customer"]))
        if member is not None:
            member.go_to(self.now)
        return member

    def member_of(self, facts: dict[str, Any]) -> Member:
        member = self.known(facts)
        if member is None:
            member = Member(self.programme, self.now, self.numbers, self.orders)
            self.members[facts["shop"], facts["customer"]] = member
            self.all_members.append(member)
            member.open_names.add((facts["shop"], facts["customer"]))
        return member

    # Orders and refunds

    def _hear_order(self, facts: dict[str, Any]) -> None:
        self._hear_batch({"messages": [("order", facts)]})

    def _hear_refund(self, facts: dict[str, Any]) -> None:
        self._hear_batch({"messages": [("refund", facts)]})

    def _hear_batch(self, facts: dict[str, Any]) -> None:
        told = [(do, f, self._code(f) if do == "order" else "") for do, f in facts["messages"]]
        for do, one, code in told:
            order = self.orders.setdefault((one["shop"], one["order"]), Booked((one["shop"], one["order"])))
            if do == "order":
                self._hear_version(order, one, code)
            elif one["id"] not in order.refunds and not _is_possible(one, order):
                self.refusals.append("invalid_refund")
            elif one["id"] not in order.refunds:
                order.refunds[one["id"]] = one
                self.book(order)

    def _hear_version(self, order: Booked, facts: dict[str, Any], code: str) -> None:
        if order.basket is not None and facts["updated"] <= order.basket.updated:
            return
        if order.member is None and facts["customer"] is not None:
            order.member = self.member_of(facts)
        if order.programme is None and order.member is not None:
            order.programme = self.programme
        if order.member is not None:
            order.member.go_to(self.now)
        basket = basket_of(facts, code, self.programme.currency)
        hold = settle_discounts(self, order, basket, facts)
        order.hear(basket)
        if hold is not None and order.member is not None and hold in order.member.holds:
            order.take_over(hold)
        self.book(order)

    def book(self, order: Booked) -> None:
        """Let the order be worth what it is worth now."""
        member = order.member
        if member is not None:
            member.go_to(self.now)
            was_counted = order.is_counted
            order.book()
            if order.accepted is not None:
                merging.remember_carrier(member, order, self.orders.values(), was_counted=was_counted)

    def _code(self, facts: dict[str, Any]) -> str:
        if "coupon" not in facts:
            return ""
        version = (facts["shop"], facts["order"], facts["updated"])
        if version not in self.codes:
            member = self.known(facts)
            coupons = in_order(member) if member else []
            wanted = facts["coupon"]
            found = numbered(coupons, wanted)
            self.codes[version] = str(found.number) if found is not None else ""
        return self.codes[version]

    # Everything else

    def _hear_event(self, facts: dict[str, Any]) -> None:
        member = self.member_of(facts)
        key = (facts["name"], facts["key"])
        if key in member.events:
            return
        member.events.add(key)
        points = 0
        for rule in self.programme.earning:
            if rule.enabled and facts["name"] == rule.on and rule.award is not None:
                if rule.once and (facts["name"], rule.id) in member.once:
                    continue
                if is_excluded(self.programme, member.about()):
                    continue
                points += rule.award.points
                if rule.once:
                    member.once.add((facts["name"], rule.id))
        left = room(member, self.programme, self.now)
        points = points if left is None else min(points, left)
        if points:
            member.shares["event", *key] = Share(self.now, points=points)
            self._credit(member, ("event", *key), points)

    def _credit(self, member: Member, owner: Any, points: int) -> None:
        member.purse.lifetime += points
        member.purse.add(Lot(owner, self.now, member.end_anew(self.now), points), self.now)
        member.happen_after_message(is_lowered=False)

    def _hear_gift(self, facts: dict[str, Any]) -> None:
        member = self.member_of(facts)
        if facts["key"] not in member.gifts:
            member.gifts.add(facts["key"])
            self._credit(member, ("gift", facts["key"]), facts["points"])
            member.gift_lots[facts["key"]] = next(
                lot for lot in member.purse.lots if lot.owner == ("gift", facts["key"])
            )

    def _hear_ungift(self, facts: dict[str, Any]) -> None:
        """What has not ended of a gift comes off: its own points first, then others, the rest is owed."""
        member = self.known(facts)
        lot = member.gift_lots.pop(facts["key"], None) if member is not None else None
        if member is None or lot is None:
            return
        left = lot.amount - lot.lapsed
        if left <= 0:
            member.gift_lots[facts["key"]] = lot
            return
        purse = member.purse
        own = 0 if purse.is_over(lot, self.now) else min(left, lot.left)
        lot.left -= own
        rest = left - own
        purse.debt += rest - sum(points for _, points in purse.draw(rest))
        purse.lifetime -= left
        member.happen_after_message(is_lowered=False)

    def _hear_register(self, facts: dict[str, Any]) -> None:
        """The shop knows the customer, again."""
        member = self.member_of(facts)
        member.open_names.add((facts["shop"], facts["customer"]))
        member.is_net = facts["prices"] == "net"

    def _hear_claim(self, facts: dict[str, Any]) -> None:
        """Guest orders of the last 90 days with this address, oldest first, are the member's from now on."""
        member = self.member_of(facts)
        found = []
        for order in self.orders.values():
            basket = order.basket
            if order.member is None and basket is not None and order.key[0] == facts["shop"]:
                at = order.paid_at or basket.updated
                if at >= self.now - CLAIM_WITHIN and basket.email == facts["email"].lower():
                    found.append((at, len(found), order))
        for _, _, order in sorted(found, key=lambda each: each[:2]):
            order.member = member
            order.programme = self.programme
            self.book(order)

    def _hear_work(self, facts: dict[str, Any]) -> None:
        """Work done or not changes nothing."""

    def _hear_publish(self, facts: dict[str, Any]) -> None:
        programme = parse(facts["document"])
        # Accounts whose person was erased go on too, like closed ones.
        for member in [*self.members.values(), *self.erased]:
            member.go_to(self.now)
            member.publish(programme)
        self.programme = programme

    def _hear_merge(self, facts: dict[str, Any]) -> None:
        shop = facts.get("merged_shop", facts["shop"])
        names = (facts["shop"], facts["kept"]), (shop, facts["merged"])
        kept, merged = (self.members.get(name) for name in names)
        if kept is None or merged is None or kept is merged:
            return
        for one in (kept, merged):
            one.go_to(self.now)
        merging.merge(kept, merged)
        for order in self.orders.values():
            if order.member is merged:
                order.member = kept
        for hold in self.holds.values():
            if hold.owner is merged:
                hold.owner = kept
        for opening in self.openings.values():
            if opening.member is merged:
                opening.member = kept
        self.members = {name: kept if m is merged else m for name, m in self.members.items()}

    def _hear_override(self, facts: dict[str, Any]) -> None:
        member = self.known(facts)
        if member is None:
            return
        if facts["tier"] is None:
            if member.override is not None:
                member.end_override()
        elif member.rank(facts["tier"]) > 0 and (facts["until"] is None or facts["until"] > self.now):
            member.give_tier(Override(facts["tier"], facts["until"]))

    def _hear_waive(self, facts: dict[str, Any]) -> None:
        member = self.known(facts)
        if member is not None:
            member.purse.lifetime += member.purse.debt
            member.purse.debt = 0

    def _hear_erase(self, facts: dict[str, Any]) -> None:
        """The person is forgotten: what is there lapses, and the names are free. Entries and orders stay."""
        member = self.known(facts)
        if member is None:
            self.refusals.append("unknown_member")
        else:
            member.forget()
            self.erased.append(member)
            for hold in self.holds.values():
                hold.is_forgotten = hold.is_forgotten or hold.owner is member
            self.members = {name: other for name, other in self.members.items() if other is not member}

    def _hear_close(self, facts: dict[str, Any]) -> None:
        """The shop has deleted the customer: orders that wait hold nothing, unless a shop still knows the member.

        Only the shop's own word on the customer opens the account again (docs/api.md): ``register``.
        """
        member = self.known(facts)
        if member is None:
            return
        member.open_names.discard((facts["shop"], facts["customer"]))
        if member.is_closed:
            for hold in tuple(member.holds):
                member.end_hold(hold, "released")
        if any(shop == facts["shop"] for shop, _ in member.open_names):
            member.happen()
            return
        for order in self.orders.values():
            is_here = order.member is member and order.key[0] == facts["shop"]
            if is_here and order.basket is not None and order.basket.status == "placed":
                order.book(is_let_go=True)
        member.happen()


def _is_possible(refund: dict[str, Any], order: Booked) -> bool:
    """Whether the order, once it is known, has what the refund names."""
    if order.basket is None:
        return True
    products = [product for product, _, _ in order.basket.lines]
    lines = [str(number) for number in range(1, len(products) + 1)]
    pieces = refund.get("pieces", ())
    return all(
        piece["line"] in lines if "line" in piece else piece["product"] in products for piece in pieces
    )


CLAIM_WITHIN = timedelta(days=90)
FOREIGN_DECIMALS = 2
DECIMALS = {"EUR": 2, "JPY": 0, "KWD": 3}


def basket_of(facts: dict[str, Any], code: str, currency: str) -> Basket:
    rate = Fraction(1)
    if "rate" in facts:
        rate = Fraction(facts["rate"]) * Fraction(10) ** (DECIMALS[currency] - FOREIGN_DECIMALS)
    named = [("first_order", "first_order"), ("promo_code", "promo")]
    discounts: list[Any] = [(source, facts[name], None) for source, name in named if facts.get(name)]
    if code:
        discounts.append(("coupon", facts["coupon_amount"], None))
    if facts.get("use_points"):
        discounts.append(("points", facts["points_amount"], None))
    shipping = 0 if facts.get("free_shipping") else facts.get("shipping", 0)
    return Basket(
        facts["status"], facts["updated"], facts.get("paid_at"), list(facts["lines"]), facts["prices"],
        rate, shipping, facts["carrier"], facts["payment_method"], discounts,
        facts.get("use_points") or 0, code, email=facts.get("email", ""),
    )  # fmt: skip


def tell(history: History, answers: Answers | None = None) -> World:
    """The model after the whole history; ``answers`` are those that carts and vouchers were given."""
    world = World(history.document, history.starts_at, answers)
    for step in history.steps:
        world.hear(step)
    world.end(history.ends_at)
    return world
