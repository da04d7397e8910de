"""POST /hooks/{shop}: checks who pushes, keeps what it is, answers 202. What it means is worked out later."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from palier.channels.signature import check
from palier.core.inbox import KINDS
from palier.flows.inbox.count_refused_hook import count_refused_hook
from palier.flows.inbox.receive_hook import ReceiveHook, receive_hook
from palier.store.hooks.load import find_hook

log = logging.getLogger(__name__)

BODY_MAX = 1024 * 1024
COUNTED_EVERY = timedelta(seconds=1)
CUSTOMER_MAX = 200

_lock = Lock()
_refused: dict[int, tuple[int, datetime]] = {}
"""By shop: what this process refused since it wrote the count last, and when that was."""

_decode = msgspec.json.Decoder().decode
_REASONS = {
    "unsigned": "the message is not signed: webhook-id, webhook-timestamp and webhook-signature are needed",
    "wrong": "the signature does not hold",
    "late": "the message is older than five minutes, or a clock is wrong",
}


@csrf_exempt
def receive(request: HttpRequest, shop: str) -> HttpResponse:
    """202 for a message that is signed and was kept now or before; 401 for one that is not to be believed."""
    if request.method != "POST":
        return _problem(405, "method_not_allowed", "messages come by POST", headers={"allow": "POST"})
    try:
        body = request.body
    except RequestDataTooBig:
        body = b"x" * (BODY_MAX + 1)
    except UnreadablePostError:
        return _problem(400, "invalid_json", "the message broke off")
    if len(body) > BODY_MAX:
        return _problem(413, "too_large", f"a message has at most {BODY_MAX} bytes")
    try:
        return _receive(request, shop, body)
    except OperationalError as error:
        # SQLite has one writer, and a database may be away for a moment: nothing was kept, its sender tries again.
        log.warning("a push could not be kept: %s", error)
        return _problem(503, "unavailable", "Palier is busy; send it again", headers={"retry-after": "1"})


def _receive(request: HttpRequest, shop: str, body: bytes) -> HttpResponse:
    now = datetime.now(UTC)
    hook = find_hook(shop, now=now)
    event_id = request.headers.get("webhook-id", "")
    verdict = check(
        body,
        message_id=event_id,
        timestamp=request.headers.get("webhook-timestamp", ""),
        signature=request.headers.get("webhook-signature", ""),
        # A shop that there is not takes as long, and is answered the same.
        secrets=hook.secrets if hook else (_NOBODYS,),
        now=now,
    )
    if hook is None or verdict != "good":
        if hook is not None:
            _count(hook.shop_id, now)
        return _problem(401, "unauthorized", _REASONS["wrong" if verdict == "good" else verdict])
    return _keep(hook.shop_id, event_id, body, now)


def _keep(shop_id: int, event_id: str, body: bytes, now: datetime) -> HttpResponse:
    try:
        message = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _problem(400, "invalid_json", "the message is no JSON")
    kind = message.get("type") if isinstance(message, dict) else None
    data = message.get("data") if isinstance(message, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        return _problem(422, "invalid_message", f"type has to be one of {', '.join(KINDS)}")
    if not isinstance(data, dict):
        return _problem(422, "invalid_message", "data has to be an object")
    is_new = receive_hook(ReceiveHook(shop_id, event_id, kind, _customer(kind, data), body.decode()), now=now)
    return _json(202, {"id": event_id, "result": "kept" if is_new else "repeat"})


def _customer(kind: str, data: dict[str, Any]) -> str:
    named = data.get(KINDS[kind]) if KINDS[kind] else None
    is_name = isinstance(named, str | int) and not isinstance(named, bool)
    return str(named)[:CUSTOMER_MAX].replace("\x00", "") if is_name else ""


def _count(shop_id: int, now: datetime) -> None:
    """Count what is refused, written at most once a second for each shop: nobody's flood takes the database's lock."""
    with _lock:
        count, written_at = _refused.get(shop_id, (0, datetime.min.replace(tzinfo=UTC)))
        count += 1
        is_time = now - written_at >= COUNTED_EVERY
        _refused[shop_id] = (0, now) if is_time else (count, written_at)
    if is_time:
        count_refused_hook(shop_id, count, now=now)


def _problem(
    status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    body = {"type": "about:blank", "title": detail, "status": status, "detail": detail, "code": code}
    response = _json(status, body)
    response["content-type"] = "application/problem+json"
    if status < 500:
        # Django would log each: whoever knows the address could fill the disk.
        response._has_been_logged = True  # type: ignore[attr-defined]
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def _json(status: int, body: dict[str, Any]) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(body), status=status, content_type="application/json")


_NOBODYS = "whsec_" + "A" * 43 + "="
