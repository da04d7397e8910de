"""The ladder in the back-office: shown, placed anew, edited, switched, removed; always in the draft, never unseen."""

import pytest
from django_scopes import scopes_disabled

from palier.core.period import Duration
from palier.flows.programme.publish_programme import PublishProgramme, publish_programme
from palier.store.models import Account, ProgrammeVersion
from tests.entrances.backoffice_ladder_shop import LADDER, fields_of, head, in_force, rules, says, steps
from tests.entrances.backoffice_shop import full_shop, make_shop, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_fresh_versions")]


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def town():
    return full_shop()


@pytest.fixture
def manager(client):
    client.force_login(staff("manager"))
    return client


def do(client, shop, action, **more):
    return client.post(LADDER, {"do": action, "base": head(shop).pk, **more}, follow=True)


def edit(client, path, **changes):
    """Type, look at what will be saved, and save it."""
    looked = client.post(path, fields_of(client.get(path), do="review", **changes))
    assert "review" in looked.context, [(box.id, box.error) for box in looked.context["form"].errors]
    saved = client.post(path, fields_of(looked, do="save"), follow=True)
    assert saved.redirect_chain
    return looked


def test_the_ladder_stands_highest_first_with_its_benefits_and_members(manager, town):
    page = manager.get(LADDER)
    shown = page.context["rungs"]
    assert [(each.name, each.threshold, each.members) for each in shown] == [
        ("Gold", "€1,000.00", 1),
        ("Silver", "€500.00", 2),
        ("Bronze", "€0.00", 3),
    ]
    assert shown[1].benefits == ("5% off",)
    assert "Version 1, in force since" in says(page)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "fr",
            ["Échelle des paliers", "1 000,00 €", "Or", "remise de 10 %", "Les seuils restent"],
        ),
        ("de", ["Stufenleiter", "1.000,00 €", "10 % Rabatt", "Die Schwellen bleiben"]),
    ],
)
def test_the_ladder_is_told_in_the_viewers_language(manager, shop, language, words):
    page = says(manager.get(LADDER, HTTP_ACCEPT_LANGUAGE=language))
    assert [word for word in words if word.lower() not in page.lower()] == []


def test_a_step_up_and_down_moves_the_tier_and_not_the_threshold(manager, shop):
    page = do(manager, shop, "up:silver")
    assert steps(shop) == [("bronze", 0), ("gold", 500), ("silver", 1000)]
    assert "Saved in the draft" in says(page)
    assert page.redirect_chain[0][0] == f"{LADDER}?moved=silver#down-silver"
    do(manager, shop, "down:silver")
    assert steps(shop) == [("bronze", 0), ("silver", 500), ("gold", 1000)]
    do(manager, shop, "down:bronze")
    assert head(shop).author == "manager@example.com"


def test_a_drop_places_all_tiers_at_once(manager, shop):
    do(manager, shop, "place", order="gold,silver,bronze", moved="gold")
    assert steps(shop) == [("gold", 0), ("silver", 500), ("bronze", 1000)]


def test_nothing_changes_for_members_before_it_is_published(manager, town):
    before = in_force(town).pk
    with scopes_disabled():
        tiers = sorted(Account.objects.values_list("tier", flat=True))
    do(manager, town, "up:silver")
    assert in_force(town).pk == before
    with scopes_disabled():
        assert sorted(Account.objects.values_list("tier", flat=True)) == tiers


def test_a_double_click_is_one_step(manager, shop):
    """R-ADM-5: the second click names the same order, and finds it there."""
    sent = {"do": "place", "order": "bronze,gold,silver", "base": head(shop).pk}
    for _ in range(2):
        page = manager.post(LADDER, sent, follow=True)
    assert steps(shop) == [("bronze", 0), ("gold", 500), ("silver", 1000)]
    assert "meanwhile" not in says(page)


def test_the_second_of_two_admins_is_told_who_was_first(manager, shop):
    base = head(shop).pk
    do(manager, shop, "up:silver")
    page = manager.post(LADDER, {"do": "up:bronze", "base": base}, follow=True)
    assert "manager@example.com saved the draft meanwhile" in says(page)
    assert steps(shop) == [("bronze", 0), ("gold", 500), ("silver", 1000)]


