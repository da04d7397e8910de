"""What the operations of webhooks read."""

from __future__ import annotations

from palier.api.request_bodies import from_fields
from palier.core.messages_kinds import INSTANT, word
from palier.core.programme.reader import BOOLEAN, Field, choice, many
from palier.core.webhook_address import URL_MAX
from palier.core.webhooks import TYPES

_URL = word(most=URL_MAX)
_EVENTS = many(choice(*TYPES))
ADD_FIELDS = {
    "url": Field(_URL, "An https address on the public internet", required=True),
    "events": Field(_EVENTS, "What it is told of; none: everything"),
    "name": Field(word(least=0), "What it is for"),
}
CHANGE_FIELDS = {
    "url": Field(_URL, "Another address; what waits goes there too"),
    "events": Field(_EVENTS, "What it is told of from now on; an empty list: everything"),
    "name": Field(word(least=0), "What it is for"),
    "is_active": Field(BOOLEAN, "false pauses it, true lets it go on, also when it was disabled"),
}
REPLAY_FIELDS = {
    "delivery": Field(word(most=36), "The id of one delivery"),
    "since": Field(INSTANT, "All that were made at or after this instant; give one of the two"),
    "only_failed": Field(BOOLEAN, "Leave out what arrived or still waits"),
}

ADD = from_fields(
    "NewWebhook", ADD_FIELDS, {"url": "https://shop.example.com/loyalty", "events": ["member.tier_up"]}
)
CHANGE = from_fields("ChangedWebhook", CHANGE_FIELDS, {"is_active": False})
REPLAY = from_fields("Replay", REPLAY_FIELDS, {"since": "2026-11-01T00:00:00Z", "only_failed": True})
