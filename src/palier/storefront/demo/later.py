"""What only a demo can do: let a month pass."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from palier.flows.points.catch_up_accounts import catch_up_accounts
from palier.flows.programme.advance_clock import AdvanceClock, ClockStands, advance_clock
from palier.storefront.demo.page import Shop, back, demo_page

PATIENCE_S = 5
"""So long due work is done here; whatever is left the worker does."""


@require_POST
@demo_page()
def a_month_later(request: HttpRequest, shop: Shop) -> HttpResponse:
    """The programme's clock goes forward, and what has become due is booked, as the worker would."""
    try:
        present = advance_clock(AdvanceClock(shop.row.programme_id), now=datetime.now(UTC))
    except ClockStands as stands:
        shop.visit.say(stands.message, "bad")
        return back(request, "demo_shop")
    until = time.monotonic() + PATIENCE_S
    worked_off = 0
    while done := catch_up_accounts(shop.row.programme_id, now=present, limit=100):
        worked_off += done
        if time.monotonic() > until:
            break
    shop.visit.say(
        _("It is %(day)s now. Something has become due for %(n)s members.")
        % {"day": shop.formats.day(present), "n": worked_off}
    )
    return back(request, "demo_shop")
