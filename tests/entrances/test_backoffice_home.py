"""The home page: figures of a period that are the ledger's, to the point, for any past day (R-ADM-7)."""

import csv
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scopes_disabled

from palier.backoffice.figures import neutral
from palier.backoffice.periods import chosen_period
from palier.store.models import Account, CouponRow, Entry
from tests.entrances.backoffice_shop import full_shop, make_shop, order, person, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_fresh_versions")]
PARIS = ZoneInfo("Europe/Paris")
NNBSP, NBSP = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"


@pytest.fixture
def look(client):
    client.force_login(staff("read-only"))

    def ask(language="en", **parameters):
        answer = client.get("/admin/", parameters, HTTP_ACCEPT_LANGUAGE=language)
        assert answer.status_code == 200
        return answer

    return ask


def entries(shop):
    with scopes_disabled():
        return list(Entry.objects.filter(programme_id=shop.programme_id))


def day_of(entry):
    return entry.effective_at.astimezone(PARIS).date()


def test_adm_7_the_page_of_any_past_day_is_what_the_ledger_says_of_it(look):
    shop = full_shop()
    days = Counter(day_of(entry) for entry in entries(shop))
    assert len(days) > 8
    for day in days:
        context = look(**{"from": day.isoformat(), "to": day.isoformat()}).context
        of_day = [entry for entry in entries(shop) if day_of(entry) == day]
        (row,) = context["points"].rows
        assert row.turnover.change == sum(entry.amount for entry in of_day)
        assert context["points"].whole.issued == sum(
            entry.amount for entry in of_day if entry.kind in ("earn", "event", "gift", "opening")
        )
        assert context["points"].after == sum(e.amount for e in entries(shop) if day_of(e) <= day)
        assert context["sales"].spend_minor == sum(entry.spend_minor for entry in of_day)
        assert context["sales"].orders == sum(entry.orders for entry in of_day)


def test_what_is_outstanding_today_is_what_the_ledger_adds_up_to(look):
    shop = full_shop()
    context = look().context
    assert context["outstanding"] == context["points"].after == sum(e.amount for e in entries(shop))
    with scopes_disabled():
        assert context["totals"]["members"] == Account.objects.filter(programme_id=shop.programme_id).count()
        assert look(period="last-year").context["coupons"].issued <= CouponRow.objects.count()


def test_the_steps_of_a_period_add_up_to_it(look):
    full_shop()
    for period in ("30d", "3m", "12m", "year", "last-year"):
        points, sales = (look(period=period).context[name] for name in ("points", "sales"))
        assert points.before + sum(row.turnover.change for row in points.rows) == points.after
        assert sum(row.whole_minor for row in sales.rows) == sales.spend_minor
        assert sum(tier.spend_minor for tier in sales.tiers) == sales.spend_minor
        assert sum(tier.share for tier in sales.tiers) in (0, 100)


def test_sales_are_told_by_the_tier_in_which_they_were_made(look):
    shop = make_shop()
    order(shop, "A1", "C1", 60000, days_ago=20)
    order(shop, "A2", "C1", 3001, days_ago=10)
    order(shop, "A3", "C1", 1000, days_ago=5)
    sales = look().context["sales"]
    told = [(tier.name, tier.spend_minor, tier.orders, tier.average_minor) for tier in sales.tiers]
    assert told == [("Silver", 4001, 2, 2001), ("Bronze", 60000, 1, 60000)]
    assert (sales.buyers, sales.orders, sales.spend_minor) == (1, 3, 64001)
    assert look().context["moves"].up == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "fr",
            [f"1{NNBSP}234,50{NBSP}€", "Points par mois", "Chiffre d’affaires par palier", f"1{NNBSP}234"],
        ),
        ("de", [f"1.234,50{NBSP}€", "Punkte je Monat", "Umsatz je Stufe"]),
        ("en", ["€1,234.50", "Points by month", "Revenue by tier"]),
    ],
)
def test_figures_are_written_as_the_viewer_writes_them(look, language, words):
    shop = make_shop()
    order(shop, "A1", "C1", 123450, days_ago=20)
    html = look(language).content.decode()
    assert [word for word in words if word not in html] == []
    assert 'data-value="1234.50"' in html


def test_the_figures_of_a_period_come_as_a_file_with_plain_numbers(client, look):
    shop = full_shop()
    context = look(period="3m").context
    answer = client.get("/admin/figures.csv", {"period": "3m"}, HTTP_ACCEPT_LANGUAGE="fr")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    head, *rows = list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))
    assert head[:4] == ["Premier jour", "Dernier jour", "Émis", "Repris"]
    assert [int(row[2]) for row in rows] == [row.turnover.issued for row in context["points"].rows]
    assert int(rows[-1][7]) == sum(entry.amount for entry in entries(shop))
    assert [row[8] for row in rows] == [f"{row.whole_minor / 100:.2f}" for row in context["sales"].rows]


