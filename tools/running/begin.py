"""Makes the programme of a run in the database that the environment names, and prints what its shop needs to know.

It has a past: orders, gifts and events of the three days before, so that there are days to seal.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

DOCUMENT: dict[str, Any] = {
    "format": 1,
    "name": "Endurance",
    "currency": "EUR",
    "timezone": "Europe/Paris",
    "languages": ["fr", "en"],
    "points": {"valid_for": "P12M", "earn_with": ["points"], "settle": {"on": "paid", "after": "PT20S"}},
    "earning": [
        {"id": "spend", "award": {"points": 1, "per": 1}},
        {"id": "word", "on": "review", "award": {"points": 5}},
    ],
    "redemption": {"brackets": [{"from": 10, "discount": {"points": 10, "amount": 1}}]},
    "tiers": {
        "ladder": [
            {"id": "bronze", "name": {"fr": "Bronze", "en": "Bronze"}, "from": 0},
            {
                "id": "silver",
                "name": {"fr": "Argent", "en": "Silver"},
                "from": 500,
                "coupon": {"discount": {"amount": 15}, "valid_for": "P2M"},
            },
            {"id": "gold", "name": {"fr": "Or", "en": "Gold"}, "from": 5000},
        ]
    },
    "messages": {"points_earned": {}, "points_available": {}, "tier_up": {}, "tier_down": {}, "coupon_issued": {}},
}  # fmt: skip
"""Every price is in whole euros and every discount too, so that anybody can say what an order earns."""

PAST_MEMBERS = 10
PAST_DAYS = 3


def main(receiver: str = "") -> int:
    """Print the shop's key, secrets and address as JSON. ``receiver``: the address of its webhook."""
    from django.core.management import call_command

    from palier.cli.start import set_up

    set_up()
    call_command("migrate", verbosity=0, interactive=False)
    from django_scopes import scopes_disabled

    with scopes_disabled():
        json.dump(_begin(receiver), sys.stdout)
    return 0


def _begin(receiver: str) -> dict[str, Any]:
    from palier.core.access import SCOPES
    from palier.flows.access.change_widget_secret import ChangeWidgetSecret, change_widget_secret
    from palier.flows.access.issue_api_key import IssueApiKey, issue_api_key
    from palier.flows.inbox.change_hook_secret import ChangeHookSecret, change_hook_secret
    from palier.flows.programme.init_programme import InitProgramme, init_programme
    from palier.flows.webhooks.add_webhook import AddWebhook, add_webhook
    from palier.store.models import Shop

    now = datetime.now(UTC)
    made = init_programme(InitProgramme("", "", document=DOCUMENT), now=now - timedelta(days=PAST_DAYS + 1))
    _past(made.shop_id, now)
    if receiver:
        add_webhook(AddWebhook(made.programme_id, receiver, allows_local=True), now=now)
    return {
        "key": issue_api_key(IssueApiKey(made.shop_id, "endurance", SCOPES), now=now).key,
        "shop": Shop.objects.get(pk=made.shop_id).public_id,
        "hook_secret": change_hook_secret(ChangeHookSecret(made.shop_id), now=now),
        "widget_secret": change_widget_secret(ChangeWidgetSecret(made.shop_id), now=now),
    }


def _past(shop_id: int, now: datetime) -> None:
    from palier.core.order import Line, Order
    from palier.flows.orders.record_orders import RecordOrders, record_orders
    from palier.flows.points.give_points import GivePoints, give_points
    from palier.flows.upkeep.seal_days import MARGIN

    for days in range(PAST_DAYS, 0, -1):
        # In the hour after midnight the day that is just over is not sealed yet.
        then = now - timedelta(days=days) - MARGIN
        for number in range(PAST_MEMBERS):
            lines = (Line("1", "mug", 1, (20 + number) * 100),)
            order = Order(f"past-{days}-{number}", "paid", "EUR", customer=f"past-{number}", lines=lines)
            record_orders(RecordOrders(shop_id, (order,)), now=then)
        give_points(GivePoints(shop_id, "past-0", 7, "a kind word", key=f"past-{days}"), now=then)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
