"""The demo's shop and the widget as people meet them: on a phone, by keyboard, without script, and with Palier away."""

import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.core.wsgi import get_wsgi_application

from palier.storefront.demo import palier_api
from tests.browser.test_backoffice import Visit, follow
from tests.entrances.storefront_shop import ALISTAIR, BJOERN, REMI, open_demo_shop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WATCH_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => { for (const each of list.getEntries()) window.shifted += each.value; })
  .observe({ type: "layout-shift", buffered: true });
"""
INSIDE = "element => element.shadowRoot.textContent"


@pytest.fixture
def visit(chromium, live_server, settings, tmp_path, monkeypatch):
    from django_scopes import scopes_disabled

    monkeypatch.setattr(palier_api, "get_internal_wsgi_application", get_wsgi_application)
    palier_api._client.cache_clear()
    with scopes_disabled():
        open_demo_shop(settings, tmp_path)
    opened = []

    def begin(**options):
        opened.append(Visit(chromium, live_server, **options))
        return opened[-1]

    yield begin
    for each in opened:
        each.context.close()
    palier_api._client.cache_clear()


def be(browser, customer):
    page = browser.open("/demo/who/")
    follow(page.locator(f"form:has(input[value='{customer}']) button"))
    return page


def press(page, action):
    follow(page.locator(f"form[action$='{action}'] button").first)


def put(page, product):
    button = page.locator(f"#add-{product}")
    before = button.text_content()
    button.click()
    page.wait_for_function(
        "([id, before]) => document.getElementById(id).textContent !== before", arg=[f"add-{product}", before]
    )


def widget(page):
    """What the widget shows, once it shows anything."""
    page.wait_for_function("() => document.querySelector('palier-progress').shadowRoot.textContent !== ''")
    return page.locator("palier-progress").evaluate(INSIDE)


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("en", "light", 1280), ("fr", "dark", 320), ("de", "light", 390)]
)
def test_the_shop_is_readable_by_everybody(visit, language, theme, width):
    browser = visit(language=language, theme=theme, width=width)
    browser.open("/demo/who/")
    browser.check()
    page = be(browser, REMI)
    browser.check()
    for product in ("22423", "22423", "85123A", "gift-card-25"):
        put(page, product)
    page = browser.open("/demo/basket/")
    page.fill("#code", "WRONG7")
    page.locator("form[action$='/code/'] button.plain").click()
    page.locator("li form > code", has_text="WRONG7").wait_for()
    page.locator("#try-MOON10").click()
    page.locator("li form > code", has_text="MOON10").wait_for()
    browser.check()
    page = browser.open("/demo/checkout/")
    browser.check()
    press(page, "/place/")
    press(page, "/step/")
    press(page, "/refund/")
    browser.check()
    browser.open("/demo/orders/")
    browser.check()
    page = browser.open("/demo/account/")
    widget(page)
    page.locator(".talk summary").first.click()
    browser.check()


def test_buying_moves_the_bar_and_returning_takes_back(visit):
    browser = visit()
    page = be(browser, ALISTAIR)
    assert "£4.61 more to Gold" in widget(page)
    put(page, "22423")
    page = browser.open("/demo/checkout/")
    press(page, "/place/")
    order = page.url
    press(page, "/step/")
    assert page.get_by_role("status").first.text_content() == "+12 points"
    assert "You moved up from Silver to Gold." in page.content()
    assert "Highest tier reached" in widget(page)
    assert page.locator("progress").get_attribute("aria-valuetext") == "Highest tier reached"
    press(page, "/refund/")
    assert page.get_by_role("status").first.text_content() == "−12 points"
    assert "£4.61 more to Gold" in widget(page)
    press(page, "/later/")
    assert "Something has become due" in page.content()
    page.goto(order, wait_until="networkidle")
    assert browser.complaints == []


def test_wid_3_the_bar_says_what_it_shows(visit):
    browser = visit(language="fr", width=320)
    page = be(browser, REMI)
    shown = widget(page)
    bar = page.get_by_role("progressbar")
    value, most = (int(bar.get_attribute(name)) for name in ("value", "max"))
    assert (value, most) == (128004, 200000)
    assert bar.get_attribute("aria-label") == "Votre progression vers Or"
    text = bar.get_attribute("aria-valuetext")
    assert re.sub(r"\s", " ", text) == "1 280,04 £GB sur 2 000 £GB, encore 719,96 £GB pour Or"
    assert text in shown
    assert page.locator("palier-progress .card").get_attribute("lang") == "fr"


ANSWERS = {
    "nothing": lambda route: route.abort(),
    "an error": lambda route: route.fulfill(status=500, body="<h1>No</h1>"),
    "no JSON": lambda route: route.fulfill(body="NaN"),
    "something else": lambda route: route.fulfill(body=json.dumps({"display": {"bar": {"value": None}}})),
    "a bar that is too full": lambda route: route.fulfill(
        body=json.dumps(
            {
                "display": {
                    "language": "en", "title": "x", "tier": "", "points": "1", "worth": "", "lines": [],
                    "bar": {"label": "x", "text": "x", "percent": "x", "value": 3, "max": 2},
                }
            }
        )
    ),
}  # fmt: skip


def test_wid_5_when_palier_is_away_or_talks_nonsense_nothing_shows_and_the_shop_goes_on(visit):
    browser = visit()
    page = be(browser, REMI)
    wrong = []
    page.on("pageerror", lambda error: wrong.append(error))
    for name, answer in ANSWERS.items():
        page.route("**/widget/v1/me*", answer)
        page.goto(f"{browser.url}/demo/account/", wait_until="networkidle")
        page.wait_for_timeout(100)
        assert page.locator("palier-progress").evaluate(INSIDE) == "", name
        page.unroute("**/widget/v1/me*")
    press(page, "/newsletter/")
    assert "+20 points" in page.content()
    assert wrong == []


def test_wid_5_after_a_second_nobody_waits_any_longer(visit):
    browser = visit()
    page = be(browser, REMI)
    held = []
    page.route("**/widget/v1/me*", lambda route: held.append(route))
    page.goto(f"{browser.url}/demo/account/", wait_until="load")
    page.wait_for_timeout(1300)
    assert held
    assert page.locator("palier-progress").evaluate(INSIDE) == ""
    page.unroute("**/widget/v1/me*")
    page.evaluate("document.dispatchEvent(new Event('palier:changed'))")
    assert "points" in widget(page)


@pytest.mark.parametrize("width", [1280, 320])
def test_wid_6_the_page_does_not_jump(visit, width):
    browser = visit(width=width)
    page = be(browser, BJOERN)
    page.add_init_script(WATCH_SHIFTS)
    page.goto(f"{browser.url}/demo/account/", wait_until="networkidle")
    widget(page)
    page.wait_for_timeout(200)
    assert page.evaluate("window.shifted") < 0.001


def test_wid_7_another_customer_never_sees_what_the_one_before_had(visit):
    browser = visit()
    page = be(browser, BJOERN)
    assert "Gold" in widget(page)
    other = browser.context.new_page()
    other.goto(f"{browser.url}/demo/who/")
    follow(other.locator(f"form:has(input[value='{ALISTAIR}']) button"))
    page.evaluate("document.dispatchEvent(new Event('palier:changed'))")
    page.wait_for_function(
        "() => document.querySelector('palier-progress').shadowRoot.textContent.includes('Silver')"
    )
    assert "Highest" not in page.locator("palier-progress").evaluate(INSIDE)
    other.goto(f"{browser.url}/demo/who/")
    follow(other.locator("form[action$='/be/']:not(:has(input[name='customer'])) button"))
    page.evaluate("document.dispatchEvent(new Event('palier:changed'))")
    page.wait_for_function("() => document.querySelector('palier-progress').shadowRoot.textContent === ''")


def test_wid_7_nothing_is_kept_in_the_browser(visit):
    browser = visit()
    page = be(browser, REMI)
    widget(page)
    assert page.evaluate(
        "[localStorage.length, sessionStorage.length, document.cookie.includes('palier_demo')]"
    ) == [
        0,
        0,
        False,
    ]


def test_one_buys_by_keyboard_alone_and_keeps_the_place(visit):
    browser = visit(width=390)
    page = be(browser, REMI)
    page.locator("#add-22423").focus()
    page.keyboard.press("Enter")
    page.locator("#add-22423 .count").wait_for()
    assert page.evaluate("document.activeElement.id") == "add-22423"
    page.goto(f"{browser.url}/demo/basket/", wait_until="networkidle")
    page.locator("#more-22423").focus()
    page.keyboard.press("Space")
    page.locator(".stepper span", has_text="2").wait_for()
    assert page.evaluate("document.activeElement.id") == "more-22423"
    page.goto(f"{browser.url}/demo/checkout/", wait_until="networkidle")
    page.locator("#carrier-post").focus()
    page.keyboard.press("ArrowDown")
    page.locator("#carrier-express:checked").wait_for()
    page.locator("text=£8.90").last.wait_for()
    assert browser.complaints == []


def test_the_shop_works_without_script(chromium, visit):
    browser = visit()
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{browser.url}/demo/")
    follow(page.locator("#add-22423"))
    page.goto(f"{browser.url}/demo/checkout/")
    assert page.get_by_role("button", name="Reckon anew").is_visible()
    follow(page.get_by_role("button", name="Place the order"))
    follow(page.get_by_role("button", name=re.compile("Pay £")))
    assert "a guest’s order is nobody’s" in page.content()
    context.close()


PAGE = """<!doctype html><html lang="de"><title>A shop</title><h1>My account</h1>
<script src="{palier}/widget/palier.js" defer></script>
<palier-progress token-url="/token"></palier-progress>"""


@pytest.fixture
def another_shop(live_server):
    """A shop on an origin of its own, with the strictest policy: it answers its page and whatever token it is given."""
    palier = live_server.url
    kept = {"token": ""}

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self):
            is_token = self.path == "/token"
            content = (json.dumps(kept) if is_token else PAGE.format(palier=palier)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json" if is_token else "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.send_header(
                "Content-Security-Policy",
                f"default-src 'none'; script-src {palier}; connect-src 'self' {palier};"
                " require-trusted-types-for 'script'",
            )
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", kept
    server.shutdown()
    server.server_close()


def test_any_shop_loads_the_widget_from_elsewhere_under_the_strictest_policy(chromium, visit, another_shop):
    """Another origin, no inline style, nothing but Palier's script and its answers allowed."""
    address, kept = another_shop
    page = be(visit(), REMI)
    kept["token"] = page.evaluate("() => fetch('/demo/token/').then((answer) => answer.json())")["token"]
    context = chromium.new_context()
    page = context.new_page()
    complaints = []
    page.on("console", lambda m: m.type in ("error", "warning") and complaints.append(m.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address, wait_until="networkidle")
    assert "Argent" in widget(page)  # the member's own language, not the page's
    assert page.locator("progress").evaluate("(bar) => bar.getBoundingClientRect().width") > 200
    assert [text for text in complaints if "icon" not in text] == []
    context.close()
