"""An installation in which everything has happened: told through the API, the commands and the flows."""

from __future__ import annotations

import contextlib
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test.utils import setup_test_environment
from django_scopes import scopes_disabled

from palier.cli import main as palier
from tests.channels.receiver import listening
from tests.entrances.api_shop import CART, DOCUMENT, ORDER, Api, make_api
from tests.entrances.every_column import make_rich_world
from tests.entrances.hook_shop import PushingShop
from tests.entrances.verify_fixtures import make_world

GIFT = {"points": 60, "reason": "a late parcel", "id": "gift-1"}
BALANCES = "customer,points,ends,reason\nzoe,120,2027-12-31,from the old system\nyan,-5,,too many\n"
HISTORY = (
    '{"id":"h1","status":"paid","member":"wim","paid_at":"2026-01-05T10:00:00Z","lines":[{"product":"mug","price":80}]}\n'
    '{"id":"h2","status":"paid","member":"wim","paid_at":"2026-02-05T10:00:00Z","lines":[{"product":"mug","price":"?"}]}\n'
)


def make_everything(folder: Path) -> str:
    """Fill the empty database that the environment names; the key that opens its first shop."""
    setup_test_environment()
    settings.PALIER_WEBHOOKS_LOCAL = True
    command("django", "migrate", "--verbosity", "0")
    with scopes_disabled():
        api = make_api({**DOCUMENT, "messages": _messages()})
        _staff_and_settings(api)
        with listening() as receiver, listening(answer=lambda _: 500) as broken:
            _add_webhooks(api, receiver.url, broken.url)
            _shop_life(api)
            _imports(folder)
            command("work", "--once")
        _left_open(api)
        # From here on in times long gone: no worker has looked at these since.
        _seal(make_world().programme_id)
        make_rich_world()
    return api.key


def command(*words: str) -> str:
    """A ``palier`` command that must do its work, and what it says."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        status = palier(list(words))
    assert status == 0, (words, said.getvalue())
    return said.getvalue()


def _messages() -> dict[str, Any]:
    return {"points_earned": {}, "tier_up": {}, "coupon_issued": {}}


def _staff_and_settings(api: Api) -> None:
    from palier.flows.access.change_widget_secret import ChangeWidgetSecret, change_widget_secret
    from palier.flows.staff.invite_staff import InviteStaff, invite_staff
    from palier.flows.staff.prepare_roles import prepare_roles
    from palier.flows.staff.see_concern import SeeConcern, see_concern

    now = datetime.now(UTC)
    prepare_roles()
    invite_staff(InviteStaff("owner@example.com", "owner"), now=now)
    change_widget_secret(ChangeWidgetSecret(api.shop_id), now=now)
    see_concern(SeeConcern(api.programme_id, "debt", "nobody-1", "owner@example.com"), now=now)
    command("key", "issue", "--name", "reports", "--scope", "reports:read")


def _add_webhooks(api: Api, good: str, bad: str) -> None:
    from palier.flows.webhooks.add_webhook import AddWebhook, add_webhook

    for url in (good, bad):
        add_webhook(AddWebhook(api.programme_id, url, allows_local=True), now=datetime.now(UTC))


def _shop_life(api: Api) -> None:
    shop = PushingShop.of(api.shop_id)
    api.good("PUT", "/members/anna", {"name": "Anna", "email": "anna@example.com", "language": "fr"})
    api.good("PUT", "/members/bea", {"name": "Bea", "email": "bea@example.com"})
    api.good("PUT", "/products/mug", {"name": {"en": "Mug"}, "price": "12.50", "categories": ["kitchen"]})
    api.good("PUT", "/orders/u1", {**ORDER, "delivery": {"city": "Lyon", "country": "FR"}})
    api.good("PUT", "/orders/u1/refunds/r1", {"lines": [{"product": "mug", "quantity": 1}]})
    api.good("PUT", "/orders/u2", {**ORDER, "member": "bea", "lines": [{"product": "lamp", "price": 620}]})
    guest = {name: value for name, value in ORDER.items() if name != "member"}
    api.good("PUT", "/orders/g1", {**guest, "email": "guest@example.com"})
    api.good("PUT", "/orders/unknown/refunds/early", {"full": True})
    api.good("POST", "/members/anna/gifts", GIFT, once="gift-1")
    api.good("POST", "/events", {"member": "anna", "name": "review", "id": "e1"})
    held = api.good("POST", "/holds", {**CART, "use_points": 20})
    api.good(
        "PUT", "/orders/u3", {"status": "paid", "member": "anna", "lines": CART["lines"], "hold": held["id"]}
    )
    given_up = api.good("POST", "/holds", {**CART, "use_points": 10})
    api.good("DELETE", f"/holds/{given_up['id']}")
    api.good("PUT", "/members/anna/cart", {"lines": CART["lines"]})
    api.good("PUT", "/members/cleo", {"name": "Cleo", "email": "cleo@example.com"})
    api.good("DELETE", "/members/cleo")
    draft = {**DOCUMENT, "earning": DOCUMENT["earning"][:1]}
    _save_draft(api, draft)
    assert shop.push("order", {**ORDER, "id": "p1"}, id="evt_1").status_code == 202
    assert shop.send('{"type": "order"}', id="evt_2", secret=_stranger()).status_code == 401


def _save_draft(api: Api, document: dict[str, Any]) -> None:
    from palier.flows.programme.save_draft import SaveDraft, save_draft
    from palier.store.models import Programme

    head = Programme.objects.get(pk=api.programme_id).current_version_id
    save_draft(SaveDraft(api.programme_id, document, based_on=head), now=datetime.now(UTC))


def _stranger() -> str:
    from tests.entrances.hook_shop import STRANGER

    return STRANGER


def _imports(folder: Path) -> None:
    (folder / "balances.csv").write_text(BALANCES)
    (folder / "orders.jsonl").write_text(HISTORY)
    command("import", "balances", str(folder / "balances.csv"), "--quiet")
    told = json.loads(command("import", "orders", str(folder / "orders.jsonl"), "--json"))
    assert told["counts"] == {"orders": 1}, told


def _left_open(api: Api) -> None:
    """What is under way at the moment of the backup."""
    api.good("POST", "/holds", {**CART, "member": "bea", "use_points": 30})
    api.good("PUT", "/orders/u4", {**ORDER, "member": "bea"})
    pushed = PushingShop.of(api.shop_id).push("order", {**ORDER, "id": "p2"}, id="evt_3")
    assert pushed.status_code == 202


def _seal(programme_id: int) -> None:
    from palier.flows.upkeep.seal_days import seal_days

    seal_days(programme_id, now=datetime.now(UTC) + timedelta(days=1))


def tell_again(key: str) -> dict[str, Any]:
    """What the shop with this key is answered when it says again what it had said before."""
    setup_test_environment()
    api = Api(0, 0, key)
    lamp = {**ORDER, "member": "bea", "lines": [{"product": "lamp", "price": 620}]}
    mug = {"lines": [{"product": "mug", "quantity": 1}]}
    return {
        "order": api.good("PUT", "/orders/u2", lamp),
        "refund": api.good("PUT", "/orders/u1/refunds/r1", mug),
        "gift": api.good("POST", "/members/anna/gifts", GIFT, once="gift-1"),
        "gift under another key": api.good("POST", "/members/anna/gifts", GIFT, once="again-1"),
        "event": api.good(
            "POST", "/events", {"member": "anna", "name": "review", "id": "e1"}, once="again-2"
        ),
    }
