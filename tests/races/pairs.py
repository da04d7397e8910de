"""Every pair of writes that touch one account, at the same time: what comes out is what one after the other gives.

Each pair is first done in both orders, one request after the other, for members of its own. Then for two other members
who have the same it is done at once: the answers and the books must be those of one of the two orders.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations_with_replacement
from typing import Any

from django.db import transaction
from django_scopes import scopes_disabled

from palier.flows.checkout.keep_cart import KeepCart, keep_cart
from palier.store.models import Account, CouponRow, Entry, Hold, Identity, KeptCart, Order, Profile
from tests.entrances.api_shop import DOCUMENT, ORDER
from tests.entrances.api_writes import CHANGED, WRITES, Write
from tests.races.kit import CLIENTS, Answer, Arena, Clients

_CART = {"member": "{member}", "lines": [{"product": "mug", "price": 25}]}
_GUESTS = {"status": "paid", "lines": _CART["lines"]}
_HELD = {**_CART, "status": "paid", "hold": "{hold}"}
MORE = (
    Write("cancelled", "PUT", "/orders/{order}", {"status": "cancelled"}),
    Write("edited", "PUT", "/orders/{order}", {**ORDER, "member": "{member}", "lines": _CART["lines"]}),
    Write("refunded", "PUT", "/orders/{order}/refunds/{order}-all", {"full": True}),
    Write("order with hold", "PUT", "/orders/{member}-held", _HELD),
    Write("order of a friend", "PUT", "/orders/{friend}-new", {**ORDER, "member": "{friend}"}),
    Write("friend erased", "DELETE", "/members/{friend}"),
    Write("merged the other way", "POST", "/merges", {"kept": "{friend}", "merged": "{member}"}),
    Write("placed with points", "PUT", "/orders/{member}-placed",
          {**_CART, "status": "placed", "use_quote": True, "use_points": 100}),
)  # fmt: skip
"""What the writes of the document become when they say something else."""
FOR_ALL = tuple(write for write in WRITES if write.operation in ("publish", "roll_back"))
"""These touch every account of a programme."""
ELSEWHERE = {
    "put_product", "post_products", "post_webhook", "put_webhook", "delete_webhook", "post_webhook_secret",
    "post_webhook_test", "post_replay",
}  # fmt: skip
"""Products and webhooks belong to no account."""
_EACH = Write("post_events", "POST", "/events/batch", {"events": [{"member": "{member}", "name": "review"}]})
"""A batch of events is many writes: another may come between two of them."""
OF_ONE = (
    *(
        _EACH if write.operation == "post_events" else write
        for write in WRITES
        if write.operation not in ELSEWHERE and write not in FOR_ALL
    ),
    *MORE,
)
PAIRS = tuple(combinations_with_replacement(OF_ONE, 2))


@dataclass(frozen=True, slots=True)
class Duel:
    """Two writes, and for whom."""

    first: Write
    second: Write
    member: str

    @property
    def friend(self) -> str:
        return f"{self.member}-friend"

    @property
    def order(self) -> str:
        return f"{self.member}-1"

    @property
    def needs_hold(self) -> bool:
        return "{hold}" in json.dumps([self.first.path, self.first.body, self.second.path, self.second.body])

    @property
    def claims(self) -> bool:
        return "post_claim" in (self.first.operation, self.second.operation)

    def named(self, hold: str) -> tuple[Write, Write]:
        names = {"member": self.member, "friend": self.friend, "order": self.order, "hold": hold}
        return self.first.named(names), self.second.named(names)


class Duels:
    """Pairs in one shop: members who all have the same are made, the writes sent, and the books read."""

    def __init__(self, arena: Arena, duels: Sequence[Duel]) -> None:
        self.arena = arena
        self.duels = duels
        self.writes = self._prepared()

    def at_once(self) -> list[Any]:
        """What came of each pair: its two answers and its books."""
        answers: list[tuple[Answer, Answer]] = []
        for at in range(0, len(self.duels), CLIENTS // 2):
            part = self.writes[at : at + CLIENTS // 2]
            told = self.arena.race(*[_ask(write) for pair in part for write in pair])
            answers += zip(told[::2], told[1::2], strict=True)
        return self._outcomes(answers)

    def one_by_one(self) -> list[Any]:
        """The same, where the second write waits for the answer to the first."""
        answers = self._each([first for first, _ in self.writes])
        return self._outcomes(
            list(zip(answers, self._each([second for _, second in self.writes]), strict=True))
        )

    def beside(self, write: Write) -> tuple[list[Any], Answer]:
        """The first write of each pair, and at once another that touches all of them."""
        assert len(self.duels) < CLIENTS
        own = [_ask(first) for first, _ in self.writes]
        middle = len(own) // 2
        told = self.arena.race(*own[:middle], _ask(write), *own[middle:])
        answers = [*told[:middle], *told[middle + 1 :]]
        return self._outcomes([(answer, answer) for answer in answers]), told[middle]

    def alone(self) -> list[Any]:
        """The first write of each pair, and nothing else."""
        return self._outcomes(
            [(answer, answer) for answer in self._each([first for first, _ in self.writes])]
        )

    def _each(self, writes: Sequence[Write]) -> list[Answer]:
        """Writes of different members meet nowhere: many of them at once are still one by one for each."""
        found: list[Answer] = []
        for at in range(0, len(writes), CLIENTS):
            found += self.arena.race(*[_ask(write) for write in writes[at : at + CLIENTS]])
        return found

    def _prepared(self) -> list[tuple[Write, Write]]:
        """Everybody has bought something and left a cart; who needs a hold has one."""
        told = [
            {"order": {"id": f"{name}-1", **ORDER, "member": name}}
            for duel in self.duels
            for name in (duel.member, duel.friend)
        ]
        told += [
            {"order": {"id": f"{duel.member}-guest", **_GUESTS, "email": f"{duel.friend}@example.com"}}
            for duel in self.duels
            if duel.claims
        ]
        for at in range(0, len(told), 500):
            results = self.arena.good("POST", "/orders/batch", {"messages": told[at : at + 500]})["results"]
            assert {each["result"] for each in results} <= {"new", "guest"}
        self._keep_carts()
        held = [duel.member for duel in self.duels if duel.needs_hold]
        asks = [("POST", "/holds", {**_CART, "member": member, "use_points": 20}) for member in held]
        holds = iter(
            answer.body["id"]
            for at in range(0, len(asks), CLIENTS)
            for answer in self.arena.race(*asks[at : at + CLIENTS])
        )
        return [duel.named(next(holds) if duel.needs_hold else "") for duel in self.duels]

    def _keep_carts(self) -> None:
        """Without the API: a third of all requests would be theirs."""
        shop = self.arena.api.shop_id
        with scopes_disabled(), transaction.atomic():
            for duel in self.duels:
                keep_cart(KeepCart(shop, duel.member, {"lines": ORDER["lines"]}), now=datetime.now(UTC))

    def _outcomes(self, answers: Sequence[tuple[Answer, Answer]]) -> list[Any]:
        names = [name for duel in self.duels for name in (duel.member, duel.friend)]
        with scopes_disabled():
            books = _books(self.arena.api.shop_id, names)
        return [
            (tuple(map(_said, pair)), *(books[name] for name in (duel.member, duel.friend)))
            for duel, pair in zip(self.duels, answers, strict=True)
        ]


def _ask(write: Write) -> tuple[Any, ...]:
    return write.method, write.path, write.body


def _said(answer: Answer) -> tuple[Any, ...]:
    return answer.status, answer.code, answer.body.get("result"), answer.body.get("points")


_TABLES: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (Account, "pk", ("available", "pending", "held", "debt", "lifetime", "spent", "expired", "activity",
                     "spend_minor", "orders", "tier")),
    (Entry, "account_id", ("kind", "amount", "points", "pending", "held", "debt", "spend_minor", "orders")),
    (CouponRow, "account_id", ("origin", "state", "points", "remaining_minor")),
    (Hold, "account_id", ("state",)),
    (Profile, "account_id", ("name", "language")),
    (Order, "account_id", ("status", "is_flagged", "counts", "booked_points", "booked_spend_minor")),
)  # fmt: skip
"""What is compared: all that has no name or time of its own."""


def _books(shop_id: int, names: Sequence[str]) -> dict[str, Any]:
    """Of each customer: what is in their account, whether it is their friend's too, and whether a cart is kept."""
    account_of = dict(
        Identity.objects.filter(shop_id=shop_id, customer_id__in=names).values_list("customer_id", "account")
    )
    found: dict[int, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for model, key, columns in _TABLES:
        rows = model._base_manager.filter(**{f"{key}__in": set(account_of.values())})
        for account, *values in rows.values_list(key, *columns):
            found[account][model.__name__].append(values)
    carts = set(
        KeptCart.objects.filter(shop_id=shop_id, customer_id__in=names).values_list("customer_id", flat=True)
    )
    return {
        name: (
            {kind: sorted(rows, key=repr) for kind, rows in found[account_of[name]].items()}
            if name in account_of
            else None,
            name in account_of and account_of[name] == account_of.get(_other(name)),
            name in carts,
        )
        for name in names
    }


def _other(name: str) -> str:
    return name.removesuffix("-friend") if name.endswith("-friend") else f"{name}-friend"


class Tournament:
    """The pairs with what one after the other gives, which is found once; then rounds, each with new members.

    ``arena`` may be changed between two rounds for another of the same programme.
    """

    def __init__(self, arena: Arena, pairs: Sequence[tuple[Write, Write]] = PAIRS) -> None:
        self.arena = arena
        self.pairs = pairs
        there = [Duel(a, b, f"a{n}") for n, (a, b) in enumerate(pairs)]
        back = [Duel(b, a, f"b{n}") for n, (a, b) in enumerate(pairs)]
        self.allowed = [
            (one, ((other[0][1], other[0][0]), *other[1:]))
            for one, other in zip(
                Duels(arena, there).one_by_one(), Duels(arena, back).one_by_one(), strict=True
            )
        ]

    def round(self, name: str) -> None:
        """All pairs at once; ``AssertionError`` names those that came out otherwise."""
        duels = [Duel(a, b, f"{name}x{n}") for n, (a, b) in enumerate(self.pairs)]
        wrong = [
            (duel.first.operation, duel.second.operation, found, allowed)
            for duel, found, allowed in zip(
                duels, Duels(self.arena, duels).at_once(), self.allowed, strict=True
            )
            if found not in allowed
        ]
        assert not wrong, wrong


class Interruption:
    """A write that touches all accounts comes in the middle of all the others: each is before it or after it."""

    def __init__(self, clients: Clients, write: Write) -> None:
        self.clients = clients
        self.write = write
        self.duels = [Duel(each, each, f"m{number}") for number, each in enumerate(OF_ONE)]
        before, after = self._fresh(), self._fresh()
        after.arena.good(write.method, write.path, write.body)
        self.allowed = list(zip(before.alone(), after.alone(), strict=True))

    def round(self) -> None:
        """In a new shop; ``AssertionError`` names those that came out otherwise."""
        duels = self._fresh()
        found, answer = duels.beside(self.write)
        assert answer.status == 200, answer
        wrong = [
            (self.write.operation, duel.first.operation, one, either)
            for duel, one, either in zip(self.duels, found, self.allowed, strict=True)
            if one not in either
        ]
        assert not wrong, wrong
        duels.arena.check()

    def _fresh(self) -> Duels:
        arena = Arena.new(self.clients, DOCUMENT)
        arena.good("POST", "/programme/publish", {"document": {**DOCUMENT, "name": "Lune"}})
        if self.write.operation == "roll_back":
            arena.good("POST", "/programme/publish", {"document": CHANGED})
        return Duels(arena, self.duels)
