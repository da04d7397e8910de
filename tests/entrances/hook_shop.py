"""A shop that pushes: signs a message as it would, and sends it through the whole stack."""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.test import Client
from standardwebhooks import Webhook

from palier.flows.inbox.change_hook_secret import ChangeHookSecret, change_hook_secret
from palier.store.programmes.models import Shop

STRANGER = "whsec_" + base64.b64encode(b"not the secret of this shop, no!").decode()


@dataclass
class PushingShop:
    shop: Shop
    secret: str

    @classmethod
    def of(cls, shop_id: int) -> "PushingShop":
        secret = change_hook_secret(ChangeHookSecret(shop_id), now=datetime.now(UTC))
        return cls(Shop.objects.select_related("programme").get(pk=shop_id), secret)

    def push(self, type: str, data: Any, *, id: str = "evt_1", **options: Any):
        return self.send(json.dumps({"type": type, "data": data}), id=id, **options)

    def send(
        self, text: str, *, id: str = "evt_1", at: datetime | None = None, secret: str = "", **headers: Any
    ):
        at = at or datetime.now(UTC)
        given = {
            "webhook-id": id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(secret or self.secret).sign(id, at, text),
        } | headers
        return Client().post(
            f"/hooks/{self.shop.public_id}",
            data=text.encode(),
            content_type="application/json",
            headers={name: value for name, value in given.items() if value is not None},
        )
