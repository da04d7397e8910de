"""A member's whole history as a CSV file: every movement with its balance, in words (R-ADM-1)."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from palier.backoffice.access import Viewpoint, page
from palier.backoffice.figures import neutral
from palier.backoffice.timeline import Row, rows_of
from palier.store.ledger.timeline import load_movements
from palier.store.members.models import Account

AT_ONCE = 200
MOVEMENTS_MAX = 20_000
"""A member with more has a history for machines: ``palier member export``."""


@page("store.view_account", "")
def history_file(request: HttpRequest, viewpoint: Viewpoint, public_id: str) -> HttpResponse:
    """Newest first, as the page shows it; balances are plain numbers."""
    account = Account.objects.filter(public_id=public_id.replace("\0", "")).first()
    if account is None:
        raise Http404
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="palier-{account.public_id}.csv"'
    answer.write("\N{BYTE ORDER MARK}")
    writer = csv.writer(answer)
    writer.writerow(
        neutral(text)
        for text in (
            _("When"),
            pgettext("delivery", "What happened"),
            _("Points"),
            _("Available"),
            _("Pending"),
            pgettext("points", "Debt"),
            _("Why"),
            _("Programme version"),
            _("Rules"),
        )
    )
    for row in _rows(account.pk, viewpoint):
        writer.writerow(
            [
                row.at.astimezone(viewpoint.tz).isoformat(" ", "seconds"),
                neutral(row.title),
                *(row.gain, row.balance, row.pending, row.debt),
                neutral(" ".join(row.lines)),
                row.version or "",
                neutral(", ".join(row.rules)),
            ]
        )
    return answer


def _rows(account_id: int, viewpoint: Viewpoint) -> Iterator[Row]:
    before: int | None = None
    for _page in range(MOVEMENTS_MAX // AT_ONCE):
        found = load_movements(account_id, before_sequence=before, limit=AT_ONCE)
        yield from rows_of(found, viewpoint)
        if len(found) < AT_ONCE:
            return
        before = found[-1].sequence
