"""The figures of a period as a CSV file for a spreadsheet."""

from __future__ import annotations

import csv
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from palier.backoffice.access import Viewpoint, page
from palier.backoffice.dashboard import points_of, sales_of
from palier.backoffice.home import period_of
from palier.core.money import from_minor


@page("store.view_account", "")
def figures(request: HttpRequest, viewpoint: Viewpoint) -> HttpResponse:
    """One row for each day, month or year of the period; amounts and points as plain numbers."""
    period = period_of(request, viewpoint)
    points, sales = points_of(period, viewpoint), sales_of(period, viewpoint)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"{period.first.isoformat()}-{period.last.isoformat()}"
    answer["Content-Disposition"] = f'attachment; filename="palier-{name}.csv"'
    answer.write("\N{BYTE ORDER MARK}")  # without it spreadsheets take UTF-8 for something else
    writer = csv.writer(answer)
    currency = viewpoint.programme.currency
    writer.writerow(
        neutral(text)
        for text in (
            _("First day"),
            _("Last day"),
            pgettext("points", "Issued"),
            pgettext("points", "Taken back"),
            pgettext("points", "Used"),
            pgettext("points", "Expired"),
            _("Debt waived"),
            pgettext("points", "Outstanding at the end"),
            f"{_('Revenue')} ({currency})",
            *(f"{_('Revenue')} {tier.name} ({currency})" for tier in sales.tiers),
        )
    )
    for row, sold in zip(points.rows, sales.rows, strict=True):
        moved = row.turnover
        writer.writerow(
            [
                row.step.first.isoformat(),
                row.step.last.isoformat(),
                *(moved.issued, moved.taken_back, moved.used, moved.expired, moved.waived, row.outstanding),
                *(from_minor(amount, currency) for amount in (sold.whole_minor, *sold.spend_minor)),
            ]
        )
    return answer


def neutral(text: Any) -> str:
    """The text so that no spreadsheet takes it for a formula."""
    written = str(text)
    return f"'{written}" if written[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else written
