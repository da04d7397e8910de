"""What a shopper does: orders, refunds, checkouts, gifts, events, members, pushes, reads."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import jwt
from standardwebhooks import Webhook

from tools.running.line import Answer
from tools.running.notebook import Write
from tools.running.shopper import MEMBERS, Run, Sold, Teller, stamp

API = "/api/v1"
REPEATABLE = frozenset({"order", "refund", "gift", "event"})
PUSHED_FOR = 300
"""Of so many things that a shopper names, some thirty are orders by push: then the next member has them."""


class Shopper(Teller):
    """Runs errands, one after the other, until it is told to stop."""

    def __init__(self, run: Run, number: int) -> None:
        super().__init__(run, number)
        self.members = [f"m-{number}-{place}" for place in range(MEMBERS)]
        self.root = {member: member for member in self.members}
        self.purse = dict.fromkeys(self.members, 0)
        self.sold: list[Sold] = []
        self.told: list[Write] = []
        errands: list[tuple[Callable[[], object], int]] = [
            (self.buy, 30), (self.pay, 5), (self.refund, 8), (self.cancel, 3), (self.repeat, 10), (self.gift, 8),
            (self.event, 8), (self.introduce, 6), (self.check_out, 8), (self.voucher, 2), (self.push, 8),
            (self.merge, 1), (self.erase, 1 if run.erases else 0), (self.contradict, 1), (self.quote, 15),
            (self.look, 10), (self.look_at_widget, 8), (self.move_on, 4),
        ]  # fmt: skip
        self.errands = [errand for errand, _ in errands]
        self.weights = [weight for _, weight in errands]

    def run(self) -> None:
        """Thread's body."""
        while not self.shared.stop.is_set() and not self.shared.is_lost.is_set():
            self.draw.choices(self.errands, self.weights)[0]()
            self.shared.stop.wait(self.draw.uniform(0, 2 * self.shared.pause_s))

    # Orders

    def buy(self) -> None:
        """A new order, paid or placed."""
        sold = self._goods(self._anyone(), self.new_name("o"))
        sold.status = "paid" if self.draw.random() < 0.85 else "placed"
        earned = sold.worth if sold.status == "paid" else 0
        if self._order(sold, earned, lines=sold.lines):
            self.sold.append(sold)

    def pay(self) -> None:
        """An order that was placed is paid."""
        placed = [sold for sold in self.sold if sold.status == "placed"]
        if placed:
            sold = self.draw.choice(placed)
            sold.status = "paid"
            self._order(sold, sold.worth)

    def cancel(self) -> None:
        """Everything of an order is taken back, and what it used comes back."""
        if self.sold:
            sold = self.sold.pop(self.draw.randrange(len(self.sold)))
            sold.status = "cancelled"
            self._order(sold, -sold.earned, also=sold.used)

    def refund(self) -> None:
        """Some pieces of a line come back."""
        fit = [sold for sold in self.sold if sold.status == "paid" and not sold.used and sold.worth]
        if not fit:
            return
        sold = self.draw.choice(fit)
        line = self.draw.choice([id for id, left in sold.left.items() if left])
        pieces = self.draw.randint(1, sold.left[line])
        sold.refunds += 1
        id = f"r{sold.refunds}"
        body = {"lines": [{"line": line, "quantity": pieces}], "at": stamp()}
        effect = -pieces * sold.prices[line]
        write = Write(
            "refund",
            sold.member,
            f"{sold.id} {id}",
            "PUT",
            f"{API}/orders/{sold.id}/refunds/{id}",
            body,
            effect=effect,
        )
        if self._told(write):
            sold.left[line] -= pieces
            sold.earned += effect

    def _goods(self, member: str, id: str) -> Sold:
        count = self.draw.randint(1, 3)
        prices = {str(number): self.draw.randint(1, 80) for number in range(1, count + 1)}
        return Sold(id, member, prices, {line: self.draw.randint(1, 3) for line in prices})

    def _order(self, sold: Sold, earned: int, *, also: int = 0, **parts: Any) -> bool:
        body = {"status": sold.status, "member": sold.member, "updated": stamp(), **parts}
        write = Write(
            "order", sold.member, sold.id, "PUT", f"{API}/orders/{sold.id}", body, updated=body["updated"],
            effect=earned + also,
        )  # fmt: skip
        if not self._told(write, earns=earned):
            return False
        sold.earned += earned
        return True

    # The checkout

    def check_out(self) -> None:
        """A cart is held with points; then it is ordered, given up, or left."""
        member = self._anyone()
        sold = self._goods(member, self.new_name("o"))
        key = self.new_name("hold")
        cart = {"member": member, "lines": sold.lines, "use_points": 10 * self.draw.randint(1, 5)}
        write = Write("hold", member, f"api:{key}", "POST", f"{API}/holds", cart, key)
        if not self._told(write, refusals=("insufficient_points",)) or write.answer is None:
            return
        discounts = write.answer["quote"]["discounts"]
        used = sum(each["points"] for each in discounts)
        earns = sold.worth - used // 10
        hold, choice = write.answer["id"], self.draw.random()
        if choice < 0.6:
            sold.used = used
            if self._order(sold, earns, also=-used, lines=sold.lines, hold=hold):
                self.sold.append(sold)
        elif choice < 0.85:
            self._told(Write("release", member, f"api:{key}", "DELETE", f"{API}/holds/{hold}", None))

    def voucher(self) -> None:
        """Points become a coupon, if there are enough."""
        member, key = self._anyone(), self.new_name("voucher")
        points = 10 * self.draw.randint(1, 4)
        body = {"points": points, "id": key}
        write = Write(
            "voucher",
            member,
            f"voucher {key}",
            "POST",
            f"{API}/members/{member}/vouchers",
            body,
            key,
            effect=-points,
        )
        self._told(write, refusals=("insufficient_points", "cannot_redeem", "unknown_member"))

    # Members

    def gift(self) -> None:
        """Points from a person."""
        member, key, points = self._anyone(), self.new_name("gift"), self.draw.randint(1, 50)
        body = {"points": points, "reason": f"a kind word, {key}", "id": key}
        self._told(
            Write(
                "gift",
                member,
                f"gift {key}",
                "POST",
                f"{API}/members/{member}/gifts",
                body,
                key,
                effect=points,
            ),
            refusals=("unknown_member",),
        )

    def event(self) -> None:
        """A review, worth five points."""
        member, key = self._anyone(), self.new_name("event")
        body = {"member": member, "name": "review", "id": key}
        self._told(Write("event", member, f"event {key}", "POST", f"{API}/events", body, key, effect=5))

    def introduce(self) -> None:
        """The member's name, which changes each time."""
        member, name = self._anyone(), self.new_name("Name")
        body = {"name": name, "email": f"{member}@example.com"}
        self._told(Write("member", member, name, "PUT", f"{API}/members/{member}", body))

    def merge(self) -> None:
        """Two members are one person."""
        roots = sorted({self.root[member] for member in self.members})
        if len(roots) < 4:
            return
        kept, merged = self.draw.sample(roots, 2)
        self._exist(kept, merged)
        body = {"kept": kept, "merged": merged}
        if self._told(
            Write("merge", kept, f"{kept} {merged}", "POST", f"{API}/merges", body, self.new_name("merge"))
        ):
            self.purse[kept] += self.purse.pop(merged)
            # One person has one name: that of who is kept.
            self.shared.notebook.forget([m for m, root in self.root.items() if root == merged], "member")
            self.root = {member: kept if root == merged else root for member, root in self.root.items()}

    def erase(self) -> None:
        """Somebody wants to be forgotten; somebody new comes."""
        gone = self.root[self._anyone()]
        self._exist(gone)
        members = [member for member, root in self.root.items() if root == gone]
        write = Write("erase", gone, gone, "DELETE", f"{API}/members/{gone}", None, effect=-self.purse[gone])
        if not self._told(write):
            return
        self.shared.notebook.forget(members)
        self.sold = [sold for sold in self.sold if sold.member not in members]
        self.told = [told for told in self.told if told.member not in members]
        for member in members:
            del self.root[member]
            if member in self.members:
                self._welcome_instead(member)
        del self.purse[gone]

    def move_on(self) -> None:
        """Somebody buys elsewhere from now on, and somebody new comes: nobody's account grows for ever.

        A member's own orders may still be paid, refunded and cancelled. No request says so.
        """
        self._welcome_instead(self._anyone())

    def _welcome_instead(self, member: str) -> None:
        self.members.remove(member)
        new = self.new_name("new")
        self.members.append(new)
        self.root[new], self.purse[new] = new, 0

    def _exist(self, *members: str) -> None:
        for member in members:
            body = {"name": self.new_name("Name")}
            self._told(Write("member", member, body["name"], "PUT", f"{API}/members/{member}", body))

    # Saying it again, and what must be refused

    def repeat(self) -> None:
        """Something told before is told again: nothing comes of it."""
        if self.told:
            before = self.draw.choice(self.told)
            answer = self.ask(before.method, before.path, before.body, key=before.key)
            if answer.status == 200:
                said = answer.body["result"]
                # A kept answer is the first one's.
                is_good = before.key or said in ("repeat", "older", "unchanged")
                self.expect(bool(is_good), f"told again: {before.method} {before.path}", answer)
            elif answer.status and answer.status < 500 and answer.code != "idempotency_in_flight":
                self.expect(False, f"told again: {before.method} {before.path}", answer)

    def contradict(self) -> None:
        """Another request under a key that is taken."""
        taken = [told for told in self.told if told.kind == "gift"]
        if taken:
            before = self.draw.choice(taken)
            answer = self.ask(before.method, before.path, {**before.body, "points": 999}, key=before.key)
            is_refused = answer.status in (0, 409, 422, 500, 503)
            self.expect(is_refused, f"another gift under the same key, {before.path}", answer)

    # Pushes and reads

    def push(self) -> None:
        """An order comes by a push, for a member of whom only pushes speak, in their turn."""
        sold = self._goods(f"pushed-{self.number}-{self.count // PUSHED_FOR}", self.new_name("o"))
        now = stamp()
        data = {"id": sold.id, "status": "paid", "member": sold.member, "updated": now, "lines": sold.lines}
        write = Write(
            "push", sold.member, sold.id, "POST", f"/hooks/{self.shared.shop['shop']}",
            {"type": "order", "data": data}, self.new_name("evt"), updated=now, effect=sold.worth,
        )  # fmt: skip
        self._told(write)

    def quote(self) -> None:
        """What a cart would cost."""
        sold = self._goods(self._anyone(), "cart")
        answer = self.ask("POST", f"{API}/quotes", {"member": sold.member, "lines": sold.lines})
        if answer.status == 200:
            used = sum(each["points"] for each in answer.body["discounts"])
            is_good = answer.body["total"] == f"{sold.worth - used // 10}.00"
            self.expect(is_good, f"a quote over {sold.worth} euros", answer)

    def look(self) -> None:
        """A member's points are what all that was told makes them."""
        member = self._anyone()
        answer = self.ask("GET", f"{API}/members/{member}")
        if answer.status == 200:
            points = answer.body["points"]
            net = points["available"] + points["pending"] + points["held"] - points["debt"]
            owed = self.purse[self.root[member]]
            self.expect(net == owed, f"{member} should have {owed} points and has {net}", answer)

    def look_at_widget(self) -> None:
        """The member's own page asks."""
        at = int(time.time())
        claims = {
            "iss": self.shared.shop["shop"],
            "sub": self._anyone(),
            "aud": "palier-widget",
            "iat": at,
            "exp": at + 600,
        }
        token = jwt.encode(claims, self.shared.shop["widget_secret"], algorithm="HS256")
        answer = self.ask("GET", "/widget/v1/me", headers={"Authorization": f"Bearer {token}"})
        self.expect(answer.status in (0, 200, 401, 404, 500, 503), "the widget", answer)

    # What all of them need

    def _anyone(self) -> str:
        return self.draw.choice(self.members)

    def ask(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        """A push is signed anew each time it is sent."""
        if path.startswith("/hooks/"):
            return self._ask_signed(method, path, body, options["key"])
        return super().ask(method, path, body, **options)

    def _ask_signed(self, method: str, path: str, body: Any, id: str) -> Answer:
        at, text = datetime.now(UTC), json.dumps(body)
        headers = {
            "webhook-id": id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(self.shared.shop["hook_secret"]).sign(id, at, text),
        }
        return super().ask(method, path, text.encode(), headers=headers)

    def _told(self, write: Write, *, earns: int | None = None, refusals: tuple[str, ...] = ()) -> bool:
        answer = self.tell(write)
        if not write.acknowledged_at:
            self.expect(write.refusal in refusals, f"{write.method} {write.path}", answer)
            return False
        if earns is not None and write.tries == 1:
            is_good = (answer.body["result"], answer.body["points"]) in (("new", earns), ("changed", earns))
            self.expect(is_good, f"{write.name} should earn {earns}", answer)
        if write.kind in REPEATABLE:
            self.told.append(write)
        if write.kind not in ("push", "erase", "merge"):
            self.purse[self.root[write.member]] += write.effect
        return True
