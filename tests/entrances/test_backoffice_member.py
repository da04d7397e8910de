"""A member's page: where they stand, and how every point came about, in the viewer's language."""

import csv
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from palier.backoffice import formats, history_file
from palier.flows.members.close_account import CloseAccount, close_account
from palier.flows.members.override_tier import OverrideTier, override_tier
from tests.entrances.backoffice_shop import full_shop, make_shop, order, person, refund, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_fresh_versions")]
SPACE = "\N{NO-BREAK SPACE}"


@pytest.fixture
def page(client):
    client.force_login(staff("read-only"))

    def ask(shop, customer, language="en", **parameters):
        answer = client.get(
            f"/admin/members/{shop.public_id(customer)}/", parameters, HTTP_ACCEPT_LANGUAGE=language
        )
        assert answer.status_code == 200
        return answer

    return ask


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "€674.90 of €1,000.00, €325.10 more to Gold"),
        ("fr", f"674,90{SPACE}€ sur 1\N{NARROW NO-BREAK SPACE}000,00{SPACE}€, encore 325,10{SPACE}€ pour Or"),
        ("de", f"674,90{SPACE}€ von 1.000,00{SPACE}€, noch 325,10{SPACE}€ bis Gold"),
    ],
)
def test_progress_is_said_and_shown_in_the_same_words(page, language, text):
    shop = full_shop()
    html = page(shop, "C-1001", language).content.decode()
    assert 'role="progressbar"' in html
    assert f'aria-valuetext="{text}"' in html
    assert html.count(text) == 2
    assert 'aria-valuenow="67"' in html


def test_the_highest_tier_has_a_full_bar(page):
    shop = full_shop()
    bar = page(shop, "C-1002").context["bar"]
    assert (bar.percent, bar.text) == (100, "Highest tier reached")


def test_every_cause_is_one_row_with_the_balance_after_it(page):
    shop = full_shop()
    rows = page(shop, "C-1001").context["history"].rows
    assert [(row.gain, row.balance, row.pending) for row in rows] == [
        (25, 236, 12),
        (12, 211, 12),
        (-200, 166, 45),
        (45, 366, 45),
        (187, 179, 187),
        (-500, 179, 0),
        (629, 50, 629),
        (50, 50, 0),
    ]
    assert {row.version for row in rows} == {1}


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ["12 points", "12.40"]), ("fr", ["12 points", "12,40"]), ("de", ["12 Punkte", "12,40"])],
)
def test_points_are_explained_in_the_viewers_language(page, language, words):
    shop = make_shop()
    order(shop, "A4", "C1", 1240, days_ago=3)
    (row,) = page(shop, "C1", language).context["history"].rows
    told = " ".join(row.lines).replace(SPACE, " ")
    assert [word for word in words if word not in told] == []
    assert row.rules == ("spend",)


def test_what_fell_due_since_is_shown_although_nothing_booked_it(page):
    shop = make_shop()
    order(shop, "A1", "C1", 51200, days_ago=20)
    context = page(shop, "C1").context
    assert (context["view"].totals.available, context["view"].totals.pending) == (12, 0)
    (coupon,) = context["coupons"]
    assert (coupon["state"], coupon["code"]) == ("issued", "")


def test_a_name_is_shown_as_text_and_never_as_markup(page):
    shop = make_shop()
    person(shop, "C1", "<b>Bold</b> & Söhne")
    html = page(shop, "C1").content.decode()
    assert "<b>Bold</b>" not in html
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; Söhne" in html


def test_a_member_without_anything_has_a_page(page):
    shop = make_shop()
    person(shop, "C1", "")
    html = page(shop, "C1").content.decode()
    for words in ("Customer C1", "Nothing yet.", "No coupons yet.", "No points are left.", "No orders yet."):
        assert words in html


def test_adm_1_the_whole_history_comes_as_a_file_with_every_why(client, page):
    shop = full_shop()
    order(shop, "=A9", "C-1001", 500, days_ago=2)
    rows = page(shop, "C-1001", "fr").context["history"].rows
    address = f"/admin/members/{shop.public_id('C-1001')}/history.csv"
    answer = client.get(address, HTTP_ACCEPT_LANGUAGE="fr")
    _head, *told = list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))
    assert [tuple(map(int, row[2:6])) for row in told] == [
        (row.gain, row.balance, row.pending, row.debt) for row in rows
    ]
    assert [row[1] for row in told] == [row.title for row in rows]
    assert all(line in told[0][6] for line in rows[0].lines)
    other = make_shop("Zollhaus")
    person(other, "Z", "Zoe")
    assert client.get(f"/admin/members/{other.public_id('Z')}/history.csv").status_code == 404


