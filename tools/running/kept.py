"""What the database that the environment names has kept of what shops told it, as JSON."""

from __future__ import annotations

import json
import sys
from typing import Any


def main(what: str = "kept") -> int:
    """Print it; ``waiting``: what is not worked off yet."""
    from palier.cli.start import set_up

    set_up()
    from django_scopes import scopes_disabled

    from palier.store.moment import one_moment

    with scopes_disabled(), one_moment():
        json.dump(_kept() if what == "kept" else _waiting(), sys.stdout)
    return 0


def _kept() -> dict[str, Any]:
    from palier.store.models import (
        Account,
        Delivery,
        Entry,
        Happening,
        Hold,
        Identity,
        Order,
        Profile,
        Refund,
        Seal,
    )

    net = {
        row[0]: row[1] + row[2] + row[3] - row[4]
        for row in Account.objects.values_list("id", "available", "pending", "held", "debt")
    }
    return {
        "orders": {
            row[0]: [row[1], row[2].isoformat() if row[2] else ""]
            for row in Order.objects.values_list("external_id", "status", "updated_at")
        },
        "refunds": _counted(Refund.objects.values_list("order__external_id", "external_id")),
        "happenings": _counted(Happening.objects.values_list("kind", "key")),
        "holds": dict(Hold.objects.values_list("key", "state")),
        "accounts": dict(Identity.objects.values_list("customer_id", "account_id")),
        "names": {str(id): name for id, name in Profile.objects.values_list("account_id", "name")},
        "erased": list(Account.objects.exclude(erased_at=None).values_list("id", flat=True)),
        "delivered": list(Delivery.objects.filter(state="delivered").values_list("message_id", flat=True)),
        "net": net,
        "chain": [
            [row[0], row[1], row[2]]
            for row in Entry.objects.order_by("account_id", "sequence").values_list(
                "account__public_id", "sequence", "hash"
            )
        ],
        "seals": [
            [day.isoformat(), digest, signature]
            for day, digest, signature in Seal.objects.order_by("programme", "day").values_list(
                "day", "digest", "signature"
            )
        ],
    }


def _waiting() -> dict[str, int]:
    from palier.store.models import Delivery, Inbox, Intent

    counts = {
        "deliveries": Delivery.objects.exclude(state="delivered").count(),
        "pushes": Inbox.objects.filter(done_at=None).count(),
        "intents": Intent.objects.filter(done_at=None).count(),
    }
    return {name: count for name, count in counts.items() if count}


def _counted(rows: Any) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in rows:
        name = " ".join(row)
        counts[name] = counts.get(name, 0) + 1
    return counts


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
