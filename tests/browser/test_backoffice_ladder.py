"""The ladder is dragged, stepped by keyboard, edited and published by everybody: three languages, phone and dark."""

import pytest
from django_scopes import scopes_disabled

from palier.store.models import ProgrammeVersion
from tests.browser.test_backoffice import Visit, follow
from tests.entrances.backoffice_ladder_shop import LADDER, PAGE, PUBLISH, TEXT, head, in_force, steps
from tests.entrances.backoffice_shop import full_shop, make_shop, staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WAYS = [("fr", "dark", 1280), ("de", "light", 320), ("en", "dark", 320)]
FIELDS_THAT_COVER_OTHERS = """
[...document.querySelectorAll(".pl-field")].filter(each => each.scrollWidth > each.clientWidth + 1).length
"""
SWAPPED = [("bronze", 0), ("gold", 500), ("silver", 1000)]


@pytest.fixture
def visit(chromium, live_server):
    opened = []

    def begin(**options):
        user = options.pop("user", None) or staff("manager")
        opened.append(Visit(chromium, live_server, user=user, **options))
        return opened[-1]

    yield begin
    for each in opened:
        each.context.close()


def press(page, value):
    follow(page.locator(f'button[value="{value}"]').last)


@pytest.mark.parametrize(("language", "theme", "width"), WAYS)
def test_every_page_of_the_programme_is_readable_by_everybody(visit, language, theme, width):
    full_shop()
    browser = visit(language=language, theme=theme, width=width)
    page = browser.open(LADDER)
    press(page, "up:silver")
    browser.check()
    page = browser.open(f"{LADDER}tiers/silver/")
    page.fill("#threshold", "heavy")
    press(page, "review")
    assert page.get_by_role("alert").is_visible()
    browser.check()
    page.fill("#threshold", "1234,5" if language != "en" else "1,234.50")
    page.locator("input[name^='name_']").last.fill("W" * 80)
    press(page, "review")
    browser.check()
    press(page, "save")
    for path in (f"{LADDER}seasons/new/", f"{LADDER}climbing/", PAGE, PUBLISH):
        page = browser.open(path)
        browser.check()
        assert page.evaluate(FIELDS_THAT_COVER_OTHERS) == 0
    page = browser.open(TEXT)
    page.fill("#text", page.input_value("#text").replace("name: Maison Lune", "nmae: Maison Lune"))
    press(page, "review")
    assert page.get_by_role("alert").is_visible()
    browser.check()


def test_what_is_asked_and_what_is_shown_back_is_readable_too(visit):
    make_shop()
    browser = visit(width=320)
    page = browser.open(f"{LADDER}seasons/new/")
    page.fill("#first", "2026-12-01")
    page.fill("#at_gold", "400")
    press(page, "review")
    browser.check()
    press(page, "save")
    browser.check()
    for path in (f"{LADDER}tiers/gold/remove/", f"{PAGE}1/", "/admin/programme/draft/discard/"):
        browser.open(path)
        browser.check()


def test_who_only_looks_sees_the_same_ladder_without_handles(visit):
    make_shop()
    browser = visit(width=320, user=staff("read-only"))
    page = browser.open(LADDER)
    assert page.locator(".pl-rung").count() == 3
    assert page.locator(".pl-rung button, .pl-rung__handle").count() == 0
    browser.check()
    browser.open(PAGE)
    browser.check()


def test_a_tier_is_dragged_to_another_threshold_and_saved_at_once(visit):
    shop = make_shop()
    browser = visit()
    page = browser.open(LADDER)
    with page.expect_navigation(url="**moved=silver**", wait_until="networkidle"):
        page.locator('[data-tier="silver"] .pl-rung__handle').drag_to(
            page.locator('[data-tier="gold"]'), target_position={"x": 30, "y": 5}
        )
    assert steps(shop) == SWAPPED
    assert [text.split()[-1] for text in page.locator(".pl-rung__from").all_inner_texts()] == [
        "€1,000.00", "€500.00", "€0.00",
    ]  # fmt: skip
    assert page.get_by_text("Saved in the draft.").first.is_visible()
    assert page.evaluate("document.activeElement.textContent.trim()") == "Edit Silver"
    assert browser.complaints == []


