"""The back-office as people meet it: readable by everybody, on a phone, in three languages, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.backends.db import SessionStore

from tests.entrances.backoffice_shop import LONG_NAME, full_shop, make_shop, order, staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WAYS = [
    ("en", "light", 1280),
    ("fr", "dark", 1280),
    ("de", "light", 320),
    ("fr", "light", 320),
    ("en", "dark", 320),
]


class Visit:
    """A signed-in browser that writes down all that goes wrong."""

    def __init__(self, chromium, live_server, *, language="en", theme="light", width=1280, user=None):
        self.url = live_server.url
        self.context = chromium.new_context(
            locale=language,
            color_scheme=theme,
            viewport={"width": width, "height": 800},
            reduced_motion="reduce",
        )
        if user is not None:
            self.context.add_cookies([{"name": "palier_session", "value": _session(user), "url": self.url}])
        self.page = self.context.new_page()
        self.complaints = []
        self.page.on("console", lambda m: m.type in ("error", "warning") and self.complaints.append(m.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._note_stranger)

    def _note_stranger(self, request):
        if not request.url.startswith((self.url, "data:")):
            self.complaints.append(f"a third party was asked: {request.url}")

    def open(self, path):
        self.page.goto(self.url + path, wait_until="networkidle")
        return self.page

    def check(self):
        """Nothing complained, nothing sticks out, and axe finds nothing."""
        assert self.complaints == []
        sticks_out = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.page.evaluate(sticks_out) == 0
        found = Axe().run(self.page).response["violations"]
        assert [(each["id"], [node["html"][:200] for node in each["nodes"][:3]]) for each in found] == []


def follow(locator):
    """Click on what leads to another page and wait for it: a check before would see none, or the old one."""
    with locator.page.expect_navigation(wait_until="networkidle"):
        locator.click()


def _session(user):
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key


@pytest.fixture
def visit(chromium, live_server):
    opened = []

    def begin(**options):
        opened.append(Visit(chromium, live_server, **options))
        return opened[-1]

    yield begin
    for each in opened:
        each.context.close()


@pytest.mark.parametrize(("language", "theme", "width"), WAYS)
def test_every_page_is_readable_by_everybody(visit, language, theme, width):
    shop = full_shop()
    make_shop("A second programme with a name that is rather long")
    browser = visit(language=language, theme=theme, width=width, user=staff("owner"))
    people = [
        f"/admin/members/{shop.public_id(customer)}/" for customer in ("C-1001", "C-1002", "C-1003", "C-1005")
    ]
    for path in ["/admin/", "/admin/members/", "/admin/members/?q=zzz", "/admin/team/", *people]:
        page = browser.open(path)
        assert page.get_attribute("html", "lang") == language
        assert (page.get_attribute("html", "class") == "dark") == (theme == "dark")
        browser.check()


@pytest.mark.parametrize(("language", "theme", "width"), WAYS)
def test_the_sign_in_page_is_readable_by_everybody(visit, language, theme, width):
    browser = visit(language=language, theme=theme, width=width)
    browser.open("/admin/login/")
    browser.check()


@pytest.mark.parametrize("width", [320, 1280])
def test_the_demos_first_page_is_readable_and_signs_in(visit, settings, live_server, width):
    from datetime import UTC, datetime

    from palier.flows.staff.make_demo_staff import make_demo_staff

    settings.PALIER_DEMO = True
    make_demo_staff(now=datetime.now(UTC))
    make_shop()
    browser = visit(width=width)
    page = browser.open("/")
    browser.check()
    follow(page.get_by_role("button", name="Read-only"))
    assert page.url.endswith("/admin/")
    assert page.get_by_role("heading", name="Members by tier").is_visible()


def test_a_member_is_found_with_the_keyboard_alone(visit):
    full_shop()
    browser = visit(user=staff("support"))
    page = browser.open("/admin/members/")
    page.get_by_label("Search").focus()
    page.keyboard.type("lefevre")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=lefevre**")
    page.get_by_role("link", name="Élodie Lefèvre").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/members/*-*/")
    bar = page.get_by_role("progressbar")
    assert bar.get_attribute("aria-valuetext") == "€674.90 of €1,000.00, €325.10 more to Gold"
    assert page.get_by_text("12 points").first.is_visible()


def test_the_menu_opens_by_keyboard_on_a_phone(visit):
    full_shop()
    browser = visit(width=320, user=staff("support"))
    page = browser.open("/admin/")
    link = page.get_by_role("navigation").get_by_role("link", name="Members")
    assert not link.is_visible()
    page.get_by_role("button", name="Show or hide the menu").focus()
    page.keyboard.press("Enter")
    link.wait_for(state="visible")
    page.get_by_role("button", name="Close the menu").press("Enter")
    link.wait_for(state="hidden")


def test_the_language_changes_with_one_click_and_the_page_stays(visit):
    shop = full_shop()
    browser = visit(user=staff("support"))
    path = f"/admin/members/{shop.public_id('C-1003')}/"
    page = browser.open(path)
    follow(page.get_by_role("button", name="Deutsch"))
    assert page.get_by_role("heading", name="Was geschehen ist").is_visible()
    assert page.url.endswith(path)
    assert LONG_NAME in page.content()
    assert browser.complaints == []


def test_the_programme_is_switched_without_script(visit):
    first, second = make_shop("Atelier"), make_shop("Zollhaus")
    order(first, "A", "C1", 100, days_ago=1)
    order(second, "B", "C2", 100, days_ago=1)
    browser = visit(user=staff("read-only"))
    page = browser.open("/admin/members/")
    assert page.get_by_role("link", name="C1").is_visible()
    page.locator("details summary").click()
    follow(page.get_by_role("button", name="Zollhaus"))
    assert page.url.endswith("/admin/")
    browser.open("/admin/members/")
    assert page.get_by_role("link", name="C2").is_visible()
    assert page.get_by_role("link", name="C1").count() == 0