@pytest.mark.parametrize("action", ["place", "up:nobody", "nonsense", "", "up:", "down:gold\0"])
def test_an_order_of_another_ladder_is_not_taken(manager, shop, action):
    page = do(manager, shop, action, order="bronze,nobody")
    assert "The ladder has other tiers by now" in says(page)
    assert head(shop).published_at is not None


@pytest.mark.parametrize(("language", "typed"), [("en", "750.50"), ("fr", "750,50"), ("de", "750,5")])
def test_a_threshold_is_typed_as_people_type_money_and_shown_back_in_full(manager, shop, language, typed):
    """R-ADM-6."""
    manager.cookies["palier_language"] = language
    looked = edit(manager, f"{LADDER}tiers/silver/", threshold=typed)
    full = {"en": "€750.50", "fr": "750,50 €", "de": "750,50 €"}[language]
    assert full in says(looked)
    assert looked.context["review"].changes
    assert dict(rules(shop).tiers.schedule) == {}
    assert [tier.threshold for tier in rules(shop).tiers.ladder] == [0, 75050, 100000]


def test_nothing_is_saved_before_it_was_looked_at(manager, shop):
    path = f"{LADDER}tiers/silver/"
    manager.post(path, fields_of(manager.get(path), do="review", threshold="600"))
    assert head(shop).published_at is not None
    again = manager.post(path, fields_of(manager.get(path), do="edit", threshold="600"))
    assert again.context["form"].boxes["threshold"].value == "600.00"


def test_every_part_of_a_tier_can_be_typed(manager, shop):
    edit(
        manager,
        f"{LADDER}tiers/gold/",
        name_fr="Or fin",
        threshold="1,200",
        group="vip",
        discount_kind="percent",
        discount_value="12.5",
        shipping="some",
        carriers="colissimo, relay",
        multiply="1.5",
        gift_product="mug",
        gift_quantity="2",
        coupon_kind="amount",
        coupon_value="15",
        coupon_min_total="100",
        coupon_count="2",
        coupon_unit="months",
        coupon_kept="on",
        perks_fr="Ventes privées\n\nCadeaux ",
        perks_en="Private sales",
    )
    gold = rules(shop).tiers.ladder[-1]
    assert (gold.threshold, gold.group, gold.discount.percent_bp) == (120000, "vip", 1250)
    assert dict(gold.name.by_language) == {"fr": "Or fin", "de": "Gold", "en": "Gold"}
    assert gold.free_shipping == frozenset({"colissimo", "relay"})
    assert (float(gold.multiply), gold.gift.product, gold.gift.quantity) == (1.5, "mug", 2)
    coupon = gold.coupon
    assert (coupon.discount.amount_minor, coupon.min_total_minor, coupon.remainder_kept) == (
        1500,
        10000,
        True,
    )
    assert coupon.valid_for == Duration(months=2)
    assert dict(gold.perks) == {"fr": ("Ventes privées", "Cadeaux"), "en": ("Private sales",)}
    shown = says(manager.get(LADDER))
    for words in (
        "12.5% off",
        "Free delivery with colissimo and relay",
        "Points × 1.5",
        "2 × mug",
        "€15 off",
    ):
        assert words.lower() in shown.lower(), words


def test_a_form_that_is_sent_as_it_stands_changes_nothing(manager, shop):
    path = f"{LADDER}tiers/gold/"
    page = manager.post(path, fields_of(manager.get(path), do="review"), follow=True)
    assert "Nothing was changed" in says(page)
    assert head(shop).published_at is not None


def test_what_has_no_field_stays(manager, shop):
    document = in_force(shop).document
    document["tiers"]["ladder"][2] |= {
        "discount": {"percent": "10", "max": "50.00", "lines": {"products": ["mug"]}},
        "coupon": {"free_shipping": "all", "valid_for": "P1M3D"},
    }
    document["tiers"]["discount_by"] = "cart"
    document["earning"][0]["when"] = {"tier": ["gold"]}
    publish_programme(PublishProgramme(shop.programme_id, document), now=shop.now)
    before = rules(shop)
    path = f"{LADDER}tiers/gold/"
    page = says(manager.get(path))
    assert "Its other terms stay as they are: 10%, at most €50, on products mug" in page
    edit(manager, path, discount_value="11")
    after = rules(shop)
    gold = after.tiers.ladder[-1]
    assert (gold.discount.percent_bp, gold.discount.max_minor) == (1100, 5000)
    assert gold.discount.lines == before.tiers.ladder[-1].discount.lines
    assert gold.coupon == before.tiers.ladder[-1].coupon
    assert (after.earning, after.points, after.rewards) == (before.earning, before.points, before.rewards)


