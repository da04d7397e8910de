"""The pictures of the README: a fresh demo, looked at with Chromium.

    .venv/bin/python tools/take_pictures.py [FOLDER]

Writes into docs/pictures unless another folder is named.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
BYTES_MAX = 200_000
READY_WITHIN_S = 120
SOMEBODY = "16600"
"""A member of the demo with orders, refunds, coupons and a new tier."""
SHOPPER = "15312"
"""A customer of the demo's shop who is one small order away from Gold."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One file: a page in a language, as wide as a screen or a phone."""

    name: str
    path: str
    language: str = "en"
    width: int = 1280
    height: int = 860
    theme: str = "light"
    scroll_to: str = ""


PICTURES = (
    Picture("home", "/admin/", height=720),
    Picture("member-en", "member", height=1180),
    Picture("member-fr", "member", "fr", height=1140),
    Picture("member-de", "member", "de", height=1080, theme="dark"),
    Picture("cart", "cart", height=900, scroll_to="#quote"),
    Picture("phone-fr", "member", "fr", width=390, height=844),
    Picture("shop-basket-fr", "/demo/basket/", "fr", height=1000),
    Picture("shop-order-de", "/demo/orders/", "de", height=800, theme="dark"),
    Picture("shop-account", "/demo/account/", height=960),
    Picture("phone-shop-fr", "/demo/", "fr", width=390, height=844),
    Picture("ladder", "/admin/ladder/", height=900),
    # From here on there is a draft.
    Picture("publish", "publish", height=1180),
    Picture("phone-ladder-fr", "/admin/ladder/", "fr", width=390, height=844),
)


def main() -> int:
    """Take every picture; 1 when one is too heavy to be kept in a repository."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    heavy = []
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for picture in PICTURES:
            file = folder / f"{picture.name}.png"
            take(browser, address, picture, file)
            size = file.stat().st_size
            print(f"{file}  {size // 1000} kB")
            if size > BYTES_MAX:
                heavy.append(file)
        browser.close()
    return 1 if heavy else 0


@contextmanager
def demo() -> Iterator[str]:
    """A demo of its own on a free port; gone with its data at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="palier-pictures-") as directory:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("PALIER", "DJANGO"))
        }
        server = subprocess.Popen(
            [sys.executable, "-m", "palier", "demo", "--port", str(port)],
            env={**kept, "PALIER_VAR": directory},
            stdout=subprocess.DEVNULL,
        )
        try:
            wait_for(address, server)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=20)


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Return when the demo answers."""
    until = time.monotonic() + READY_WITHIN_S
    while server.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.3)
    raise SystemExit("The demo does not answer.")


def take(browser: Browser, address: str, picture: Picture, file: Path) -> None:
    """Open the page as the demo's owner and photograph what a screen shows of it."""
    context = browser.new_context(
        locale=picture.language,
        color_scheme="dark" if picture.theme == "dark" else "light",
        viewport={"width": picture.width, "height": picture.height},
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    if picture.path.startswith("/demo/"):
        go_shopping(page, address, picture)
    elif picture.path:
        page.locator("form[action$='/owner/'] button").click()
        page.wait_for_url("**/admin/")
    if picture.path in ("member", "cart"):
        page.goto(f"{address}/admin/members/?q={SOMEBODY}", wait_until="networkidle")
        page.locator("a[href^='/admin/members/'][href$='/']:not([href='/admin/members/'])").first.click()
        page.wait_for_url("**/admin/members/*-*/")
        if picture.path == "cart":
            fill_a_cart(page)
    elif picture.path == "publish":
        draft_another_ladder(page, address)
    elif picture.path and not picture.path.startswith("/demo/"):
        page.goto(address + picture.path, wait_until="networkidle")
    page.wait_for_load_state("networkidle")
    if picture.scroll_to:
        page.locator(picture.scroll_to).evaluate("element => element.scrollIntoView()")
    page.screenshot(path=file)
    context.close()


def draft_another_ladder(page: Page, address: str) -> None:
    """Gold for less, in the draft; then the page that asks before it is published."""
    page.goto(f"{address}/admin/ladder/tiers/gold/", wait_until="networkidle")
    page.locator("#threshold").fill("1500")
    page.locator("button[value='review']").click()
    page.locator("button[value='save']").click()
    page.wait_for_url("**/admin/ladder/**")
    page.goto(f"{address}/admin/programme/draft/publish/", wait_until="networkidle")


def go_shopping(page: Page, address: str, picture: Picture) -> None:
    """In the demo's shop: a customer close to Gold, a basket with codes, or an order that has crossed the line."""
    page.goto(f"{address}/demo/who/", wait_until="networkidle")
    page.locator(f"form:has(input[value='{SHOPPER}']) button").click()
    page.wait_for_url("**/demo/")
    if picture.path == "/demo/":
        page.wait_for_load_state("networkidle")
        return
    for product in ("22423", "22423", "21527", "85123A"):
        button = page.locator(f"#add-{product}")
        before = button.text_content()
        button.click()
        page.wait_for_function(
            "([id, before]) => document.getElementById(id).textContent !== before",
            arg=[f"add-{product}", before],
        )
    if picture.path == "/demo/orders/":
        page.goto(f"{address}/demo/checkout/", wait_until="networkidle")
        page.locator("form[action$='/place/'] button").click()
        page.wait_for_url("**/demo/orders/*-*/")
        page.locator("form[action$='/step/'] button").click()
        page.locator(".status.paid").wait_for()
        return
    page.goto(address + picture.path, wait_until="networkidle")
    if picture.path == "/demo/basket/":
        page.locator("button.chip.palier").first.click()
        page.locator("li form > code").first.wait_for()
        page.locator("#try-MOON10").click()
        page.locator("li form > code", has_text="MOON10").wait_for()
        page.fill("#points", "72")


def fill_a_cart(page: Page) -> None:
    """From a member's page: two lamps, a promo code and some points, and the quote of it."""
    page.locator("a[href*='/admin/cart/?']").first.click()
    page.wait_for_url("**/admin/cart/**")
    typed = {
        "product": "lamp",
        "quantity": "2",
        "price": "149.50",
        "promo_code": "NOEL",
        "promo_amount": "10",
    }
    for name, value in {**typed, "use_points": "100", "carrier": "post", "shipping": "4.90"}.items():
        page.locator(f"input[name='{name}']").first.fill(value)
    page.locator("button[value='quote']:not(.pl-hidden)").click()


if __name__ == "__main__":
    sys.exit(main())