def test_adm_8_no_text_of_the_file_is_a_formula():
    for text in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"):
        assert neutral(text) == "'" + text
    assert [neutral(text) for text in ("Or", "", "a=1")] == ["Or", "", "a=1"]


def test_a_chart_has_a_table_with_its_figures_and_a_name(look):
    full_shop()
    html = look().content.decode()
    assert html.count("<canvas") == html.count("<figure") == 2
    assert html.count('role="img" aria-labelledby=') == 2
    assert html.count("data-series") == 3 + len(look().context["sales"].tiers)


def test_a_new_programme_is_told_where_to_begin(look):
    make_shop()
    html = look().content.decode()
    for words in ("Nobody is here yet", "palier import orders", "No points moved in this time."):
        assert words in html
    assert "<canvas" not in html
    assert "No orders counted in this time." in html


def test_a_period_without_anything_says_so_and_no_more(look):
    shop = make_shop()
    order(shop, "A1", "C1", 100, days_ago=400)
    html = look(period="30d").content.decode()
    assert "No points moved in this time." in html
    assert "Nobody is here yet" not in html


def test_what_happened_last_is_told_with_who_and_how_much(look):
    shop = full_shop()
    lately = look().context["lately"]
    # Both happened at the same instant.
    assert {(row.name, row.title, row.gain) for row in lately[:2]} == {
        ("Élodie Lefèvre", "A gift from us", 25),
        ("C-1006", "Order B3", 9),
    }
    assert all(row.public_id for row in lately)
    person(shop, "C-1", "Nobody did anything")
    assert [row.name for row in look().context["lately"]] == [row.name for row in lately]


def test_the_number_of_statements_does_not_grow_with_the_shop(look):
    shop = make_shop()
    for number in range(8):
        order(shop, f"A{number}", f"C{number}", 100, days_ago=number + 1)
    look()
    with CaptureQueriesContext(connection) as few:
        look()
    for number in range(30):
        order(shop, f"B{number}", f"D{number}", 60000, days_ago=10 * number + 1)
    with CaptureQueriesContext(connection) as many:
        look()
    assert len(many) == len(few) <= 28


@pytest.mark.parametrize(
    ("asked", "unit", "steps", "first", "last"),
    [
        (("30d", "", ""), "day", 30, "2026-10-27", "2026-11-25"),
        (("3m", "", ""), "month", 3, "2026-09-01", "2026-11-25"),
        (("", "", ""), "month", 12, "2025-12-01", "2026-11-25"),
        (("nonsense", "x", "2026-01-01"), "month", 12, "2025-12-01", "2026-11-25"),
        (("year", "", ""), "month", 11, "2026-01-01", "2026-11-25"),
        (("last-year", "", ""), "month", 12, "2025-01-01", "2025-12-31"),
        (("12m", "2026-03-29", "2026-03-29"), "day", 1, "2026-03-29", "2026-03-29"),
        (("", "2026-03-31", "2026-03-01"), "day", 31, "2026-03-01", "2026-03-31"),
        (("", "2026-11-20", "2030-01-01"), "day", 6, "2026-11-20", "2026-11-25"),
        (("", "2030-01-01", "2031-01-01"), "day", 1, "2026-11-25", "2026-11-25"),
        (("", "2015-06-15", "2026-11-25"), "year", 12, "2015-06-15", "2026-11-25"),
        (("", "0001-01-01", "9999-12-31"), "year", 101, "1926-11-26", "2026-11-25"),
    ],
)
def test_a_period_is_cut_into_whole_steps_without_gaps(asked, unit, steps, first, last):
    now = datetime(2026, 11, 25, 22, 59, tzinfo=ZoneInfo("UTC"))
    period = chosen_period(*asked, now=now, tz=PARIS, language="fr")
    assert (period.unit, len(period.steps)) == (unit, steps)
    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)
    ends = [stretch[1] for stretch in period.stretches]
    assert [stretch[0] for stretch in period.stretches][1:] == ends[:-1]
    assert period.whole == (period.stretches[0][0], ends[-1])
    assert all(end > start for start, end in period.stretches)


def test_a_day_is_the_programmes_day_also_when_the_clocks_change():
    now = datetime(2026, 11, 25, 23, 30, tzinfo=ZoneInfo("UTC"))
    period = chosen_period("", "2026-03-29", "2026-03-30", now=now, tz=PARIS, language="en")
    (short, _next) = period.stretches
    assert (short[1].astimezone(ZoneInfo("UTC")) - short[0].astimezone(ZoneInfo("UTC"))) == timedelta(
        hours=23
    )
    assert chosen_period("30d", "", "", now=now, tz=PARIS, language="en").last.isoformat() == "2026-11-26"