def test_comments_outside_the_ladder_survive(manager, shop):
    text = (
        "# Ours\nname: Lune\ncurrency: EUR\ntiers:\n  ladder: [{id: a, from: 0}, {id: b, from: 5}]\n# End\n"
    )
    from palier.core.programme.load import load_yaml

    publish_programme(PublishProgramme(shop.programme_id, load_yaml(text), source=text), now=shop.now)
    do(manager, shop, "up:a")
    source = head(shop).source
    assert source.startswith("# Ours\nname: Lune\n")
    assert source.endswith("# End\n")


WRONG = [
    ({"name_fr": None, "name_de": None, "name_en": None}, "name_fr", "What is it called?"),
    ({"threshold": None}, "threshold", "From how much on?"),
    ({"threshold": "abc"}, "threshold", "not a number"),
    ({"threshold": "1.234"}, "threshold", "At most 2 decimals"),
    ({"threshold": "-5"}, "threshold", "not a number"),
    ({"threshold": "1000"}, "threshold", "Gold begins there already"),
    ({"threshold": "99999999999999"}, "threshold", "too much"),
    ({"discount_kind": "percent", "discount_value": "101"}, "discount_value", "at most 100"),
    ({"discount_kind": "amount", "discount_value": None}, "discount_value", "How much?"),
    ({"discount_kind": "amount", "discount_value": "0"}, "discount_value", "More than 0"),
    ({"shipping": "some"}, "carriers", "Which carriers?"),
    ({"multiply": "0"}, "multiply", "More than 0"),
    ({"gift_product": "mug", "gift_quantity": "0"}, "gift_quantity", "At least 1"),
    ({"coupon_kind": "percent", "coupon_value": "x"}, "coupon_value", "not a number"),
    (
        {"coupon_kind": "percent", "coupon_value": "5", "coupon_count": "2.5"},
        "coupon_count",
        "whole number",
    ),
    ({"perks_fr": "x" * 400}, "perks_fr", "too long"),
    ({"group": "\x07"}, "group", "cannot be shown"),
]


def test_what_is_wrong_stands_beside_its_field(manager, shop):
    path = f"{LADDER}tiers/silver/"
    form = fields_of(manager.get(path), do="save")
    for typed, field, words in WRONG:
        sent = {name: value for name, value in {**form, **typed}.items() if value is not None}
        page = manager.post(path, sent)
        assert page.status_code == 200, typed
        assert words in page.context["form"].boxes[field].error, typed
        assert words in says(page), typed
    assert head(shop).published_at is not None


def test_a_tier_is_added_with_an_id_of_its_own(manager, shop):
    path = f"{LADDER}new/"
    edit(manager, path, name_fr="Élite", threshold="2000", discount_kind="percent", discount_value="20")
    edit(manager, path, name_fr="Élite !", threshold="3000")
    assert steps(shop)[-2:] == [("elite", 2000), ("elite-2", 3000)]


def test_a_tier_is_switched_off_and_on_again(manager, shop):
    edit(manager, f"{LADDER}tiers/silver/", enabled=None)
    page = manager.get(LADDER)
    assert [each.id for each in page.context["off"]] == ["silver"]
    assert steps(shop) == [("bronze", 0), ("gold", 1000)]
    do(manager, shop, "on:silver")
    assert steps(shop) == [("bronze", 0), ("silver", 500), ("gold", 1000)]


def test_a_tier_is_not_switched_on_where_another_begins(manager, shop):
    edit(manager, f"{LADDER}tiers/silver/", enabled=None)
    edit(manager, f"{LADDER}tiers/gold/", threshold="500")
    page = do(manager, shop, "on:silver")
    assert "begins at the same threshold" in says(page)
    assert steps(shop) == [("bronze", 0), ("gold", 500)]


def test_a_tier_is_removed_after_being_asked(manager, town):
    path = f"{LADDER}tiers/silver/remove/"
    page = manager.get(path)
    assert "2 members stand in it now" in says(page)
    manager.post(path, {"do": "save", "base": page.context["head"].row.pk})
    assert steps(town) == [("bronze", 0), ("gold", 1000)]
    assert manager.post(path, {"do": "save", "base": page.context["head"].row.pk}).status_code == 302
    assert manager.get(path).status_code == 404
    assert "Silver (2)" in says(manager.get(LADDER))