def test_a_long_history_comes_whole(client, page, monkeypatch):
    monkeypatch.setattr(history_file, "AT_ONCE", 3)
    shop = make_shop()
    for number in range(8):
        order(shop, f"A{number}", "C1", 100, days_ago=100 - number)
    told = client.get(f"/admin/members/{shop.public_id('C1')}/history.csv").content.decode().splitlines()
    assert [f"A{number}" in line for number, line in enumerate(reversed(told[1:]))] == [True] * 8


def test_the_history_comes_in_pages(page):
    shop = make_shop()
    for number in range(45):
        order(shop, f"A{number}", "C1", 100, days_ago=100 - number)
    first = page(shop, "C1").context["history"]
    second = page(shop, "C1", before=str(first.before)).context["history"]
    third = page(shop, "C1", before=str(second.before)).context["history"]
    assert [len(each.rows) for each in (first, second, third)] == [20, 20, 5]
    assert (third.before, first.is_newest, third.is_newest) == (None, True, False)
    assert page(shop, "C1", before="nonsense").context["history"].is_newest


def test_the_page_costs_the_same_however_much_happened(client, page):
    shop = make_shop()
    order(shop, "A0", "C1", 60000, days_ago=100)
    refund(shop, "R0", "A0", 100, days_ago=90)
    page(shop, "C1")
    address = f"/admin/members/{shop.public_id('C1')}/"
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(1, 25):
        order(shop, f"A{number}", "C1", 6000, days_ago=80 - number)
        refund(shop, f"R{number}", f"A{number}", 500, days_ago=50 - number)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) <= len(few) + 2
    assert len(many) <= 34


def test_times_are_those_of_the_programmes_zone(page):
    shop = make_shop()
    at_23 = shop.now.replace(hour=23, minute=30, second=0) - timedelta(days=30)
    order(shop, "A1", "C1", 100, days_ago=(shop.now - at_23) / timedelta(days=1))
    html = page(shop, "C1").content.decode()
    assert (":30</time>") in html
    assert "23:30</time>" not in html


@pytest.mark.parametrize(
    ("language", "given", "closed", "why"),
    [
        ("en", "Given by staff, last day", "Closed by the shop on", "We placed you in Gold; the last day is"),
        ("fr", "Attribué par l’équipe, dernier jour le", "Fermé par la boutique le", "attribué le palier Or"),
        ("de", "Vom Team vergeben, letzter Tag", "Vom Shop geschlossen am", "die Stufe Gold gegeben"),
    ],
)
def test_tier_8_and_cus_3_a_tier_by_hand_and_a_closed_account_are_seen(page, language, given, closed, why):
    shop = full_shop()
    until = shop.now + timedelta(days=9)
    override_tier(OverrideTier(shop.shop_id, "C-1001", "gold", "VIP", "mia", until), now=shop.now)
    close_account(CloseAccount(shop.shop_id, "C-1001"), now=shop.now)
    html = page(shop, "C-1001", language).content.decode().replace(SPACE, " ")
    assert [text for text in (given, closed, why, "VIP") if text not in html] == []


def test_exp_6_every_lot_is_shown_with_its_last_day_and_the_next_to_end_is_named(page):
    shop = make_shop()
    order(shop, "A1", "C1", 12000, days_ago=40)
    order(shop, "A2", "C1", 3000, days_ago=20)
    answer = page(shop, "C1")
    lots = answer.context["lots"]
    assert sorted(lot.remaining for lot in lots) == [30, 120]
    viewpoint = answer.context["viewpoint"]
    days = [formats.day(lot.ends_at - timedelta(seconds=1), tz=viewpoint.tz, language="en") for lot in lots]
    html = answer.content.decode()
    assert [day for day in days if day not in html] == []
    assert f"next: 150, last day {days[0]}" in html
