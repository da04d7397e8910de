"""Everything that is known of a person, for them to take along (GDPR 15 and 20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model, QuerySet
from django_scopes import scope

from palier.flows.members.read_member import read_member
from palier.store.members.merge import load_person
from palier.store.members.models import Identity, Profile
from palier.store.models import (
    CouponRow,
    Draw,
    Entry,
    EntryNote,
    Happening,
    Hold,
    Intent,
    KeptCart,
    Lot,
    Order,
    OrderLine,
    Refund,
)
from palier.store.orders.load import load_shop


@dataclass(frozen=True, slots=True)
class ExportMember:
    """A member of a shop."""

    shop_id: int
    customer: str


def export_member(command: ExportMember, *, now: datetime) -> dict[str, Any]:
    """All personal data and all facts of the account as plain data, ready for JSON; nothing is written.

    Amounts stay in minor units beside their currency. ``UnknownMember`` when the id was never seen.
    """
    view = read_member(command.shop_id, command.customer, now=now)
    account, person = view.account_id, load_person(view.account_id)
    with scope(programme=load_shop(command.shop_id).programme_id):
        orders = Order.objects.filter(account_id=account)
        return {
            "exported_at": now.isoformat(),
            "programme": view.programme.name,
            "currency": view.programme.currency,
            "totals": {name: getattr(view.totals, name) for name in view.totals.__struct_fields__},
            "tier": view.tier,
            "profile": _rows(Profile.objects.filter(account_id=account), leave={"email_folded", "search"}),
            "identities": _rows(Identity.objects.filter(account_id=account)),
            "orders": _rows(orders.order_by("recorded_at"), leave={"booking", "frozen", "content_digest"}),
            "order_lines": _rows(OrderLine.objects.filter(order__in=orders)),
            "refunds": _rows(Refund.objects.filter(order__in=orders)),
            "entries": _rows(
                Entry.objects.filter(account_id__in=person).order_by("account_id", "sequence"), leave={"pk"}
            ),
            "notes": _rows(EntryNote.objects.filter(account_id__in=person), leave={"salt"}),
            "lots": _rows(Lot.objects.filter(account_id__in=person)),
            "draws": _rows(Draw.objects.filter(account_id__in=person)),
            "coupons": _rows(CouponRow.objects.filter(account_id=account), leave={"facts"}),
            "holds": _rows(Hold.objects.filter(account_id=account), leave={"content_digest"}),
            "carts": _carts(account),
            "events": _rows(Happening.objects.filter(account_id__in=person)),
            "messages": _rows(Intent.objects.filter(account_id__in=person)),
        }


def _carts(account_id: int) -> list[dict[str, Any]]:
    """The carts that the person has left in the programme's shops."""
    return [
        {"shop_id": shop, "customer_id": customer, **cart}
        for shop, customer in Identity.objects.filter(account_id=account_id).values_list(
            "shop_id", "customer_id"
        )
        for cart in KeptCart.objects.filter(shop_id=shop, customer_id=customer).values("content")
    ]


def _rows(found: QuerySet[Any], *, leave: set[str] | None = None) -> list[dict[str, Any]]:
    model: type[Model] = found.model
    names = [field.attname for field in model._meta.concrete_fields if field.attname not in (leave or set())]
    return [
        {name: _plain(value) for name, value in zip(names, row, strict=True)}
        for row in found.values_list(*names)
    ]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value