def test_a_tier_that_something_asks_for_is_not_removed(manager, shop):
    document = in_force(shop).document
    document["earning"][0]["when"] = {"tier": ["silver"]}
    publish_programme(PublishProgramme(shop.programme_id, document), now=shop.now)
    path = f"{LADDER}tiers/silver/remove/"
    page = manager.post(path, {"do": "save", "base": head(shop).pk})
    assert "Earning rule spend" in says(page)
    assert len(steps(shop)) == 3


def test_whoever_comes_second_keeps_what_was_typed_and_sees_what_it_changes_now(manager, shop):
    """R-ADM-5: nothing is lost, neither the first one's work nor the second one's."""
    path = f"{LADDER}tiers/silver/"
    mine = fields_of(manager.get(path), do="save", threshold="600")
    do(manager, shop, "up:bronze")
    first = head(shop).pk
    page = manager.post(path, mine)
    assert "saved the draft meanwhile" in says(page)
    assert head(shop).pk == first
    assert any("600" in change for change in page.context["review"].changes)
    manager.post(path, fields_of(page, do="save"))
    assert ("silver", 600) in steps(shop)
    assert head(shop).pk != first


def test_a_tier_that_was_removed_meanwhile_can_still_be_saved(manager, shop):
    path = f"{LADDER}tiers/silver/"
    mine = fields_of(manager.get(path), do="save", threshold="600")
    manager.post(f"{path}remove/", {"do": "save", "base": head(shop).pk})
    page = manager.post(path, mine)
    assert "saved the draft meanwhile" in says(page)
    manager.post(path, fields_of(page, do="save"))
    assert ("silver", 600) in steps(shop)


def test_a_programme_without_tiers_begins_with_one(manager):
    shop = make_shop()
    document = in_force(shop).document
    del document["tiers"]
    publish_programme(PublishProgramme(shop.programme_id, document), now=shop.now)
    assert "This programme has no tiers" in says(manager.get(LADDER))
    edit(manager, f"{LADDER}new/", name_en="Start", threshold="0")
    assert steps(shop) == [("start", 0)]


@pytest.mark.parametrize("role", ["owner", "manager", "support", "read-only"])
def test_who_may_look_and_who_may_edit(client, shop, role):
    client.force_login(staff(role))
    may = role in ("owner", "manager")
    page = client.get(LADDER)
    assert page.status_code == 200
    assert ("Add a tier" in says(page)) == may
    forms = ["new/", "tiers/silver/", "tiers/silver/remove/", "climbing/", "seasons/new/"]
    assert {client.get(LADDER + form).status_code for form in forms} == {200 if may else 403}
    sent = {"do": "save", "base": head(shop).pk, "threshold": "5"}
    refused = [client.post(LADDER + form, sent).status_code for form in forms]
    assert (set(refused) == {403}) == (not may)
    assert (client.post(LADDER, {"do": "up:silver", "base": head(shop).pk}).status_code == 302) == may
    with scopes_disabled():
        assert ProgrammeVersion.objects.filter(published_at=None).exists() == may


def test_addresses_of_tiers_that_cannot_be_are_answered(manager, shop):
    for id in ("nobody", "a%00b", "%20", "..", "é" * 100, "<script>"):
        path = f"{LADDER}tiers/{id}/"
        assert manager.get(path).status_code == 404
        sent = {"do": "save", "base": head(shop).pk, "threshold": "5", "name_en": "X", "enabled": "on"}
        assert manager.post(path, sent).status_code in (200, 302, 404)
    assert {tier.id for tier in rules(shop).tiers.ladder} <= {"bronze", "silver", "gold", "nobody"}


def test_nobody_sees_the_ladder_without_signing_in(client, shop):
    for path in (LADDER, f"{LADDER}new/", f"{LADDER}tiers/silver/"):
        assert client.get(path).url.startswith("/admin/login/")


def test_the_page_costs_the_same_however_many_members_there_are(manager, shop, django_assert_max_num_queries):
    manager.get(LADDER)
    with django_assert_max_num_queries(12):
        manager.get(LADDER)
