"""A cart is tried, and segments are read, by everybody: on a phone, by keyboard, light and dark, without script."""

import pytest

from tests.browser.test_backoffice import WAYS, Visit, follow
from tests.entrances.backoffice_cart_shop import cart_shop
from tests.entrances.backoffice_shop import make_shop, staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG_PRODUCT = "a-product-with-a-rather-long-identifier-of-its-own-that-never-ends-2026"


@pytest.fixture
def visit(chromium, live_server):
    opened = []

    def begin(**options):
        opened.append(Visit(chromium, live_server, user=staff("support"), **options))
        return opened[-1]

    yield begin
    for each in opened:
        each.context.close()


def press(page, value):
    follow(page.locator(f'button[value="{value}"]').last)


@pytest.mark.parametrize(("language", "theme", "width"), WAYS)
def test_segments_and_a_cart_are_readable_by_everybody(visit, language, theme, width):
    shop = cart_shop()
    browser = visit(language=language, theme=theme, width=width)
    browser.open("/admin/segments/")
    browser.check()
    browser.open("/admin/members/?segment=sleepy&place=first")
    browser.check()
    page = browser.open("/admin/cart/")
    browser.check()
    page.fill("#q", "e")
    press(page, "find")
    browser.check()
    press(page, f"choose:{shop.public_id('C-1')}")
    page.fill("#product-0", LONG_PRODUCT)
    page.fill("#price-0", "abc")
    page.locator("details.pl-more summary").click()
    page.fill("#weight-0", "heavy")
    page.fill("#coupons", "XYZ")
    page.fill("#use_points", "100")
    press(page, "quote")
    assert page.get_by_role("alert").is_visible()
    assert page.locator("#weight-0").is_visible()
    browser.check()
    page.fill("#price-0", "250,5")
    page.fill("#weight-0", "300")
    press(page, "add")
    press(page, "quote")
    assert page.locator(".pl-sums__due").is_visible()
    assert page.locator("#price-0").input_value() == ("250.50" if language == "en" else "250,50")
    browser.check()


def test_a_programme_without_segments_is_readable_too(visit):
    make_shop()
    browser = visit(width=320)
    browser.open("/admin/segments/")
    browser.check()


def test_enter_shows_the_quote_and_the_page_goes_to_it(visit):
    cart_shop()
    browser = visit(width=320)
    page = browser.open("/admin/cart/")
    page.get_by_label("Product", exact=True).fill("tea")
    page.get_by_label("Price of one piece").fill("12")
    with page.expect_navigation(wait_until="networkidle"):
        page.keyboard.press("Enter")
    heading = page.get_by_role("heading", name="Quote")
    assert 0 < heading.bounding_box()["y"] < 800
    assert page.get_by_text("No benefit applies to this cart.").is_visible()


def test_a_new_line_has_the_cursor(visit):
    cart_shop()
    page = visit().open("/admin/cart/")
    press(page, "add")
    assert page.evaluate("document.activeElement.id") == "product-1"


def test_the_whole_of_it_works_without_script(chromium, live_server):
    shop = cart_shop()
    visit = Visit(chromium, live_server, user=staff("support"))
    cookies = visit.context.cookies()
    visit.context.close()
    context = chromium.new_context(java_script_enabled=False)
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(f"{live_server.url}/admin/cart/?member={shop.public_id('C-1')}")
    page.fill("#product-0", "tea")
    page.fill("#price-0", "100")
    press(page, "add")
    page.fill("#product-1", "mug")
    page.fill("#price-1", "10")
    press(page, "quote")
    assert page.get_by_text("10% off for Gold members").is_visible()
    press(page, "remove:0")
    assert page.locator("#product-0").input_value() == "mug"
    context.close()
