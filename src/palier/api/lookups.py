"""Who a customer id stands for, and the other way round: within the key's shop, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable

from palier.api.keys import Caller
from palier.core.errors import UnknownMember
from palier.store.access.models import ApiKey
from palier.store.members.load import find_account_id
from palier.store.members.models import Identity
from palier.store.programmes.models import ProgrammeVersion


def unknown(customer: str) -> UnknownMember:
    """The same for an id never seen and for one that another shop has."""
    return UnknownMember(f"no member {customer!r}", path="member", hint="check the shop's customer id")


def account_of(caller: Caller, customer: str) -> int:
    """The account of the shop's customer; ``UnknownMember`` when the shop never told of them."""
    account_id = find_account_id(caller.shop_id, customer.replace("\0", ""))
    if account_id is None:
        raise unknown(customer)
    return account_id


def customers_of(caller: Caller, accounts: Iterable[int | None]) -> dict[int | None, str]:
    """The shop's customer ids of these accounts; of several the first. Accounts of other shops are left out."""
    wanted = {account for account in accounts if account is not None}
    rows = (
        Identity.objects.filter(shop_id=caller.shop_id, account_id__in=wanted)
        .order_by("-pk")
        .values_list("account_id", "customer_id")
    )
    return dict(rows)


def author_of(caller: Caller) -> str:
    """Who did it, as staff will read: the name that the key was given."""
    name = ApiKey.objects.filter(pk=caller.key_id).values_list("name", flat=True).first()
    return f"{name} (API)"[:200]


def version_numbers(caller: Caller) -> dict[int, int]:
    """The numbers of the programme's versions, by their ids."""
    rows = ProgrammeVersion.objects.filter(programme_id=caller.programme_id).values_list("id", "number")
    return dict(rows)