def test_a_tier_is_dragged_by_finger(visit, chromium, live_server):
    shop = make_shop()
    browser = visit(width=390)
    state = browser.context.storage_state()
    context = chromium.new_context(
        storage_state=state, viewport={"width": 390, "height": 1400}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(live_server.url + LADDER, wait_until="networkidle")
    start = page.locator('[data-tier="silver"] .pl-rung__handle').bounding_box()
    goal = page.locator('[data-tier="gold"]').bounding_box()
    touch = context.new_cdp_session(page)
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for part in range(1, 11):
        at = y + (goal["y"] + 4 - y) * part / 10
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": at}]})
        page.wait_for_timeout(30)
    with page.expect_navigation(url="**moved=silver**", wait_until="networkidle"):
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert steps(shop) == SWAPPED
    context.close()


def test_a_drop_in_the_same_place_saves_nothing(visit):
    shop = make_shop()
    page = visit().open(LADDER)
    page.locator('[data-tier="silver"] .pl-rung__handle').drag_to(page.locator('[data-tier="silver"]'))
    page.wait_for_timeout(300)
    assert page.url.endswith(LADDER)
    assert head(shop).published_at is not None


def test_the_keyboard_alone_places_edits_and_publishes(visit):
    shop = full_shop()
    page = visit().open(LADDER)
    page.get_by_role("button", name="Move Silver one place up").focus()
    with page.expect_navigation(wait_until="networkidle"):
        page.keyboard.press("Enter")
    assert steps(shop) == SWAPPED
    assert page.evaluate("document.activeElement.textContent.trim()").endswith("Move Silver one place down")
    with page.expect_navigation(wait_until="networkidle"):
        page.keyboard.press("Enter")
    assert steps(shop) == [("bronze", 0), ("silver", 500), ("gold", 1000)]
    page.get_by_role("link", name="Edit Silver").focus()
    with page.expect_navigation(wait_until="networkidle"):
        page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Threshold").fill("600")
    with page.expect_navigation(wait_until="networkidle"):
        page.keyboard.press("Enter")
    assert page.get_by_text("€600.00").is_visible()
    page.get_by_role("button", name="Save in the draft").focus()
    with page.expect_navigation(wait_until="networkidle"):
        page.keyboard.press("Enter")
    page.get_by_role("link", name="Review and publish").focus()
    with page.expect_navigation(wait_until="networkidle"):
        page.keyboard.press("Enter")
    for label in ("I want this: 1 member falls to a lower tier.", "I have read these warnings."):
        page.get_by_label(label).focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Publish", exact=True).focus()
    with page.expect_navigation(wait_until="networkidle"):
        page.keyboard.press("Enter")
    assert in_force(shop).number == 2
    assert page.get_by_text("Version 2 is in force.").first.is_visible()


def test_a_problem_of_the_text_leads_to_its_line(visit):
    make_shop()
    page = visit().open(TEXT)
    page.fill("#text", page.input_value("#text").replace("from: 1000", "form: 1000"))
    press(page, "review")
    page.get_by_role("link", name="Line").first.click()
    selected = (
        "(field => field.value.slice(field.selectionStart, field.selectionEnd))(document.activeElement)"
    )
    assert "form: 1000" in page.evaluate(selected)


def test_the_whole_of_it_works_without_script(visit, chromium, live_server):
    shop = make_shop()
    state = visit().context.storage_state()
    context = chromium.new_context(java_script_enabled=False, storage_state=state)
    page = context.new_page()
    page.goto(live_server.url + LADDER)
    assert not page.locator(".pl-rung__handle").first.is_visible()
    press(page, "up:silver")
    assert steps(shop) == SWAPPED
    page.goto(live_server.url + PUBLISH)
    page.locator('input[name="read"]').check()
    follow(page.get_by_role("button", name="Publish", exact=True))
    with scopes_disabled():
        assert not ProgrammeVersion.objects.filter(published_at=None).exists()
    context.close()
