"""Dashboard, gifts, keys, webhooks and concerns: readable by everybody, charts drawn, forms safe from two clicks."""

import re

import pytest
from django_scopes import scopes_disabled

from palier.flows.access.issue_api_key import IssueApiKey, issue_api_key
from palier.store.models import ApiKey, Entry
from tests.browser.test_backoffice import WAYS, Visit, follow
from tests.entrances.backoffice_shop import full_shop, make_shop, staff
from tests.entrances.test_backoffice_concerns import everything

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def visit(chromium, live_server):
    opened = []

    def begin(role="owner", **options):
        opened.append(Visit(chromium, live_server, user=staff(role), **options))
        return opened[-1]

    yield begin
    for each in opened:
        each.context.close()


@pytest.mark.parametrize(("language", "theme", "width"), [WAYS[1], WAYS[2], WAYS[4]])
def test_figures_and_lists_are_readable_by_everybody(visit, language, theme, width):
    shop = full_shop()
    everything(shop)
    issue_api_key(
        IssueApiKey(shop.shop_id, "A program with a rather long name " * 4, ["carts"]), now=shop.now
    )
    browser = visit(language=language, theme=theme, width=width)
    page = browser.open("/admin/?period=30d")
    for summary in page.locator("details:not([open]) > summary").all():
        if summary.is_visible():
            summary.click()
    browser.check()
    with scopes_disabled():
        key = ApiKey.objects.get().public_id
    for path in (f"/admin/keys/?revoke={key}", "/admin/webhooks/", "/admin/needs-a-look/"):
        browser.open(path)
        browser.check()
    page.locator("details summary").first.click()
    browser.check()
    page.goto(page.url.replace("needs-a-look", "webhooks"))
    follow(page.locator("main a[href*='/admin/webhooks/']").first)
    assert re.search(r"/admin/webhooks/[^/]+-[^/]+/", page.url)
    browser.check()
    follow(page.locator("main a[href*='?ask=remove']"))
    browser.check()


@pytest.mark.parametrize(("language", "theme", "width"), [WAYS[0], WAYS[1], WAYS[3]])
def test_a_gift_is_readable_from_form_to_history(visit, language, theme, width):
    shop = full_shop()
    browser = visit("support", language=language, theme=theme, width=width)
    page = browser.open(f"/admin/members/{shop.public_id('C-1003')}/gift/")
    browser.check()
    page.fill("#points", "5000")
    page.fill("#reason", "x")
    follow(page.locator("button[value=review]"))
    browser.check()
    page.fill("#points", "50")
    follow(page.locator("button[value=review]"))
    browser.check()
    follow(page.locator("button[value=give]"))
    browser.check()
    follow(page.locator("a[href*='/gift/']:not([href$='/gift/'])").first)
    browser.check()


@pytest.mark.parametrize("width", [320, 1280])
def test_a_new_programme_is_readable_everywhere(visit, width):
    make_shop()
    browser = visit(width=width)
    for path in ("/admin/", "/admin/keys/", "/admin/webhooks/", "/admin/needs-a-look/"):
        browser.open(path)
        browser.check()


def test_charts_are_drawn_and_follow_light_and_dark(visit):
    full_shop()
    browser = visit()
    page = browser.open("/admin/")
    ink = """() => [...document.querySelectorAll('canvas')].map(c => {
        const chart = Chart.getChart(c);
        return [chart.data.datasets.length, chart.data.labels.length, chart.options.scales.x.ticks.color];
    })"""
    (points, months, light), (tiers, _months, _ink) = page.evaluate(ink)
    assert (points, months) == (3, 12)
    assert tiers == page.locator("#sales-title ~ table tbody tr").count()
    page.evaluate("document.documentElement.classList.add('dark')")
    page.wait_for_function(
        f"Chart.getChart(document.querySelector('canvas')).options.scales.x.ticks.color !== '{light}'"
    )
    assert browser.complaints == []


def test_two_clicks_give_once(visit):
    shop = full_shop()
    browser = visit("support")
    page = browser.open(f"/admin/members/{shop.public_id('C-1002')}/gift/")
    page.fill("#points", "33")
    page.fill("#reason", "Twice")
    follow(page.locator("button[value=review]"))
    page.locator("button[value=give]").dblclick(no_wait_after=True)
    page.wait_for_url("**-*/")
    with scopes_disabled():
        assert Entry.objects.filter(kind="gift", amount=33).count() == 1


def test_a_key_is_copied_with_one_click(visit):
    make_shop()
    browser = visit()
    browser.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = browser.open("/admin/keys/")
    page.fill("#name", "Our shop")
    follow(page.get_by_role("button", name="Issue the key"))
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#secret").inner_text()
    assert page.locator("#secret").inner_text().startswith("palier_")
    browser.check()
