"""What the database says after a history beside what the model says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from palier.store.models import Account, CouponRow, Identity, Intent
from palier.store.models import Order as OrderRow
from tests.model.member import Member
from tests.model.orders import Booked
from tests.model.world import World, tell
from tests.simulation.answers import Answers
from tests.simulation.steps import History


def differences(
    history: History, programme_id: int, shops: list[int], answers: Answers | None = None
) -> Iterator[str]:
    """Every figure in which the two differ, and every answer that the model would not have given."""
    yield from unlike(tell(history, answers), programme_id, shops)


def unlike(model: World, programme_id: int, shops: list[int]) -> Iterator[str]:
    """Every figure in which the model, as it stands, and the database differ."""
    yield from model.complaints
    identities = Identity.objects.filter(account__programme_id=programme_id)
    found = {(shops.index(i.shop_id), i.customer_id): i.account_id for i in identities}
    if found.keys() != model.members.keys():
        yield f"members: database {sorted(found)}, model {sorted(model.members)}"
    accounts = _accounts(programme_id)
    for name, member in model.members.items():
        if name in found:
            where = f"{name[0]}/{name[1]}"
            yield from _unlike(where, accounts[found[name]][1], _member(member))
    yield from _order_differences(model, programme_id, shops)
    nobodys = accounts.keys() - set(found.values())
    yield from _erased_differences(model, [accounts[one] for one in nobodys])


def _accounts(programme_id: int) -> dict[int, tuple[Account, dict[str, Any]]]:
    """Every account with its figures, in three statements."""
    coupons: dict[int, list[CouponRow]] = defaultdict(list)
    intents: dict[int, list[Intent]] = defaultdict(list)
    for coupon in CouponRow.objects.filter(programme_id=programme_id):
        coupons[coupon.account_id].append(coupon)
    heard = Intent.objects.filter(account__programme_id=programme_id, is_silent=False)
    for intent in heard.filter(event__in=(REMINDER, *TOLD)):
        intents[intent.account_id].append(intent)
    return {
        account.pk: (account, _account(account, coupons[account.pk], intents[account.pk]))
        for account in Account.objects.filter(programme_id=programme_id)
    }


def _erased_differences(model: World, accounts: list[tuple[Account, dict[str, Any]]]) -> Iterator[str]:
    """I-14: accounts that nobody's name stands on any more have nothing left but their sums."""
    for member in model.erased:
        member.go_to(model.now)
    there = Counter(_sums(figures) for account, figures in accounts if account.merged_into_id is None)
    here = Counter(_sums(_member(member)) for member in model.erased)
    if there != here:
        yield f"erased members: database {_plain(there)}, model {_plain(here)}"


def _sums(figures: dict[str, Any]) -> tuple[Any, ...]:
    names = ("available", "pending", "held", "debt", "in all", "spend", "orders")
    left = sum(count for coupon, count in figures["coupons"].items() if coupon[2] in ("issued", "reserved"))
    return (*(figures[name] for name in names), left)


def _order_differences(model: World, programme_id: int, shops: list[int]) -> Iterator[str]:
    for row in OrderRow.objects.filter(programme_id=programme_id):
        order = model.orders[shops.index(row.shop_id), row.external_id]
        there = {
            "points": row.booked_points,
            "spend": row.booked_spend_minor,
            "counts": bool(row.counts),
            "number": row.number or 0,
        }
        yield from _unlike(f"order {row.external_id}", there, _order(order))


def _unlike(where: str, there: dict[str, Any], here: dict[str, Any]) -> Iterator[str]:
    # What was spent or ended before a merge, and was told, stays with the account that is no more.
    sums = ("lifetime", "spent", "expired", "reminders", "told") if here.pop("is_merged", False) else ()
    for name, value in there.items():
        if value != here[name] and name not in sums:
            yield f"{where} {name}: database {_plain(value)}, model {_plain(here[name])}"


def _account(account: Account, coupons: list[CouponRow], intents: list[Intent]) -> dict[str, Any]:
    rows = account.state.get("lots", [])
    lots: Counter[Any] = Counter()
    for row in rows:
        if row[1]:
            lots[_instant(row[2]), bool(row[4]), _instant(row[7])] += row[1]
    return {
        "available": account.available,
        "pending": account.pending,
        "held": account.held,
        "debt": account.debt,
        "lifetime": account.lifetime,
        "spent": account.spent,
        "expired": account.expired,
        "in all": account.lifetime - account.spent - account.expired,
        "spend": account.spend_minor,
        "orders": account.orders,
        "tier": account.tier or None,
        "claims": len(account.state.get("first_claims", [])),
        "reminders": _reminders(intents),
        "told": _told(intents),
        "lots": lots,
        "coupons": Counter(
            (c.origin, _named(c), c.state, c.issued_at, c.ends_at, c.points, c.remaining_minor)
            for c in coupons
        ),
    }


def _member(member: Member) -> dict[str, Any]:
    purse = member.purse
    lots: Counter[Any] = Counter()
    for lot in purse.lots:
        if lot.left:
            lots[lot.starts, lot.is_settled, purse.end(lot)] += lot.left
    coupons = [
        (c.origin, c.origin_id, c.state, c.issued_at, c.ends_at, c.points, c.remaining) for c in purse.coupons
    ]
    return {
        "available": purse.available,
        "pending": purse.pending,
        "held": purse.held,
        "debt": purse.debt,
        "lifetime": purse.lifetime,
        "spent": purse.spent,
        "expired": purse.expired,
        "in all": purse.lifetime - purse.spent - purse.expired,
        "is_merged": member.is_merged,
        "spend": sum(share.spend for share in member.shares.values()),
        "orders": sum(share.orders for share in member.shares.values()),
        "tier": member.tier,
        "claims": len(member.first_claims),
        "reminders": sorted(f"{last}:{today}" for last, today in member.reminded),
        "told": dict(sorted(member.told.items())),
        "lots": lots,
        "coupons": Counter(coupons),
    }


def _order(order: Booked) -> dict[str, Any]:
    return {
        "points": order.points,
        "spend": order.spend,
        "counts": order.is_counted,
        "number": order.number,
    }


REMINDER = "points_expiring"
TOLD = ("tier_up", "tier_down", "coupon_issued")


def _reminders(intents: list[Intent]) -> list[str]:
    """The last day of which it was told, and the day on which."""
    return sorted(intent.key.partition(":")[2] for intent in intents if intent.event == REMINDER)


def _told(intents: list[Intent]) -> dict[str, int]:
    """How often it was told of its tier and its coupons."""
    return dict(sorted(Counter(intent.event for intent in intents if intent.event in TOLD).items()))


def _named(coupon: Any) -> str:
    """What it comes from; a voucher from a number that is chance."""
    return "" if coupon.origin == "voucher" else coupon.origin_id


def _instant(microseconds: int | None) -> datetime | None:
    if microseconds is None:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def _plain(value: Any) -> str:
    if isinstance(value, Counter):
        rows = sorted((" ".join(map(str, key)), count) for key, count in value.items())
        return "; ".join(f"{count} x {key}" for key, count in rows) or "none"
    return str(value)
